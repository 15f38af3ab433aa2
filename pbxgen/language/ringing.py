"""How long something may ring before callers give up."""

from __future__ import annotations

from pbxgen.language.findings import Findings, Subject
from pbxgen.source.tree import Node

LONGEST = 60
"""Seconds above which a ring time is warned of."""


def long_ring(seconds: int | None, node: Node, findings: Findings, subject: Subject | None) -> None:
    """Few callers wait longer than a minute."""
    if seconds is not None and seconds > LONGEST:
        findings.add(
            "PBX153",
            f"{seconds} s is a long time to ring: callers hang up before",
            node.location,
            help=f"{LONGEST} s or less",
            subject=subject,
        )
