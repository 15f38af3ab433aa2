"""The caller as a carrier sees it: From, and the header that the ``identity`` of a trunk selects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from pbxgen.calls.headers import number_of, user_of
from pbxgen.flow.machine import Shown
from pbxgen.flow.plan import ANONYMOUS, Plan
from pbxgen.flow.trunk import FromUser, IdentityHeader, Trunk

_NOTHING = "nothing"
_HEADERS = {IdentityHeader.PAI: "p-asserted-identity", IdentityHeader.RPID: "remote-party-id"}


class IdentityDifference(NamedTuple):
    """One header that says something else than it should."""

    header: str
    seen: str
    wanted: str


def differences(
    plan: Plan, trunk: Trunk, shown: Shown, headers: tuple[tuple[str, str], ...]
) -> Iterator[IdentityDifference]:
    """What the headers of an INVITE to ``trunk`` say otherwise than ``shown``."""
    told = dict(headers)
    if "from" in told:
        wanted = (shown.public or ANONYMOUS) if trunk.from_user is FromUser.CALLER else trunk.username or ""
        seen = unquote(user_of(told["from"]))
        forms = written_forms(plan, wanted) if wanted == shown.public else (wanted,)
        if seen not in forms:
            yield IdentityDifference("From", seen, wanted)
    for kind, name in _HEADERS.items():
        number = shown.number if kind is trunk.identity else None
        if kind is IdentityHeader.RPID and kind is trunk.identity and number is None:
            number = ANONYMOUS
        seen = number_of(told[name]) if name in told else _NOTHING
        if seen not in (_NOTHING,) if number is None else seen not in written_forms(plan, number):
            yield IdentityDifference(name, seen, number or _NOTHING)
    yield from _privacy(trunk, told, hidden=shown.public is None)


def _privacy(trunk: Trunk, told: dict[str, str], *, hidden: bool) -> Iterator[IdentityDifference]:
    """Is the carrier asked to tell the number to nobody, if and only if it is withheld?"""
    if trunk.identity is IdentityHeader.RPID:
        match = re.search(r";privacy=(\w+)", told.get("remote-party-id", ""))
        seen, wanted = match[1] if match else _NOTHING, "full" if hidden else "off"
    else:
        asks = hidden and (trunk.identity is IdentityHeader.PAI or trunk.from_user is FromUser.ACCOUNT)
        seen, wanted = told.get("privacy", _NOTHING), "id" if asks else _NOTHING
    if seen != wanted:
        yield IdentityDifference("Privacy", seen, wanted)


def written_forms(plan: Plan, number: str) -> tuple[str, ...]:
    """The ways in which a number may be sent."""
    if not number.startswith("+"):
        return (number,)
    numbering = plan.numbering
    return number, number[1:], f"{numbering.international_prefix}{number[1:]}", numbering.to_national(number)
