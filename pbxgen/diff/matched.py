"""What has only another name in the new source: operator positions and groups by number, tenants by what is theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace

from pbxgen.flow.plan import Deviations, Place, PlaceKind, Plan, RingGroup, Rule, Rules

_Moved = Callable[[tuple[Place, ...]], tuple[Place, ...]]


def by_new_names(old: Plan, new: Plan) -> Plan:
    """``old`` with the names that its operator positions and groups have in ``new``."""
    names = {
        PlaceKind.OPERATOR: _renamed(old.operators, new.operators),
        PlaceKind.GROUP: _renamed(old.groups, new.groups),
    }
    if not any(names.values()):
        return old

    def moved(places: tuple[Place, ...]) -> tuple[Place, ...]:
        if not any(p.target in names.get(p.kind, ()) for p in places):
            return places
        return tuple(replace(p, target=names.get(p.kind, {}).get(p.target, p.target)) for p in places)

    def groups(found: Mapping[str, RingGroup], named: Mapping[str, str]) -> dict[str, RingGroup]:
        every = (replace(g, name=named.get(g.name, g.name), overflow=moved(g.overflow)) for g in found.values())
        return {g.name: g for g in every}

    return replace(
        old,
        operators=groups(old.operators, names[PlaceKind.OPERATOR]),
        groups=groups(old.groups, names[PlaceKind.GROUP]),
        users={e: replace(u, deviations=_deviations(u.deviations, moved)) for e, u in old.users.items()},
        inbound={n: replace(i, rules=_rules(i.rules, moved)) for n, i in old.inbound.items()},
    )


def tenants(before: Mapping[str, Plan], after: Mapping[str, Plan]) -> list[tuple[Plan, Plan]]:
    """Tenants of a fleet, old and new: by name, and those of another name that share what is unique in a fleet."""
    if len(before) == len(after) == 1:
        return [(next(iter(before.values())), next(iter(after.values())))]
    left = {name: plan for name, plan in before.items() if name not in after}
    found = []
    for name, plan in after.items():
        old = before.get(name) or next((o for o in left.values() if _share(o, plan)), None)
        if old is not None:
            left.pop(old.name, None)
            found.append((old, plan))
    return found


def _share(old: Plan, new: Plan) -> bool:
    return old.domain == new.domain or not {*old.dids, *old.inbound}.isdisjoint((*new.dids, *new.inbound))


def _renamed(old: Mapping[str, RingGroup], new: Mapping[str, RingGroup]) -> dict[str, str]:
    """Old name to new name, where nothing else has either."""
    by_number = {g.number: name for name, g in new.items() if name not in old}
    gone = {name: g.number for name, g in old.items() if name not in new}
    return {name: by_number[number] for name, number in gone.items() if number in by_number}


def _deviations(deviations: Deviations, moved: _Moved) -> Deviations:
    return Deviations(**{f.name: _rules(getattr(deviations, f.name), moved) for f in fields(deviations)})


def _rules(rules: Rules, moved: _Moved) -> Rules:
    return tuple(_rule(rule, moved) for rule in rules)


def _rule(rule: Rule, moved: _Moved) -> Rule:
    places = moved(rule.places)
    return rule if places is rule.places else replace(rule, places=places)
