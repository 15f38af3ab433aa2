"""Which files of a folder are ours: ``.pbxgen-manifest.json`` beside the generated files.

While a run is replacing files, ``.pbxgen-journal.json`` names what it is about to write. A run that was killed
leaves it behind, and the next one knows the new files as ours too instead of taking them for somebody's edits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pbxgen.output.errors import OutputError, from_os_error, problem

MANIFEST = ".pbxgen-manifest.json"
JOURNAL = ".pbxgen-journal.json"
_FORMAT = 1


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def is_safe(path: str) -> bool:
    """Is ``path`` a plain relative path that stays below the folder it is relative to?"""
    pure = PurePosixPath(path)
    plain = bool(path) and "\0" not in path and "\\" not in path and not pure.is_absolute() and str(pure) == path
    return plain and ".." not in pure.parts and pure.name not in (MANIFEST, JOURNAL, ".", "")


@dataclass(frozen=True, slots=True)
class Manifest:
    """``files``: relative path to the SHA-256 of what was written; ``folders``: those that pbxgen created."""

    files: Mapping[str, str] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()
    journal: Mapping[str, str] = field(default_factory=dict)
    """Like ``files``, of a run that did not come to its end."""

    def knows(self, path: str) -> bool:
        return path in self.files or path in self.journal

    def wrote(self, path: str, sha256: str) -> bool:
        """Did pbxgen write exactly these bytes there?"""
        return sha256 in (self.files.get(path), self.journal.get(path))

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
    files, folders = _read(root / MANIFEST)
    journal, made = _read(root / JOURNAL)
    return Manifest(files=files, folders=folders | made, journal=journal)


def _read(path: Path) -> tuple[dict[str, str], frozenset[str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}, frozenset()
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise from_os_error(error, "read", path) from error
    try:
        content = json.loads(text)
        files, folders = dict(content["files"]), frozenset(content["folders"])
        sound = content["format"] == _FORMAT and all(is_safe(p) for p in (*files, *folders))
        sound = sound and all(isinstance(h, str) for h in files.values())
    except (ValueError, KeyError, TypeError, RecursionError):
        sound = False
    if not sound:
        raise OutputError(
            problem(
                "PBX414",
                f"{path} is not a manifest that this version of pbxgen wrote",
                "restore it from a backup, or remove it and run again with --force "
                "(files that are no longer needed then stay)",
            )
        )
    return files, folders
