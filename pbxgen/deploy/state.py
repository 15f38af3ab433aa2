"""What users have set from their phones, at a target or in a file: read, kept in a file, put onto a PBX, taken off."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.read import DeployTarget
from pbxgen.deploy.running import StoredTexts
from pbxgen.deploy.session import Session
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import LONGEST, Setting, Settings, read, written
from pbxgen.flow.stored_settings import (
    SWITCH,
    Passed,
    StoredSettings,
    epoch_of,
    newest,
    passed_over,
    stored_settings,
    switch_setting_of,
)

Plans = Mapping[str, Plan]
"""By the names of the tenants."""
IsMeant = Callable[[str, str], bool]
"""Is this key of this tenant meant?"""
_ADDRESSED = re.compile(r"[\w.-]{1,60}", re.ASCII)
"""Keys that can be named in a command."""


@dataclass(frozen=True, slots=True)
class StateAt:
    """What is set at one target, or was when it was saved."""

    name: str
    """Of the target, or the path of the file."""
    tenants: Mapping[str, StoredSettings]
    """Of every tenant of the source."""
    target: DeployTarget | None = None
    """None: a file."""
    running: Mapping[str, str] = field(default_factory=dict)
    """By tenant: the digest of the source that the PBX runs, as it tells it."""
    raw: StoredTexts = field(default_factory=dict)


def local_now(plan: Plan) -> dt.datetime:
    """The local time of its PBX."""
    return dt.datetime.now(ZoneInfo(plan.timezone)).replace(tzinfo=None)


def state_at(session: Session, plans: Plans) -> StateAt:
    """Raises DeployError."""
    session.check_folder()
    raw = session.running.stored({name: keys_of(plan) for name, plan in plans.items()})
    running = session.running.digests()
    return StateAt(session.target.name, _stored_settings(plans, raw), session.target, running, raw)


def keys_of(plan: Plan) -> tuple[str, ...]:
    """The keys under which a PBX stores what users of the plan set."""
    users = [extension for extension, user in plan.users.items() if user.self_service is not None]
    return (*users, *(f"{SWITCH}{name}" for name in plan.switches))


def labelled(plans: Plans, tenant: str, key: str) -> str:
    """A key in messages: with the tenant's name if there are several tenants."""
    return f"{tenant}/{key}" if len(plans) > 1 else key


def _stored_settings(plans: Plans, raw: StoredTexts) -> dict[str, StoredSettings]:
    return {name: stored_settings(plan, raw.get(name, {})) for name, plan in plans.items()}


def saved_text(states: Collection[StateAt]) -> str:
    """What ``--save`` writes: the texts as they were read, valid or not."""
    tenants: dict[str, dict[str, str]] = {}
    for state in states:
        for name, texts in state.raw.items():
            known = tenants.setdefault(name, {})
            for key, text in texts.items():
                known[key] = text if key not in known else _newer(key, known[key], text)
    return json.dumps({"version": 1, "state": tenants}, indent=2) + "\n"


def _newer(key: str, first: str, second: str) -> str:
    """Of what two PBXs of one source have under a key: what was set later, setting by setting. A text that is no
    setting never wins."""
    if key.startswith(SWITCH):
        switch_setting, another = switch_setting_of(first), switch_setting_of(second)
        later = another is not None and (switch_setting is None or another.since > switch_setting.since)
        return second if later else first
    one, other = read(first), read(second)
    if not one or not other:
        return second if other else first
    both = written(newest(one, other))
    return both if len(both) <= LONGEST else first


def from_file(path: Path, plans: Plans) -> StateAt:
    """What was saved. Raises ValueError, with the reason, for a file that is none of these."""
    try:
        content: Any = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
    tenants = content.get("state") if isinstance(content, dict) and content.get("version") == 1 else None
    if not isinstance(tenants, dict):
        raise ValueError("`pbxgen state show --save` has not written it")
    raw: dict[str, dict[str, str]] = {}
    for tenant, texts in tenants.items():
        if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
            raise ValueError(f"{tenant!r} is not a mapping of texts")
        raw[tenant] = texts
    return StateAt(str(path), _stored_settings(plans, raw), raw=raw)


WHY: Mapping[str, str] = {
    Passed.USER: "no user has the extension",
    Passed.OVER: "it has ended",
    Passed.KEY: "the user may not set it (any more)",
    Passed.PLACE: "the user may not divert there (any more)",
}
"""Why a setting would be passed over; the whole sentence for ``state show`` is in the book of phrases."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was put onto a PBX."""

    settings: int
    switches: int
    told: tuple[str, ...]
    """What was not put there, and why."""


