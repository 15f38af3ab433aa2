"""A target, while a command works on it: its shell, its folder, and the PBX that runs there."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from shlex import join, quote

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.read import DeployTarget
from pbxgen.deploy.running import DeployablePbx, Files, RunningPbx, TopFile, load_deployable
from pbxgen.deploy.shell import Shell, reached_at, shell_at
from pbxgen.deploy.target_folder import FolderState, TargetFolder
from pbxgen.pbxs import SHOWN_NAMES

_SETTLES_SECONDS = 0.3
"""A PBX writes its log in a thread of its own."""
_LOG_SECONDS = 3.0
"""How long the end of the log is waited for: a PBX with many calls never stops writing."""
_CONSOLE_SECONDS = 60
"""After this time a console has hung. It is ended at the target itself, and the shell goes on."""
_TOGETHER = 200
"""How many questions are sent at once."""
_HUNG = 124
"""The exit status of `timeout` if it had to end the command."""


@dataclass(frozen=True, slots=True)
class LogMark:
    """Where the files of a log ended: sizes by path."""

    sizes: Mapping[str, int]


class Session:
    def __init__(self, target: DeployTarget, shell: Shell, language: str = "en") -> None:
        """``language``: of what is told of calls."""
        self.target = target
        self.language = language
        self.pbx: DeployablePbx = load_deployable(target.pbx)
        self.folder = TargetFolder(shell, target.folder, [file.path for file in self.pbx.top])
        self.running: RunningPbx = self.pbx.running(self.ask, self.ask_each)
        self._shell = shell
        self._reads_folder = False

    @property
    def top(self) -> tuple[TopFile, ...]:
        """The files of the top level that lead to a release; none where the administrator's own do."""
        return () if self.target.beside else tuple(f for f in self.pbx.top if f.part in self.target.parts)

    def state(self) -> FolderState:
        return self.folder.state([file.path for file in self.top])

    def ask(self, text: str) -> str:
        """What the running PBX answers. Raises DeployError."""
        console = join((*self.target.command, text))
        ended = f"timeout {_CONSOLE_SECONDS}"
        done = self._shell.run(f"if {ended} true 2>/dev/null; then {ended} {console}; else {console}; fi")
        if done.status:
            hung = f"no answer for {_CONSOLE_SECONDS} s" if done.status == _HUNG else ""
            said = hung or done.complaint or " ".join(done.text.split()) or f"exit status {done.status}"
            # The command itself may hold a password.
            help = f"see that `command` of deploy.yaml answers `{text}` at {self.target.at}"
            message = f"{self.target.name}: {SHOWN_NAMES[self.target.pbx]} does not answer: {said}"
            raise DeployError("PBX611", message, help)
        return done.text

    def ask_each(self, texts: Sequence[str]) -> list[str]:
        """What the running PBX answers to each of several commands. Raises DeployError."""
        answers: list[str] = []
        for first in range(0, len(texts), _TOGETHER):
            mark = secrets.token_hex(12)
            told = f"printf '%s\\n' {mark}"
            ended = f"timeout {_CONSOLE_SECONDS}"
            script = f"if {ended} true 2>/dev/null; then within='{ended}'; else within=; fi; " + "; ".join(
                f"$within {join((*self.target.command, text))} && {told}" for text in texts[first : first + _TOGETHER]
            )
            some = self._shell.run(script).text.split(f"{mark}\n")
            if len(some) != len(texts[first : first + _TOGETHER]) + 1:
                self.ask(texts[first])  # which says what is wrong
                raise DeployError("PBX611", f"{self.target.name}: it does not answer every question", "try again")
            answers += some[:-1]
        return answers

    def host(self) -> str:
        """Where the target's machine is reached from here."""
        kind, _, name = self.target.at.partition(":")
        if kind == "ssh":
            return reached_at(self.target.at)
        if kind == "docker":
            return next(iter(self._shell.run("hostname -i").text.split()), name)
        return "127.0.0.1"

    def check_folder(self) -> None:
        """Raises DeployError where the PBX reads another folder than the target's. It is asked once."""
        if self._reads_folder:
            return
        reads = self.running.folder()
        done = self._shell.run(f"cd {quote(self.target.folder)} && pwd -P && cd {quote(reads)} && pwd -P")
        target_folder, _, read_folder = done.text.strip().partition("\n")
        if done.status == 0 and target_folder != read_folder:
            raise DeployError(
                "PBX611",
                f"{self.target.name}: {SHOWN_NAMES[self.target.pbx]} reads {reads}, not {self.target.folder}",
                f"write folder: {reads} in deploy.yaml",
            )
        self._reads_folder = True

    def files_of(self, release: str) -> Files:
        """The files of a release at the target, as they are there."""
        _, files = self.folder.release_files(release)
        return self.named(files)

    def named(self, files: Mapping[str, str]) -> Files:
        return {self.pbx.generated(path): text for path, text in files.items()}

    def log_mark(self) -> LogMark | None:
        """None: it has no log that can be read."""
        begins = self.running.log()
        if begins is None:
            return None
        sizes = self._sizes(f"{quote(begins)}*")
        return LogMark(sizes) if sizes else None

    def complaints_since(self, mark: LogMark | None, before: Files, after: Files) -> list[str]:
        """What the log has since ``mark`` that ``after`` may have caused, where ``before`` ran until then."""
        if mark is None:
            return []
        paths = " ".join(map(quote, mark.sizes))
        sizes: dict[str, int] = {}
        deadline = time.monotonic() + _LOG_SECONDS
        while sizes != (now := self._sizes(paths)):
            sizes = now
            if time.monotonic() > deadline:
                break
            time.sleep(_SETTLES_SECONDS)
        lines: list[str] = []
        for path, size in sizes.items():
            begin = mark.sizes[path] if size >= mark.sizes[path] else 0  # it was rotated meanwhile
            if size > begin:
                new = f"tail -c +{begin + 1} {quote(path)} | head -c {size - begin}"
                lines += self._shell.run(new).text.split("\n")
        return self.running.complaints(list(dict.fromkeys(lines)), before, after)

    def _sizes(self, paths: str) -> dict[str, int]:
        count = 'printf "%s %s\\n" "$(($(wc -c <"$file")))" "$file"'
        done = self._shell.run(f'for file in {paths}; do if [ -f "$file" ] && [ -r "$file" ]; then {count}; fi; done')
        lines = (line.split(" ", 1) for line in done.text.splitlines())
        return {path: int(size) for size, path in lines}

    def unverified(self, mark: LogMark | None) -> Sequence[str]:
        """What this target cannot be asked."""
        told = self.pbx.unverified(self.target.parts)
        if mark is None:
            told.append("new warnings and errors: it has no log with both that can be read here")
        return told


@contextmanager
def session_at(target: DeployTarget, language: str = "en") -> Iterator[Session]:
    """``language``: of what is told of calls. Raises DeployError."""
    with shell_at(target.at) as shell:
        yield Session(target, shell, language)
