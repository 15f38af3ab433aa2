"""The owner of each number: extensions, operator positions, groups, DIDs, inbound and emergency numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pbxgen.diagnostics.diagnostic import Related
from pbxgen.diagnostics.location import Location
from pbxgen.flow.pattern import expand, parse
from pbxgen.language.findings import Findings
from pbxgen.language.numbers import Numbers, is_written_number
from pbxgen.language.positions import at, each, key_of
from pbxgen.language.validate import Draft
from pbxgen.source.tree import Mapping, Node

FEATURES = {"*97": "the own mailbox", "*98": "any mailbox, by PIN"}
"""Numbers that every phone can dial."""

EMERGENCY_LIMIT = 1000
"""How many numbers one pattern of an emergency route may stand for."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The user, position or group that a number belongs to, as messages call it, and where that is written."""

    name: str
    location: Location


@dataclass(slots=True)
class Directory:
    """Numbers by what they reach. Of a number used twice only the first use is kept."""

    extensions: dict[str, Owner] = field(default_factory=dict)
    positions: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Dialable number to ("operators" or "groups", name)."""
    dids: dict[str, str] = field(default_factory=dict)
    """E.164 to extension."""
    user_dids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Extension to its outside numbers, in the order written."""
    inbound: dict[str, str] = field(default_factory=dict)
    """E.164 to the key as written."""
    emergency: dict[str, str] = field(default_factory=dict)
    """Number as dialled to its trunk."""
    emergency_at: dict[str, Location] = field(default_factory=dict)
    emergency_dialled: dict[str, str] = field(default_factory=dict)
    """Every way to dial an emergency number (with and without the outside line) to the number itself."""
    outside: dict[str, Owner] = field(default_factory=dict)
    """Every outside number of this source (DIDs and inbound)."""


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
                    directory.emergency[number] = route.trunk
                    directory.emergency_at[number] = node.location


def _dialable(draft: Draft, directory: Directory, findings: Findings) -> None:
    owners: dict[str, Owner] = {number: Owner(f"*{number[1:]}, {what},", draft.root.location)
                                for number, what in FEATURES.items()}  # fmt: skip
    outside_line = (draft.pbx.outside_line or "") if draft.pbx else ""
    prefixes = ("", outside_line) if outside_line else ("",)
    emergency = {f"{prefix}{number}": number for prefix in prefixes for number in directory.emergency}
    directory.emergency_dialled = emergency
    for extension, location in draft.names.get("users", {}).items():
        if extension.isascii() and extension.isdigit():
            directory.extensions[extension] = owners[extension] = Owner(f"user {extension}", location)
    for section, name, number, location in _positions(draft):
        word = "operator position" if section == "operators" else "group"
        other = owners.get(number)
        if other is not None:
            feature = number in FEATURES
            findings.about((section[:-1], name)).add(
                "PBX111",
                f"the number {number} is used twice: {word} {name} and "
                + (f"the code for {FEATURES[number]}" if feature else other.name),
                location,
                help="give one of them another number" if not feature else "give it another number",
                related=() if feature else [Related("also used here", other.location)],
            )
            continue
        owners[number] = Owner(f"{word} {name}", location)
        directory.positions[number] = (section, name)
    if emergency:
        _emergency_conflicts(owners, emergency, directory, findings)


def _positions(draft: Draft) -> Iterator[tuple[str, str, str, Location]]:
    for section, models in (("operators", draft.source.operators), ("groups", draft.source.groups)):
        for name, model in models.items():
            yield section, name, model.number, draft.node(section, name, "number").location


def _emergency_conflicts(
    owners: dict[str, Owner], emergency: dict[str, str], directory: Directory, findings: Findings
) -> None:
    """A phone that dials digit by digit would reach the wrong one of the two."""
    beginnings: dict[str, str] = {}
    for dialled in emergency:
        for length in range(1, len(dialled) + 1):
            beginnings.setdefault(dialled[:length], dialled)
    longest = max(map(len, emergency))
    for number, owner in owners.items():
        if number in FEATURES:
            continue
        clash = beginnings.get(number)
        if clash is None:
            clash = next((number[:n] for n in range(1, min(len(number), longest) + 1) if number[:n] in emergency), None)
        if clash is not None:
            relation = "is" if clash == number else "is the beginning of" if len(clash) > len(number) else "begins with"
            how = "" if emergency[clash] == clash else f" (dialled {clash})"
            findings.add(
                "PBX112",
                f"{owner.name}: the number {number} {relation} the emergency number {emergency[clash]}{how}",
                owner.location,
                help="choose another number: emergency calls must never be in doubt",
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
        if not is_written_number(text):
            continue  # reported with the key
        number = numbers.read(text)
        if number.e164 is None or not number.assigned:
            key = section.entries[text].key if isinstance(section, Mapping) else section
            read_number(text, key, numbers, findings)
        if number.e164 is not None and _claim(number.e164, Owner("inbound", location), directory, findings):
            directory.inbound[number.e164] = text


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
