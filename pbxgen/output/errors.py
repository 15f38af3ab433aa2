"""What goes wrong between the rendered files and the disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic


class OutputError(Exception):
    """Nothing was written, or what was written is consistent; ``diagnostics`` say why and what to do."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(d.message for d in diagnostics))
        self.diagnostics = diagnostics


def refusal(code: str, message: str, help: str) -> OutputError:
    """A problem that stands on the disk, not in the source."""
    return OutputError(make(code, message, None, help=help))


_CURES = {
    errno.ENOSPC: "free some space; the files that were there before are untouched",
    errno.EDQUOT: "free some of your quota; the files that were there before are untouched",
    errno.EROFS: "the file system is mounted read-only: choose another folder with -o, or remount it",
    errno.EACCES: "run as the folder's owner, or choose another folder with -o",
    errno.EPERM: "run as the folder's owner, or choose another folder with -o",
    errno.ENOTDIR: "a file stands where a folder is needed: move it away, or choose another folder with -o",
    errno.EEXIST: "a file stands where a folder is needed: move it away, or choose another folder with -o",
    errno.ENAMETOOLONG: "shorten the name it comes from (pbx.name), or choose a folder with a shorter path",
}


def from_os_error(error: OSError, doing: str, path: Path) -> OutputError:
    """``doing`` completes "cannot …", such as "write"."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    cure = _CURES.get(error.errno or 0, "see the reason above; the next run repairs what this one left")
    return refusal("PBX410", f"cannot {doing} {path}: {reason}", cure)
