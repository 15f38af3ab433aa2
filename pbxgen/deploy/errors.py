"""Why a command on a target cannot go on."""

from __future__ import annotations

from collections.abc import Sequence

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic


class DeployError(Exception):
    """``diagnostic`` says what is wrong and what to do; ``lines`` are what the PBX or its log said about it.

    ``switched``: another release was made current, and the message or the lines say what runs now; else nothing was
    changed.
    """

    def __init__(
        self, code: str, message: str, help: str, lines: Sequence[str] = (), *, switched: bool = False
    ) -> None:
        super().__init__(message)
        self.diagnostic: Diagnostic = make(code, message, None, help=help)
        self.lines = tuple(lines)
        self.switched = switched
