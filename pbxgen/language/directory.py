"""The owner of each number: extensions, operator positions, groups, DIDs, inbound and emergency numbers."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pbxgen.diagnostics.diagnostic import Related
from pbxgen.diagnostics.extension_lists import several
from pbxgen.diagnostics.location import Location
from pbxgen.flow.pattern import Pattern, expand, is_within, letters, narrowness, parse, wildcards
from pbxgen.flow.pattern_index import PatternIndex
from pbxgen.language.findings import Findings
from pbxgen.language.model import SECTIONS
from pbxgen.language.model_base import RANGE, many
from pbxgen.language.numbers import Numbers, compact_range, is_written_range
from pbxgen.language.positions import at, each, key_of
from pbxgen.language.validate import Draft
from pbxgen.source.tree import Mapping, Node

FEATURES = {"own_mailbox": "the own mailbox", "any_mailbox": "any mailbox, by PIN", "pickup": "pickup"}
"""What the codes of `features` are for."""

EXTENSION = "extension"
"""As a destination of an inbound range: the user whose extension is what its wildcards stand for."""

MOST_NUMBERS = 100
"""How many numbers a range may have for one extension: for each letter but X one."""

EMERGENCY_LIMIT = 1000
"""How many numbers one pattern of an emergency route may stand for."""


_KEY = re.compile(RANGE)


@dataclass(frozen=True, slots=True)
class Owner:
    """The user, position or group that a number belongs to, as messages call it, and where that is written."""

    name: str
    location: Location


@dataclass(slots=True)
class Directory:
    """Numbers by what they reach. Of a number used twice only the first use is kept."""

    extensions: dict[str, Owner] = field(default_factory=dict)
    features: dict[str, Owner] = field(default_factory=dict)
    """Codes of `features`, by what is dialled."""
    positions: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Dialable number to ("operators", "groups" or "services", name)."""
    dids: dict[str, str] = field(default_factory=dict)
    """E.164 to extension."""
    user_dids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Extension to its outside numbers, in the order written."""
    inbound: dict[str, str] = field(default_factory=dict)
    """E.164 number, or pattern of a range, to the key as written."""
    ranges: dict[str, Pattern] = field(default_factory=dict)
    """By pattern, the narrower before the wider."""
    range_index: PatternIndex = field(default_factory=PatternIndex)
    """The same, to find one."""
    in_ranges: set[str] = field(default_factory=set)
    """Numbers of ranges that destinations name: they are inbound numbers of their own."""
    emergency: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Number as dialled to its trunks."""
    emergency_at: dict[str, Location] = field(default_factory=dict)
    emergency_dialled: dict[str, str] = field(default_factory=dict)
    """Every way to dial an emergency number (with and without the outside line) to the number itself."""
    outside: dict[str, Owner] = field(default_factory=dict)
    """Every outside number of this source (DIDs and inbound)."""

    def range_of(self, e164: str) -> str | None:
        """The narrowest range that a number is in."""
        pattern = self.range_index.of(e164)
        return None if pattern is None else pattern.text

    def reaches(self, e164: str) -> bool:
        """Does an outside number reach anything here?"""
        return e164 in self.outside or self.range_of(e164) is not None

    def of_extensions(self, text: str) -> Iterator[tuple[str, str]]:
        """Each user whose extension the X's of a range can be, with every number that nothing narrower has."""
        fixed, _ = letters(self.ranges[text])
        free = wildcards(self.ranges[text])
        for extension in self.extensions:
            if len(extension) != len(free):
                continue
            digits = dict(zip(free, extension, strict=True))
            choices = (digits.get(at) or sorted(allowed) for at, allowed in enumerate(fixed))
            for number in map("".join, itertools.product(*choices)):
                if number not in self.outside and self.range_of(number) == text:
                    yield extension, number


def numbers_each(pattern: Pattern) -> int:
    """How many numbers of a range lead to one extension; 0: the range has no X to stand for extensions, or no end."""
    fixed, ending = letters(pattern)
    free = wildcards(pattern)
    return 0 if ending or not free else math.prod(len(a) for at, a in enumerate(fixed) if at not in free)


def read_number(text: str, node: Node, numbers: Numbers, findings: Findings) -> str | None:
    """``text`` as E.164; a problem is reported at ``node``."""
    number = numbers.read(text)
    if number.e164 is None:
        report_number(text, number.problem, node.location, findings)
    elif not number.assigned:
        report_unassigned(text, node.location, findings)
    return number.e164


def report_number(text: str, problem: str, location: Location, findings: Findings) -> None:
    help = 'write it in E.164, such as "+390212345101", or as pbx.country writes it'
    findings.add("PBX113", f"{text!r} {problem}", location, help=help)


