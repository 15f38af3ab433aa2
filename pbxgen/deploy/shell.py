"""A POSIX shell at a target: on this machine, in a container, or over ssh.

One shell serves a whole command. It reads scripts from its standard input, so that what they hold (passwords, too)
stands in no argument, and it ends when this process ends, however that happens: the lock goes with it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from pbxgen.deploy.errors import DeployError

_SHELL = ("sh", "-s")
_MARK = "pbxgen-deploy"
"""How the argument begins by which the shell is known in the list of processes."""
_SCRIPT_SECONDS = 300.0
_CONNECT_SECONDS = 15
_END_SECONDS = 10.0
_SSH = ("-o", f"ConnectTimeout={_CONNECT_SECONDS}", "-o", "ServerAliveInterval=10", "-o", "LogLevel=ERROR")
_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Done:
    """What a script printed, and its exit status."""

    out: bytes
    err: bytes
    status: int

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "replace")

    @property
    def complaint(self) -> str:
        return " ".join(self.err.decode("utf-8", "replace").split())


class Shell:
    """Runs scripts one after the other. ``token`` stands in the arguments of the shell, and of no other process."""

    def __init__(self, argv: Sequence[str], where: str, token: str) -> None:
        self.where = where
        self.token = token
        self._broken = False
        try:
            self._process = subprocess.Popen(
                list(argv),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                process_group=0,  # Ctrl-C is for this process, which then undoes what it has begun
            )
        except OSError as error:
            raise _unreachable(where, f"{argv[0]}: {error.strerror}") from None
        self.run("LC_ALL=C; export LC_ALL", in_shell=True)

    def run(self, script: str, *, in_shell: bool = False, seconds: float = _SCRIPT_SECONDS) -> Done:
        """Run a script; ``in_shell``: in the shell itself, whose variables and traps it may set.

        The shell runs nothing of a script before it has read all of it. Raises DeployError where the shell is gone.
        """
        mark = secrets.token_hex(12)
        begin, end = ("{", "}") if in_shell else ("(", ")")
        begun = f"{secrets.token_hex(12)}\n"  # before it stands what an interrupted script has still printed
        first = f"echo {begun.strip()}; echo {begun.strip()} >&2"
        told = f"_status=$?; printf '\\n%s %s\\n' {mark} $_status; printf '\\n%s \\n' {mark} >&2"
        text = f"{first}\n{begin}\n{script}\n{end} </dev/null\n{told}\n"
        self._write(text.encode("utf-8"))
        out, err = self._read(f"\n{mark} ".encode(), seconds)
        text_out, _, status = out.rpartition(f"\n{mark} ".encode())
        said, _, _ = err.rpartition(f"\n{mark} ".encode())
        return Done(text_out.partition(begun.encode())[2], said.partition(begun.encode())[2], int(status))

    def close(self) -> None:
        """End the shell; what it has to clean up it does before."""
        if self._broken:  # without the rest that waits to be written
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, _pipe(self._process.stdin).fileno())
            os.close(nowhere)
        with contextlib.suppress(OSError):
            _pipe(self._process.stdin).close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            _pipe(stream).close()

    def _write(self, data: bytes) -> None:
        stream = _pipe(self._process.stdin)
        try:
            if self._broken:
                raise OSError
            stream.write(data)
            stream.flush()
        except (OSError, ValueError):
            raise self._gone(b"") from None
        except BaseException:  # Ctrl-C: the shell has half a script, and can be told nothing any more
            self._broken = True
            raise

    def _read(self, mark: bytes, seconds: float) -> tuple[bytes, bytes]:
        """What comes on standard output and standard error up to the line that begins with ``mark``."""
        deadline = time.monotonic() + seconds
        streams = {_pipe(self._process.stdout): bytearray(), _pipe(self._process.stderr): bytearray()}
        with selectors.DefaultSelector() as selector:
            for stream in streams:
                selector.register(stream, selectors.EVENT_READ)
            while selector.get_map():
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                if not ready:
                    os.killpg(self._process.pid, signal.SIGKILL)  # and what it has started
                    raise _unreachable(self.where, f"no answer for {seconds:.0f} s")
                for key, _ in ready:
                    stream = next(s for s in streams if s is key.fileobj)
                    data = os.read(stream.fileno(), _CHUNK)
                    streams[stream] += data
                    if data and self._ended(streams[stream], mark):
                        selector.unregister(stream)
                    elif not data:
                        raise self._gone(bytes(streams[_pipe(self._process.stderr)]))
        out, err = streams.values()
        return bytes(out), bytes(err)

    @staticmethod
    def _ended(data: bytearray, mark: bytes) -> bool:
        return data.endswith(b"\n") and data.rfind(mark, max(0, len(data) - len(mark) - 8)) >= 0

    def _gone(self, said: bytes) -> DeployError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        return _unreachable(self.where, " ".join(said.decode("utf-8", "replace").split()) or "the connection ended")


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _unreachable(where: str, why: str) -> DeployError:
    kind, _, name = where.partition(":")
    if kind == "ssh":
        destination, port = _destination(where)
        help = f"see that `{' '.join(('ssh', *port, destination, 'true'))}` works from here, as this user"
    elif kind == "docker":
        help = f"see that `docker exec {name} true` works from here"
    else:
        help = "see that `sh` runs here"
    return DeployError("PBX610", f"{where} cannot be reached: {why}", help)


@contextmanager
def shell_at(where: str) -> Iterator[Shell]:
    """The shell of ``local``, ``docker:NAME`` or ``ssh://USER@HOST:PORT``. Raises DeployError."""
    kind, _, name = where.partition(":")
    if kind == "local":
        with _opened((), where) as shell:
            yield shell
    elif kind == "docker":
        with _opened(("docker", "exec", "-i", name), where) as shell:
            yield shell
    else:
        with _connected(where) as ssh, _opened((*ssh, "exec"), where) as shell:
            yield shell


