"""The dialplan functions that the templates use. Each raises ValueError for arguments that no template writes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from pbxgen.interpret.asterisk.channel import AsteriskChannel, AsteriskFunction
from pbxgen.interpret.asterisk.legs import AsteriskCaller, AsteriskLeg, contact_uris, is_thought_dead
from pbxgen.interpret.asterisk.patterns import character_set
from pbxgen.interpret.asterisk.text import arguments, holds

# -- texts ------------------------------------------------------------------------------------------------------------


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
    kept = character_set(_CODE.sub(lambda code: chr(int(code[1], 16)), allowed))
    return "".join(c for c in rest[0] if c in kept) if rest else ""


_CODE = re.compile(r"\\x([0-9A-Fa-f]{2})")


def _cut(channel: AsteriskChannel, text: str) -> str:
    name, delimiter, fields = arguments(text, most=3)
    first, hyphen, last = fields.partition("-")
    if not first.isdigit() or (hyphen and not last.isdigit()):
        raise ValueError("fields that are named otherwise")
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
    name, characters = arguments(text, most=3)
    return channel.variable(name).translate(dict.fromkeys(map(ord, characters)))


def _matches(channel: AsteriskChannel, text: str) -> str:
    """REGEX("pattern" text): a pattern of POSIX, with neither backslashes nor repetitions of its own."""
    before, pattern, subject = (*arguments(text, '"', 3), "", "")[:3]
    if before.strip() or not pattern:
        raise ValueError("no pattern")
    python = pattern.replace("[[]", r"\[").replace("$", r"\Z")
    return str(int(re.search(python, subject.lstrip(" ")) is not None))


# -- numbers and times ------------------------------------------------------------------------------------------------


def _two_numbers(text: str) -> tuple[int, int]:
    one, other = arguments(text)
    return int(one), int(other)


def _time(channel: AsteriskChannel, text: str) -> str:
    epoch, zone, form = arguments(text, most=3)
    if not re.fullmatch("(%[YmdHMSu])*", form):
        raise ValueError("another format")
    return dt.datetime.fromtimestamp(int(epoch), ZoneInfo(zone)).strftime(form)


# -- the dialplan and channels ----------------------------------------------------------------------------------------


def _dialplan_exists(channel: AsteriskChannel, text: str) -> str:
    context, extension, place = arguments(text, most=3)
    plan = channel.switch.dialplan
    if place[:1].isdigit():
        return str(int(plan.line(context, extension, int(place)) is not None))
    return str(int(plan.label(context, extension, place) is not None))


def _channel(channel: AsteriskChannel, text: str) -> str:
    match text:
        case "endpoint" if channel.endpoint is not None:
            return channel.endpoint
        case "pjsip,request_uri" if channel.endpoint is not None:
            return channel.request_uri
        case "pjsip,local_uri" if channel.endpoint is not None:
            return channel.local_uri
        case "hangupsource":
            return channel.hung_up_by
    raise ValueError("another item")


def _caller_id(channel: AsteriskChannel, text: str) -> str:
    match text:
        case "num":
            return channel.number
        case "num-pres":
            return "prohib_passed_screen" if channel.withheld else "allowed_not_screened"
    raise ValueError("another part")


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
        raise ValueError("another kind of cause")
    return channel.causes.get(leg, "")


def _header(channel: AsteriskChannel, text: str) -> str:
    action, name, number = arguments(text, most=3)
    if action != "read" or channel.endpoint is None:
        raise ValueError("another action, or another kind of channel")
    values = [value for key, value in channel.headers if key.lower() == name.lower()]
    return values[int(number) - 1] if int(number) <= len(values) else ""


def _device_state(channel: AsteriskChannel, text: str) -> str:
    switch = channel.switch
    if text.startswith(_CUSTOM):
        return switch.database.get(_custom_key(text), "UNKNOWN")
    technology, _, endpoint = text.partition("/")
    if technology != "PJSIP":
        raise ValueError("another technology")
    if endpoint not in switch.endpoints:
        return "INVALID"
    if switch.endpoints.is_trunk(endpoint):
        return "UNAVAILABLE" if is_thought_dead(switch, endpoint) else "NOT_INUSE"
    if not contact_uris(switch, endpoint):
        return "UNAVAILABLE"
    channels = [other for other in switch.channels.values() if other.endpoint == endpoint]
    in_use = sum(isinstance(other, AsteriskCaller) or other.up for other in channels)
    extension = switch.endpoints.extension(endpoint, switch.case.plan)
    in_use += "in_call" in switch.case.environment.phone(extension or "")
    busy_at = switch.endpoints.busy_at(endpoint)
    if busy_at and in_use >= busy_at:
        return "BUSY"
    rings = any(isinstance(other, AsteriskLeg) and other.waiting for other in channels)
    if in_use:
        return "RINGINUSE" if rings else "INUSE"
    return "RINGING" if rings else "NOT_INUSE"


_CUSTOM = "Custom:"


def _custom_key(text: str) -> str:
    """Where Asterisk keeps the state of a device that the dialplan sets."""
    return f"CustomDeviceState/{text.removeprefix(_CUSTOM)}"


def _set_device_state(channel: AsteriskChannel, text: str, value: str) -> None:
    if not text.startswith(_CUSTOM) or value not in ("INUSE", "NOT_INUSE"):
        raise ValueError("another device or state")
    channel.switch.database[_custom_key(text)] = value


def _dial_contacts(channel: AsteriskChannel, text: str) -> str:
    return "&".join(f"PJSIP/{text}/{uri}" for uri in contact_uris(channel.switch, text))


def _address_of_record(channel: AsteriskChannel, text: str) -> str:
    """The ids of an address of record's contacts; Asterisk makes them of its name and a digest."""
    name = _name_for(text, "contact")
    return ",".join(f"{name};@{number}" for number, _ in enumerate(contact_uris(channel.switch, name)))


