"""The API functions of FreeSWITCH's modules that the dialplan calls in ``${name(arguments)}``."""

from __future__ import annotations

import datetime as dt
import ipaddress
import math
import re
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.far_ends import contacts
from pbxgen.interpret.freeswitch.call import FreeSwitchCall
from pbxgen.interpret.freeswitch.endpoints import registered_as, registration
from pbxgen.interpret.freeswitch.installation import recording
from pbxgen.interpret.freeswitch.patterns import perform, substituted
from pbxgen.interpret.freeswitch.text import is_number, separated


def call_function(call: FreeSwitchCall, name: str, arguments: str) -> str:
    """What ``${name(arguments)}`` stands for, its arguments being expanded already."""
    function = FUNCTIONS.get(name)
    if function is None:
        raise NotUnderstoodError(f"the function {name}({arguments})")
    try:
        return function(call, arguments.strip())
    except ValueError as error:
        raise NotUnderstoodError(f"{name}({arguments}): {error}") from error


def _groups(pattern: str, arguments: str) -> tuple[str, ...]:
    """The groups of a pattern, which the arguments must match as a whole."""
    match = re.fullmatch(pattern, arguments, re.ASCII)
    if match is None:
        raise ValueError("arguments of another form")
    return match.groups()


def _expr(_: FreeSwitchCall, arguments: str) -> str:
    """Sums of numbers and products only."""
    _groups(r"-?\d+(?:[+*-]\d+)*", arguments)
    terms = re.findall(r"[+-]?\d+(?:\*\d+)*", arguments)
    return str(sum(math.prod(int(factor) for factor in term.split("*")) for term in terms))


def _cond(_: FreeSwitchCall, arguments: str) -> str:
    """``A < B ? YES : NO``. What is no number counts by its length; without an operand it would be an error."""
    first, comparison, second, values = _groups(r"([^ ']+) +(<=|>=|<|>) +([^ ']+) +\?(.*)", arguments)
    left, right = _operand(first), _operand(second)
    holds = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[comparison]
    yes, no = separated(f":{values}", ":", 3)[1:]
    return yes if holds else no


def _operand(text: str) -> float:
    return float(text) if is_number(text) else float(len(text))


def _delimited(arguments: str) -> list[str]:
    """Separated by ``|``, or by the delimiter behind ``m:``."""
    if arguments[:2] == "m:" and arguments[2:3] in ("|", "~", "/"):
        return separated(arguments[3:], arguments[2], 4)
    return separated(arguments, "|", 4)


def _regex(_: FreeSwitchCall, arguments: str) -> str:
    text, expression, *substitution = _delimited(arguments)
    match = perform(text, expression)
    if not substitution:
        return "false" if match is None else "true"
    (data,) = substitution
    return text if match is None else substituted(match, data.replace("%", "$"), text)


def _replace(_: FreeSwitchCall, arguments: str) -> str:
    text, old, new, *_rest = _delimited(arguments)
    if not old:
        raise ValueError("nothing to replace")
    return text.replace(old, new)


def _user_data(call: FreeSwitchCall, arguments: str) -> str:
    """``user@domain var name``; nothing where there is no such user."""
    user, domain, name = _groups("([^ @]*)@([^ ]+) +var +(.+)", arguments)
    entry = call.installation.directory.user(user, domain)
    return "" if entry is None else entry.variables.get(name.lower(), "")


_MOST_OF_A_TEXT = 255
"""Characters that `db select` of mod_db answers with: its buffer has one more, for the end."""


def _db(call: FreeSwitchCall, arguments: str) -> str:
    """``select/realm/key``; nothing where there is nothing, and no more of a text than mod_db has room for."""
    realm, key = _groups("select/([^/]+)/([^/]+)", arguments)
    return call.database.get((realm, key), "")[:_MOST_OF_A_TEXT]


def _limit_usage(call: FreeSwitchCall, arguments: str) -> str:
    backend, realm, resource = separated(arguments, " ", 5)
    if backend != "hash":
        raise ValueError("another backend")
    return str(call.usage((realm, resource)))


