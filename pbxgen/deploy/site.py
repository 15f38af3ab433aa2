"""The configuration folder at a target: its releases, which one is current, the lock, the journal, the history.

::

    /etc/asterisk/pbxgen -> releases/1a2b3c4d5e6f    the current release: one link, switched by one rename
    /etc/asterisk/releases/1a2b3c4d5e6f/             its files, never changed
    /etc/asterisk/releases/history                   what was made current, a line of JSON each
    /etc/asterisk/releases/journal                   only while a release is made current: what to undo
    /etc/asterisk/releases/lock                      only while a command changes something: a link that names its shell
"""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from shlex import quote
from typing import Any

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.release import INFO, ReleaseInfo, info_of
from pbxgen.deploy.shell import MARK, Done, Shell
from pbxgen.targets.base import GeneratedFile

CURRENT = "pbxgen"
RELEASES = "releases"
_JOURNAL, _HISTORY, _LOCK, _NEW = (f"{RELEASES}/{name}" for name in ("journal", "history", "lock", "new"))

_LOCK_SECONDS = 5.0
_ALIVE = f"""
alive() {{
  if [ -r "/proc/$1/cmdline" ]; then tr '\\0' ' ' <"/proc/$1/cmdline" | grep -q {MARK}
  else ps -p "$1" -o args= 2>/dev/null | grep -q {MARK}; fi
}}
holder() {{ ls -ld {_LOCK} 2>/dev/null | sed 's/.* -> //'; }}
"""
_SHOW = """
show() {
  if [ -h "$1" ]; then to=$(ls -ld "$1"); printf 'link 0 %s\\n%s\\n' "$1" "${to##* -> }"
  elif [ -d "$1" ]; then printf 'folder 0 %s\\n' "$1"
  elif [ -f "$1" ]; then printf 'file %s %s\\n' "$(($(wc -c <"$1")))" "$1"; cat "$1"
  else printf 'none 0 %s\\n' "$1"; fi
}
"""
_OWNER = f"""
set -- $(ls -ldn .)
if [ "$(id -u)" = 0 ]; then chown -R "$3:$4" {RELEASES}/new; else chgrp -R "$4" {RELEASES}/new 2>/dev/null || :; fi
"""


def kept(path: str, release: str) -> str:
    """Under which name a file or folder is kept that was in the way of a release."""
    return f"{path}.before-{release}"


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the history."""

    at: str
    """In UTC: 2026-11-23T10:00:00Z."""
    action: str
    """deploy or rollback; undone: one that failed or was killed."""
    release: str | None
    """What is current since; None: what was there before pbxgen's first release."""
    by: str
    commit: str | None = None
    why: str = ""

    def text(self) -> str:
        names = ("at", "action", "release", "by", "commit", "why")
        return json.dumps({name: getattr(self, name) for name in names})


@dataclass(frozen=True, slots=True)
class Journal:
    """A switch that has begun; read by the command after one that was killed."""

    before: str | None
    """The release that was current; None: there was none."""
    release: str
    replaced: tuple[str, ...]
    """Files of the top level that are being written; those before are kept."""
    added: tuple[str, ...]
    """The same, where there was none before."""
    action: str
    by: str
    commit: str | None
    proven: bool = False
    """The PBX runs the release: what is left is to finish."""

    def text(self) -> str:
        names = ("before", "release", "replaced", "added", "action", "by", "commit", "proven")
        return json.dumps({name: getattr(self, name) for name in names}) + "\n"


@dataclass(frozen=True, slots=True)
class SiteState:
    """What was found in the folder."""

    writable: bool
    current: str | None
    """The name of the current release."""
    in_the_way: bool
    """`pbxgen` is there, but is no link to a release."""
    releases: tuple[str, ...]
    info: ReleaseInfo | None
    """Of the current release; None: there is none, or it does not describe itself."""
    edited: tuple[str, ...]
    """Files of the current release that are not as they were written."""
    history: tuple[Event, ...]
    """Oldest first."""
    journal: Journal | None
    holder: str
    """Who holds the lock, where somebody does."""
    top: Mapping[str, bytes | None]
    """The files of the top level that were asked for; None: not there."""


