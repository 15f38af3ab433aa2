"""What is set, as text and JSON (docs/json.md describes every field)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, get_args

from pbxgen.deploy.state import Lapsing, Plans, StateAt
from pbxgen.diff.comparison import compare
from pbxgen.diff.output import document, text_lines
from pbxgen.diff.result import Result, Section
from pbxgen.diff.words import blocks
from pbxgen.flow.explain import Teller
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import Setting, applied, place_of, resolved
from pbxgen.flow.stored_settings import StoredSettings, epoch_of, moment_text, passed_over
from pbxgen.language.model_sections import SetTo
from pbxgen.pbxs import SHOWN_NAMES
from pbxgen.phrases import Phrases

_LONGEST_TEXT = 120
"""Characters that are shown of what is no setting."""
Now = Callable[[Plan], dt.datetime]
"""The local time of a PBX."""


def callers(plans: Plans, state: StateAt, now: Now, say: Phrases) -> Result:
    """What the settings change for callers, compared with the source without any."""
    sections = []
    same = True
    for name, plan in plans.items():
        moment = now(plan)
        stored = state.tenants[name]
        new = replace(resolved(applied(plan, stored.state, moment)), digest=f"{plan.digest}, with what is set")
        comparison = compare(resolved(plan), new, moment.date(), say)
        same = same and comparison.same
        sections.append(Section(name, blocks(comparison, say), more=comparison.more))
    return Result(state.name, state.name, same, tuple(sections))


def state_lines(plans: Plans, state: StateAt, now: Now, say: Phrases) -> list[str]:
    target = state.target
    title = state.name if target is None else f"{state.name}: {SHOWN_NAMES[target.pbx]} at {target.at}, {target.folder}"
    lines = [title]
    for name, plan in plans.items():
        told = list(_told(plan, state.tenants[name], epoch_of(now(plan), plan), say))
        if told and len(plans) > 1:
            lines.append(f"  {name}:")
            told = [f"  {line}" for line in told]
        lines += [f"  {line}" for line in told]
    if len(lines) == 1:
        return [*lines, f"  {say('state.nothing')}"]
    others = [name for name, plan in plans.items() if state.running.get(name, plan.digest) != plan.digest]
    if others:
        lines += ["", f"  {say('state.other_source', tenants=', '.join(others))}"]
    changes = text_lines(callers(plans, state, now, say), say)
    return [*lines, "", f"  {say('state.callers')}", *(f"    {line}".rstrip() for line in changes)]


def _told(plan: Plan, stored: StoredSettings, epoch: int, say: Phrases) -> Iterator[str]:
    for extension, settings in stored.users.items():
        yield Teller(plan, say).party(extension)
        for key, setting in settings.items():
            standing = _standing(plan, extension, key, setting, epoch, say)
            yield f"  {setting_words(plan, extension, key, setting, say)}{standing}"
    for name, switch_setting in stored.switches.items():
        on = plan.switches[name].on
        word, otherwise = (say("state.on" if one else "state.off") for one in (switch_setting.on, on))
        since = moment_text(switch_setting.since, plan)
        yield say("state.switch", name=name, stands=word, since=since, default=otherwise)
    for key, text in stored.odd.items():
        cut = text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
        yield say("state.odd", key=key[:_LONGEST_TEXT], text=cut)


def setting_words(plan: Plan, extension: str, key: str, setting: Setting, say: Phrases) -> str:
    """``on busy: Bruno (102), since 2026-11-23 10:00``."""
    name = say("card.dnd") if key == "dnd" else say("state.follow_me") if key == "follow_me" else say(f"key.{key}")
    words = say(
        "state.set", key=name, to=_to(plan, extension, key, setting, say), since=moment_text(setting.since, plan)
    )
    if setting.expires:
        words += say("state.until", until=moment_text(setting.expires, plan))
    return words


def _to(plan: Plan, extension: str, key: str, setting: Setting, say: Phrases) -> str:
    user = plan.users.get(extension)
    if setting.to in ("on", "off"):
        return say(f"state.{setting.to}")
    # A place that the user may not set (any more) is told all the same.
    everything = None if user is None or user.self_service is None else replace(user.self_service, to=_EVERY_KIND)
    place = None if user is None else place_of(plan, replace(user, self_service=everything), setting.to)
    words = setting.to.lstrip("xpgn") or setting.to
    if place is not None:
        words = Teller(plan, say).place(place)
    elif setting.to in ("v", "m"):
        words = say("state.mailbox" if setting.to == "v" else "state.mobile")
    return words if setting.after is None else say("state.after", to=words, seconds=setting.after)


_EVERY_KIND = frozenset(get_args(SetTo))


def _standing(plan: Plan, extension: str, key: str, setting: Setting, epoch: int, say: Phrases) -> str:
    why = passed_over(plan, extension, key, setting, epoch)
    return "" if why is None else f": {say(f'state.passed.{why.value}')}"


def lapsing_lines(lapsing: Lapsing, say: Phrases) -> list[str]:
    """Of a plan: what it would pass over."""
    return [
        f"{Teller(plan, say).party(extension)}: {setting_words(plan, extension, key, setting, say)}: "
        f"{say(f'state.passed.{why.value}')}"
        for plan, extension, key, setting, why in lapsing.passed
    ]


def lapsing_document(lapsing: Lapsing) -> list[dict[str, Any]]:
    return [
        {"tenant": plan.name, "extension": extension, "key": key, "to": setting.to, "why": why.value}
        for plan, extension, key, setting, why in lapsing.passed
    ]


def state_document(plans: Plans, states: list[StateAt], now: Now, say: Phrases) -> dict[str, Any]:
    return {"version": 1, "states": [_document(plans, state, now, say) for state in states]}


def _document(plans: Plans, state: StateAt, now: Now, say: Phrases) -> dict[str, Any]:
    return {
        "name": state.name,
        "target": None if state.target is None else state.target.pbx,
        "at": None if state.target is None else state.target.at,
        "callers": document(callers(plans, state, now, say)),
        "tenants": {
            name: _tenant(plan, state.tenants[name], epoch_of(now(plan), plan), state, say)
            for name, plan in plans.items()
        },
    }


def _tenant(plan: Plan, stored: StoredSettings, epoch: int, state: StateAt, say: Phrases) -> dict[str, Any]:
    return {
        "current": None if state.target is None else state.running.get(plan.name) == plan.digest,
        "settings": [
            {
                "extension": extension,
                "key": key,
                "to": setting.to,
                "after": setting.after,
                "since": setting.since,
                "expires": setting.expires or None,
                "passed_over": passed_over(plan, extension, key, setting, epoch),
                "words": setting_words(plan, extension, key, setting, say),
            }
            for extension, settings in stored.users.items()
            for key, setting in settings.items()
        ],
        "switches": [
            {"name": name, "on": switch_setting.on, "since": switch_setting.since, "default": plan.switches[name].on}
            for name, switch_setting in stored.switches.items()
        ],
        "unreadable": [{"key": key, "text": text} for key, text in stored.odd.items()],
    }


def count_lines(lapsing: Lapsing) -> list[str]:
    """Of a target's status: how much is set there, and what the source as it is passes over."""
    if lapsing.unknown:
        return [f"set from phones: not known ({lapsing.unknown})"]
    switches = ", ".join(f"switch {name} {'on' if on else 'off'}" for _, name, on in lapsing.switches)
    counted = f"{_plural(lapsing.count, 'setting')} of {_plural(lapsing.users, 'user')}" if lapsing.count else ""
    told = "; ".join(one for one in (counted, switches) if one)
    lines = [f"set from phones: {told}"] if told else []
    if lapsing.passed:
        passed = _plural(len(lapsing.passed), "setting")
        lines.append(f"{passed} passed over by the source as it is: `pbxgen state show`")
    if lapsing.odd:
        lines.append(f"what is no setting stands in its database: {', '.join(lapsing.odd[:_MOST_KEYS])}")
    return lines


_MOST_KEYS = 5


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def count_document(lapsing: Lapsing) -> dict[str, Any]:
    return {
        "known": not lapsing.unknown,
        "count": lapsing.count,
        "users": lapsing.users,
        "switches": [{"tenant": tenant, "name": name, "on": on} for tenant, name, on in lapsing.switches],
        "passed_over": lapsing_document(lapsing),
        "unreadable": list(lapsing.odd),
    }