def _sofia(call: FreeSwitchCall, arguments: str) -> str:
    """``xmlstatus profile PROFILE user USER@DOMAIN``: registrations, one line for each thing that is known."""
    profile, user, domain = _groups("xmlstatus profile ([^ ]+) user ([^ @]*)@([^ @]+)", arguments)
    extension = registered_as(call, profile, user, domain)
    registered = () if extension is None else contacts(call.case, extension)
    registrations = "".join(registration(user, domain, str(extension), index) for index in range(len(registered)))
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<profile>\n  <registrations>\n'
        f"{registrations}  </registrations>\n</profile>\n"
    )


def _vm_prefs(call: FreeSwitchCall, arguments: str) -> str:
    """Empty: no user has recorded a greeting."""
    profile, _user, _domain = _groups(r"([^/]+)/([^@|]+)@([^@|]+)\|greeting_path", arguments)
    if profile not in call.installation.voicemail:
        raise ValueError("another profile")
    return ""


def _acl(_: FreeSwitchCall, arguments: str) -> str:
    """Is an address in one of some networks (CIDR, parted by commas, all of one version of IP)?"""
    address, listed, *_rest = separated(arguments, " ", 3)
    networks = [ipaddress.ip_network(network) for network in listed.split(",")]
    if len({network.version for network in networks}) != 1 or len(networks) > 100:
        raise ValueError("FreeSWITCH compares nonsense, or not all of it")
    return "true" if any(ipaddress.ip_address(address) in network for network in networks) else "false"


def _strftime_tz(call: FreeSwitchCall, arguments: str) -> str:
    """``ZONE EPOCH|FORMAT``, or the time when the call came in: as for the model, it stands still within a call."""
    zone, epoch, form = _groups("(\\S+) (?:([0-9]+)[|])?((?:%[YmdHMSu]|[ :-])+)", arguments)
    try:
        return dt.datetime.fromtimestamp(int(epoch or call.clock.base), ZoneInfo(zone)).strftime(form)
    except (ZoneInfoNotFoundError, ValueError):
        return "-ERR Invalid timezone/format\n"


def _strepoch(call: FreeSwitchCall, arguments: str) -> str:
    if arguments:
        raise ValueError("arguments")
    return str(call.clock.epoch)


def _uuid_getvar(call: FreeSwitchCall, arguments: str) -> str:
    """A channel's variable as it is: what a function says is not expanded."""
    uuid, name = _groups(r"([^ ]*) ([^ \[]+)", arguments)
    channel = next((c for c in call.channels if c.profile.uuid == uuid), None)
    if channel is None:
        raise ValueError("no such channel")
    return channel.variable(name) or "_undef_"


def _xml_locate(call: FreeSwitchCall, arguments: str) -> str:
    """``dialplan context name NAME``: the context, of which it only matters that there is one."""
    (name,) = _groups(r"dialplan context name (\S+)", arguments)
    return f'<context name="{name}">' if name.lower() in call.installation.contexts else "-ERR bad args"


def _uuid_kill(_call: FreeSwitchCall, arguments: str) -> str:
    """The transferring channel, which the interpreter has hung up when it transfers."""
    _groups(r"([^ ]*) (\w+)", arguments)
    return "-ERR No such channel!\n"


def _show(_call: FreeSwitchCall, arguments: str) -> str:
    """Channels: what rings is no other call's."""
    _groups(r"channels like ([^ ]+/user:)", arguments)
    return "\n0 total.\n"


FUNCTIONS: Mapping[str, Callable[[FreeSwitchCall, str], str]] = {
    "acl": _acl, "cond": _cond, "db": _db, "expr": _expr, "limit_usage": _limit_usage, "regex": _regex,
    "replace": _replace, "sofia": _sofia, "strepoch": _strepoch, "strftime_tz": _strftime_tz, "user_data": _user_data,
    "show": _show, "uuid_getvar": _uuid_getvar, "uuid_kill": _uuid_kill, "vm_prefs": _vm_prefs,
    "xml_locate": _xml_locate,
    "file_exists": lambda _, path: "true" if recording(path) is not None else "false",
}  # fmt: skip
"""Each raises ValueError for arguments that no template writes."""
