"""Which files of a folder are ours: ``.pbxgen-manifest.json`` beside the generated files.

It holds the SHA-256 of each file, so that a change by hand is noticed. Of a file that holds secrets it is that of the
text without them: whoever has the digest of a file of which only a PIN is unknown tries the million PINs in seconds. So
a secret that was changed by hand is not noticed there; the source has the one that holds.

While a run is replacing files, ``.pbxgen-journal.json`` names what it is about to write. A run that was killed
leaves it behind, and the next one knows the new files as ours too instead of taking them for somebody's edits.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pbxgen.output.errors import from_os_error, refusal
from pbxgen.source.files import NotOrdinaryError, read_ordinary

MANIFEST = ".pbxgen-manifest.json"
JOURNAL = ".pbxgen-journal.json"
_FORMAT = 2
_BEFORE_SECRETS = 1
"""The format that had the digests of files with secrets too, and did not say which those were."""
_MAX_BYTES = 64 * 1024 * 1024
_SECRET = "secret "
_MARK = re.compile(r"(?:secret )?[0-9a-f]{64}")
_VALUE = re.compile(
    rb"""^([ \t]*(?:password|secret)[ \t]*=>?).*$"""
    rb"""|^([ \t]*[0-9]+[ \t]*=>?)[^,\n]*"""
    rb"""|(name="[\w-]*password"[ \t]+value=")[^"]*""",
    re.MULTILINE | re.IGNORECASE,
)
"""Passwords in pjsip.conf, PINs in voicemail.conf, and both in a directory or gateway of FreeSWITCH."""


def mark(data: bytes, secret: bool) -> str:
    """What the manifest keeps of a file; where it holds secrets nothing that depends on them."""
    if secret:
        data = _VALUE.sub(lambda match: match[match.lastindex or 0], data)
    digest = hashlib.sha256(data).hexdigest()
    return _SECRET + digest if secret else digest


def is_safe(path: str) -> bool:
    """Is ``path`` a plain relative path that stays below the folder it is relative to?"""
    pure = PurePosixPath(path)
    plain = bool(path) and "\0" not in path and "\\" not in path and not pure.is_absolute() and str(pure) == path
    plain = plain and not any("\ud800" <= char <= "\udfff" for char in path)  # no file system takes half a character
    return plain and ".." not in pure.parts and pure.name not in (MANIFEST, JOURNAL, ".", "")


@dataclass(frozen=True, slots=True)
class Manifest:
    """``files``: relative path to the :func:`mark` of what was written; ``folders``: those that pbxgen created."""

    files: Mapping[str, str] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()
    journal: Mapping[str, str] = field(default_factory=dict)
    """Like ``files``, of a run that did not come to its end."""
    tells_secrets: bool = True
    """Does it say which files hold secrets? The first format did not."""

    def knows(self, path: str) -> bool:
        return path in self.files or path in self.journal

    def wrote(self, path: str, data: bytes) -> bool:
        """Did pbxgen write exactly this there, secrets aside?"""
        known = (self.files.get(path), self.journal.get(path))
        return any(mark(data, secret) in known for secret in (False, True))

    def may_hold_secrets(self, path: str) -> bool:
        """Can what pbxgen wrote there hold secrets?"""
        marks = [m for m in (self.files.get(path), self.journal.get(path)) if m is not None]
        return any(m.startswith(_SECRET) for m in marks) or (bool(marks) and not self.tells_secrets)

    def text(self) -> str:
        """The manifest as a file; the same files always give the same text."""
        content = {
            "about": "Written by pbxgen: the files it owns here. Only these are ever replaced or removed.",
            "format": _FORMAT,
            "files": dict(sorted(self.files.items())),
            "folders": sorted(self.folders),
        }
        return json.dumps(content, indent=1, ensure_ascii=True) + "\n"


def read_manifest(root: Path) -> Manifest:
    """The manifest of ``root``; an empty one where there is none.

    Raises OutputError if there is one that cannot be read, since guessing could remove files of others.
    """
    files, folders, tells = _read(root / MANIFEST)
    journal, made, journal_tells = _read(root / JOURNAL)
    return Manifest(files, folders | made, journal, tells and journal_tells)


def _read(path: Path) -> tuple[dict[str, str], frozenset[str], bool]:
    text = b""
    try:
        text = read_ordinary(path, _MAX_BYTES)
    except FileNotFoundError:
        if not path.is_symlink():
            return {}, frozenset(), True
    except (NotOrdinaryError, IsADirectoryError):
        pass  # nothing that pbxgen wrote
    except OSError as error:
        raise from_os_error(error, "read", path) from error
    try:
        content = json.loads(text)
        files, folders = dict(content["files"]), frozenset(content["folders"])
        tells = content["format"] != _BEFORE_SECRETS
        sound = content["format"] in (_FORMAT, _BEFORE_SECRETS) and all(is_safe(p) for p in (*files, *folders))
        sound = sound and all(_MARK.fullmatch(m) for m in files.values())
    except (ValueError, KeyError, TypeError, RecursionError):
        sound = False
    if not sound:
        raise refusal(
            "PBX414",
            f"{path} is not a manifest that this version of pbxgen wrote",
            "restore it from a backup, or remove it and run again with --force "
            "(files that are no longer needed then stay)",
        )
    return files, folders, tells
