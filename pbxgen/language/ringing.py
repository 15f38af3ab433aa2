"""How long something may ring before callers give up."""

from __future__ import annotations

from pbxgen.language.findings import Findings
from pbxgen.language.positions import where
from pbxgen.source.tree import Node

LONGEST = 60
"""Seconds above which a ring time is warned of."""


def long_ring(seconds: int | None, holder: Node, key: str, findings: Findings) -> None:
    """Warn of ``key`` of ``holder`` where it is above a minute: few callers wait longer."""
    if seconds is not None and seconds > LONGEST:
        findings.add(
            "PBX153",
            f"{seconds} s is a long time to ring: callers hang up before",
            where(holder, key),
            help=f"{LONGEST} s or less",
        )