@contextmanager
def _opened(argv: Sequence[str], where: str) -> Iterator[Shell]:
    """``argv`` begins a command that runs there what follows."""
    token = f"{_MARK}-{secrets.token_hex(8)}"
    shell = Shell((*argv, *_SHELL, token), where, token)
    try:
        yield shell
    finally:
        shell.close()


def _destination(where: str) -> tuple[str, tuple[str, ...]]:
    """Whom ssh is to connect to, and its options for the port."""
    address = urlsplit(where)
    host = address.hostname or ""
    destination = f"{address.username}@{host}" if address.username else host
    return destination, () if address.port is None else ("-p", str(address.port))


def reached_at(where: str) -> str:
    """The host behind ``ssh://NAME``, which may be a name of ``~/.ssh/config`` only."""
    destination, port = _destination(where)
    told = subprocess.run(["ssh", "-G", *port, "--", destination], capture_output=True, text=True, check=False).stdout
    names = (line.partition(" ") for line in told.splitlines())
    return next((value for key, _, value in names if key == "hostname"), destination.rpartition("@")[2])


@contextmanager
def _connected(where: str) -> Iterator[tuple[str, ...]]:
    """One connection, made while whoever sits at the terminal can be asked; the shell then comes over it."""
    destination, port = _destination(where)
    folder = Path(tempfile.mkdtemp(prefix="pbxgen-"))
    shared = (*_SSH, "-o", f"ControlPath={folder}/ssh", *port)
    try:
        with (folder / "said").open("wb") as said_to:  # no pipe: the connection stays, and would keep it open
            made = subprocess.run(
                ["ssh", "-o", "ControlMaster=auto", "-o", "ControlPersist=60", *shared, "--", destination, "true"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said_to,
                check=False,
            )
        if made.returncode:
            said = (folder / "said").read_text("utf-8", "replace")
            raise _unreachable(where, " ".join(said.split()) or f"ssh ended with {made.returncode}")
        yield ("ssh", *shared, "--", destination)
    except FileNotFoundError:
        raise _unreachable(where, "ssh is not installed here") from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            subprocess.run(["ssh", *shared, "-O", "exit", "--", destination], capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)
