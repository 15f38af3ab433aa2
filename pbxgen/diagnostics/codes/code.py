"""What one diagnostic code is, and the notation of its example."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import partial

from pbxgen.diagnostics.diagnostic import Severity

_FILE_LINE = re.compile(r"^# file: (\S+)$", re.MULTILINE)

_PREFIX = """\
version: 1
pbx: {name: acme, domain: pbx.acme.example, country: IT, timezone: Europe/Rome, language: it}
"""


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of problem, as it is documented.

    ``example`` makes it happen: the complete text of a source, or several files of a folder (each begun by a
    line ``# file: NAME``), or, where no text can show it, a shell command (``$ pbxgen check …``).
    The tests run every example that is a source and see that it yields the code.
    """

    severity: Severity
    code: str
    title: str
    explanation: str
    example: str
    cure: str
    mended: tuple[str, str] | None = None
    """A part of the example, and what in its place takes the finding away."""
    today: dt.date | None = None
    """The day on which the example yields it, where that matters."""

    @property
    def is_command(self) -> bool:
        return self.example.startswith("$ ")

    @property
    def files(self) -> dict[str, str]:
        """The example's files by name (``acme.yaml`` where only one is meant); none for a command."""
        if self.is_command:
            return {}
        parts = _FILE_LINE.split(self.example)
        if len(parts) == 1:
            return {"acme.yaml": self.example}
        return {name: text.lstrip("\n") for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def source(body: str) -> str:
    """``body`` as a complete source: with the ``version`` and ``pbx`` that every one must have."""
    return _PREFIX + body


error = partial(Code, Severity.ERROR)
warning = partial(Code, Severity.WARNING)
note = partial(Code, Severity.NOTE)