def report_unassigned(text: str, location: Location, findings: Findings) -> None:
    message = f"{text!r} is in no known range of its country's numbers"
    findings.add("PBX158", message, location, help="check the digits")


def build(draft: Draft, numbers: Numbers, findings: Findings) -> Directory:
    """Read all numbers of a source; report those used twice, and those that may be taken for emergency numbers."""
    directory = Directory()
    _emergency(draft, directory, findings)
    _dialable(draft, directory, findings)
    _dids(draft, directory, numbers, findings)
    _inbound(draft, directory, numbers, findings)
    _own_extensions(draft, directory)
    return directory


def _emergency(draft: Draft, directory: Directory, findings: Findings) -> None:
    for name, route in draft.source.routes.items():
        if not route.emergency:
            continue
        for text, node in each(route.match, draft.node("routes", name, "match")):
            try:
                pattern = parse(text)
            except ValueError:
                continue  # reported with the route
            emergency_numbers = expand(pattern, EMERGENCY_LIMIT)
            if emergency_numbers is None or not all(number.isdigit() for number in emergency_numbers):
                findings.add(
                    "PBX127",
                    f"emergency numbers are written out, as they are dialled: {text!r} is not",
                    node.location,
                    help='write numbers such as "112"; X, Z, N and [03] may stand in them, . and ! may not',
                )
                continue
            for number in emergency_numbers:
                if number not in directory.emergency:
                    directory.emergency[number] = tuple(dict.fromkeys(many(route.trunk)))
                    directory.emergency_at[number] = node.location


def _dialable(draft: Draft, directory: Directory, findings: Findings) -> None:
    _features(draft, directory, findings)
    owners = dict(directory.features)
    outside_line = (draft.pbx.outside_line or "") if draft.pbx else ""
    prefixes = ("", outside_line) if outside_line else ("",)
    emergency = {f"{prefix}{number}": number for prefix in prefixes for number in directory.emergency}
    directory.emergency_dialled = emergency
    for extension, location in draft.names.get("users", {}).items():
        if extension.isascii() and extension.isdigit():
            user = Owner(f"user {extension}", location)
            if extension in directory.features:
                _report_twice(extension, directory.features[extension], user, findings)
            directory.extensions[extension] = owners[extension] = user
    for section, name, number, location in _positions(draft):
        word = SECTIONS[section].singular
        other = owners.get(number)
        if other is not None:
            _report_twice(number, Owner(f"{word} {name}", location), other, findings.about((section[:-1], name)))
            continue
        owners[number] = Owner(f"{word} {name}", location)
        directory.positions[number] = (section, name)
    if emergency:
        _emergency_conflicts(owners, emergency, directory, findings)


def _features(draft: Draft, directory: Directory, findings: Findings) -> None:
    """Codes are identified by what is dialled; those not written in the source have its first line as their place."""
    section = draft.source.features
    for key, what in FEATURES.items():
        number: str | None = getattr(section, key)
        if number is None or draft.is_broken("features", key):
            continue
        written = key in section.model_fields_set
        location = draft.node("features", key).location if written else draft.root.location
        owner = Owner(f"the code for {what}", location)
        other = directory.features.setdefault(number, owner)
        if other is not owner:
            _report_twice(number, owner, other, findings, at=location if written else other.location)


def _report_twice(number: str, owner: Owner, other: Owner, findings: Findings, at: Location | None = None) -> None:
    findings.add(
        "PBX111",
        f"the number {number} is used twice: {owner.name} and {other.name}",
        at or owner.location,
        help="give one of them another number",
        related=[Related("also used here", other.location)],
    )


def _positions(draft: Draft) -> Iterator[tuple[str, str, str, Location]]:
    source = draft.source
    named = (("operators", source.operators), ("groups", source.groups), ("services", source.services))
    for section, models in named:
        for name, model in models.items():
            if model.number is not None:
                yield section, name, model.number, draft.node(section, name, "number").location


def _emergency_conflicts(
    owners: dict[str, Owner], emergency: dict[str, str], directory: Directory, findings: Findings
) -> None:
    """A number that is one, and those that begin alike: dialled digit by digit, a phone may take one for the other."""
    beginnings: dict[str, str] = {}
    for dialled in emergency:
        for length in range(1, len(dialled)):
            beginnings.setdefault(dialled[:length], dialled)
    longest = max(map(len, emergency))
    clashes: dict[str, str] = {}
    for number, owner in owners.items():
        if number in emergency:
            how = "" if emergency[number] == number else f" (dialled {number})"
            findings.add(
                "PBX112",
                f"{owner.name}: the number {number} is the emergency number {emergency[number]}{how}",
                owner.location,
                help="choose another number: emergency calls must never be in doubt",
                related=[Related("the emergency number", directory.emergency_at[emergency[number]])],
            )
            continue
        begins = next((number[:n] for n in range(1, min(len(number), longest + 1)) if number[:n] in emergency), None)
        clash = begins or beginnings.get(number)
        if clash is not None:
            clashes[number] = clash
    if clashes:
        _begin_alike(owners, clashes, emergency, directory, findings)