def push(session: Session, plans: Plans, source: StateAt, who: IsMeant) -> Pushed:
    """Put what ``source`` has onto the target. What has been set there later stays. Raises DeployError."""
    told: list[str] = []
    texts: dict[str, dict[str, str]] = {}
    settings = switches = 0
    at_target = state_at(session, plans)
    for name, plan in plans.items():
        new: dict[str, str] = {}
        for extension, given in source.tenants[name].users.items():
            if not who(name, extension):
                continue
            called = labelled(plans, name, extension)
            before = at_target.tenants[name].users.get(extension, {})
            allowed: dict[str, Setting] = {}
            for key, setting in given.items():
                why = passed_over(plan, extension, key, setting, epoch_of(local_now(plan), plan))
                if why is None:
                    allowed[key] = setting
                else:
                    told.append(f"{called}: {key} is not put there: it would be passed over ({WHY[why]})")
            after = newest(before, allowed)
            if len(written(after)) > LONGEST:
                told.append(f"{called}: all of it would be too long; what is there stays")
            elif written(after) != written(before):
                new[extension] = written(after)
                settings += sum(before.get(key) != one for key, one in after.items())
        for switch, switch_setting in source.tenants[name].switches.items():
            if who(name, f"{SWITCH}{switch}") and switch not in at_target.tenants[name].switches:
                new[f"{SWITCH}{switch}"] = switch_setting.text
                switches += 1
        if new:
            texts[name] = new
    session.running.store(texts)
    return Pushed(settings, switches, tuple(told))


def clear(session: Session, plans: Plans, who: IsMeant) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Delete what is set under the keys that ``who`` is true of. By tenant: the keys deleted, and those that could not
    be.

    Raises DeployError.
    """
    left: dict[str, list[str]] = {}
    gone: dict[str, list[str]] = {}
    for name, texts in state_at(session, plans).raw.items():
        for key in sorted(texts):
            if not who(name, key):
                continue
            if _ADDRESSED.fullmatch(key):
                gone.setdefault(name, []).append(key)
            else:
                left.setdefault(name, []).append(key)
    session.running.store({name: dict.fromkeys(keys, "") for name, keys in gone.items()})
    return gone, left


def take_off(session: Session, plans: Plans, settled: Mapping[str, Mapping[str, Settings]]) -> int:
    """Delete the settings ``settled`` (by tenant and extension) and older ones of the same keys; returns how many.

    Of several PBXs of one source, one may have an older setting, which would hold again if it stayed alone. What a user
    has set since stays. Raises DeployError.
    """
    texts: dict[str, dict[str, str]] = {}
    count = 0
    now = state_at(session, plans)
    for name, users in settled.items():
        for extension, settings in users.items():
            stored = now.tenants[name].users.get(extension, {})
            rest = {key: one for key, one in stored.items() if key not in settings or one.since > settings[key].since}
            if len(rest) < len(stored):
                count += len(stored) - len(rest)
                texts.setdefault(name, {})[extension] = written(rest)
    session.running.store(texts)
    return count


@dataclass(frozen=True, slots=True)
class Lapsing:
    """How many settings there are at a target, and those that a plan would pass over."""

    count: int = 0
    users: int = 0
    switches: tuple[tuple[str, str, bool], ...] = ()
    """Tenant, name, and whether it is on, for each switch that somebody has set."""
    passed: tuple[tuple[Plan, str, str, Setting, Passed], ...] = ()
    """Plan, extension, key, setting, and why."""
    odd: tuple[str, ...] = ()
    """Keys under which there is no setting."""
    unknown: str = ""
    """Why the target cannot be asked."""


def lapsing(session: Session, plans: Plans) -> Lapsing:
    """What ``plans`` would pass over of what is set; what is over anyway is not told. Never raises."""
    try:
        raw = session.running.stored({name: keys_of(plan) for name, plan in plans.items()})
    except DeployError as error:
        return Lapsing(unknown=str(error))
    passed = []
    stored_of = _stored_settings(plans, raw)
    for name, plan in plans.items():
        now = epoch_of(local_now(plan), plan)
        for extension, settings in stored_of[name].users.items():
            for key, setting in settings.items():
                why = passed_over(plan, extension, key, setting, now)
                if why is not None and why is not Passed.OVER:
                    passed.append((plan, extension, key, setting, why))
    users = [settings for one in stored_of.values() for settings in one.users.values()]
    return Lapsing(
        sum(map(len, users)),
        len(users),
        tuple(
            (tenant, name, switch_setting.on)
            for tenant, one in stored_of.items()
            for name, switch_setting in one.switches.items()
        ),
        tuple(passed),
        tuple(key for one in stored_of.values() for key in one.odd),
    )