class Site:
    """The folder, through a shell. Paths are relative to it. Every method raises DeployError."""

    def __init__(self, shell: Shell, folder: str) -> None:
        self._shell = shell
        self.folder = folder

    # -- reading ------------------------------------------------------------------------------------------------------

    def state(self, top: Iterable[str]) -> SiteState:
        top = tuple(top)
        done = self._shell.run(
            f"cd {quote(self.folder)} || exit 3\n{_SHOW}{_ALIVE}"
            "if [ -w . ]; then echo yes; else echo no; fi\n"
            f"lock=$(holder); pid=${{lock%% *}}\n"
            'if [ -n "$lock" ] && { [ "$(uname -n)" != "$(echo "$lock" | cut -d" " -f2)" ] || alive "$pid"; }; '
            'then echo "$lock"; else echo; fi\n'
            f"cd {RELEASES} 2>/dev/null && ls -1d */ 2>/dev/null | tr -d / | tr '\\n' ' '; echo\n"
            f"cd {quote(self.folder)}\n"
            + "".join(f"show {quote(p)}\n" for p in (CURRENT, _JOURNAL, _HISTORY, f"{CURRENT}/{INFO}", *top))
        )
        if done.status:
            raise self._not_there(done)
        head, _, rest = done.out.partition(b"\n")
        lock, _, rest = rest.partition(b"\n")
        names, _, rest = rest.partition(b"\n")
        shown = dict(_shown(rest))
        kind, current = shown[CURRENT]
        linked = kind == "link" and current.startswith(f"{RELEASES}/".encode())
        name = current.decode().removeprefix(f"{RELEASES}/") if linked else None
        info = info_of(shown[f"{CURRENT}/{INFO}"][1]) if name is not None else None
        return SiteState(
            writable=head == b"yes",
            current=name,
            in_the_way=kind != "none" and not linked,
            releases=tuple(n for n in names.decode().split() if n != "new"),
            info=info,
            edited=self.edited(name, info) if name is not None and info is not None else (),
            history=tuple(_event(line) for line in shown[_HISTORY][1].decode("utf-8", "replace").splitlines() if line),
            journal=_journal(shown[_JOURNAL][1]) if shown[_JOURNAL][0] == "file" else None,
            holder=_holder(lock.decode("utf-8", "replace")),
            top={path: shown[path][1] if shown[path][0] == "file" else None for path in top},
        )

    def edited(self, release: str, info: ReleaseInfo) -> tuple[str, ...]:
        """The files of a release that are not as they were written, are gone, or are new."""
        there = self._cksums(f"{RELEASES}/{release}")
        written = {path: one.cksum for path, one in info.files.items()}
        return tuple(sorted(path for path in there.keys() | written.keys() if there.get(path) != written.get(path)))

    def release_files(self, release: str) -> tuple[ReleaseInfo | None, dict[str, str]]:
        """What a release is, and the text of its files."""
        done = self._do(
            f'cd {RELEASES}/{quote(release)}\n{_SHOW}find . -type f | while read -r path; do show "${{path#./}}"; done'
        )
        files = {path: data for path, (kind, data) in _shown(done.out) if kind == "file"}
        info = info_of(files.pop(INFO, b""))
        return info, {path: data.decode("utf-8", "replace") for path, data in files.items()}

    def _cksums(self, folder: str) -> dict[str, str]:
        done = self._do(f"cd {quote(folder)}\nfind . -type f ! -name {INFO} -exec cksum {{}} +")
        lines = (line.split(" ", 2) for line in done.text.splitlines())
        return {path.removeprefix("./"): f"{crc} {size}" for crc, size, path in lines}

    # -- changing -----------------------------------------------------------------------------------------------------

    @contextmanager
    def locked(self, by: str) -> Iterator[None]:
        """Nobody else changes anything. The far shell holds the lock, and gives it back when it ends for any reason."""
        me = f'"$$ $(uname -n) {_plain(by)}"'
        script = (
            f"cd {quote(self.folder)} || exit 3\nmkdir -p {RELEASES} || exit 4\n"
            f"[ -w . ] && [ -w {RELEASES} ] || exit 4\n"
            f"{_ALIVE}"
            f"ln -s {me} {_LOCK} 2>/dev/null && exit 0\n"
            "found=$(holder)\n"
            f'[ -z "$found" ] && {{ ln -s {me} {_LOCK}; exit; }}\n'
            'if [ "$(echo "$found" | cut -d" " -f2)" != "$(uname -n)" ] || alive "${found%% *}"; then\n'
            'echo "$found"; exit 9; fi\n'
            # Whoever held it is gone. Of two who see that at once, one takes it away, and puts a newer one back.
            f"mv {_LOCK} {_LOCK}.$$ || exit 9\n"
            f'taken=$(ls -ld {_LOCK}.$$ | sed "s/.* -> //")\n'
            f'[ "$taken" = "$found" ] || {{ mv {_LOCK}.$$ {_LOCK}; exit 9; }}\n'
            f"rm -f {_LOCK}.$$\nln -s {me} {_LOCK} || exit 9\n"
        )
        deadline = time.monotonic() + _LOCK_SECONDS
        while (done := self._shell.run(script)).status == 9 and time.monotonic() < deadline:
            time.sleep(0.2)  # the far side of a command that was killed may be at its last step
        if done.status == 9:
            who = _holder(done.text) or "somebody else"
            help = f"wait for it to end; if there is none, remove {self.folder}/{_LOCK}"
            raise DeployError("PBX613", f"another deployment to {self.folder} is under way (by {who})", help)
        if done.status:
            raise self._not_there(done)
        lock = quote(f"{self.folder}/{_LOCK}")
        self._shell.run(f"trap 'rm -f {lock}' EXIT; trap 'exit 1' HUP INT TERM", here=True)
        try:
            yield
        finally:
            with contextlib.suppress(DeployError):  # a shell that is gone has given it back
                self._shell.run(f"trap - EXIT; rm -f {lock}", here=True)

    def upload(self, name: str, info: ReleaseInfo, files: Mapping[str, GeneratedFile]) -> None:
        """Write a release in full and see that every byte has arrived, before it gets its name."""
        folders = sorted({path.rpartition("/")[0] for path in files if "/" in path})
        script = [f"umask 027\nrm -rf {_NEW} {RELEASES}/{name}\nmkdir -p {_NEW}"]
        script += [f"mkdir -p {quote(f'{_NEW}/{folder}')}" for folder in folders]
        script += [_here(f"{_NEW}/{path}", file.text) for path, file in sorted(files.items())]
        script += [_here(f"{_NEW}/{INFO}", info.text())]
        script += [f"chmod 755 {quote(f'{_NEW}/{folder}')}" for folder in ("", *folders)]
        script += [f"chmod 644 {quote(f'{_NEW}/{path}')}" for path, file in sorted(files.items()) if not file.secret]
        script += [f"chmod 755 {RELEASES}", _OWNER]
        try:
            self._do("\n".join(script))
            arrived = self._cksums(_NEW)
            wrong = [path for path, one in info.files.items() if arrived.get(path) != one.cksum]
            if wrong:
                raise self._unwritten(f"{wrong[0]} has not arrived as it was sent")
            self._do(f"mv {_NEW} {RELEASES}/{name}\nsync 2>/dev/null || :")
        except DeployError:
            self._shell.run(f"cd {quote(self.folder)} && rm -rf {_NEW}")
            raise

    def write_journal(self, journal: Journal) -> None:
        self._replace(_JOURNAL, journal.text())

    def end_journal(self) -> None:
        self._do(f"rm -f {_JOURNAL}")

    def keep_aside(self, paths: Iterable[str], release: str) -> None:
        """Copy files that are about to be replaced. Before the journal: what it speaks of is there."""
        self._do("\n".join(f"cp -p {quote(path)} {quote(kept(path, release))}" for path in paths) or ":")

    def make_current(self, release: str) -> None:
        """One rename. What was in the way of the very first one is kept."""
        link, aside = f"{CURRENT}.new", quote(kept(CURRENT, release))
        self._do(
            f"rm -f {link}\nln -s {RELEASES}/{quote(release)} {link}\n"
            f"if [ ! -h {CURRENT} ] && [ -e {CURRENT} ]; then mv {CURRENT} {aside}; fi\n"
            # A plain mv would move the link into the folder that the old one leads to.
            f"mv -T {link} {CURRENT} 2>/dev/null || mv -h {link} {CURRENT}"
        )

    def place(self, path: str, text: str) -> None:
        """Write a file of the top level."""
        self._replace(path, text)

    def take_back(self, journal: Journal) -> None:
        """What was current before a switch is so again. It may have been done already, wholly or in part."""
        script = []
        for path in journal.replaced:
            aside, new = quote(kept(path, journal.release)), quote(f"{path}.new")
            script.append(f"if [ -e {aside} ]; then cp -p {aside} {new}; mv {new} {quote(path)}; fi")
        script += [f"rm -f {quote(path)}" for path in journal.added]
        if journal.before is None:
            aside = quote(kept(CURRENT, journal.release))
            script.append(
                f"if [ -h {CURRENT} ]; then rm -f {CURRENT}; fi\nif [ -e {aside} ]; then mv {aside} {CURRENT}; fi"
            )
        self._do("\n".join(script) or ":")
        if journal.before is not None:
            self.make_current(journal.before)

    def end_undone(self, journal: Journal) -> None:
        """The journal of a switch that was taken back; the copies go with it."""
        copies = (quote(kept(path, journal.release)) for path in journal.replaced)
        self._do("\n".join((f"rm -f {_JOURNAL}", *(f"rm -f {copy}" for copy in copies))))

    def remember(self, event: Event, keep: Sequence[str]) -> None:
        """Add to the history; releases that are not to be kept go."""
        kept = " ".join(quote(name) for name in keep)
        self._do(
            f"cat >>{_HISTORY} <<'{(end := _end())}'\n{event.text()}\n{end}\n"
            f"cd {RELEASES}\nfor name in */; do name=${{name%/}}; gone=yes\n"
            f'for kept in {kept} new; do [ "$name" = "$kept" ] && gone=no; done\n'
            '[ "$gone" = yes ] && [ -d "$name" ] && rm -rf "$name"; done; :'
        )

    def _replace(self, path: str, text: str) -> None:
        new = f"{path}.new"
        self._do(f"{_here(new, text)}\nchmod 644 {quote(new)}\nmv {quote(new)} {quote(path)}")

    def _do(self, script: str) -> Done:
        done = self._shell.run(f"cd {quote(self.folder)} || exit 3\nset -e\n{script}")
        if done.status:
            raise self._not_there(done) if done.status == 3 else self._unwritten(done.complaint)
        return done

    def _unwritten(self, why: str) -> DeployError:
        help = "see that the disk is not full and the folder belongs to whoever deploys, then deploy again"
        return DeployError("PBX612", f"{self._shell.where}: {self.folder} cannot be written: {why}", help)

    def _not_there(self, done: Done) -> DeployError:
        if done.status == 4:
            return self._unwritten(done.complaint or "permission denied")
        help = "correct `folder` in deploy.yaml: it is the folder that the PBX reads its configuration from"
        return DeployError("PBX612", f"{self._shell.where} has no folder {self.folder}: {done.complaint}", help)


