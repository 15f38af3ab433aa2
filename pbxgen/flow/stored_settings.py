"""The settings that a PBX has stored for one tenant, and whether a plan permits them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import Setting, Settings, State, is_permitted, read

SWITCH = "switch."
"""How the key of a switch begins."""
_EXTENSION = re.compile(r"[0-9]{2,8}", re.ASCII)
_SWITCH_SETTING = re.compile(r"(on|off):([0-9]{1,12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class SwitchSetting:
    """How a switch has been set."""

    on: bool
    since: int
    """In seconds since 1970."""

    @property
    def text(self) -> str:
        """The text that a PBX stores."""
        return f"{'on' if self.on else 'off'}:{self.since}"


@dataclass(frozen=True, slots=True)
class StoredSettings:
    """What is set on one PBX, of one tenant."""

    users: Mapping[str, Settings] = field(default_factory=dict)
    """By extension; some may be of users who are gone."""
    switches: Mapping[str, SwitchSetting] = field(default_factory=dict)
    odd: Mapping[str, str] = field(default_factory=dict)
    """By key: texts that are no settings, which the PBX passes over. Anybody may have written them."""

    @property
    def state(self) -> State:
        return State(self.users, {name: switch_setting.on for name, switch_setting in self.switches.items()})


def switch_setting_of(text: str) -> SwitchSetting | None:
    """How a switch has been set; None for a text that is not exactly what the PBXs write."""
    match = _SWITCH_SETTING.fullmatch(text)
    return None if match is None else SwitchSetting(match[1] == "on", int(match[2]))


def stored_settings(plan: Plan, texts: Mapping[str, str]) -> StoredSettings:
    """Read the texts of a database. A text that is not exactly what the PBXs write is ``odd``."""
    users: dict[str, Settings] = {}
    switches: dict[str, SwitchSetting] = {}
    odd: dict[str, str] = {}
    for key, text in sorted(texts.items()):
        name = key.removeprefix(SWITCH)
        switch_setting = switch_setting_of(text) if key.startswith(SWITCH) and name in plan.switches else None
        settings = read(text) if _EXTENSION.fullmatch(key) else {}
        if settings:
            users[key] = settings
        elif switch_setting is not None:
            switches[name] = switch_setting
        else:
            odd[key] = text
    return StoredSettings(users, switches, odd)


class Passed(StrEnum):
    """Why a setting is passed over."""

    USER = "user"
    """No user has the extension any more."""
    OVER = "over"
    """The setting has ended."""
    KEY = "key"
    """The user may not set this key (any more)."""
    PLACE = "place"
    """The place is not there, or the user may not divert there."""


def passed_over(plan: Plan, extension: str, key: str, setting: Setting, epoch: int) -> Passed | None:
    """Why ``plan`` passes a setting over at this time (seconds since 1970); None: it holds."""
    user = plan.users.get(extension)
    if user is None:
        return Passed.USER
    if is_permitted(plan, user, key, setting, epoch):
        return None
    if setting.expires and epoch >= setting.expires:
        return Passed.OVER
    profile = user.self_service
    if profile is None or key not in profile.may or (key == "follow_me" and not user.follow_me):
        return Passed.KEY
    return Passed.PLACE


def epoch_of(moment: dt.datetime, plan: Plan) -> int:
    """Local time of the PBX in seconds since 1970."""
    return int(moment.replace(tzinfo=ZoneInfo(plan.timezone)).timestamp())


def moment_text(epoch: int, plan: Plan) -> str:
    """``2026-11-23 10:00``, local time of the PBX; the number of seconds for a time that no calendar has."""
    try:
        return dt.datetime.fromtimestamp(epoch, ZoneInfo(plan.timezone)).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return str(epoch)


def merged(first: StoredSettings, second: StoredSettings) -> StoredSettings:
    """The settings of both; where both have one, the later."""
    users: dict[str, Settings] = dict(first.users)
    for extension, settings in second.users.items():
        users[extension] = newest(users.get(extension, {}), settings)
    switches = dict(first.switches)
    for name, switch_setting in second.switches.items():
        if name not in switches or switch_setting.since > switches[name].since:
            switches[name] = switch_setting
    return StoredSettings(users, switches, {**first.odd, **second.odd})


def newest(first: Settings, second: Settings) -> Settings:
    """The later setting of each key; of two that were set at the same time, that of ``first``."""
    settings_by_key = dict(first)
    for key, setting in second.items():
        if key not in settings_by_key or setting.since > settings_by_key[key].since:
            settings_by_key[key] = setting
    return settings_by_key
