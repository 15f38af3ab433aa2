"""PBX1xx: problems of the language: unknown keys and names, types, ranges, numbers."""

from __future__ import annotations

from pbxgen.diagnostics.codes.code import Code

CODES: tuple[Code, ...] = ()
