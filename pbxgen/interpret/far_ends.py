"""Far ends in virtual time: how phones and outside numbers reply, and where calls of trunks come from."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from dataclasses import asdict, dataclass

from pbxgen.calls.case import Case
from pbxgen.calls.phone_states import UNREGISTERED, Reply, reply_of, reply_over
from pbxgen.flow.trunk import Trunk

REFUSAL_MS, ANSWER_MS, TURN_MS = 2, 10, 10
"""Far ends are quick; one that answers waits for those with an earlier turn (as in the model and the laboratory)."""
TIMER_B_MS = 32_000
"""Until a phone that says nothing at all counts as unreachable (RFC 3261: 64 * T1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FarEnd(Reply):
    """One contact of a phone, or an outside number; it replies at once."""

    target: str
    """Extension or E.164 number (an emergency number as it is)."""
    trunk: str | None = None
    """Of an outside number: the trunk that it is called over."""
    address: int = 1
    """Which of the trunk's addresses."""


def contacts(case: Case, extension: str) -> tuple[FarEnd, ...]:
    """The registered contacts of a phone; none if it is not registered."""
    states = case.environment.phone(extension)
    return tuple(_far_end(extension, state) for state in states if state != UNREGISTERED)


def outside(case: Case, number: str, trunk: str | None = None, address: int = 1) -> FarEnd:
    """The outside number ``number``, E.164 or an emergency number, as it shows itself over a trunk."""
    environment = case.environment
    state = reply_over(environment.trunks.get(trunk or ""), environment.outside.get(number, "answer"))
    return FarEnd(**asdict(reply_of(state)), target=number, trunk=trunk, address=address)


def trunk_and_address(name: str) -> tuple[str, int]:
    """The trunk and which of its addresses is meant by what is written for it: ``carrier``, or ``carrier.2``."""
    trunk, _, number = name.partition(".")
    return trunk, int(number) if number.isdigit() else 1


def trunk_address(trunk: Trunk) -> tuple[str, int | None] | None:
    """Address and port that a trunk's calls come from: of a host, of its proxy, else of what it may call from."""
    for text, port in (*trunk.hosts, *trunk.proxies, *((network, None) for network in trunk.accept_from)):
        with suppress(ValueError):
            return str(ipaddress.ip_network(text, strict=False)[0]), port
    return None


def _far_end(target: str, state: str) -> FarEnd:
    return FarEnd(**asdict(reply_of(state)), target=target)