def _here(path: str, text: str) -> str:
    """A command that writes a file; its text stands in the script, and in no argument."""
    end = _end()
    return f"cat >{quote(path)} <<'{end}'\n{text}{end}"


def _end() -> str:
    return f"END-{secrets.token_hex(12)}"


def _holder(lock: str) -> str:
    """Who, of the process, machine and person that a lock names."""
    return lock.strip().partition(" ")[2].partition(" ")[2]


def _plain(text: str) -> str:
    return "".join(c if c.isalnum() or c in "@._-" else "-" for c in text)


def _shown(data: bytes) -> Iterator[tuple[str, tuple[str, bytes]]]:
    """What ``show`` printed: by path, the kind (file, folder, link, none) and the content."""
    while data:
        head, _, data = data.partition(b"\n")
        kind, size, path = head.decode("utf-8", "replace").split(" ", 2)
        content = data[: int(size)]
        data = data[int(size) :]
        if kind == "link":
            content, _, data = data.partition(b"\n")
        yield path, (kind, content)


def _event(line: str) -> Event:
    try:
        return Event(**json.loads(line))
    except (ValueError, TypeError):
        return Event("", "unknown", None, "", why="a line of the history cannot be read")


def _journal(data: bytes) -> Journal | None:
    try:
        content: dict[str, Any] = json.loads(data)
        return Journal(**{**content, **{name: tuple(content[name]) for name in ("replaced", "added")}})
    except (ValueError, TypeError, KeyError):
        return None
