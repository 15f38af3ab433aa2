"""Disks that are full, folders that are closed, runs that are killed, and two runs at once."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from pbxgen.output.errors import OutputError
from pbxgen.output.lock import LOCK, locked
from pbxgen.output.manifest import JOURNAL, MANIFEST
from pbxgen.output.writer import write_trees
from pbxgen.targets.base import GeneratedFile

OLD = {"one": [GeneratedFile("a", "old\n"), GeneratedFile("gone", "old\n")], "two": [GeneratedFile("b", "old\n")]}
NEW = {"one": [GeneratedFile("a", "new\n"), GeneratedFile("d/c", "new\n")], "two": [GeneratedFile("b", "new\n")]}
NEWER = {
    "one": [GeneratedFile("a", "newer\n"), GeneratedFile("d/e", "newer\n")],
    "two": [GeneratedFile("b", "newer\n")],
}


def snapshot(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else b"/" for p in folder.rglob("*")}


@pytest.mark.parametrize("failing", range(7))
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_nothing_changes_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int, number: int
) -> None:
    """Whichever write of the run meets the full disk: there are 7 (two journals, three files, two manifests)."""
    write_trees(tmp_path, OLD)
    before = snapshot(tmp_path)
    count = 0
    real = os.write

    def write(descriptor: int, data: bytes) -> int:
        nonlocal count
        count += 1
        if count > failing:
            raise OSError(number, os.strerror(number))
        return real(descriptor, data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write)
        with pytest.raises(OutputError) as error:
            write_trees(tmp_path, NEW)
    assert os.strerror(number) in str(error.value)
    assert snapshot(tmp_path) == before
    write_trees(tmp_path, NEW)
    assert (tmp_path / "one/d/c").read_text() == "new\n"


def test_a_first_run_that_fails_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(OutputError):
        write_trees(tmp_path / "x/out", NEW)
    assert list(tmp_path.iterdir()) == []


def test_short_writes_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, bytes(data[:3])))
    write_trees(tmp_path, {"one": [GeneratedFile("a", "a long text\n")]})
    assert (tmp_path / "one/a").read_text() == "a long text\n"


KILLED = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path
    from pbxgen.output.writer import write_trees
    sys.path.insert(0, sys.argv[3])
    from test_failures import NEW

    count = 0
    def trace(event, args):
        global count
        if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"):
            count += 1
            if count == int(sys.argv[2]):
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(trace)
    write_trees(Path(sys.argv[1]), NEW)
    os._exit(0)
    """
)


def test_the_next_run_heals_one_that_was_killed_anywhere(tmp_path: Path) -> None:
    """Kill the run before its every single step; what is then generated from a newer source is complete."""
    killed = 0
    for step in range(1, 200):
        out = tmp_path / str(step)
        write_trees(out, OLD)
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(out), str(step), str(Path(__file__).parent)], check=False
        )
        for place, text in snapshot(out).items():
            if not place.endswith((".pbxgen-new", "/", LOCK, MANIFEST, JOURNAL)) and text != b"/":
                assert text in (b"old\n", b"new\n"), "each file is whole"
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        killed += 1
        write_trees(out, NEWER)
        fresh = tmp_path / f"{step}-fresh"
        write_trees(fresh, NEWER)
        assert snapshot(out) == snapshot(fresh), f"killed before step {step}"
    assert killed > 20


def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(OutputError) as error:
        write_trees(tmp_path, NEW)
    assert [d.code for d in error.value.diagnostics] == ["PBX415"]
    assert list(tmp_path.iterdir()) == []
    write_trees(tmp_path, NEW)


def test_the_lock_of_a_killed_run_is_free(tmp_path: Path) -> None:
    code = "import sys, time, pathlib; from pbxgen.output.lock import locked\n"
    code += "with locked(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(OutputError):
            write_trees(tmp_path, NEW)
        other.kill()
        other.wait()
    assert (tmp_path / LOCK).exists()
    write_trees(tmp_path, NEW)
    assert not (tmp_path / LOCK).exists()


def test_many_runs_at_once_end_in_one_of_their_states(tmp_path: Path) -> None:
    code = textwrap.dedent(
        """
        import sys, pathlib
        from pbxgen.output.errors import OutputError
        from pbxgen.output.writer import write_trees
        from pbxgen.targets.base import GeneratedFile
        for turn in range(20):
            text = f"{sys.argv[2]} {turn}\\n"
            try:
                write_trees(pathlib.Path(sys.argv[1]), {"t": [GeneratedFile(n, text) for n in "abcd"]})
            except OutputError as error:
                assert [d.code for d in error.diagnostics] == ["PBX415"], error
        """
    )
    runs = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(n)]) for n in range(4)]
    assert [run.wait() for run in runs] == [0, 0, 0, 0]
    assert len({(tmp_path / "t" / n).read_text() for n in "abcd"}) == 1


def test_a_read_only_folder_is_a_clean_error(tmp_path: Path) -> None:
    """Root ignores modes, so the folder is one where not even root may create files."""
    with pytest.raises(OutputError) as error:
        write_trees(Path("/proc/pbxgen"), NEW)
    assert [d.code for d in error.value.diagnostics] == ["PBX410"]


def test_an_error_drops_the_lock(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one/a").write_text("mine")
    for _ in range(2):
        with pytest.raises(OutputError, match="did not write"):
            write_trees(tmp_path, NEW)
    assert not (tmp_path / LOCK).exists()
