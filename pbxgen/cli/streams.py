"""Standard output and standard error, whatever they are connected to."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any, TextIO


def open_streams() -> None:
    """What cannot be written any more, or in this encoding, is no reason to fail."""
    sys.stdout = _opened(sys.stdout)
    sys.stderr = _opened(sys.stderr)


_NAMES = {1: "standard output", 2: "standard error"}


class _Output(io.FileIO):
    """A file whose reader may leave (``| head``): what is written after that is for nobody."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            return memoryview(data).nbytes
        except OSError as error:
            error.filename = _NAMES.get(self.fileno())
            raise


def _opened(stream: TextIO | None) -> TextIO:
    """A stream that is closed (``>&-``, some process supervisors) is None in Python: nobody wants what goes there."""
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8")
    try:
        file = _Output(stream.fileno(), "wb", closefd=False)
    except (OSError, ValueError, AttributeError):  # a test's, which is no file
        return stream
    lines = bool(getattr(stream, "line_buffering", False))
    return io.TextIOWrapper(
        io.BufferedWriter(file), encoding=stream.encoding, errors="backslashreplace", line_buffering=lines
    )
