"""What Asterisk cannot express of a plan: errors with the place in the source, never a silent difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.location import Location
from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Plan, Strategy
from pbxgen.targets.asterisk import features, names, places, text
from pbxgen.targets.asterisk.dialplan import FEW_CONTACTS
from pbxgen.targets.asterisk.raw_settings import refused_settings
from pbxgen.targets.base import Options, Part
from pbxgen.targets.networks import by_address, unknown_host

ROUTES = 100
"""Asterisk looks through at most 128 contexts for one number, and every route is one."""
MEMBERS = 150
"""Members rung together; each may need a channel name in one line of 8,190 bytes."""
LINE = text.LINE_LIMIT - 100
"""Bytes left for data in a line of the dialplan."""
TO_TRY = 7000
"""Bytes of the places one call may have before it; a line that is executed holds 8,191."""


def limits(plan: Plan, options: Options) -> Iterator[Diagnostic]:
    """Every problem of ``plan`` on Asterisk but those of its secrets."""
    if Part.DIALPLAN in options.parts:
        yield from _endpoint_pattern(plan, options)
        yield from _names(plan)
        yield from _taken(plan)
        yield from _routes(plan)
        yield from _ranges(plan)
        yield from _groups(plan)
        yield from _lists(plan)
    if Part.ENDPOINTS in options.parts:
        yield from _trunks(plan)
        yield from refused_settings(plan)
    if Part.ENDPOINTS in options.parts or Part.VOICEMAIL in options.parts:
        yield from _shown_names(plan)


def _endpoint_pattern(plan: Plan, options: Options) -> Iterator[Diagnostic]:
    pattern = options.endpoint_name
    if pattern is not None and pattern.count("{extension}") != 1:
        yield make(
            "PBX304",
            f"the endpoint name {pattern!r} does not hold {{extension}} exactly once",
            None,
            help="write {extension} once, and {tenant} or {domain} as often as you like",
        )


def _names(plan: Plan) -> Iterator[Diagnostic]:
    """The longest context of each thing that has a name."""
    named: list[tuple[str, str, str, Location]] = []
    named += [("trunk", list(by_address(t))[-1].name, ".settings", t.location) for t in plan.trunks.values()]
    named += [("route", r.name, "", r.location) for r in plan.routes.values()]
    named += [("service", s.name, "", s.location) for s in plan.services.values()]
    for schedule in plan.schedules.values():
        ending = ".closed.2026" if schedule.closed else ".open" if schedule.opened else ""
        named.append(("schedule", schedule.name, ending, schedule.location))
    for contacts in plan.contacts.values():
        ending = f".{'0' * 14}xx" if len(contacts.patterns) > FEW_CONTACTS else ""
        named.append(("contacts", contacts.name, ending, contacts.location))
    for kind, name, ending, location in named:
        context = names.context(plan, kind, name) + ending
        if len(context.encode()) > names.CONTEXT_LIMIT:
            yield make(
                "PBX301",
                f"the context {context} of this {kind} is longer than the {names.CONTEXT_LIMIT} letters Asterisk keeps",
                location,
                help=f"shorten the name by {len(context.encode()) - names.CONTEXT_LIMIT} letters",
            )


def _taken(plan: Plan) -> Iterator[Diagnostic]:
    """Numbers and codes that no call ever comes to, as Asterisk takes them itself."""
    named = [(group.number, f"{place.kind} {group.name}", group.location) for place, group in plan.positions()]
    named += [(switch.number, f"switch {switch.name}", switch.location) for switch in plan.switches.values()]
    taken: list[tuple[str, Location | None]] = [(what, at) for number, what, at in named if number == features.BUILT_IN]
    if features.BUILT_IN in (plan.features.own_mailbox, plan.features.any_mailbox):
        taken.append(("mailboxes (features)", None))
    if plan.self_service is not None:
        taken += [(f"{c.action} {c.key}", None) for c in plan.self_service.codes if c.head == features.BUILT_IN]
    for what, location in taken:
        yield make(
            "PBX319",
            f"{features.BUILT_IN}, the number of {what}, is Asterisk's own code for pickup",
            location,
            help="choose another number",
        )


def _routes(plan: Plan) -> Iterator[Diagnostic]:
    routes = [route for route in plan.routes.values() if not route.emergency]
    help = "give routes that use the same trunk and the same classes one name, with a list of patterns"
    yield from _looked_through("routes", [route.location for route in routes], help)


def _ranges(plan: Plan) -> Iterator[Diagnostic]:
    help = "write fewer, wider ranges; numbers that stand alone may be as many as you like"
    yield from _looked_through("inbound ranges", [each.location for each in plan.ranges], help)


def _looked_through(what: str, locations: Sequence[Location], help: str) -> Iterator[Diagnostic]:
    """Asterisk tries them one after the other."""
    if len(locations) > ROUTES:
        message = f"{len(locations)} {what} are more than the {ROUTES} that Asterisk looks through"
        yield make("PBX303", message, locations[ROUTES], help=help)


def _groups(plan: Plan) -> Iterator[Diagnostic]:
    for _, group in plan.positions():
        if group.strategy is Strategy.ALL and len(group.members) > MEMBERS:
            yield make(
                "PBX302",
                f"{len(group.members)} members rung together are more than the {MEMBERS} that fit into one call",
                group.location,
                help="ring fewer, or use strategy: linear",
            )
        longest = max(len("&".join(group.members)), len(places.places(plan, group.overflow)))
        if longest > LINE:
            yield _too_long(f"the members or the overflow of {group.name}", group.location)


def _lists(plan: Plan) -> Iterator[Diagnostic]:
    """Lists of destinations that do not fit into a line, alone or together in one call."""
    worst: list[tuple[int, Location]] = []
    for user in plan.users.values():
        for _, rules in user.deviations.lists():
            for rule in rules:
                if len(rule.places) > 2:
                    length = len(places.places(plan, rule.places, places.Owner(user.extension), "unconditional"))
                    worst.append((length, rule.location))
                    if length > LINE:
                        yield _too_long("this list of destinations", rule.location)
        if len(user.follow_me) > 2 and len(places.legs(plan, user.follow_me)) > LINE:
            yield _too_long("this follow_me", user.location)
    for rule in (rule for entry in plan.inbound.values() for rule in entry.rules):
        if len(rule.places) > 2 and len(places.places(plan, rule.places)) > LINE:
            yield _too_long("this list of destinations", rule.location)
    worst.sort(key=lambda pair: -pair[0])
    together = worst[: 2 * plan.max_diversions]
    if sum(length for length, _ in together) > TO_TRY and together[0][0] <= LINE:
        yield make(
            "PBX302",
            "the longest lists of destinations together do not fit into one call",
            together[0][1],
            help="shorten the lists, or lower defaults.max_diversions",
        )


def _too_long(what: str, location: Location) -> Diagnostic:
    return make(
        "PBX302",
        f"{what} is longer than a line of Asterisk's configuration",
        location,
        help="make it shorter, or lead to a group that holds the rest",
    )


def _trunks(plan: Plan) -> Iterator[Diagnostic]:
    for trunk in plan.trunks.values():
        unknown = unknown_host(trunk)
        if unknown is not None:
            yield make(
                "PBX300",
                f"the host of trunk {trunk.name}, {unknown}, is a name, and no address of its calls is given",
                trunk.location,
                help='add the addresses of the carrier: accept_from: ["192.0.2.0/28"]',
            )
        if trunk.username is not None and trunk.username != trunk.username.strip():
            yield make(
                "PBX305",
                f"the username of trunk {trunk.name} begins or ends with a space",
                trunk.location,
                help="Asterisk drops such spaces; have the carrier give you another name",
            )


def refused_secrets(plan: Plan, options: Options) -> Iterator[Diagnostic]:
    """Passwords that Asterisk would not read back as they are."""
    if Part.ENDPOINTS not in options.parts:
        return
    secrets: list[Secret | None] = [user.password for user in plan.users.values()]
    secrets += [trunk.password for trunk in plan.trunks.values()]
    for secret in dict.fromkeys(s for s in secrets if s is not None):
        value = options.secrets.get(secret)
        if value is not None and value != value.strip():
            yield make(
                "PBX305",
                "this password begins or ends with a space",
                secret.location,
                help="Asterisk drops such spaces: choose another password",
            )


def _shown_names(plan: Plan) -> Iterator[Diagnostic]:
    for user in plan.users.values():
        if len(user.name) * 4 > text.CALLER_NAME_LIMIT and len(user.name.encode()) > text.CALLER_NAME_LIMIT:
            yield make(
                "PBX306",
                f"the name of {user.extension} is longer than Asterisk can show; phones will see its beginning",
                user.location,
                help=f"at most {text.CALLER_NAME_LIMIT} bytes are shown: shorten the name",
                subject=("user", user.extension),
            )
