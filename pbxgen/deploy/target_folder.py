"""The configuration folder at a target: its releases, which one is current, the lock, the journal, the history.

::

    /etc/asterisk/pbxgen -> releases/1a2b3c4d5e6f    the current release: one link, switched by one rename
    /etc/asterisk/releases/1a2b3c4d5e6f/             its files, never changed
    /etc/asterisk/releases/history                   what was made current, a line of JSON each
    /etc/asterisk/releases/journal                   only while a release is made current: what to undo
    /etc/asterisk/releases/pending                   only while the PBX is still to do something for the current release
    /etc/asterisk/releases/lock                      only while a command changes something: a link that names its shell

What is in the way of a release is kept by renaming it, and renamed back by an undo: both work on a full disk. The user
who deploys may be root, and the folder may belong to the PBX's user. So pbxgen reads, writes and removes nothing of its
own through a link: it enters `releases` and checks that this is the expected folder, makes files anew, and writes a
copy or a new release in a folder that it enters before anybody else may write there. What the journal and the history
say counts only if pbxgen could have written it.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from shlex import quote
from typing import Any, TypeGuard

from pbxgen.deploy import folder_scripts as sh
from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.release import INFO, ReleaseInfo, info_of
from pbxgen.deploy.shell import Done, Shell
from pbxgen.targets.base import GeneratedFile

CURRENT, RELEASES = sh.CURRENT, sh.RELEASES
_JOURNAL, _HISTORY, _LOCK, _PENDING = (f"{RELEASES}/{name}" for name in ("journal", "history", "lock", "pending"))
_NEW = "new"
"""How the names of folders below `releases` begin in which something is being written."""
_NAME = re.compile(r"[0-9a-f]{12}(?:-[0-9]+)?", re.ASCII)
"""The name of a release; folders with other names are not pbxgen's."""
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{4,64}\+?", re.ASCII)

_CKSUM = re.compile(r"^(\d+) (\d+) \./(.*)$", re.ASCII | re.MULTILINE)
"""What `cksum` says of a file; the rest of a name with more than one line says nothing."""

_LOCK_SECONDS = 5.0
_FORGOTTEN_MINUTES = 30
"""After so long --force takes away the lock of another machine, whose processes cannot be seen."""


