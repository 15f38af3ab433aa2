"""Compile what users may change from their phones: profiles, codes and switches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pbxgen.diagnostics.diagnostic import Related
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.flow.pattern import Pattern, letters
from pbxgen.flow.self_service import Code, Profile, SelfService, Switch
from pbxgen.flow.settings import AFTER, KEYS, STATES
from pbxgen.flow.trunk import Route
from pbxgen.language.context import Context
from pbxgen.language.findings import Findings
from pbxgen.language.model import SECTIONS
from pbxgen.language.model_sections import OwnCodes
from pbxgen.language.positions import at, items, key_of

_ETSI = {
    "unconditional": "21", "busy": "67", "no_answer": "61", "unreachable": "62", "return_busy": "167",
    "return_no_answer": "161", "return_unreachable": "162", "dnd": "26", "follow_me": "25",
}  # fmt: skip
"""TS 22.030; those of operator_return, dnd and follow_me are ours."""
_US = tuple(replace(code, closed=False) for code in (
    Code("*72", "set", "unconditional", number=True), Code("*90", "set", "busy", number=True),
    Code("*92", "set", "no_answer", number=True), Code("*94", "set", "unreachable", number=True),
    Code("*73", "off", "unconditional"), Code("*91", "off", "busy"), Code("*93", "off", "no_answer"),
    Code("*95", "off", "unreachable"), Code("*74", "clear", ""), Code("*78", "on", "dnd"), Code("*79", "off", "dnd"),
))  # fmt: skip
_SATELLITE_AND_PREMIUM = ("870", "881", "882", "883", "979")
_OPERATOR_RETURN = ("return_busy", "return_no_answer", "return_unreachable")


def profiles(context: Context) -> dict[str, Profile]:
    """The profiles by name."""
    section = context.draft.source.self_service
    if section is None:
        return {}
    node = context.draft.node("self_service", "profiles")
    by_name = {}
    for name, profile in section.profiles.items():
        may: set[str] = {key for key in profile.may if key != "operator_return"}
        if "operator_return" in profile.may:
            may.update(_OPERATOR_RETURN)
        diverts = may - set(STATES)
        if diverts and not profile.to:
            context.findings.add(
                "PBX163",
                f"profile {name} may divert calls, but its `to` names no destinations",
                key_of(node, name),
                help="add to: [extensions, operators, voicemail, …]; without it users can only switch deviations off",
            )
        by_name[name] = Profile(name, frozenset(may), frozenset(profile.to), profile.expires, key_of(node, name))
    return by_name


class ProfileNames:
    """Which profile a user has; remembers which profiles were used."""

    def __init__(self, context: Context, known: dict[str, Profile]) -> None:
        self._known = known
        self._context = context
        self._used: set[str] = set()
        self._default = context.draft.source.defaults.self_service
        if self._default is not None:
            self.use(self._default, context.draft.node("defaults", "self_service").location, context.findings)

    def of(self, written: str | None, *, says: bool, location: Location, findings: Findings) -> Profile | None:
        if not says:
            return None if self._default is None else self._known.get(self._default)
        return None if written is None else self.use(written, location, findings)

    def use(self, name: str, location: Location, findings: Findings) -> Profile | None:
        profile = self._known.get(name)
        if profile is not None:
            self._used.add(name)
        elif self._context.names.complete and not self._context.draft.is_incomplete("self_service"):
            known = ", ".join(self._known)
            findings.add(
                "PBX110",
                f"there is no profile {name!r}",
                location,
                help=did_you_mean(name, self._known)
                or (f"known: {known}" if known else "add it under self_service: profiles"),
            )
        return profile

    def warn_of_unused(self) -> None:
        for name, profile in self._known.items():
            if name not in self._used:
                message = f"profile {name} is not used: no user has it"
                self._context.findings.add("PBX155", message, profile.location, help="remove it, or use it")


def switches(context: Context) -> dict[str, Switch]:
    tree = context.draft.node("switches")
    known = context.names.of("users")
    by_name = {}
    for name, switch in context.draft.source.switches.items():
        node = at(tree, name)
        seen: dict[str, Location] = {}
        for extension, item in zip(switch.operators, items(at(node, "operators")), strict=True):
            if extension in seen:
                context.findings.listed_twice(
                    f"{extension} is twice an operator of switch {name}", item.location, seen[extension]
                )
                continue
            seen[extension] = item.location
            if extension not in known and context.names.complete:
                context.findings.add(
                    "PBX122",
                    f"operator {extension} of switch {name} is not a user",
                    item.location,
                    help=did_you_mean(extension, known) or "a switch is set from phones of users",
                )
        if name in context.names.of("schedules"):
            context.findings.add(
                "PBX111",
                f"the name {name} is used twice: a schedule and a switch, which `when` could not tell apart",
                key_of(tree, name),
                help="give one of them another name",
                related=[Related("the schedule", context.names.of("schedules")[name])],
            )
        by_name[name] = Switch(name, switch.number, tuple(seen), switch.default == "on", key_of(tree, name))
    return by_name


def self_service(context: Context, routes: Iterable[Route], by_name: dict[str, Switch]) -> SelfService | None:
    """The codes, and what no setting leads to; problems between codes and other numbers are reported."""
    section = context.draft.source.self_service
    node = context.draft.node("self_service", "codes")
    if section is None:
        _conflicts(context, {}, by_name)
        return None
    codes = tuple(_codes(section.codes))
    written = "codes" in section.model_fields_set
    node = node if written else context.draft.node("self_service")
    _conflicts(context, {c: (at(node, c.key or "all", c.action) if written else node).location for c in codes}, by_name)
    if not context.draft.is_incomplete("self_service", "codes"):
        _warn_of_keys_without_codes(context, codes)
    country = context.numbers.country
    return SelfService(codes, tuple(_costly(country, routes)))


def _warn_of_keys_without_codes(context: Context, codes: tuple[Code, ...]) -> None:
    """Keys that a profile permits, and no phone can set."""
    section = context.draft.source.self_service
    assert section is not None
    settable = {code.key for code in codes if code.action in ("set", "on", "off")}
    for name, profile in section.profiles.items():
        lists = context.draft.node("self_service", "profiles", name, "may")
        for key, item in zip(profile.may, items(lists), strict=True):
            if settable.isdisjoint(_OPERATOR_RETURN if key == "operator_return" else (key,)):
                context.findings.add(
                    "PBX164",
                    f"profile {name} lets users set {key}, and no code does that",
                    item.location,
                    help=f"remove {key}, or write codes of your own that have it"
                    if section.codes != "us"
                    else f"remove {key}, or choose etsi: us has no codes for it",
                )


def _codes(written: str | OwnCodes) -> Iterator[Code]:
    if written == "us":
        yield from _US
    elif isinstance(written, OwnCodes):
        for key in (*KEYS, "all"):
            for action in ("set", "on", "off", "clear", "ask"):
                text = getattr(getattr(written, key), action, None)
                if text is not None:
                    head, number, rest = text.partition("N")
                    head = head if number else head.removesuffix("#")
                    closed = text.endswith("#")
                    yield Code(head, action, "" if key == "all" else key, bool(number), "S" in rest, closed)
    else:
        for key, digits in _ETSI.items():
            if key not in STATES:
                yield Code(f"*{digits}*", "set", key, number=True, seconds=key in AFTER)
            yield Code(f"*{digits}", "on", key)
            yield Code(f"#{digits}", "off", key)
            yield Code(f"##{digits}", "clear", key)
            yield Code(f"*#{digits}", "ask", key)
        yield Code("##002", "clear", "")


def _conflicts(context: Context, places: Mapping[Code, Location], by_name: dict[str, Switch]) -> None:
    """Codes, switches and other numbers that one and the same digits would mean.

    ``places``: of codes, each its own where the source writes them.
    """
    codes = tuple(places)
    features = context.draft.source.features
    written = {getattr(features, key) for key in features.model_fields_set}
    taken: list[tuple[str, str, Location | None]] = [
        (number, owner.name, owner.location if number in written else None)
        for number, owner in context.directory.features.items()
    ]
    for number, (section, name) in context.directory.positions.items():
        where = context.draft.node(section, name, "number").location
        taken.append((number, f"{SECTIONS[section].singular} {name}", where))
    switched: list[tuple[str, str, Location]] = []
    for switch in by_name.values():
        where = context.draft.node("switches", switch.name, "number").location
        for number in (switch.number, f"#{switch.number[1:]}"):
            switched.append((number, f"switch {switch.name}", where))
    for at_, (number, what, where) in enumerate(switched):
        for other, meant, location in (*taken, *switched[:at_]):
            if number == other and what != meant:
                _twice(context.findings, number, what, meant, where, location)
    _pickup_conflicts(context, places, (*taken, *switched))
    for at_, code in enumerate(codes):
        what = _told(code)
        for other, meant, location in (*taken, *switched):
            if _meet(code, Code(other, "", "")):
                _twice(context.findings, code.head, meant, what, location or places[code], places[code])
        for earlier in codes[:at_]:
            if _meet(code, earlier):
                _twice(context.findings, code.head, what, _told(earlier), places[code], places[earlier])


def _pickup_conflicts(
    context: Context, places: Mapping[Code, Location], others: Iterable[tuple[str, str, Location | None]]
) -> None:
    """Of what stands for a call at an extension: the code and the extension behind it."""
    prefix = context.draft.source.features.pickup_of
    if prefix is None or context.draft.is_broken("features", "pickup_of"):
        return
    at_ = context.draft.node("features", "pickup_of").location
    known = {number: (owner, location) for number, owner, location in others if number.startswith(prefix)}
    near = [code for code in places if code.head.startswith(prefix) or (code.number and prefix.startswith(code.head))]
    if not (known or near):
        return
    for number in (prefix + extension for extension in context.directory.extensions):
        conflict = known.get(number) or next(
            ((_told(c), places[c]) for c in near if _meet(c, Code(number, "", ""))), None
        )
        if conflict is not None:
            what = f"the code for the call at {number.removeprefix(prefix)}"
            _twice(context.findings, number, what, conflict[0], at_, conflict[1])
            return


def _told(code: Code) -> str:
    return f"the code to {code.action} {code.key or 'everything'}"


def _meet(one: Code, other: Code) -> bool:
    """May the same digits be both? A number that follows begins with a digit or +, or is the own mailbox's code."""
    if one.head == other.head:
        return True
    return any(short.number and long.head.startswith(short.head) for long, short in ((one, other), (other, one)))