def _begin_alike(
    owners: dict[str, Owner],
    clashes: dict[str, str],
    emergency: dict[str, str],
    directory: Directory,
    findings: Findings,
) -> None:
    """One warning for all numbers that begin like an emergency number; ``clashes``: each with that emergency number."""
    first, clash = next(iter(clashes.items()))
    if len(clashes) == 1:
        section, name = directory.positions.get(first, ("users", first))
        if first not in directory.features:
            findings = findings.about((section[:-1], name))
    numbers = f"the number {first}" if len(clashes) == 1 else several("number", list(clashes))
    dialled = dict.fromkeys(clashes.values())
    meant = " and ".join(d if emergency[d] == d else f"{emergency[d]} (dialled {d})" for d in dialled)
    findings.add(
        "PBX170",
        f"{numbers} and emergency number {meant} begin alike",
        owners[first].location,
        help="choose other numbers, or accept this where no phone dials before the whole number is typed",
        related=[Related("the emergency number", directory.emergency_at[emergency[clash]])],
    )


def _dids(draft: Draft, directory: Directory, numbers: Numbers, findings: Findings) -> None:
    for extension, user in draft.source.users.items():
        if not user.did:
            continue
        dids = []
        for text, node in each(user.did, at(draft.node("users", extension), "did")):
            e164 = read_number(text, node, numbers, findings.about(("user", extension)))
            if e164 is not None and _claim(e164, Owner(f"user {extension}", node.location), directory, findings):
                dids.append(e164)
                directory.dids[e164] = extension
        directory.user_dids[extension] = tuple(dids)


def _inbound(draft: Draft, directory: Directory, numbers: Numbers, findings: Findings) -> None:
    section = draft.node("inbound")
    for text in draft.source.inbound:
        location = key_of(section, text)
        if not _KEY.fullmatch(text):
            continue  # reported with the key
        if is_written_range(text):
            _range(text, section, directory, findings)
            continue
        number = numbers.read(text)
        if number.e164 is None or not number.assigned:
            key = section.entries[text].key if isinstance(section, Mapping) else section
            read_number(text, key, numbers, findings)
        if number.e164 is not None and _claim(number.e164, Owner("inbound", location), directory, findings):
            directory.inbound[number.e164] = text
    directory.ranges = dict(sorted(directory.ranges.items(), key=lambda item: narrowness(item[1])))


def _range(text: str, section: Node, directory: Directory, findings: Findings) -> None:
    location = key_of(section, text)
    written = compact_range(text)
    try:
        pattern = parse(written)
    except ValueError as problem:
        findings.add("PBX127", f"{text!r} is not a range of numbers: {problem}", location, help=_A_RANGE)
        return
    if not written.startswith("+"):
        message = f"{text!r} is not a range of numbers: ranges are compared in E.164, which begins with +"
        findings.add("PBX127", message, location, help=_A_RANGE)
        return
    for other in directory.range_index.meeting(pattern):
        if is_within(pattern, other) is not is_within(other, pattern):
            continue
        known = directory.inbound[other.text]
        same_numbers = is_within(pattern, other)
        findings.add(
            "PBX172",
            f"{text} and {known} are the same range"
            if same_numbers
            else f"numbers are both in {text} and in {known}, and neither is the narrower one",
            location,
            help="join the two"
            if same_numbers
            else "make one of them a part of the other, or let them have no number in common",
            related=[Related("the other one", key_of(section, known))],
        )
        return
    directory.range_index.add(pattern)
    directory.ranges[written] = pattern
    directory.inbound[written] = text


_A_RANGE = 'such as "+3902123452XX" (X 0-9, Z 1-9, N 2-9, [03]), or with a closing . or ! for the rest of a block'


def _own_extensions(draft: Draft, directory: Directory) -> None:
    """The DIDs that ranges give to users."""
    for text in directory.ranges:
        if draft.source.inbound.get(directory.inbound[text]) == EXTENSION:
            for extension, number in directory.of_extensions(text):
                directory.dids[number] = extension
                directory.user_dids[extension] = (*directory.user_dids.get(extension, ()), number)


def _claim(e164: str, owner: Owner, directory: Directory, findings: Findings) -> bool:
    other = directory.outside.get(e164)
    if other is None:
        directory.outside[e164] = owner
        return True
    findings.add(
        "PBX111",
        f"the outside number {e164} is used twice: {other.name} and {owner.name}",
        owner.location,
        help="an outside number reaches one place only",
        related=[Related("first used here", other.location)],
    )
    return False