def _name_for(text: str, wanted: str) -> str:
    name, field = arguments(text, most=2)
    if field != wanted:
        raise ValueError("another field")
    return name


def _contact(channel: AsteriskChannel, text: str) -> str:
    contact, field = arguments(text, most=2)
    name, _, number = contact.partition(";@")
    match field:
        case "status":
            return "Reachable"
        case "uri":
            return contact_uris(channel.switch, name)[int(number)]
    raise ValueError("another field")


# -- what is set ------------------------------------------------------------------------------------------------------


def _set_array(channel: AsteriskChannel, names: str, value: str) -> None:
    values = arguments(value)
    for number, name in enumerate(arguments(names)):
        channel.set(name, values[number] if number < len(values) else "")


def _set_caller_id(channel: AsteriskChannel, part: str, value: str) -> None:
    if part == "num":
        channel.number = value
    elif part != "name":
        raise ValueError("another part")


def _set_connected_line(channel: AsteriskChannel, part: str, value: str) -> None:
    if part != "pres,i" or value != "prohib_not_screened":
        raise ValueError("another part, or another presentation")
    channel.withheld = True


def _set_channel(channel: AsteriskChannel, item: str, value: str) -> None:
    if item == "hangup_handler_push":
        context, extension, priority = arguments(value)
        channel.handlers.append((context, extension, int(priority)))
    elif item not in ("language", "namedpickupgroup"):
        raise ValueError("another item")


def _set_shared(channel: AsteriskChannel, text: str, value: str) -> None:
    name, owner = _owner(channel, text)
    if owner is not None:
        owner.shared[name] = value


def _set_group(channel: AsteriskChannel, text: str, value: str) -> None:
    """``GROUP(category)``: one group in each category, or none."""
    channel.groups[text] = value


def _group_count(channel: AsteriskChannel, text: str) -> str:
    """A leg that nobody answered counts until the dialplan takes it out: Asterisk may keep its channel for a moment."""
    group, _, category = text.partition("@")
    channels = channel.switch.channels.values()
    ended = [leg for leg in channel.switch.legs if leg.gone and not leg.answered]
    return str(sum(other.groups.get(category) == group for other in (*channels, *ended)))


def _add_header(channel: AsteriskChannel, text: str, value: str) -> None:
    action, name = arguments(text, most=2)
    if action != "add" or channel.endpoint is None:
        raise ValueError("another action, or another kind of channel")
    channel.headers.append((name.lower(), value))


def _import(channel: AsteriskChannel, text: str) -> str:
    """A variable, or a function of no arguments, as another channel has it."""
    name, wanted = arguments(text, most=2)
    other = channel.switch.channels.get(name)
    if other is None:
        return ""
    function, bracket, rest = wanted.partition("(")
    return other.function(function, rest.removesuffix(")")) if bracket else other.variable(wanted)


def _database(channel: AsteriskChannel, text: str) -> str:
    return channel.switch.database.get(text, "")


def _delete(channel: AsteriskChannel, text: str) -> str:
    return channel.switch.database.pop(text, "")


def _set_database(channel: AsteriskChannel, text: str, value: str) -> None:
    channel.switch.database[text] = value


def _config(channel: AsteriskChannel, text: str) -> str:
    if text != "asterisk.conf,directories,astspooldir":
        raise ValueError("another setting")
    return ""


def _set_file(channel: AsteriskChannel, text: str, value: str) -> None:
    channel.switch.files[text] = value


READ: Mapping[str, AsteriskFunction] = {
    "IF": _if, "FILTER": _filter, "CUT": _cut, "FIELDNUM": _field_number, "FIELDQTY": _field_quantity, "SHIFT": _shift,
    "TOLOWER": _to_lower, "STRREPLACE": _replace, "STRFTIME": _time, "DIALPLAN_EXISTS": _dialplan_exists,
    "CHANNEL": _channel, "CALLERID": _caller_id, "SHARED": _shared, "HANGUPCAUSE": _cause, "PJSIP_HEADER": _header,
    "DEVICE_STATE": _device_state, "PJSIP_DIAL_CONTACTS": _dial_contacts, "PJSIP_AOR": _address_of_record,
    "PJSIP_CONTACT": _contact, "REPLACE": _remove, "REGEX": _matches,
    "LEN": lambda channel, text: str(len(text.encode())),
    "MIN": lambda channel, text: str(min(_two_numbers(text))),
    "MAX": lambda channel, text: str(max(_two_numbers(text))),
    "CHANNEL_EXISTS": lambda channel, text: str(int(text in channel.switch.channels)),
    "HANGUPCAUSE_KEYS": lambda channel, _: ",".join(channel.causes),
    "IMPORT": _import, "GROUP_COUNT": _group_count,
    "DB": _database, "DB_DELETE": _delete, "AST_CONFIG": _config,
    "URIDECODE": lambda channel, text: unquote(text),
    "LOCK": lambda channel, text: "1",
    "UNLOCK": lambda channel, text: "1",
    "PJSIP_ENDPOINT": lambda channel, text: _name_for(text, "aors"),
}  # fmt: skip
WRITE: Mapping[str, Callable[[AsteriskChannel, str, str], None]] = {
    "ARRAY": _set_array, "LOCAL": AsteriskChannel.set_local, "CALLERID": _set_caller_id, "CHANNEL": _set_channel,
    "CONNECTEDLINE": _set_connected_line,
    "SHARED": _set_shared, "GROUP": _set_group, "PJSIP_HEADER": _add_header, "DB": _set_database,
    "DEVICE_STATE": _set_device_state, "FILE": _set_file,
}  # fmt: skip
