"""Signs that a PBX does not run a release: its answers, its log, its trunks, and calls."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pbxgen.deploy.running import Files, Scope, without_secrets
from pbxgen.deploy.session import LogMark, Session
from pbxgen.deploy.verify import place
from pbxgen.lab.running_pbx import CaseWithPasswords

_REGISTERED_SECONDS = 40.0
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a release is not proven, in sentences, and the new lines of the log; empty if it is."""

    problems: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def other_digests(session: Session, tenants: Mapping[str, str]) -> list[str]:
    """Tenants of which the PBX runs another build. It is asked twice, as a busy console may lose a line."""
    runs = session.running.digests()
    if any(runs.get(name) != digest for name, digest in tenants.items()):
        runs = session.running.digests()
    return [
        f"{name} runs build {runs.get(name, 'none')}, not {digest}"
        for name, digest in tenants.items()
        if runs.get(name) != digest
    ]


def differences(session: Session, files: Files, before: Files) -> list[str]:
    """Where what runs differs from ``files``. ``before``: files that ran until now, nothing of which may be left."""
    return session.running.differences(files, Scope(session.target.parts, session.target.beside, before))


def complaints(
    session: Session, mark: LogMark | None, before: Files, after: Files, known: Collection[str] = ()
) -> Proof:
    """Warnings and errors in the log since ``mark`` that ``after`` may have caused, except ``known`` ones."""
    known_masked = set(map(_without_numbers, known))
    lines = [
        line for line in session.complaints_since(mark, before, after) if _without_numbers(line) not in known_masked
    ]
    if not lines:
        return Proof()
    said = f"its log has {len(lines)} new warnings or errors" if len(lines) > 1 else f"its log says: {lines[0]}"
    return Proof([said], lines)


def _without_numbers(line: str) -> str:
    """The line with time, process and counts masked: lines that differ only in these say the same."""
    return _NUMBERS.sub("#", line)


def reached(
    session: Session, files: Files, registered: Collection[str], calls: Sequence[CaseWithPasswords]
) -> list[str]:
    """Trunks that have lost their registration; if there are none, what went wrong with the calls of ``verify``."""
    return _unregistered(session, files, registered) or (place(session, calls) if calls else [])


def _unregistered(session: Session, files: Files, registered: Collection[str]) -> list[str]:
    deadline = time.monotonic() + _REGISTERED_SECONDS
    while True:
        trunks = session.running.trunks()
        wanted = session.running.registering(files) | trunks.keys()
        missing = sorted(name for name in wanted & set(registered) if not trunks.get(name))
        if not missing:
            return []
        if time.monotonic() > deadline:
            return [f"trunk {name} was registered, and is not any more" for name in missing]
        time.sleep(0.5)


def clean(lines: Sequence[str], *files: Files) -> list[str]:
    """Without the secrets of ``files``."""
    texts = {f"{number} {path}": text for number, some in enumerate(files) for path, text in some.items()}
    return without_secrets(lines, texts)


def and_more(problems: Sequence[str]) -> str:
    return f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
