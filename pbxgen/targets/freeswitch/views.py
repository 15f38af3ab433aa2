"""What the templates print: every decision is made here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pbxgen.diagnostics.location import Location
from pbxgen.flow.plan import Contacts, Plan, Route, Rules, Trunk, User
from pbxgen.flow.schedule import Schedule
from pbxgen.targets.base import Options, Part
from pbxgen.targets.freeswitch import records
from pbxgen.targets.freeswitch.addresses import access_lists
from pbxgen.targets.freeswitch.clock import Check, Opening, opening
from pbxgen.targets.freeswitch.endpoints import Naming
from pbxgen.targets.freeswitch.escape import shown_name

_SMALL, _LARGE = 1_000, 100_000
_PATTERNS_PER_EXPRESSION = 50


def bucket_digits(plan: Plan) -> int:
    """By how many last digits call data are spread over domains, so that each holds some hundred entries."""
    entries = len(plan.users) + len(plan.dids) + len(plan.inbound)
    if entries <= _SMALL:
        return 0
    return 2 if entries <= _LARGE else 3


@dataclass(frozen=True, slots=True)
class InboundTrunk:
    tenant: str
    name: str
    lists: tuple[str, ...]
    bare: str
    where: str


def inbound_trunks(plan: Plan) -> Iterator[InboundTrunk]:
    for trunk in plan.trunks.values():
        lists = access_lists(trunk)
        if lists:
            bare = "yes" if trunk.number_format.value == "e164_bare" else "no"
            yield InboundTrunk(plan.name, trunk.name, lists, bare, f"{trunk.name} ({trunk.location.short})")


@dataclass(frozen=True, slots=True)
class RouteView:
    name: str
    trunk: str
    expression: str
    patterns: str
    where: str


@dataclass(frozen=True, slots=True)
class EmergencyView:
    trunk: str
    expression: str


@dataclass(frozen=True, slots=True)
class ContactsView:
    name: str
    expressions: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class UntilView:
    date: str

    @property
    def digits(self) -> str:
        return self.date.replace("-", "")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of judging a schedule: if any test passes, something is set."""

    meaning: str
    field: str
    tests: tuple[Check, ...]
    sets: str


@dataclass(frozen=True, slots=True)
class ScheduleView:
    opening: Opening
    parts: tuple[Step, ...]
    where: str


def tenant(plan: Plan, naming: Naming) -> dict[str, object]:
    before, after = naming.dial(plan)
    return {
        "name": plan.name,
        "digest": plan.digest,
        "domain": plan.domain,
        "timezone": plan.timezone,
        "language": plan.language,
        "numbering": plan.numbering,
        "max_diversions": plan.max_diversions,
        "outside_timeout": plan.outside_timeout,
        "sip_480": plan.sip_480.value,
        "bucket": bucket_digits(plan),
        "phone_before": before,
        "phone_after": after,
        "phone_expression": naming.expression(plan),
        "emergency": tuple(_emergency(plan)),
        "routes": tuple(_route(r) for r in plan.routes.values() if not r.emergency),
        "untils": tuple(UntilView(day) for day in _untils(plan)),
        "contacts": tuple(_contacts(c) for c in plan.contacts.values()),
        "schedules": tuple(_schedule(s) for s in plan.schedules.values()),
    }


def _emergency(plan: Plan) -> Iterator[EmergencyView]:
    by_trunk: dict[str, list[str]] = {}
    for number, trunk in plan.emergency.items():
        by_trunk.setdefault(trunk, []).append(number)
    line = plan.numbering.outside_line
    optional = f"(?:{line})?" if line else ""
    for trunk, numbers in by_trunk.items():
        yield EmergencyView(trunk, rf"^{optional}({'|'.join(map(re.escape, numbers))})\z")


def _route(route: Route) -> RouteView:
    expression = rf"^(?:{'|'.join(p.regex for p in route.patterns)})\z"
    patterns = ", ".join(map(str, route.patterns))
    return RouteView(route.name, route.trunk, expression, patterns, f"{route.name} ({route.location.short})")


def _contacts(contacts: Contacts) -> ContactsView:
    written = [p.regex for p in contacts.patterns]
    chunks = [written[i : i + _PATTERNS_PER_EXPRESSION] for i in range(0, len(written), _PATTERNS_PER_EXPRESSION)]
    expressions = tuple(rf"^external outside:(?:{'|'.join(chunk)})\z" for chunk in chunks)
    return ContactsView(contacts.name, expressions, f"{contacts.name} ({contacts.location.short})")


def _untils(plan: Plan) -> list[str]:
    lists: list[Rules] = [found for u in plan.users.values() for _, found in u.deviations.lists()]
    lists += [i.rules for i in plan.inbound.values()]
    return sorted({r.condition.until.isoformat() for found in lists for r in found if r.condition.until is not None})


