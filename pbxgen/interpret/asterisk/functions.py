"""The dialplan functions that the templates use."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from pbxgen.interpret.asterisk.channel import AsteriskChannel
from pbxgen.interpret.asterisk.text import arguments, holds
from pbxgen.interpret.base import NotUnderstoodError

Read = Callable[[AsteriskChannel, str], str]
Write = Callable[[AsteriskChannel, str, str], None]


# -- texts ------------------------------------------------------------------------------------------------------------


def _len(channel: AsteriskChannel, text: str) -> str:
    return str(len(text.encode()))


def _if(channel: AsteriskChannel, text: str) -> str:
    condition, *rest = arguments(text, "?", 2)
    branches = arguments(rest[0], ":", 2) if rest else ()
    if not condition or not branches:
        channel.switch.complain(f"syntax error in IF({text})")
        return ""
    chosen = branches[:1] if holds(condition) else branches[1:]
    return chosen[0].strip() if chosen else ""


def _filter(channel: AsteriskChannel, text: str) -> str:
    allowed, *rest = arguments(text, most=2, raw=True)
    kept = _ranges(_CODE.sub(lambda code: chr(int(code[1], 16)), allowed))
    return "".join(c for c in rest[0] if c in kept) if rest else ""


_CODE = re.compile(r"\\x([0-9A-Fa-f]{2})")


def _ranges(allowed: str) -> set[str]:
    found: set[str] = set()
    at = 0
    while at < len(allowed):
        last = at
        if allowed[at + 1 : at + 2] == "-" and at + 2 < len(allowed):
            last = at + 2
        found.update(map(chr, range(ord(allowed[at]), ord(allowed[last]) + 1)))
        at = last + 1
    return found


def _cut(channel: AsteriskChannel, text: str) -> str:
    name, delimiter, fields = arguments(text, most=3)
    first, hyphen, last = fields.partition("-")
    if not first.isdigit() or (hyphen and not last.isdigit()):
        raise NotUnderstoodError(f"CUT({text}): no template names fields so")
    parts = channel.variable(name).split(delimiter)
    return delimiter.join(parts[int(first) - 1 : int(last or first)])


def _field_number(channel: AsteriskChannel, text: str) -> str:
    given = arguments(text, most=3)
    if len(given) < 3:
        return ""
    name, delimiter, value = given
    whole = channel.variable(name)
    fields = whole.split(delimiter) if whole else []
    return str(fields.index(value) + 1) if value in fields else "0"


def _field_quantity(channel: AsteriskChannel, text: str) -> str:
    name, delimiter = arguments(text, most=2)
    value = channel.variable(name)
    return str(value.count(delimiter) + 1) if value else "0"


def _shift(channel: AsteriskChannel, text: str) -> str:
    name, *rest = arguments(text, most=2)
    first, _, others = (channel.get(name) or "").partition(rest[0] if rest else ",")
    channel.set(name, others)
    return first


def _to_lower(channel: AsteriskChannel, text: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in text)


def _replace(channel: AsteriskChannel, text: str) -> str:
    name, find, replacement = arguments(text, most=3)
    return channel.variable(name).replace(find, replacement)


def _remove(channel: AsteriskChannel, text: str) -> str:
    given = arguments(text, most=3)
    if len(given) != 2:
        raise NotUnderstoodError(f"REPLACE({text}): no template puts other characters in place")
    name, characters = given
    return channel.variable(name).translate(dict.fromkeys(map(ord, characters)))


def _matches(channel: AsteriskChannel, text: str) -> str:
    """REGEX("pattern" text): a pattern of POSIX, with neither backslashes nor repetitions of its own."""
    before, pattern, subject = (*arguments(text, '"', 3), "", "")[:3]
    if before.strip() or not pattern:
        raise NotUnderstoodError(f"REGEX({text})")
    python = pattern.replace("[[]", r"\[").replace("$", r"\Z")
    return str(int(re.search(python, subject.lstrip(" ")) is not None))


# -- numbers and times ------------------------------------------------------------------------------------------------


def _smallest(channel: AsteriskChannel, text: str) -> str:
    return str(min(_numbers(text)))


def _largest(channel: AsteriskChannel, text: str) -> str:
    return str(max(_numbers(text)))


def _numbers(text: str) -> tuple[int, int]:
    try:
        one, other = map(int, arguments(text))
    except ValueError:
        raise NotUnderstoodError(f"two whole numbers are wanted, not {text!r}") from None
    return one, other


def _time(channel: AsteriskChannel, text: str) -> str:
    epoch, zone, form = arguments(text, most=3)
    moment = dt.datetime.fromtimestamp(int(epoch), ZoneInfo(zone))
    known = {"%Y", "%m", "%d", "%H", "%M", "%u"}
    if {form[i : i + 2] for i in range(0, len(form), 2)} - known:
        raise NotUnderstoodError(f"STRFTIME: no template writes {form}")
    return moment.strftime(form)


# -- the dialplan and channels ----------------------------------------------------------------------------------------


def _dialplan_exists(channel: AsteriskChannel, text: str) -> str:
    given = arguments(text, most=3)
    plan = channel.switch.dialplan
    if len(given) == 3:
        context, extension, priority = given
        if priority.isdigit():
            return str(int(plan.line(context, extension, int(priority)) is not None))
        if priority[:1].isdigit():
            raise NotUnderstoodError(f"DIALPLAN_EXISTS({text}): a label that begins with a digit")
        return str(int(plan.label(context, extension, priority) is not None))
    raise NotUnderstoodError(f"DIALPLAN_EXISTS({text}): context, extension and priority are wanted")


def _channel(channel: AsteriskChannel, text: str) -> str:
    match text:
        case "endpoint" if channel.endpoint is not None:
            return channel.endpoint
        case "pjsip,request_uri" if channel.endpoint is not None:
            return channel.request_uri
        case "hangupsource":
            return channel.hung_up_by
    raise NotUnderstoodError(f"CHANNEL({text}) of {channel.name}")


def _caller_id(channel: AsteriskChannel, text: str) -> str:
    match text:
        case "num":
            return channel.number
        case "num-pres":
            return "prohib_passed_screen" if channel.withheld else "allowed_not_screened"
    raise NotUnderstoodError(f"CALLERID({text})")


def _channel_exists(channel: AsteriskChannel, text: str) -> str:
    return str(int(text in channel.switch.channels))


def _shared(channel: AsteriskChannel, text: str) -> str:
    name, owner = _owner(channel, text)
    return owner.shared.get(name, "") if owner is not None else ""


def _owner(channel: AsteriskChannel, text: str) -> tuple[str, AsteriskChannel | None]:
    name, *rest = arguments(text, most=2)
    owner = channel.switch.channels.get(rest[0]) if rest else channel
    if owner is None:
        channel.switch.complain(f"SHARED({text}): there is no such channel")
    return name, owner


def _cause(channel: AsteriskChannel, text: str) -> str:
    leg, kind = arguments(text, most=2)
    if kind != "tech":
        raise NotUnderstoodError(f"HANGUPCAUSE({text})")
    return channel.causes.get(leg, "")


def _cause_keys(channel: AsteriskChannel, text: str) -> str:
    return ",".join(channel.causes)


def _header(channel: AsteriskChannel, text: str) -> str:
    action, name, number = arguments(text, most=3)
    if action != "read" or channel.endpoint is None:
        raise NotUnderstoodError(f"PJSIP_HEADER({text}) of {channel.name}")
    found = [value for key, value in channel.headers if key.lower() == name.lower()]
    return found[int(number) - 1] if int(number) <= len(found) else ""


def _device_state(channel: AsteriskChannel, text: str) -> str:
    technology, _, endpoint = text.partition("/")
    if technology != "PJSIP":
        raise NotUnderstoodError(f"DEVICE_STATE({text})")
    return channel.switch.device_state(endpoint)


def _dial_contacts(channel: AsteriskChannel, text: str) -> str:
    uris = channel.switch.contacts(text)
    return "&".join(f"PJSIP/{text}/{uri}" for uri in uris)


def _address_of_record(channel: AsteriskChannel, text: str) -> str:
    """Of an address of record, the ids of its contacts: Asterisk makes them of its name and a digest."""
    name, field = arguments(text, most=2)
    if field != "contact":
        raise NotUnderstoodError(f"PJSIP_AOR({text})")
    return ",".join(f"{name};@{number}" for number, _ in enumerate(channel.switch.contacts(name)))


def _endpoint(channel: AsteriskChannel, text: str) -> str:
    name, field = arguments(text, most=2)
    if field != "aors":
        raise NotUnderstoodError(f"PJSIP_ENDPOINT({text})")
    return name


def _contact(channel: AsteriskChannel, text: str) -> str:
    contact, field = arguments(text, most=2)
    name, _, number = contact.partition(";@")
    match field:
        case "status":
            return "Reachable"
        case "uri":
            return channel.switch.contacts(name)[int(number)]
    raise NotUnderstoodError(f"PJSIP_CONTACT({text})")


# -- what is set ------------------------------------------------------------------------------------------------------


def _set_array(channel: AsteriskChannel, names: str, value: str) -> None:
    values = arguments(value)
    for number, name in enumerate(arguments(names)):
        channel.set(name, values[number] if number < len(values) else "")


def _set_local(channel: AsteriskChannel, name: str, value: str) -> None:
    channel.set_local(name, value)


def _set_caller_id(channel: AsteriskChannel, part: str, value: str) -> None:
    if part != "num":
        raise NotUnderstoodError(f"Set(CALLERID({part})=…)")
    channel.number = value


def _set_channel(channel: AsteriskChannel, item: str, value: str) -> None:
    if item == "hangup_handler_push":
        context, extension, priority = arguments(value)
        channel.handlers.append((context, extension, int(priority)))
    elif item != "language":
        raise NotUnderstoodError(f"Set(CHANNEL({item})=…)")


def _set_shared(channel: AsteriskChannel, text: str, value: str) -> None:
    name, owner = _owner(channel, text)
    if owner is not None:
        owner.shared[name] = value


def _add_header(channel: AsteriskChannel, text: str, value: str) -> None:
    action, name = arguments(text, most=2)
    if action != "add" or channel.endpoint is None:
        raise NotUnderstoodError(f"Set(PJSIP_HEADER({text})=…) of {channel.name}")
    channel.headers.append((name.lower(), value))


READ: Mapping[str, Read] = {
    "LEN": _len, "IF": _if, "FILTER": _filter, "CUT": _cut, "FIELDNUM": _field_number, "FIELDQTY": _field_quantity,
    "SHIFT": _shift, "TOLOWER": _to_lower, "STRREPLACE": _replace, "MIN": _smallest, "MAX": _largest,
    "STRFTIME": _time, "DIALPLAN_EXISTS": _dialplan_exists, "CHANNEL": _channel, "CALLERID": _caller_id,
    "CHANNEL_EXISTS": _channel_exists, "SHARED": _shared, "HANGUPCAUSE": _cause, "HANGUPCAUSE_KEYS": _cause_keys,
    "PJSIP_HEADER": _header, "DEVICE_STATE": _device_state, "PJSIP_DIAL_CONTACTS": _dial_contacts,
    "PJSIP_AOR": _address_of_record, "PJSIP_ENDPOINT": _endpoint, "PJSIP_CONTACT": _contact,
    "REPLACE": _remove, "REGEX": _matches,
}  # fmt: skip
WRITE: Mapping[str, Write] = {
    "ARRAY": _set_array, "LOCAL": _set_local, "CALLERID": _set_caller_id, "CHANNEL": _set_channel,
    "SHARED": _set_shared, "PJSIP_HEADER": _add_header,
}  # fmt: skip
