"""Compile a loaded source to the plan of its call flow, or report everything that is wrong with it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related, Severity
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.nearest import did_you_mean, nearest
from pbxgen.flow.pattern import Pattern, beginning, parse
from pbxgen.flow.pattern_index import PatternIndex, beginning_with
from pbxgen.flow.plan import Outcome, Plan
from pbxgen.flow.self_service import Features
from pbxgen.language import directory as numbers_of
from pbxgen.language import self_service, trunks_and_routes
from pbxgen.language.acceptances import Acceptance, collect
from pbxgen.language.context import Context
from pbxgen.language.destinations import DestinationReader
from pbxgen.language.findings import Findings
from pbxgen.language.groups_and_inbound import compile_inbound, ring_groups, services
from pbxgen.language.names import Names
from pbxgen.language.numbers import Numbers, costs, countries
from pbxgen.language.partial_plan import partial_plan
from pbxgen.language.positions import at, key_of
from pbxgen.language.resolve import Resolver
from pbxgen.language.route_warnings import warn_of_routes
from pbxgen.language.rules import RuleReader
from pbxgen.language.schedules import compile_schedule
from pbxgen.language.source_warnings import warn_of_source
from pbxgen.language.users import compile_users, mailboxes
from pbxgen.language.validate import Draft, validate
from pbxgen.source import tree
from pbxgen.source.garbage_collection import without_garbage_collection
from pbxgen.source.load import Loaded, LoadedFleet

Claim = tuple[str, str, Location]
"""What no two tenants may have: its kind, its value (domains in small letters, numbers in E.164), and its place."""
OUTSIDE_NUMBER, INBOUND_RANGE = "outside number", "inbound range"


@dataclass(frozen=True, slots=True)
class Compiled:
    """What is known of a source; acceptances are not applied yet, as the analysis has findings to add."""

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]
    acceptances: tuple[Acceptance, ...]
    claims: tuple[Claim, ...] = ()
    """What no other tenant of a fleet may have, also where there is no plan."""
    partial_plan: Plan | None = None
    """Where there are errors: the part that they do not affect (:mod:`pbxgen.language.partial_plan`)."""


def compile_fleet(fleet: LoadedFleet, today: dt.date | None = None) -> tuple[Compiled, ...]:
    """Compile every tenant; one that has what an earlier one has gets no plan, but an error naming both places."""
    compiled = [compile_source(tenant, today) for tenant in fleet.tenants]
    return tuple(
        dataclasses.replace(tenant, plan=None, diagnostics=(*tenant.diagnostics, *errors)) if errors else tenant
        for tenant, errors in zip(compiled, _conflicts(compiled), strict=True)
    )


def _conflicts(tenants: Sequence[Compiled]) -> Iterator[tuple[Diagnostic, ...]]:
    """For each tenant, the errors of having what an earlier one has."""
    first: dict[tuple[str, str], Location] = {}
    ranges, range_at = PatternIndex(), dict[str, Location]()
    for tenant in tenants:
        errors = []
        has_ranges = any(what == INBOUND_RANGE for what, _, _ in tenant.claims)
        numbers = sorted(value for what, value in first if what == OUTSIDE_NUMBER) if has_ranges else []
        for what, value, location in tenant.claims:
            if what == INBOUND_RANGE:
                other = _in_common(parse(value), ranges, range_at, numbers, first)
                said = f"numbers of the {what} {value} are used by two tenants"
            else:
                other = first.setdefault((what, value), location)
                within = ranges.of(value) if what == OUTSIDE_NUMBER and other == location else None
                other = other if within is None else range_at[within.text]
                said = f"the {what} {value} is used by two tenants"
            if other not in (None, location):
                related = [Related("first used here", other)]
                errors.append(
                    make("PBX134", said, location, help="on one PBX every tenant has its own", related=related)
                )
        for what, value, location in tenant.claims:
            if what == INBOUND_RANGE and value not in range_at:
                range_at[value] = location
                ranges.add(parse(value))
        yield tuple(errors)


def _in_common(
    pattern: Pattern,
    ranges: PatternIndex,
    range_at: Mapping[str, Location],
    numbers: list[str],
    first: Mapping[tuple[str, str], Location],
) -> Location | None:
    """Where an earlier tenant has a range or a number that a range has, too."""
    other = next(ranges.meeting(pattern), None)
    if other is not None:
        return range_at[other.text]
    number = next((n for n in beginning_with(numbers, beginning(pattern)) if pattern.matches(n)), None)
    return None if number is None else first[OUTSIDE_NUMBER, number]


def compile_source(loaded: Loaded, today: dt.date | None = None) -> Compiled:
    """Compile one source. ``today`` (in the PBX's eyes) only decides which rules are reported as past."""
    if loaded.root is None:
        return Compiled(None, loaded.diagnostics, ())
    findings = Findings()
    with without_garbage_collection():
        draft = validate(loaded.root, findings)
        compiled = _compile(draft, loaded, today or dt.date.today(), findings)
    diagnostics = (*loaded.diagnostics, *findings.sorted())
    failed = not loaded.complete or any(d.severity is Severity.ERROR for d in diagnostics)
    plan = None if failed else compiled.plan
    certain = partial_plan(compiled.plan, loaded.root, diagnostics) if failed and compiled.plan is not None else None
    return Compiled(plan, diagnostics, compiled.acceptances, compiled.claims, certain)


def _compile(draft: Draft, loaded: Loaded, today: dt.date, findings: Findings) -> Compiled:
    names = Names(draft.names, complete=loaded.complete)
    country = _country(draft, loaded.root, findings)
    _timezone(draft, findings)
    numbers = Numbers(country, (draft.pbx.outside_line or "") if draft.pbx else "")
    trunks = trunks_and_routes.trunks(draft, numbers, findings)
    routes, routes_are_sound = trunks_and_routes.routes(draft, names, findings)
    contacts = trunks_and_routes.contacts(draft, numbers, names, findings)
    classes = trunks_and_routes.classes(draft, names, findings)
    directory = numbers_of.build(draft, numbers, findings)
    schedules = {
        name: compile_schedule(
            name, schedule, draft.node("schedules", name), key_of(draft.node("schedules"), name), findings
        )
        for name, schedule in draft.source.schedules.items()
    }
    default = _default_operator(draft, findings)
    destinations = DestinationReader(directory, numbers, names, routes.values(), default)
    destinations.routes_are_sound = routes_are_sound
    destinations.positions_are_sound = loaded.complete and not (
        draft.has_broken("operators") or draft.has_broken("groups") or draft.has_broken("services")
    )
    destinations.mailboxes = mailboxes(draft)
    destinations.returning = frozenset(name for name, one in draft.source.services.items() if one.returns)
    rules = RuleReader(destinations, names, today)
    resolver = Resolver(destinations, findings)
    context = Context(draft, findings, names, numbers, directory, destinations, rules, resolver)
    operators = ring_groups(context, "operators")
    groups = ring_groups(context, "groups")
    policies = {
        name: rules.deviations(policy, draft.node("policies", name), findings)
        for name, policy in draft.source.policies.items()
    }
    profile_names = self_service.ProfileNames(context, self_service.profiles(context))
    users = compile_users(context, classes, policies, profile_names)
    inbound = compile_inbound(context)
    switches = self_service.switches(context)
    service = self_service.self_service(context, routes.values(), switches)
    acceptances = collect(draft, directory, findings)
    if loaded.complete:
        warn_of_source(draft, directory, trunks, names, findings)
        if not (draft.has_broken("routes") or draft.has_broken("trunks") or draft.has_broken("users")):
            keys = draft.node("inbound")
            ranges = {key_of(keys, directory.inbound[text]): range_ for text, range_ in directory.ranges.items()}
            warn_of_routes(routes, trunks, users, ranges, None if country is None else numbers.plan(), findings)
        profile_names.warn_of_unused()
    claims = tuple(_claims(draft, directory))
    if draft.pbx is None or country is None:
        return Compiled(None, (), acceptances, claims)
    plan = Plan(
        name=draft.pbx.name,
        domain=draft.pbx.domain,
        country=country,
        timezone=draft.pbx.timezone,
        language=draft.pbx.language,
        numbering=numbers.plan(),
        max_diversions=draft.source.defaults.max_diversions,
        outside_timeout=draft.source.defaults.outside_timeout,
        sip_480=Outcome(draft.source.defaults.sip_480),
        trunks=trunks,
        routes=routes,
        schedules=schedules,
        contacts=contacts,
        operators=operators,
        groups=groups,
        users=users,
        inbound=inbound,
        dids=directory.dids,
        emergency=directory.emergency,
        costs={},
        digest=loaded.digest,
        self_service=service,
        switches=switches,
        recall=draft.source.defaults.recall,
        features=Features(**draft.source.features.model_dump()),
        services=services(draft),
        default_operator=default,
    )
    plan = dataclasses.replace(plan, costs=costs(plan.outside_numbers(), country))
    return Compiled(plan, (), acceptances, claims)


def _claims(draft: Draft, directory: numbers_of.Directory) -> Iterator[Claim]:
    if draft.pbx is not None:
        yield "pbx.name", draft.pbx.name, draft.node("pbx", "name").location
        yield "pbx.domain", draft.pbx.domain.lower(), draft.node("pbx", "domain").location
    for number, owner in directory.outside.items():
        yield OUTSIDE_NUMBER, number, owner.location
    for text, written in directory.inbound.items():
        if text in directory.ranges:
            yield INBOUND_RANGE, text, key_of(draft.node("inbound"), written)


def _country(draft: Draft, root: tree.Mapping | None, findings: Findings) -> str | None:
    """The country, also where something else of ``pbx`` is wrong; None where it cannot be told."""
    known = countries()
    node = at(root, "pbx", "country") if root is not None else None
    text = node.value if isinstance(node, tree.Scalar) and isinstance(node.value, str) else None
    if text in known:
        return text
    if draft.pbx is not None and node is not None:
        help = f"write {text.upper()}" if text and text.upper() in known else "write two capital letters, such as IT"
        findings.add("PBX105", f"no country is known as {text!r}", node.location, help=help)
    return None


def _timezone(draft: Draft, findings: Findings) -> None:
    import zoneinfo

    if draft.pbx is None:
        return
    known = zoneinfo.available_timezones()
    if draft.pbx.timezone not in known:
        findings.add(
            "PBX105",
            f"no time zone is known as {draft.pbx.timezone!r}",
            draft.node("pbx", "timezone").location,
            help=_zone_hint(draft.pbx.timezone, known),
        )


def _zone_hint(written: str, known: set[str]) -> str:
    """The nearest zone, or that of the nearest city (``rome``)."""
    asked = did_you_mean(written, known)
    if not asked:
        cities = {zone.rpartition("/")[2]: zone for zone in sorted(known)}
        city = written if written in cities else nearest(written.rpartition("/")[2], cities)
        asked = f"did you mean '{cities[city]}'?" if city is not None else ""
    return asked or "write a name of the IANA database, such as Europe/Rome"


def _default_operator(draft: Draft, findings: Findings) -> str | None:
    """What a bare ``operator`` means: the default one, or the only one there is."""
    marked = [name for name, operator in draft.source.operators.items() if operator.default]
    for name in marked[1:]:
        findings.about(("operator", name)).add(
            "PBX130",
            f"two operator positions are the default: {marked[0]} and {name}",
            draft.node("operators", name, "default").location,
            help="only one can be what a bare 'operator' means",
            related=[Related("the first", draft.node("operators", marked[0], "default").location)],
        )
    known = list(draft.names.get("operators", {}))
    return marked[0] if marked else known[0] if len(known) == 1 else None