def kept_name(path: str, release: str) -> str:
    """The name under which a file or folder that was in the way of a release is kept."""
    return f"{path}.before-{release}"


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the history."""

    at: str
    """In UTC: 2026-11-23T10:00:00Z."""
    action: str
    """deploy or rollback; undone: one that failed or was killed."""
    release: str | None
    """The release that is current since then; None: what was there before pbxgen's first release."""
    by: str
    commit: str | None = None
    why: str = ""

    def text(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Journal:
    """A switch that has begun; read by the command after one that was killed."""

    before: str | None
    """The release that was current; None: there was none."""
    release: str
    replaced: tuple[str, ...]
    """Files of the top level that are being written; what was there is kept."""
    added: tuple[str, ...]
    """Files of the top level that are being written where there was none."""
    action: str
    by: str
    commit: str | None
    proven: bool = False
    """The PBX runs the release: what is left is to finish."""
    drift: tuple[str, ...] = ()
    """Where what ran before was not what its release says: an undo accepts the same differences."""
    registered: tuple[str, ...] = ()
    """Trunks that were registered: after an undo they must be so again."""
    failed: str = ""
    """Why an undo that did not succeed was begun; empty: the command was killed."""

    def text(self) -> str:
        return json.dumps(asdict(self)) + "\n"


@dataclass(frozen=True, slots=True)
class FolderState:
    """The state of the configuration folder."""

    writable: bool
    current: str | None
    """The name of the current release."""
    in_the_way: bool
    """`pbxgen` is there, but is no link to a release that is there."""
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
    """The files of the top level that were asked for, read through links; None: there is nothing."""
    no_files: frozenset[str] = frozenset()
    """The files of ``top`` that are a folder, or a link that leads to no file."""
    pending: tuple[str, ...] = ()
    """What the PBX is still to do for the current release, in sentences."""


class TargetFolder:
    """The folder, through a shell. Paths are relative to it. Every method raises DeployError."""

    def __init__(self, shell: Shell, path: str, top: Collection[str]) -> None:
        self._shell = shell
        self.path = path
        self._top = top
        """All files that a deployment may write at the top level: a journal that names other files is ignored."""

    # -- reading ------------------------------------------------------------------------------------------------------

    def state(self, top: Iterable[str]) -> FolderState:
        top = tuple(top)
        done = self._shell.run(
            f"cd {quote(self.path)} || exit 3\nlock={_LOCK}\n{sh.SHOW}{sh.LOCKS}{sh.LEADS}"
            "if [ -w . ]; then echo yes; else echo no; fi\n"
            'found=$(holder)\nif held; then echo "$found"; else echo; fi\n'
            "if leads; then echo yes; else echo no; fi\n"
            f'for each in {RELEASES}/*; do is_release "$each" && printf "%s " "${{each##*/}}"; done; echo\n'
            f"cd {quote(self.path)}\n"
            + "".join(f"own {quote(p)}\n" for p in (_JOURNAL, _HISTORY, _PENDING))
            + "".join(f"show {quote(p)}\n" for p in (CURRENT, f"{CURRENT}/{INFO}", *top))
        )
        if done.status:
            raise self._not_there(done)
        head, _, rest = done.out.partition(b"\n")
        lock, _, rest = rest.partition(b"\n")
        leads, _, rest = rest.partition(b"\n")
        names, _, rest = rest.partition(b"\n")
        shown = self._shown(rest)
        kind, current = shown[CURRENT]
        name = current.decode("utf-8", "replace").removeprefix(f"{RELEASES}/") if leads == b"yes" else None
        name = name if name is not None and _NAME.fullmatch(name) else None
        info = info_of(shown[f"{CURRENT}/{INFO}"][1]) if name is not None else None
        return FolderState(
            writable=head == b"yes",
            current=name,
            in_the_way=kind != "none" and name is None,
            releases=tuple(n for n in names.decode("utf-8", "replace").split() if _NAME.fullmatch(n)),
            info=info,
            edited=() if name is None else (INFO,) if info is None else self.edited(name, info),
            history=tuple(_event(line) for line in shown[_HISTORY][1].decode("utf-8", "replace").splitlines() if line),
            journal=_journal(shown[_JOURNAL][1], self._top) if shown[_JOURNAL][0] == "file" else None,
            holder=_holder(lock.decode("utf-8", "replace")),
            top={path: shown[path][1] if shown[path][0] != "none" else None for path in top},
            no_files=frozenset(path for path in top if shown[path][0] not in ("none", "file")),
            pending=tuple(shown[_PENDING][1].decode("utf-8", "replace").splitlines()),
        )

    def edited(self, release: str, info: ReleaseInfo) -> tuple[str, ...]:
        """The files of a release that are not as they were written, are gone, or are new."""
        on_disk = self._cksums(f"{RELEASES}/{release}")
        written = {path: one.cksum for path, one in info.files.items()}
        return tuple(sorted(path for path in on_disk.keys() | written.keys() if on_disk.get(path) != written.get(path)))

    def release_files(self, release: str) -> tuple[ReleaseInfo | None, dict[str, str]]:
        """What a release is, and the text of its files; nothing, where its folder is gone."""
        folder = quote(f"{RELEASES}/{release}")
        done = self._do(
            f"{sh.LEADS}is_release {folder} || exit 0\ncd {folder}\n{sh.SHOW}"
            # A name may hold the end of a line, followed by a path from the root on.
            'find . -type f | while read -r path; do case $path in ./*) own "${path#./}" ;; esac; done'
        )
        files = {path: data for path, (kind, data) in self._shown(done.out).items() if kind == "file"}
        info = info_of(files.pop(INFO, b""))
        return info, {path: data.decode("utf-8", "replace") for path, data in files.items()}

    def _shown(self, data: bytes) -> dict[str, tuple[str, bytes]]:
        """What ``show`` printed."""
        try:
            return dict(_shown(data))
        except ValueError:  # a file was of another size when it was counted
            message = f"{self._shell.where}: {self.path} was changed while it was read"
            raise DeployError("PBX612", message, "see who writes there, and try again") from None

    def _cksums(self, folder: str) -> dict[str, str]:
        done = self._do(
            f"{sh.LEADS}is_release {quote(folder)} || exit 0\ncd {quote(folder)}\n"
            f"find . -type f ! -name {INFO} -exec cksum {{}} +"
        )
        return {path: f"{crc} {size}" for crc, size, path in _CKSUM.findall(done.text)}

    # -- changing -----------------------------------------------------------------------------------------------------

    @contextmanager
    def locked(self, by: str, *, force: bool = False) -> Iterator[None]:
        """Hold the lock, so that nobody else changes anything. The shell at the target gives it back however it ends.

        ``force``: a lock of another machine that is old is taken away.
        """
        me = f'"$$ $(uname -n) {self._shell.token} {_plain(by)}"'
        old = f'[ -n "$(find lock -prune -mmin +{_FORGOTTEN_MINUTES} 2>/dev/null)" ]' if force else "false"
        script = (
            f"cd {quote(self.path)} || exit 3\n{sh.ENTER}mkdir -p {RELEASES} || exit 4\n"
            f"[ -w . ] && [ -w {RELEASES} ] || exit 4\n"
            f"in_releases\nlock=lock\n{sh.LOCKS}"
            f"ln -s {me} lock 2>/dev/null && exit 0\n"
            "found=$(holder)\n"
            f'[ -z "$found" ] && {{ ln -s {me} lock; exit; }}\n'
            f'if held && {{ [ "$(word 2)" = "$(uname -n)" ] || ! {old}; }}; then echo "$found"; exit 9; fi\n'
            # Whoever held it is gone. Of two who see that at once, one takes it away, and puts a newer one back.
            "mv lock lock.$$ || exit 9\n"
            'taken=$(ls -ld lock.$$ | sed "s/.* -> //")\n'
            '[ "$taken" = "$found" ] || { mv lock.$$ lock; exit 9; }\n'
            f"rm -f lock.$$\nln -s {me} lock || exit 9\n"
        )
        deadline = time.monotonic() + _LOCK_SECONDS
        while (done := self._shell.run(script)).status == 9 and time.monotonic() < deadline:
            time.sleep(0.2)  # the far side of a command that was killed may be at its last step
        if done.status == 9:
            who = _holder(done.text) or "somebody else"
            help = (
                f"wait for it to end; if there is none, remove {self.path}/{_LOCK} "
                f"(--force does so with one of another machine that is older than {_FORGOTTEN_MINUTES} minutes)"
            )
            raise DeployError("PBX613", f"another deployment to {self.path} is under way (by {who})", help)
        if done.status:
            raise self._not_there(done)
        unlock = f"unlock() ( cd {quote(self.path)} || exit\n{sh.ENTER}in_releases\nrm -f lock )"
        self._shell.run(f"{unlock}\ntrap unlock EXIT; trap 'exit 1' HUP INT TERM", in_shell=True)
        try:
            yield
        finally:
            with contextlib.suppress(DeployError):  # a shell that is gone has given it back
                self._shell.run("trap - EXIT; unlock", in_shell=True)

    def upload(self, name: str, info: ReleaseInfo, files: Mapping[str, GeneratedFile]) -> None:
        """Write a release in full and see that every byte has arrived, before it gets its name."""
        folders = sorted({path.rpartition("/")[0] for path in files if "/" in path})
        new = f"{_NEW}-{secrets.token_hex(8)}"
        script = [f"{sh.LIKE}in_releases\nrm -rf {_NEW} {_NEW}-* {name}\numask 027\n{sh.made(new)}"]
        script += [f"mkdir -p {quote(folder)}" for folder in folders]
        script += [sh.written(path, file.text) for path, file in sorted(files.items())]
        script += [sh.written(INFO, info.text())]
        script += [f"chmod 755 {quote(folder)}" for folder in (".", *folders)]
        script += [f"chmod 644 {quote(path)}" for path, file in sorted(files.items()) if not file.secret]
        script += [sh.GIVE, "cd ..", "chmod 755 . 2>/dev/null || :"]
        try:
            self._do("\n".join(script))
            arrived = self._cksums(f"{RELEASES}/{new}")
            wrong = [path for path, one in info.files.items() if arrived.get(path) != one.cksum]
            if wrong:
                raise self._unwritten(f"{wrong[0]} has not arrived as it was sent")
            self._do(f"in_releases\nrename {new} {name}\nsync 2>/dev/null || :")
        except DeployError:
            self._shell.run(f"cd {quote(self.path)} || exit\n{sh.ENTER}in_releases\nrm -rf {new}")
            raise

    def write_journal(self, journal: Journal) -> None:
        self._replace(_JOURNAL, journal.text())

    def end_journal(self) -> None:
        self._do("in_releases\nrm -f journal")

    def make_room(self, paths: Iterable[str], release: str) -> None:
        """Number what an earlier deployment of the release has kept, as the names are needed anew.

        To be done before the journal is written, which names what this deployment keeps.
        """
        script = [sh.SHOW]
        for path in paths:
            aside = quote(kept_name(path, release))
            script.append(
                f"if there {aside}; then n=2; while there {aside}-$n; do n=$((n + 1)); done; mv {aside} {aside}-$n; fi"
            )
        self._do("\n".join(script))

    def make_current(self, release: str) -> None:
        """Switch to a release by one rename. What was in the way of the very first one is kept."""
        link, aside, leads_to = f"{CURRENT}.new", quote(kept_name(CURRENT, release)), quote(f"{RELEASES}/{release}")
        self._do(
            f"{sh.SHOW}{sh.LEADS}[ -d {leads_to} ] || {{ echo {leads_to}' is gone' >&2; exit 5; }}\n"
            f"rm -f {link}\nln -s {leads_to} {link}\n"
            f"if there {CURRENT} && ! leads; then mv {CURRENT} {aside}; fi\n"
            f"rename {link} {CURRENT}"
        )

    def place(self, path: str, text: str, release: str) -> None:
        """Write a file of the top level; what is in its way is kept."""
        aside, quoted_path = quote(kept_name(path, release)), quote(path)
        keep = f"if there {quoted_path} && ! there {aside}; then mv {quoted_path} {aside}; fi"
        self._replace(path, text, f"{sh.SHOW}{keep}")

    def take_back(self, journal: Journal) -> None:
        """Make current again what was current before a switch. Some or all of this may have been done already."""
        script = [sh.SHOW, sh.LEADS]
        for path in journal.replaced:
            aside = quote(kept_name(path, journal.release))
            script.append(f"if there {aside}; then rm -f {quote(path)}; mv {aside} {quote(path)}; fi")
        script += [f"rm -f {quote(path)}" for path in journal.added]
        if journal.before is None:
            aside = quote(kept_name(CURRENT, journal.release))
            script.append(f"if leads; then rm -f {CURRENT}; fi\nif there {aside}; then mv {aside} {CURRENT}; fi")
        self._do("\n".join(script))
        if journal.before is not None:
            self.make_current(journal.before)

    def can_remember(self) -> None:
        """Check that the history can be written, before there is anything to add."""
        self._write_history("")

    def remember(self, event: Event) -> None:
        """Add to the history."""
        self._write_history(f"{event.text()}\n")

    def _write_history(self, more: str) -> None:
        """Write it as a whole: an incomplete line damages no other, and it does not matter who owns the file."""
        new = f"{_NEW}-{secrets.token_hex(8)}"
        # A copy of a link is a link, which is ignored: readers of the history must not see what it leads to.
        old = "cp -P ../history old 2>/dev/null; if [ -h old ]; then rm -f old; fi"
        kept_lines = 'if [ -f old ]; then cat old; [ -z "$(tail -c 1 old)" ] || echo; fi'
        self._do(
            f"in_releases\nif [ -d history ]; then echo {_HISTORY}' is a folder' >&2; exit 5; fi\n"
            f"umask 077\ntrap 'cd ..; rm -rf {new}' EXIT\n{sh.made(new)}"
            f"if [ -f ../history ]; then {old}; fi\n"
            f"{{ {kept_lines}\ncat <<'{(end := sh.end_mark())}'\n{more}{end}\n}} >history\n"
            "chmod 644 history\nrename history ../history"
        )

    def prune(self, releases: Iterable[str]) -> None:
        """Remove releases that are not to be kept."""
        self._do("\n".join(["in_releases", *(f"if [ -f {n}/{INFO} ]; then rm -rf {n}; fi" for n in releases)]))

    def put_off(self, lines: Sequence[str]) -> None:
        """Note what the PBX is still to do for the current release."""
        if lines:
            self._replace(_PENDING, "".join(f"{line}\n" for line in lines))
        else:
            self._do("in_releases\nrm -f pending")

    def _replace(self, path: str, text: str, before: str = ":") -> None:
        folder, _, name = path.rpartition("/")
        into = "in_releases\n" if folder == RELEASES else ""
        name = name if into else path
        new, write = quote(f"{name}.new"), sh.written(f"{name}.new", text)
        self._do(f"{into}umask 022\nrm -f {new}\nset -C\n{write}\n{before}\nrename {new} {quote(name)}")

    def _do(self, script: str) -> Done:
        done = self._shell.run(f"cd {quote(self.path)} || exit 3\nset -e\n{sh.ENTER}{script}")
        if done.status:
            raise self._not_there(done) if done.status == 3 else self._unwritten(done.complaint)
        return done

    def _unwritten(self, why: str) -> DeployError:
        help = "see that the disk is not full and the folder belongs to whoever deploys, then deploy again"
        return DeployError("PBX612", f"{self._shell.where}: {self.path} cannot be written: {why}", help)

    def _not_there(self, done: Done) -> DeployError:
        if done.status in (4, 5):
            return self._unwritten(done.complaint or "permission denied")
        help = "correct `folder` in deploy.yaml: it is the folder that the PBX reads its configuration from"
        return DeployError("PBX612", f"{self._shell.where} has no folder {self.path}: {done.complaint}", help)


def _holder(lock: str) -> str:
    """Who, of the process, machine and person that a lock names."""
    return lock.strip().rpartition(" ")[2]


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
    """What :meth:`Event.text` wrote, and nothing that is not of its kind."""
    try:
        event = Event(**json.loads(line))
        if (
            _is(event.at, _AT)
            and event.action in ("deploy", "rollback", "undone")
            and (event.release is None or _is(event.release, _NAME))
            and (event.commit is None or _is(event.commit, _COMMIT))
            and _are_texts(event.by, event.why)
        ):
            return event
    except (ValueError, TypeError, RecursionError):
        pass
    return Event("", "unknown", None, "", why="a line of the history cannot be read")


def _journal(data: bytes, top: Collection[str]) -> Journal | None:
    """What :meth:`Journal.text` wrote, about a release and files of the top level; None for anything else."""
    try:
        content: dict[str, Any] = json.loads(data)
        lists = {name: tuple(content.get(name, ())) for name in ("replaced", "added", "drift", "registered")}
        journal = Journal(**{**content, **lists})
        if (
            _is(journal.release, _NAME)
            and (journal.before is None or _is(journal.before, _NAME))
            and (journal.commit is None or _is(journal.commit, _COMMIT))
            and journal.action in ("deploy", "rollback")
            and all(path in top for path in (*journal.replaced, *journal.added))
            and _are_texts(journal.by, journal.failed, *journal.drift, *journal.registered)
        ):
            return journal
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    return None


def _is(value: object, pattern: re.Pattern[str]) -> TypeGuard[str]:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _are_texts(*values: object) -> bool:
    return all(isinstance(value, str) for value in values)
