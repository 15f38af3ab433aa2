"""PBX3xx: problems of targets: what a PBX cannot express."""

from __future__ import annotations

from pbxgen.diagnostics.codes.code import Code

CODES: tuple[Code, ...] = ()
