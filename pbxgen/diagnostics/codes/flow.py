"""PBX2xx: problems of the call flow: loops, lost calls, rules that never apply."""

from __future__ import annotations

from pbxgen.diagnostics.codes.code import Code

CODES: tuple[Code, ...] = ()
