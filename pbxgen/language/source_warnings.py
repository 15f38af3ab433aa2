"""Warnings about a source as a whole: what is missing, unused, or rings too long."""

from __future__ import annotations

from collections.abc import Mapping

from pbxgen.flow.trunk import CalledNumber, Trunk
from pbxgen.language.directory import Directory
from pbxgen.language.findings import Findings
from pbxgen.language.model import SECTIONS
from pbxgen.language.names import Names
from pbxgen.language.unresolved import long_ring
from pbxgen.language.validate import Draft

_UNUSED = {
    "policies": "no user has it",
    "schedules": "no rule asks for it",
    "contacts": "no rule asks for it",
    "classes": "no user has it",
    "switches": "no rule asks for it",
    "services": "no destination leads there, and it has no number",
}


def warn_of_source(
    draft: Draft, directory: Directory, trunks: Mapping[str, Trunk], names: Names, findings: Findings
) -> None:
    _emergency(draft, findings)
    _main_numbers(draft, directory, trunks, findings)
    _nothing_named(draft, trunks, findings)
    _unused(draft, directory, trunks, names, findings)
    for key in ("ring_timeout", "outside_timeout"):
        if key in draft.source.defaults.model_fields_set:
            long_ring(getattr(draft.source.defaults, key), draft.node("defaults"), key, findings)


def _emergency(draft: Draft, findings: Findings) -> None:
    if any(route.emergency for route in draft.source.routes.values()) or draft.has_broken("routes"):
        return
    entry = draft.root.entries.get("routes")
    findings.add(
        "PBX151",
        "no route is for emergency numbers: phones cannot call for help",
        draft.root.location if entry is None else entry.key.location,
        help='add a route such as emergency: {match: ["112"], trunk: NAME, emergency: true}',
    )


def _main_numbers(draft: Draft, directory: Directory, trunks: Mapping[str, Trunk], findings: Findings) -> None:
    if draft.has_broken("users") or draft.has_broken("inbound"):
        return
    for name, trunk in trunks.items():
        if trunk.number is not None and not directory.reaches(trunk.number):
            findings.add(
                "PBX152",
                f"the main number {trunk.number} of trunk {name} reaches nothing",
                draft.node("trunks", name, "number").location,
                help="add it under inbound, or as a user's did",
            )


def _nothing_named(draft: Draft, trunks: Mapping[str, Trunk], findings: Findings) -> None:
    if draft.has_broken("users") or draft.has_broken("inbound") or draft.source.inbound:
        return
    if any(user.did for user in draft.source.users.values()):
        return
    for name, trunk in trunks.items():
        if trunk.called_number is not CalledNumber.REQUEST and trunk.number is None:
            findings.add(
                "PBX182",
                f"calls of trunk {name} name the number they are for in a header, and no number is the trunk's",
                draft.node("trunks", name, "called_number").location,
                help="add the account's numbers as users' did or under inbound, and the main one as the trunk's number",
            )


def _unused(draft: Draft, directory: Directory, trunks: Mapping[str, Trunk], names: Names, findings: Findings) -> None:
    for section, why in _UNUSED.items():
        word = SECTIONS[section].singular
        for name, location in names.unused(section).items():
            if section == "services" and name in draft.source.services and draft.source.services[name].number:
                continue
            findings.add("PBX155", f"{word} {name} is not used: {why}", location, help="remove it, or use it")
    for name, location in names.unused("trunks").items():
        trunk = trunks.get(name)
        if trunk is not None and (trunk.number is None or not directory.reaches(trunk.number)):
            findings.add(
                "PBX155",
                f"trunk {name} is not used: no route or user names it and its number reaches nothing",
                location,
                help="remove it, or use it",
            )
