"""A release: the files of one deployment, in a folder of their own, and what is known about them."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pbxgen.output.manifest import mark
from pbxgen.targets.base import GeneratedFile

INFO = "release.json"
"""Beside the files: what they are, and since when."""
_FORMAT = 1
_DIGITS = 12
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def cksum(data: bytes) -> str:
    """What POSIX ``cksum`` prints of a file: CRC-32 (high bit first, over the length too) and size in bytes."""
    length, size = b"", len(data)
    while size:
        length += bytes([size & 0xFF])
        size >>= 8
    crc = zlib.crc32((data + length).translate(_REVERSED), 0xFFFFFFFF)
    return f"{int(f'{crc:032b}'[::-1], 2)} {len(data)}"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is kept of a file: ``mark`` depends on no secret, ``cksum`` on every byte."""

    mark: str
    cksum: str


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """A release as its folder at a target describes it."""

    files: Mapping[str, Marks]
    """By path below the release's folder."""
    tenants: Mapping[str, str] = field(default_factory=dict)
    """By name: the digest of the source that it was made from."""
    users: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By tenant: the extensions of its users."""
    commit: str | None = None
    """The revision of git, with a plus where the source had changes that were not committed."""
    made: str = ""
    """When, in UTC: 2026-11-23T10:00:00Z."""
    by: str = ""
    marks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By tenant and extension: what is other for a user who changes. Releases of earlier versions have none."""

    @property
    def digest(self) -> str:
        """Of everything but passwords and PINs: the same source and pbxgen give the same one at every target."""
        total = hashlib.sha256()
        for path in sorted(self.files):
            total.update(f"{path}\0{self.files[path].mark}\0".encode())
        return total.hexdigest()[:_DIGITS]

    def text(self) -> str:
        content = {
            "format": _FORMAT,
            "made": self.made,
            "by": self.by,
            "commit": self.commit,
            "tenants": dict(self.tenants),
            "users": {name: list(users) for name, users in self.users.items()},
            "marks": {name: dict(marks) for name, marks in self.marks.items()},
            "files": {path: {"mark": one.mark, "cksum": one.cksum} for path, one in sorted(self.files.items())},
        }
        return json.dumps(content, indent=1) + "\n"


def marks_of(files: Mapping[str, GeneratedFile]) -> dict[str, Marks]:
    return {
        path: Marks(mark(data := file.text.encode(), file.secret), cksum(data)) for path, file in sorted(files.items())
    }


def info_of(data: bytes) -> ReleaseInfo | None:
    """What :meth:`ReleaseInfo.text` wrote; None for anything else."""
    try:
        content: dict[str, Any] = json.loads(data)
        if content["format"] != _FORMAT:
            return None
        files = {path: Marks(one["mark"], one["cksum"]) for path, one in content["files"].items()}
        users = {name: list(some) for name, some in content["users"].items()}
        marks = {name: dict(some) for name, some in content.get("marks", {}).items()}
        by = content["by"]
        info = ReleaseInfo(files, dict(content["tenants"]), users, content["commit"], content["made"], by, marks)
        texts = [
            *(mark for some in marks.values() for mark in some.values()),
            *info.tenants.values(),
            *(user for some in users.values() for user in some),
            info.made,
            info.by,
        ]
        texts += [text for one in files.values() for text in (one.mark, one.cksum)]
        texts += [] if info.commit is None else [info.commit]
        return info if all(isinstance(text, str) for text in texts) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
