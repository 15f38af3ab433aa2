"""Raw settings that a target writes, and those that it refuses, as what pbxgen promises stands on them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.nearest import nearest
from pbxgen.flow.endpoint import RawSetting
from pbxgen.flow.plan import Plan


@dataclass(frozen=True)
class Known:
    """What is known of the settings of one part; what is known neither as harmless nor as refused is refused, too."""

    refused: Mapping[str, str]
    """Regular expressions of names, each with what the setting decides."""
    harmless: str | None
    """Names that decide nothing that pbxgen promises, divided by blanks; None: all that are not refused."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys of the language that say the same, by regular expressions of names."""


Parts = Mapping[str, Known]


def refused(plan: Plan, pbx: str, shown: str, phones: Parts, trunks: Parts) -> Iterator[Diagnostic]:
    """``shown``: the PBX's name in messages. A setting that many phones share is told once."""
    told: set[RawSetting] = set()
    for user in plan.users.values():
        new = [one for one in user.options if one not in told]
        told.update(new)
        yield from _refused(new, pbx, shown, phones, ("user", user.extension))
    for trunk in plan.trunks.values():
        yield from _refused(trunk.options, pbx, shown, trunks, ("trunk", trunk.name))


def _refused(
    options: Iterable[RawSetting], pbx: str, shown: str, parts: Parts, subject: tuple[str, str]
) -> Iterator[Diagnostic]:
    for one in options:
        if one.pbx != pbx:
            continue
        known, what = parts[one.part], f"{one.name} of {shown}'s {one.part}"
        why, key = _first(known.refused, one.name), _first(known.keys, one.name)
        if why is not None:
            yield make(
                "PBX390",
                f"{what} cannot be set: it decides {why}",
                one.location,
                help="remove it" if key is None else f"remove it, and say it by `{key}`",
                subject=subject,
            )
        elif known.harmless is not None and one.name.lower() not in known.harmless.split():
            near = nearest(one.name.lower(), known.harmless.split())
            yield make(
                "PBX391",
                f"{what} cannot be set: it is not known what it decides",
                one.location,
                help="correct the name, or remove it" if near is None else f"did you mean {near}?",
                subject=subject,
            )


def _first(patterns: Mapping[str, str], name: str) -> str | None:
    """PBXs do not tell capitals apart."""
    return next((said for pattern, said in patterns.items() if re.fullmatch(pattern, name.lower())), None)


def settings_of(options: Iterable[RawSetting], pbx: str, part: str) -> list[dict[str, str]]:
    """The settings of one part, for a template."""
    return [
        {"name": one.name, "value": one.value, "where": one.location.short}
        for one in options
        if (one.pbx, one.part) == (pbx, part)
    ]
