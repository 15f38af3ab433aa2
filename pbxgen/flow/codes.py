"""What is dialled to change or hear a setting, and what it does. Codes are no calls."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from pbxgen.flow.plan import Plan, User
from pbxgen.flow.self_service import Code, Switch
from pbxgen.flow.settings import (
    LONGEST,
    LONGEST_NUMBER,
    NOTHING_SET,
    STATES,
    Setting,
    Settings,
    State,
    expiry,
    is_permitted,
    permitted,
    written,
)


@dataclass(frozen=True, slots=True)
class Dialled:
    """A code of a user's, as it was dialled."""

    code: Code
    number: str = ""
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class SwitchCode:
    """The code of a switch. ``on`` is None where the code toggles the switch."""

    switch: Switch
    on: bool | None


@dataclass(frozen=True, slots=True)
class Unclear:
    """Digits that begin like a code and are none."""


def dialled_code(plan: Plan, dialled: str) -> Dialled | SwitchCode | Unclear | None:
    """The code that ``dialled`` is; None: it is no code. A closing # may be missing, or written %23."""
    text = dialled.replace("%23", "#")
    if text[:1] not in ("*", "#"):
        return None
    for switch in plan.switches.values():
        if text in (switch.number, f"{switch.number}#"):
            return SwitchCode(switch, None if text == switch.number else True)
        if text.removesuffix("#") == f"#{switch.number[1:]}":
            return SwitchCode(switch, False)
    text = text.removesuffix("#")
    for code in () if plan.self_service is None else plan.self_service.codes:
        if not code.number and text == code.head:
            return Dialled(code)
        if code.number and text.startswith(code.head):
            rest = _rest(starred(plan)).fullmatch(text[len(code.head) :])
            if rest is None or (rest[2] and not code.seconds):
                return Unclear()
            return Dialled(code, rest[1], int(rest[2]) if rest[2] else None)
    return None


def starred(plan: Plan) -> tuple[str, ...]:
    """Numbers behind a code that begin with a star; they are read before seconds, which begin with a star too."""
    numbers = (plan.features.own_mailbox, *(group.number for _, group in plan.positions()))
    return tuple(number for number in numbers if number is not None and number.startswith("*"))


@cache
def _rest(starred: tuple[str, ...]) -> re.Pattern[str]:
    """What may follow the code in a dialled text: a number, and seconds."""
    known = "".join(f"{re.escape(number)}|" for number in starred)
    return re.compile(rf"({known}\+?[0-9]*)(?:\*([0-9]{{1,3}}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a code: a SIP status of refusal, or the state after it."""

    status: int | None
    subject: str = ""
    """Extension or name of the switch."""
    state: State = NOTHING_SET


def dial(plan: Plan, state: State, extension: str, code: Dialled | SwitchCode | Unclear, moment: dt.datetime) -> Done:
    """What ``code`` does on the phone of ``extension`` at ``moment`` (local time of the PBX)."""
    user = plan.users[extension]
    if isinstance(code, Unclear):
        return Done(404)
    if isinstance(code, SwitchCode):
        switch = code.switch
        if extension not in switch.operators:
            return Done(403)
        on = not state.switches.get(switch.name, switch.on) if code.on is None else code.on
        return Done(None, switch.name, state.with_switch(switch.name, on))
    now = int(moment.replace(tzinfo=ZoneInfo(plan.timezone)).timestamp())
    before = state.users.get(extension, {})
    after = _settings_after(plan, user, before, code, now, moment)
    return Done(after) if isinstance(after, int) else Done(None, extension, state.with_user(extension, after))


def _settings_after(
    plan: Plan, user: User, before: Settings, dialled: Dialled, now: int, moment: dt.datetime
) -> Settings | int:
    code, profile = dialled.code, user.self_service
    clears = code.action == "clear" or (code.action == "on" and code.key not in STATES)
    may = profile is not None and (not code.key or code.key in profile.may)
    if code.key == "follow_me" and not user.follow_me:
        may = False
    if profile is None or not may:
        stored = code.key in before if code.key else bool(before)
        if not (clears and stored):
            return 403
    if code.action == "ask":
        return before
    # Settings that are not permitted any more are deleted: they do not return with the permission.
    others = {key: one for key, one in permitted(plan, user, before, now) if code.key not in ("", key)}
    if profile is None or clears:
        return others
    if code.action in ("on", "off"):
        to = code.action
    else:
        target = target_of(plan, user, dialled.number)
        if target is None:
            return 404
        to = target
    setting = Setting(to, dialled.seconds, now, expiry(profile, moment, plan.timezone))
    if not is_permitted(plan, user, code.key, setting, now):
        return 403
    after = {**others, code.key: setting}
    return after if len(written(after)) <= LONGEST else 403


def target_of(plan: Plan, user: User, number: str) -> str | None:
    """Where a setting to ``number``, as the user would dial it, leads; None: nothing has this number."""
    if not number:
        return "m" if user.mobile is not None else None
    if number == plan.features.own_mailbox:
        return "v" if user.mailbox is not None else None
    if number in plan.users:
        return f"x{number}"
    for place, group in plan.positions():
        if group.number == number:
            return f"{'p' if place.kind.value == 'operator' else 'g'}{number}"
    line = plan.numbering.outside_line
    if number in plan.emergency or (line and number.removeprefix(line) in plan.emergency):
        return "n"  # never permitted
    e164 = plan.numbering.dialled(number)
    if e164 is None or len(e164) > LONGEST_NUMBER:
        return None
    if e164 in plan.dids:
        return f"x{plan.dids[e164]}"
    if e164 not in plan.inbound and plan.in_range(e164) is None and plan.route_of(e164) is None:
        return None
    return f"n{e164}"
