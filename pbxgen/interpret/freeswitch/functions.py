"""The API functions of FreeSWITCH's modules that the dialplan calls in ``${name(arguments)}``."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.far_ends import contacts
from pbxgen.interpret.freeswitch.endpoints import registered_as, registration
from pbxgen.interpret.freeswitch.installation import recording
from pbxgen.interpret.freeswitch.patterns import perform, substituted
from pbxgen.interpret.freeswitch.scene import Scene
from pbxgen.interpret.freeswitch.text import is_number, separated

Function = Callable[[Scene, str], str]

_SUM = re.compile(r"-?\d+(?:[+-]\d+)*", re.ASCII)
_TIME = re.compile(r"(\S+) ((?:%[YmdHMu]|[ :-])+)")


def call(scene: Scene, name: str, arguments: str) -> str:
    """What ``${name(arguments)}`` stands for, its arguments being expanded already."""
    function = FUNCTIONS.get(name)
    if function is None:
        raise NotUnderstoodError(f"the function {name}({arguments})")
    return function(scene, arguments.strip())


def _expr(_: Scene, arguments: str) -> str:
    """Sums only."""
    if _SUM.fullmatch(arguments) is None:
        raise NotUnderstoodError(f"expr({arguments})")
    return str(sum(int(term) for term in re.findall(r"[+-]?\d+", arguments)))


def _cond(_: Scene, arguments: str) -> str:
    """``A < B ? YES : NO``. What is no number counts by its length; without an operand it would be an error."""
    found = re.fullmatch(r"([^ ']+) +(<=|>=|<|>) +([^ ']+) +\?(.*)", arguments)
    if found is None:
        raise NotUnderstoodError(f"cond({arguments})")
    left, right = _operand(found.group(1)), _operand(found.group(3))
    holds = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[found.group(2)]
    values = separated(f":{found.group(4)}", ":", 3)
    if len(values) != 3:
        raise NotUnderstoodError(f"cond({arguments})")
    return values[1] if holds else values[2]


def _operand(text: str) -> float:
    return float(text) if is_number(text) else float(len(text))


def _delimited(arguments: str) -> list[str]:
    """Parted by ``|``, or by what ``m:`` names."""
    if arguments[:2] == "m:" and arguments[2:3] in ("|", "~", "/"):
        return separated(arguments[3:], arguments[2], 4)
    return separated(arguments, "|", 4)


def _regex(_: Scene, arguments: str) -> str:
    parts = _delimited(arguments)
    if len(parts) not in (2, 3):
        raise NotUnderstoodError(f"regex({arguments})")
    match = perform(parts[0], parts[1])
    if len(parts) == 2:
        return "false" if match is None else "true"
    return parts[0] if match is None else substituted(match, parts[2].replace("%", "$"), parts[0])


def _replace(_: Scene, arguments: str) -> str:
    parts = _delimited(arguments)
    if len(parts) < 3 or not parts[1]:
        raise NotUnderstoodError(f"replace({arguments})")
    return parts[0].replace(parts[1], parts[2])


def _user_data(scene: Scene, arguments: str) -> str:
    """``user@domain var name``; nothing where there is no such user."""
    parts = separated(arguments, " ", 3)
    user, _, domain = parts[0].partition("@") if parts else ("", "", "")
    if len(parts) != 3 or parts[1] != "var" or not domain:
        raise NotUnderstoodError(f"user_data({arguments})")
    entry = scene.installation.directory.user(user, domain)
    return "" if entry is None else entry.variables.get(parts[2].lower(), "")


def _limit_usage(scene: Scene, arguments: str) -> str:
    parts = separated(arguments, " ", 5)
    if len(parts) != 3 or parts[0] != "hash":
        raise NotUnderstoodError(f"limit_usage({arguments})")
    return str(scene.usage((parts[1], parts[2])))


def _sofia(scene: Scene, arguments: str) -> str:
    """``xmlstatus profile PROFILE user USER@DOMAIN``: registrations, one line for each thing that is known."""
    found = re.fullmatch(r"xmlstatus profile ([^ ]+) user ([^ @]*)@([^ @]+)", arguments)
    if found is None:
        raise NotUnderstoodError(f"sofia({arguments})")
    profile, user, domain = found.groups()
    extension = registered_as(scene, profile, user, domain)
    far = () if extension is None else contacts(scene.case, extension)
    registrations = "".join(registration(user, domain, str(extension), index) for index in range(len(far)))
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<profile>\n  <registrations>\n'
        f"{registrations}  </registrations>\n</profile>\n"
    )


def _file_exists(_: Scene, arguments: str) -> str:
    return "true" if recording(arguments) is not None else "false"


def _vm_prefs(scene: Scene, arguments: str) -> str:
    """Nobody has recorded a greeting."""
    found = re.fullmatch(r"([^/]+)/([^@|]+)@([^@|]+)\|greeting_path", arguments)
    if found is None or found.group(1) not in scene.installation.voicemail:
        raise NotUnderstoodError(f"vm_prefs({arguments})")
    return ""


def _acl(_: Scene, arguments: str) -> str:
    """Is an address in one of some networks (CIDR, parted by commas, all of one version of IP)?"""
    parts = separated(arguments, " ", 3)
    try:
        address = ipaddress.ip_address(parts[0])
        networks = [ipaddress.ip_network(network) for network in parts[1].split(",")]
    except (ValueError, IndexError):
        raise NotUnderstoodError(f"acl({arguments})") from None
    if len({network.version for network in networks}) != 1 or len(networks) > 100:
        raise NotUnderstoodError(f"acl({arguments}): FreeSWITCH compares nonsense, or not all of it")
    return "true" if any(address in network for network in networks) else "false"


def _strftime_tz(scene: Scene, arguments: str) -> str:
    """The time in a zone when the call came in: it stands still, as for the model, so no rule changes within a call."""
    found = _TIME.fullmatch(arguments)
    if found is None:
        raise NotUnderstoodError(f"strftime_tz({arguments})")
    try:
        zone = ZoneInfo(found.group(1))
    except (ZoneInfoNotFoundError, ValueError):
        return "-ERR Invalid timezone/format\n"
    return dt.datetime.fromtimestamp(scene.clock.base, zone).strftime(found.group(2))


def _strepoch(scene: Scene, arguments: str) -> str:
    if arguments:
        raise NotUnderstoodError(f"strepoch({arguments})")
    return str(scene.clock.epoch)


def _uuid_getvar(scene: Scene, arguments: str) -> str:
    """A channel's variable as it is: what a function says is not expanded."""
    uuid, _, name = arguments.partition(" ")
    channel = next((c for c in scene.channels if c.profile.uuid == uuid), None)
    if channel is None or not name or " " in name or "[" in name:
        raise NotUnderstoodError(f"uuid_getvar({arguments})")
    return channel.variable(name) or "_undef_"


FUNCTIONS: Mapping[str, Function] = {
    "acl": _acl,
    "cond": _cond,
    "expr": _expr,
    "file_exists": _file_exists,
    "limit_usage": _limit_usage,
    "regex": _regex,
    "replace": _replace,
    "sofia": _sofia,
    "strepoch": _strepoch,
    "strftime_tz": _strftime_tz,
    "user_data": _user_data,
    "uuid_getvar": _uuid_getvar,
    "vm_prefs": _vm_prefs,
}
