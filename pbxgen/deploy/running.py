"""What a deployment needs of one kind of PBX: where its files go, how it reloads, what the PBX says that it runs."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

from pbxgen.pbxs import module_of
from pbxgen.targets.base import Part

Ask = Callable[[str], str]
"""What the console of the running PBX answers to a command. Raises DeployError where it does not."""
AskEach = Callable[[Sequence[str]], list[str]]
"""The same of several commands, one after the other."""
Files = Mapping[str, str]
"""The text of a release's files by path, as `pbxgen generate` names them."""


StoredTexts = Mapping[str, Mapping[str, str]]
"""What a PBX keeps of what was set from phones: by tenant and by key, the text."""


@dataclass(frozen=True, slots=True)
class TopFile:
    """A file of the configuration's top level that only leads to the current release: written once."""

    part: Part
    path: str
    text: str
    ours: Callable[[str], bool]
    """Does a file that is there already lead to the release?"""


class ReloadError(Exception):
    """The PBX refuses to reload; what it says."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of a release must be in the PBX."""

    parts: frozenset[Part]
    beside: bool = False
    before: Files = field(default_factory=dict)
    """The files of the release before: what is only in these must be gone from the PBX."""


class RunningPbx(Protocol):
    """A PBX that runs at a target, through its console."""

    def folder(self) -> str:
        """The folder that the PBX reads its configuration from."""
        ...

    def log(self) -> str | None:
        """How the path of the log begins that warnings and errors go to; None: there is none."""
        ...

    def digests(self) -> Mapping[str, str]:
        """By tenant, the build of pbxgen's files that the PBX runs."""
        ...

    def sip(self) -> tuple[str, int] | None:
        """The address where the PBX takes SIP of phones over UDP, as configured (0.0.0.0: every address); None: it
        takes none."""
        ...

    def phones(self) -> frozenset[str]:
        """Users with a phone that is registered: extensions, or ``extension@domain``."""
        ...

    def trunks(self) -> Mapping[str, bool]:
        """The trunks that the PBX must register at their carriers, by name: is each registered now?"""
        ...

    def registering(self, files: Files) -> frozenset[str]:
        """The names of the trunks that ``files`` register."""
        ...

    def reload(self, before: Files, after: Files, *, everything: bool = False, pending: bool = False) -> list[str]:
        """Reload what reads the files that differ, and wait for the end. Returns what the PBX is still to do, in
        sentences.

        ``everything``: as if every file differed, as what runs may not be ``before``. Reloads that would end calls are
        done only for files that differ, or if they are still to be done for ``before`` (``pending``). Raises
        ReloadError.
        """
        ...

    def differences(self, files: Files, scope: Scope) -> list[str]:
        """Where what runs is not what ``files`` say, in sentences without secrets."""
        ...

    def others(self, parts: Collection[Part], top_files: Collection[str]) -> list[str]:
        """Plans of somebody else that the PBX runs before the first release and that would stay, in sentences.

        ``top_files``: existing files of the top level; what they configure is left out.
        """
        ...

    def complaints(self, lines: Sequence[str], before: Files, after: Files) -> list[str]:
        """Lines of the log that ``after`` may have caused.

        Lines about a call do not count, nor lines that somebody cannot be reached who is the same in ``before``.
        """
        ...

    def stored(self, keys: Mapping[str, Sequence[str]]) -> StoredTexts:
        """What the PBX stores of what was set from phones; ``keys``: by tenant, those that the tenant's plan knows.

        Anybody may have written it. Raises DeployError.
        """
        ...

    def store(self, texts: StoredTexts) -> None:
        """Store these texts in place of what is there; an empty text deletes. Raises DeployError.

        Keys and texts are of letters, digits and ``.:|+*-_`` only. Lamps follow.
        """
        ...

    def light(self, tenants: Collection[str]) -> None:
        """Set the lamps of what is set from phones as the plan that runs now says. Raises DeployError."""
        ...


def changed(before: Files, after: Files, meaning: Callable[[str], str]) -> set[str]:
    """The paths of files that mean something else."""
    return {
        path
        for path in before.keys() | after.keys()
        if path not in before or path not in after or meaning(before[path]) != meaning(after[path])
    }


_SECRET = re.compile(
    r"""^[ \t]*(?:password|secret)[ \t]*=>?[ \t]*(?P<login>.*\S)"""
    r"""|^[ \t]*[0-9]+[ \t]*=>?[ \t]*-?(?P<pin>[^,\n]+),"""
    r"""|name="[\w-]*password"[ \t]+value="(?P<value>[^"]+)\"""",
    re.MULTILINE,
)
"""Passwords and PINs in pjsip.conf, voicemail.conf, and FreeSWITCH's directory and gateways."""


def secrets_in(text: str) -> list[str]:
    """The passwords and PINs of a file, in its order."""
    return [html.unescape(value) for match in _SECRET.finditer(text) for value in match.groups() if value]


def without_secrets(lines: Sequence[str], files: Files) -> list[str]:
    """``lines`` that a PBX has said, without the passwords and PINs that ``files`` hold."""
    secrets = {secret for text in files.values() for secret in secrets_in(text)}
    longest_first = sorted(secrets, key=len, reverse=True)
    if not longest_first:
        return list(lines)
    any_of = re.compile("|".join(rf"(?<!\w){re.escape(value)}(?!\w)" for value in longest_first))
    return [any_of.sub("***", line) for line in lines]


class DeployablePbx(Protocol):
    """A kind of PBX."""

    command: Sequence[str]
    """The command for its console, if deploy.yaml has none; the question is added as an argument."""
    top: Sequence[TopFile]

    def in_release(self, path: str) -> str:
        """Where in a release's folder a generated file lies."""
        ...

    def generated(self, path: str) -> str:
        """What :meth:`in_release` was given."""
        ...

    def meaning(self, text: str) -> str:
        """What the PBX reads of a file: not its comments, which tell builds and lines of the source."""
        ...

    def unverified(self, parts: Collection[Part]) -> list[str]:
        """What cannot be asked."""
        ...

    def users_gone(self, before: Files, after: Files) -> list[str]:
        """Mailboxes that nobody opens any more, as ``tenant/extension``."""
        ...

    def passwords(self, files: Files) -> Mapping[tuple[str, str], str]:
        """Those of the phones in a release, by tenant and extension; none if the files cannot be read."""
        ...

    def running(self, ask: Ask, ask_each: AskEach) -> RunningPbx: ...


def load_deployable(pbx: str) -> DeployablePbx:
    """The deployable PBX of that name; its module is imported only when it is needed. Raises KeyError for an unknown
    PBX."""
    return cast("DeployablePbx", module_of(pbx, "pbxgen.deploy").load())
