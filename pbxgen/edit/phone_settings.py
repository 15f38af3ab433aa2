"""Settings that users have made from their phones, as an administrator would write them into the source."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pbxgen.diagnostics.location import Location
from pbxgen.edit.assignment import DND, RETURN, Assignment, Flag, NewRule
from pbxgen.flow.plan import Place, PlaceKind, Plan, Rule, Rules
from pbxgen.flow.settings import DEVIATIONS, Setting, place_of

_NOWHERE = Location("", 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Left:
    """A setting that the YAML cannot hold."""

    why: str
    """expires or follow_me."""


def assignment_of(plan: Plan, extension: str, key: str, setting: Setting) -> Assignment | Left | None:
    """What ``setting``, which ``plan`` permits, is in the YAML; None: the source says so already."""
    user = plan.users[extension]
    if setting.expires:
        return Left("expires")
    if key == "follow_me":
        return None if setting.to == "on" else Left("follow_me")
    if says(plan, extension, key, setting):
        return None
    if key == DND:
        return Assignment("users", extension, DND, Flag(setting.to == "on"))
    written_key = key.replace("return_", f"{RETURN}.", 1) if key.startswith("return_") else key
    place = None if setting.to == "off" else place_of(plan, user, setting.to)
    destinations = () if place is None else (_written(plan, extension, place),)
    return Assignment("users", extension, written_key, NewRule(destinations, setting.after, keeps_options=False))


def says(plan: Plan, extension: str, key: str, setting: Setting) -> bool:
    """Does the plan do without the setting what it does with it?"""
    user = plan.users.get(extension)
    if user is None:
        return False
    if key not in DEVIATIONS:
        return key == DND and user.dnd == (setting.to == "on")
    rules: Rules = getattr(user.deviations, key)
    if setting.to == "off":
        return not rules
    place = place_of(plan, user, setting.to)
    return place is not None and tuple(map(_bare, rules)) == (_bare(Rule((place,), _NOWHERE, after=setting.after)),)


def _bare(rule: Rule) -> Rule:
    """The same rule, wherever it is written."""
    return replace(rule, location=_NOWHERE, places=tuple(replace(place, location=_NOWHERE) for place in rule.places))


def _written(plan: Plan, extension: str, place: Place) -> str:
    user = plan.users[extension]
    match place.kind:
        case PlaceKind.MAILBOX:
            return "voicemail"
        case PlaceKind.OUTSIDE if user.own_mobile is not None and user.own_mobile.key == place.key:
            return "mobile"
        case PlaceKind.OPERATOR:
            return "operator" if len(plan.operators) == 1 else f"operator:{place.target}"
        case PlaceKind.GROUP:
            return f"group:{place.target}"
    return place.target
