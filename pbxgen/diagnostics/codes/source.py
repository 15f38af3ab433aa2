"""PBX0xx: problems of files and of YAML itself."""

from __future__ import annotations

from pbxgen.diagnostics.codes.code import Code

CODES: tuple[Code, ...] = ()