def _twice(findings: Findings, number: str, what: str, owner: str, where: Location, other: Location | None) -> None:
    findings.add(
        "PBX111",
        f"the code {number} is used twice: {what} and {owner}",
        where,
        help="give one of them another number",
        related=() if other is None or other == where else [Related("also used here", other)],
    )


def _costly(country: str | None, routes: Iterable[Route]) -> Iterator[tuple[str, str]]:
    """Premium-rate and satellite numbers that a route carries, by calling code.

    Short ones (1240 in Italy) are those of the own country alone: a trunk may send their national form.
    """
    import phonenumbers

    open_ = [pattern for route in routes if not route.emergency for pattern in route.patterns]
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        if str(code) in _SATELLITE_AND_PREMIUM or not _reached(f"+{code}", open_):
            continue
        patterns = []
        prefixes = set()
        for region in regions:
            data: Any = phonenumbers.PhoneMetadata.metadata_for_region(region)
            if data is not None:
                parsed = data.national_prefix_for_parsing or ""
                plain = re.fullmatch(r"[][0-9|?]+", parsed) is not None
                prefixes.add(parsed if plain else re.sub(r"[^0-9]", "", data.national_prefix or ""))
            patterns += _premium(data)
        short = _premium(phonenumbers.PhoneMetadata.short_metadata_for_region(country)) if country in regions else []
        # More digits behind a premium number are not heard; behind a short one they are another number's.
        kinds = [f"({'|'.join(dict.fromkeys(patterns))})[0-9]*"] if patterns else []
        kinds += [f"({short[0]})"] if short else []
        if kinds:
            # Exchanges strip a national prefix that is dialled behind the country code: +49 0900… is +49 900….
            superfluous = f"({'|'.join(sorted(prefixes - {''}))})*" if prefixes - {""} else ""
            yield str(code), superfluous + (kinds[0] if len(kinds) == 1 else f"({'|'.join(kinds)})")
    yield from ((code, "[0-9]*") for code in _SATELLITE_AND_PREMIUM if _reached(f"+{code}", open_))


def _premium(metadata: Any) -> list[str]:
    """The expression of premium-rate numbers, as POSIX has it; none where there are none."""
    rate = None if metadata is None else metadata.premium_rate
    expression = None if rate is None else rate.national_number_pattern
    if not expression or expression == "NA":
        return []
    return [re.sub(r"\s", "", expression).replace("(?:", "(").replace(r"\d", "[0-9]")]


def _reached(beginning: str, patterns: Iterable[Pattern]) -> bool:
    """Can any of the patterns match a number that begins so?"""
    for pattern in patterns:
        fixed, ending = letters(pattern)
        pairs = zip(beginning, fixed, strict=False)
        if all(letter in allowed for letter, allowed in pairs) and (len(fixed) >= len(beginning) or ending):
            return True
    return False
