"""Raw settings that a target writes, and those that it refuses, as what pbxgen promises stands on them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.plan import Plan, RawSetting

Refused = Mapping[str, Mapping[str, str]]
"""By what is set: regular expressions of names, each with what the setting decides."""


def refused(plan: Plan, pbx: str, shown: str, phones: Refused, trunks: Refused) -> Iterator[Diagnostic]:
    """``shown``: the PBX's name in messages. A setting that many phones share is told once."""
    told: set[RawSetting] = set()
    for user in plan.users.values():
        new = [one for one in user.options if one not in told]
        told.update(new)
        yield from _refused(new, pbx, shown, phones, ("user", user.extension))
    for trunk in plan.trunks.values():
        yield from _refused(trunk.options, pbx, shown, trunks, ("trunk", trunk.name))


def _refused(
    options: Iterable[RawSetting], pbx: str, shown: str, known: Refused, subject: tuple[str, str]
) -> Iterator[Diagnostic]:
    for one in options:
        if one.pbx != pbx:
            continue
        why = next((why for name, why in known[one.part].items() if re.fullmatch(name, one.name.lower())), None)
        if why is not None:
            yield make(
                "PBX390",
                f"{one.name} of {shown}'s {one.part} cannot be set: it decides {why}",
                one.location,
                help="remove it",
                subject=subject,
            )


def settings_of(options: Iterable[RawSetting], pbx: str, part: str) -> list[dict[str, str]]:
    """The settings of one part, for a template."""
    return [
        {"name": one.name, "value": one.value, "where": one.location.short}
        for one in options
        if (one.pbx, one.part) == (pbx, part)
    ]
