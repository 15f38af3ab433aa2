"""Passwords and PINs: where they are found, and (only when files are made) what they are."""

from __future__ import annotations

from pbxgen.flow.plan import Secret
from pbxgen.language.findings import Findings, Subject
from pbxgen.language.model_base import FromEnvironment, FromFile
from pbxgen.source.tree import Node

PIN_DIGITS = range(4, 21)


def declared(
    value: str | FromEnvironment | FromFile,
    node: Node,
    findings: Findings,
    subject: Subject | None,
    *,
    pin: bool = False,
) -> Secret:
    """The secret as the plan knows it; one that stands in the source itself is warned of."""
    if isinstance(value, FromEnvironment):
        return Secret("env", value.env, node.location)
    if isinstance(value, FromFile):
        return Secret("file", value.file, node.location)
    what = "PIN" if pin else "password"
    findings.add(
        "PBX150",
        f"this {what} stands in the source",
        node.location,
        help=f"whoever reads the file reads the {what}: write {{env: NAME}} or {{file: path}}",
        subject=subject,
    )
    if pin and not _is_pin(value):
        findings.add(
            "PBX133",
            f"a PIN has {PIN_DIGITS.start} to {PIN_DIGITS.stop - 1} digits and nothing else",
            node.location,
            help='choose digits, in quotes: "4711"',
            subject=subject,
        )
    return Secret("inline", value, node.location)


def _is_pin(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) in PIN_DIGITS
