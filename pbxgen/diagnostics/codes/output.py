"""PBX4xx: problems of output: secrets and writing."""

from __future__ import annotations

from pbxgen.diagnostics.codes.code import Code

CODES: tuple[Code, ...] = ()