def _schedule(schedule: Schedule) -> ScheduleView:
    times = opening(schedule)
    parts = [
        Step("closed", "${pbx_now}", times.closed, "pbx_day=closed"),
        Step("opening hours", "${pbx_day}${pbx_now}", times.weekly, "pbx_open=yes"),
        Step("yesterday was closed", "${pbx_now}", times.closed_eve, "pbx_eve=closed"),
        Step("yesterday's hours that run past midnight", "${pbx_eve}${pbx_now}", times.eve, "pbx_open=yes"),
        Step("open all the same", "${pbx_now}", times.opened, "pbx_open=yes"),
    ]
    where = f"{schedule.name} ({schedule.location.short})"
    return ScheduleView(times, tuple(part for part in parts if part.tests), where)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of call data."""

    id: str
    record: str
    comment: str


@dataclass(frozen=True, slots=True)
class Domain:
    name: str
    entries: tuple[Entry, ...]


def calls(plan: Plan) -> dict[str, object]:
    digits = bucket_digits(plan)
    ending = re.compile(rf"[0-9]{{0,{digits}}}$")
    named = [Entry("bucket", str(digits), "by how many last digits users and numbers are spread")]
    spread: dict[str, list[Entry]] = {}
    for entry in _numbered(plan):
        found = ending.search(entry.id)
        spread.setdefault(found.group() if found else "", []).append(entry)
    for kind, groups in (("operator", plan.operators), ("group", plan.groups)):
        for group in groups.values():
            comment = _comment(f"{kind} {group.name}", group.location)
            named.append(Entry(f"{kind}:{group.name}", records.group(group, plan), comment))
    for trunk in plan.trunks.values():
        comment = _comment(f"trunk {trunk.name}", trunk.location)
        named.append(Entry(f"trunk:{trunk.name}", records.trunk(trunk, plan), comment))
    domains = [Domain(f"calls:{plan.name}", (*named, *spread.pop("", [])))]
    domains += [Domain(f"calls{key}:{plan.name}", tuple(found)) for key, found in sorted(spread.items())]
    return {"name": plan.name, "digest": plan.digest, "domains": domains}


def _numbered(plan: Plan) -> Iterator[Entry]:
    for user in plan.users.values():
        yield Entry(user.extension, records.user(user, plan), _comment(f"{user.extension} {user.name}", user.location))
    for number, extension in plan.dids.items():
        owner = plan.users[extension]
        yield Entry(number, f"to=user:{extension}", _comment(f"{number}: {owner.name}", owner.location))
    for inbound in plan.inbound.values():
        yield Entry(inbound.number, records.inbound(inbound), _comment(inbound.number, inbound.location))
    for number, group in plan.numbers.items():
        kind = "operator" if plan.operators.get(group.name) is group else "group"
        yield Entry(number, f"to={kind}:{group.name}", _comment(f"{number}: {kind} {group.name}", group.location))


def _comment(what: str, location: Location) -> str:
    return f"{what} ({location.short})"


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Phone:
    id: str
    alias: str
    comment: str
    shown_name: str
    params: tuple[Param, ...]


def phones(plan: Plan, options: Options, naming: Naming) -> dict[str, object]:
    """The directory of phones. FreeSWITCH may keep users once found where it serves one tenant.

    It keeps them under their name and domain in one word (``switch_xml_user_cache``), and where phones may name their
    domain, 101 at pbx.example could call itself 10 at 1pbx.example and be taken for that.
    """
    every = (_phone(user, plan, options, naming) for user in plan.users.values())
    found = [phone for phone in every if phone is not None]
    return {
        "name": plan.name,
        "digest": plan.digest,
        "domain": plan.domain,
        "timezone": plan.timezone,
        "kept": not naming.fleet,
        "of_tenant": naming.of_tenant(plan),
        "groups": [found[first : first + _SMALL] for first in range(0, len(found), _SMALL)],
    }


def _phone(user: User, plan: Plan, options: Options, naming: Naming) -> Phone | None:
    """The directory entry; None for who has neither a phone nor a mailbox of ours."""
    endpoint = user.password is not None and Part.ENDPOINTS in options.parts
    mailbox = user.mailbox is not None and Part.VOICEMAIL in options.parts
    if not endpoint and not mailbox:
        return None
    params = []
    if endpoint and user.password is not None:
        params.append(Param("password", options.secrets[user.password]))
        if naming.tells_tenant:
            params.append(Param("sip-force-user", naming.registered(plan, user.extension)))
            params.append(Param("mwi-account", f"{user.extension}@{plan.domain}"))
    else:
        params.append(Param("sip-forbid-register", "true"))
    if user.mailbox is not None and mailbox:
        if user.mailbox.pin is not None:
            params.append(Param("vm-password", options.secrets[user.mailbox.pin]))
        if user.mailbox.email is not None:
            params.append(Param("vm-mailto", user.mailbox.email))
            params.append(Param("vm-email-all-messages", "true"))
    else:
        params.append(Param("vm-enabled", "false"))
    name = naming.user(plan, user.extension)
    alias = user.extension if name != user.extension else ""
    comment = _comment(f"{user.extension} {user.name}", user.location)
    return Phone(name, alias, comment, shown_name(user.name), tuple(params))


@dataclass(frozen=True, slots=True)
class Gateway:
    name: str
    where: str
    params: tuple[Param, ...]


def gateways(plan: Plan, options: Options) -> dict[str, object]:
    found = tuple(_gateway(trunk, plan, options) for trunk in plan.trunks.values())
    return {"name": plan.name, "digest": plan.digest, "gateways": found}


def _gateway(trunk: Trunk, plan: Plan, options: Options) -> Gateway:
    host = f"[{trunk.host}]" if ":" in trunk.host else trunk.host
    proxy = host if trunk.port is None else f"{host}:{trunk.port}"
    params = [Param("proxy", proxy), Param("register", "true" if trunk.register else "false")]
    if trunk.username is not None:
        params += [Param("username", trunk.username), Param("from-user", trunk.username)]
    if trunk.password is not None:
        params.append(Param("password", options.secrets[trunk.password]))
    params += [
        Param("register-transport", trunk.transport),
        # From shows the caller: what it shows is the trunk's caller_id.
        Param("caller-id-in-from", "true"),
    ]
    return Gateway(records.gateway_name(trunk, plan), f"{trunk.name} ({trunk.location.short})", tuple(params))
