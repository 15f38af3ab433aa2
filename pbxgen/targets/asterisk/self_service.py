"""Users' settings, codes and switches as lines of the dialplan (what they mean: ``self_service.conf``)."""

from __future__ import annotations

from collections.abc import Iterator

from pbxgen.flow.plan import PlaceKind, Plan, User
from pbxgen.flow.self_service import Code, Profile
from pbxgen.flow.settings import DEVIATIONS, KEYS, emergency_spellings
from pbxgen.targets.asterisk.places import Line, Owner, over, own_place, rule_lines


def is_used(plan: Plan) -> bool:
    """Does the plan need the library of settings and switches?"""
    return bool(plan.switches) or plan.self_service is not None


def look_up(plan: Plan, user: User, profile: Profile) -> Line:
    """The first line of a user who may set something."""
    kinds = [kind for kind in sorted(profile.to) if kind != "voicemail" or user.mailbox is not None]
    data = (
        user.extension,
        "&".join(_keys(user, profile)),
        "&".join(kinds),
        _mobile(plan, user),
        "&".join(user.routes or ()),
        str(plan.outside_timeout),
        _expires(profile),
        *([over(plan, user.trunks)] if user.trunks else []),
    )
    return Line(f"Gosub(pbxgen-settings,s,1({','.join(data)}))")


def dnd(user: User) -> str:
    """Whether calls find the user busy, once the settings are looked up."""
    return f'${{IF($["${{PBX_S_DND}}" = "{"off" if user.dnd else "on"}"]?{"no:yes" if user.dnd else "yes:no"})}}'


def deviation_lines(plan: Plan, user: User, profile: Profile, shared: str | None) -> Iterator[Line]:
    """The user's deviations, a setting in front of each that may be set."""
    for key, rules in user.deviations.lists():
        if key not in profile.may:
            if rules and shared is None:
                yield from rule_lines(plan, key, rules, Owner(user.extension), reason=key.removeprefix("return_"))
            continue
        yield from _in_front(key, user)
        if not rules:
            yield Line("Return()")
        elif shared is not None:
            yield Line(f"Goto({plan.name}.shared,{shared}_{key},1)")
        else:
            lines = rule_lines(plan, key, rules, Owner(user.extension), reason=key.removeprefix("return_"))
            yield from (Line(line.application) for line in lines)


def follow_me_line(user: User, legs: str) -> Iterator[Line]:
    yield Line(f"Gosub(pbxgen-setting,s,1(follow_me,{user.extension}))", "follow_me")
    yield Line('ExecIf($["${PBX_SET}" = "off"]?Return())')
    yield Line(f"Return({legs})")


def _in_front(key: str, user: User) -> Iterator[Line]:
    yield Line(f"Gosub(pbxgen-setting,s,1({key},{user.extension}))", key)
    yield Line("ExecIf($[${LEN(${PBX_SET})} > 0]?Return(${PBX_SETTING}))")


def _keys(user: User, profile: Profile) -> list[str]:
    return [key for key in KEYS if key in profile.may and (key != "follow_me" or user.follow_me)]


def _mobile(plan: Plan, user: User) -> str:
    if user.mobile is None:
        return "none"
    return "no" if user.own_mobile is None else own_place(plan, user.own_mobile)


def _expires(profile: Profile) -> str:
    """Seconds, or ``18.00``: a colon has a meaning in the dialplan."""
    if profile.expires is None:
        return ""
    if profile.expires.endswith("h"):
        return str(3600 * int(profile.expires[:-1]))
    return profile.expires.replace(":", ".")


def view(plan: Plan) -> dict[str, object]:
    """What the template prints of codes, switches and what settings may lead to."""
    if not is_used(plan):
        return {
            "codes": (),
            "switches": (),
            "positions": (),
            "costly": (),
            "emergency_spellings": (),
            "settable": False,
        }
    service = plan.self_service
    codes = [] if service is None else [line for code in service.codes for line in _code(code, plan)]
    for switch in plan.switches.values():
        off = f"#{switch.number[1:]}"
        codes += [
            (switch.number, f"Goto(pbxgen-code,switch,1({switch.name},toggle))"),
            (f"{switch.number}#", f"Goto(pbxgen-code,switch,1({switch.name},on))"),
            (off, f"Goto(pbxgen-code,switch,1({switch.name},off))"),
            (f"{off}#", f"Goto(pbxgen-code,switch,1({switch.name},off))"),
        ]
    return {
        "settable": True,
        "codes": [(extension, application.replace("Goto(", "Gosub(")) for extension, application in codes],
        "switches": [
            {
                "name": switch.name,
                "answer": f"{'on' if switch.on else 'off'}/{'&'.join(switch.operators)}/{switch.number}",
                "where": switch.location.short,
            }
            for switch in plan.switches.values()
        ],
        "positions": [
            (group.number, "p" if place.kind is PlaceKind.OPERATOR else "g") for place, group in plan.positions()
        ],
        "costly": [] if service is None else [_costly(*costly) for costly in service.costly],
        "emergency_spellings": () if service is None else emergency_spellings(plan),
    }


def _code(code: Code, plan: Plan) -> Iterator[tuple[str, str]]:
    if code.number:
        # A dash is never dialled.
        mailbox = plan.features.own_mailbox or "-"
        data = f"{code.key},${{EXTEN:{len(code.head)}}},{'yes' if code.seconds else 'no'},{mailbox}"
        yield f"_{code.head}!", f"Goto(pbxgen-code,set,1({data}))"
        return
    match code.action:
        case "on" if code.key in DEVIATIONS:
            what = f"clear,1({code.key})"
        case "on" | "off":
            what = f"state,1({code.key},{code.action})"
        case action:
            what = f"{action},1({code.key})"
    yield code.head, f"Goto(pbxgen-code,{what})"
    yield f"{code.head}#", f"Goto(pbxgen-code,{what})"


def _costly(code: str, expression: str) -> tuple[str, str]:
    return f"_+{code}X!", f'${{REGEX("^.[+]{code}({expression})$" (${{EXTEN}})}}'
