"""One file, replaced or not, but never a part of it."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from pbxgen.output.atomic import write_atomically


def test_it_creates_and_replaces(tmp_path: Path) -> None:
    place = tmp_path / "a"
    write_atomically(place, b"one")
    place.chmod(0o600)
    write_atomically(place, b"two")
    assert place.read_bytes() == b"two"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_link_stays(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "a")
    write_atomically(tmp_path / "link", b"one")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "a").read_bytes() == b"one"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    place = tmp_path / "pipe"
    os.mkfifo(place)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(place.read_bytes()))
    reader.start()
    write_atomically(place, b"data")
    reader.join(10)
    assert got == [b"data"]


def test_what_fails_leaves_the_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "a"
    place.write_bytes(b"old")

    def fsync(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="Input/output") as error:
        write_atomically(place, b"new")
    assert error.value.filename == str(place)
    assert place.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
