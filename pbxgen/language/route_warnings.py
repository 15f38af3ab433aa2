"""Warnings about outgoing calls: routes that none can take, and callers who have no number to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pbxgen.diagnostics.diagnostic import Related
from pbxgen.diagnostics.extension_lists import several
from pbxgen.diagnostics.location import Location
from pbxgen.flow.numbering import NumberingPlan
from pbxgen.flow.pattern import Pattern, expand, is_covered, is_within
from pbxgen.flow.plan import User
from pbxgen.flow.trunk import Route, Trunk
from pbxgen.language.findings import Findings


def warn_of_routes(
    routes: Mapping[str, Route],
    trunks: Mapping[str, Trunk],
    users: Mapping[str, User],
    ranges: Mapping[Location, Pattern],
    numbering: NumberingPlan | None,
    findings: Findings,
) -> None:
    """``ranges``: those of `inbound`, by where they are written."""
    _never_used(list(routes.values()), numbering, findings)
    _taken_inside(routes.values(), ranges, findings)
    _nothing_shown(routes, trunks, users.values(), findings)


def _read_is_taken(pattern: Pattern, earlier: list[Route], numbering: NumberingPlan) -> bool:
    """Do earlier routes have, in E.164, every number that a pattern stands for as it is dialled? In doubt: no."""
    read = [numbering.dialled(numbering.outside_line + digits) for digits in expand(pattern) or [""]]
    return all(number is not None and any(route.carries(number) for route in earlier) for number in read)


def _never_used(routes: list[Route], numbering: NumberingPlan | None, findings: Findings) -> None:
    """Patterns are compared with those of the same form: in E.164, or as dialled, where emergency routes come first."""
    emergency = [route for route in routes if route.emergency]
    for at, route in enumerate(routes):
        earlier_routes = routes[:at] if route.emergency or not route.as_dialled else [*emergency, *routes[:at]]
        kinds = {(route.emergency, route.as_dialled), *([(True, False)] if route.as_dialled else [])}
        earlier = [other for other in earlier_routes if (other.emergency, other.as_dialled) in kinds]
        taken = [pattern for other in earlier for pattern in other.patterns]
        others = [other for other in routes[:at] if route.as_dialled and not (other.emergency or other.as_dialled)]
        if not route.patterns or not all(
            is_covered(pattern, taken)
            or (numbering is not None and others and _read_is_taken(pattern, others, numbering))
            for pattern in route.patterns
        ):
            continue
        first = next((o for o in earlier if all(is_covered(p, o.patterns) for p in route.patterns)), None)
        first = first or [*others, *earlier][0]
        other = "" if route.trunks == first.trunks else f"; {_OTHER_TRUNK}"
        findings.add(
            "PBX173",
            f"route {route.name} can carry no call: earlier ones have every number that it matches",
            route.location,
            help="move it before them, or remove it: the first route that matches carries the call" + other,
            related=[Related("an earlier one", first.location)],
        )


_OTHER_TRUNK = "a route may have a list of trunks, and a user's trunk says by which their calls leave"


def _taken_inside(routes: Iterable[Route], ranges: Mapping[Location, Pattern], findings: Findings) -> None:
    """Calls to numbers of inbound ranges stay here, whatever routes match them."""
    for route in routes:
        if route.emergency or route.as_dialled or not route.patterns:
            continue
        around = [next((at for at, r in ranges.items() if is_within(p, r)), None) for p in route.patterns]
        if around[0] is not None and None not in around:
            findings.add(
                "PBX173",
                f"route {route.name} can carry no call: inbound range {ranges[around[0]]} has its numbers",
                route.location,
                help="let the range have the numbers of your own block only",
                related=[Related("the range", around[0])],
            )


def _nothing_shown(
    routes: Mapping[str, Route], trunks: Mapping[str, Trunk], users: Iterable[User], findings: Findings
) -> None:
    nameless = {name for name, trunk in trunks.items() if trunk.number is None}
    showing: dict[str, list[str]] = {}
    for user in users:
        if user.own_number is None and not user.withheld:
            allowed = (routes[name] for name in user.routes or () if name in routes)
            used = {trunk for route in allowed for trunk in route.with_trunks(user.trunks).trunks}
            for trunk in used & nameless:
                showing.setdefault(trunk, []).append(user.extension)
    for name, extensions in showing.items():
        about = findings.about(("user", extensions[0])) if len(extensions) == 1 else findings
        who = several("user", extensions)
        about.add(
            "PBX174",
            f"calls of {who} over trunk {name} show no number: an extension is none, and they and the trunk have none",
            trunks[name].location,
            help="give the trunk a number, or the users a did or a caller_id",
        )
