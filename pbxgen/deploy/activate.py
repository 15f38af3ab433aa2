"""Making a release the one that runs, proving it, and the way back."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.running import Files, ReloadError, Runs, Scope, TopFile, without_secrets
from pbxgen.deploy.session import LogMark, Session
from pbxgen.deploy.site import Event, Journal, SiteState
from pbxgen.deploy.verify import place
from pbxgen.lab.visit import VisitingCase

Step = Callable[[str], None]
"""Told what is being done."""
_REGISTERED_SECONDS = 40.0
_QUOTED = 8
"""Differences and lines of a log that are told of one failure."""
_DONE = ("deploy", "rollback")


@dataclass(frozen=True, slots=True)
class Switch:
    """What is to be made current."""

    release: str
    files: Files
    tenants: Mapping[str, str]
    placed: Sequence[TopFile]
    """Files of the top level that are to be written."""
    action: str
    by: str
    commit: str | None
    calls: Sequence[VisitingCase] = ()
    """To be placed once the PBX runs it."""


def now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def activate(session: Session, state: SiteState, switch: Switch, step: Step, *, everything: bool = False) -> list[str]:
    """Switch, reload, prove; whatever is wrong: the way back, and a DeployError that says why.

    ``everything``: reload all, as it is not known what runs. Gives what could not be done, in sentences.
    """
    before = {} if state.current is None else session.files_of(state.current)
    mark = session.log_mark()
    registered = session.running.runs().registered
    placed = [file.path for file in switch.placed]
    replaced = tuple(path for path in placed if state.top[path] is not None)
    added = tuple(path for path in placed if state.top[path] is None)
    journal = Journal(state.current, switch.release, replaced, added, switch.action, switch.by, switch.commit)
    session.site.keep_aside(replaced, switch.release)
    session.site.write_journal(journal)
    try:
        step(f"{session.target.name}: making {switch.release} current")
        session.site.make_current(switch.release)
        for file in switch.placed:
            session.site.place(file.path, file.text)
        step(f"{session.target.name}: reloading")
        told = session.running.reload({} if everything else before, switch.files)
        step(f"{session.target.name}: asking what runs")
        problems, lines = _problems(session, switch, before, registered, mark)
    except ReloadError as error:
        problems, lines = [str(error)], session.complaints_since(mark)
    except (DeployError, KeyboardInterrupt) as error:
        why = str(error) if isinstance(error, DeployError) else "it was interrupted"
        _way_back(session, journal, switch.files, before, why, step)
        raise
    if problems:
        secret = {
            f"{number} {path}": text
            for number, some in enumerate((before, switch.files))
            for path, text in some.items()
        }
        problems, lines = without_secrets(problems, secret), without_secrets(lines, secret)
        quoted = [*problems[1:_QUOTED], *lines[:_QUOTED]]
        _way_back(session, journal, switch.files, before, problems[0], step, quoted)
        raise DeployError(
            "PBX616",
            f"{session.target.name}: {problems[0]}{_and_more(problems)}; {_restored(journal)}",
            "mend what it names and deploy again; nothing has changed for callers",
            quoted,
        )
    _finish(session, replace(journal, proven=True), state)
    return told


def _and_more(problems: Sequence[str]) -> str:
    return f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""


def _restored(journal: Journal) -> str:
    return f"{journal.before} runs again" if journal.before else "what was there before runs again"


def _problems(
    session: Session, switch: Switch, before: Files, registered: frozenset[str], mark: LogMark | None
) -> tuple[list[str], list[str]]:
    """What shows that the PBX does not run the release, and the lines of its log."""
    target = session.target
    runs = session.running.runs()
    found = _other_digests(runs, switch.tenants) if "dialplan" in target.parts else []
    found += session.running.differences(switch.files, Scope(target.parts, target.beside, before))
    if found and target.beside and not runs.digests:
        found = [f"nothing of the release runs: does the configuration in {target.folder} include it?", *found]
    lines = session.complaints_since(mark)
    if lines:
        found.append(
            f"its log has {len(lines)} new warnings or errors" if len(lines) > 1 else f"its log says: {lines[0]}"
        )
    if not found:
        found += _not_registered(session, switch.files, registered)
    if not found and switch.calls:
        found += place(session, switch.calls)
    return found, lines


def _other_digests(runs: Runs, tenants: Mapping[str, str]) -> list[str]:
    return [
        f"{name} runs build {runs.digests.get(name, 'none')}, not {digest}"
        for name, digest in tenants.items()
        if runs.digests.get(name) != digest
    ]


def _not_registered(session: Session, files: Files, registered: frozenset[str]) -> list[str]:
    """Trunks that were registered before, are still in the plan, and do not come back."""
    wanted = {name for name in registered if any(name in text for text in files.values())}
    deadline = time.monotonic() + _REGISTERED_SECONDS
    while missing := wanted - session.running.runs().registered:
        if time.monotonic() > deadline:
            return [f"trunk {name} was registered, and is not any more" for name in sorted(missing)]
        time.sleep(0.5)
    return []


def _finish(session: Session, journal: Journal, state: SiteState) -> None:
    """The release is proven: from here on a killed command is finished, not undone."""
    session.site.write_journal(journal)
    event = Event(now(), journal.action, journal.release, journal.by, journal.commit)
    session.site.remember(event, to_keep(state, journal.release, session.target.keep))
    session.site.end_journal()


def to_keep(state: SiteState, current: str | None, keep: int) -> list[str]:
    """The current release, and the last that were so before it."""
    names = [event.release for event in reversed(state.history) if event.action in _DONE and event.release]
    before = [name for name in dict.fromkeys(names) if name != current and name in state.releases]
    return ([current] if current else []) + before[:keep]


def release_before(state: SiteState) -> str | None:
    """What a rollback goes to: the release that was current before the last change, so that it can be undone, too."""
    names = [event.release for event in reversed(state.history) if event.action in _DONE and event.release]
    return next((name for name in names if name != state.current and name in state.releases), None)


def _way_back(
    session: Session, journal: Journal, files: Files, before: Files, why: str, step: Step, quoted: Sequence[str] = ()
) -> None:
    """The release before is current again, reloaded and proven. Raises DeployError where that cannot be seen."""
    step(f"{session.target.name}: going back")
    mark = None
    try:
        session.site.take_back(journal)
        mark = session.log_mark()
        session.running.reload(files, before)
        found: list[str] = []
        if journal.before is not None:
            found = session.running.differences(before, Scope(session.target.parts, session.target.beside, files))
    except ReloadError as error:
        found = [str(error)]
    except DeployError as error:
        raise _lost(session, journal, why, [str(error)], quoted) from None
    if found:
        found = without_secrets([*found, *session.complaints_since(mark)], before)
        raise _lost(session, journal, why, found, quoted)
    state = session.state()
    session.site.remember(
        Event(now(), "undone", journal.before, journal.by, journal.commit, f"{journal.release}: {why}"),
        to_keep(state, journal.before, session.target.keep),
    )
    session.site.end_undone(journal)


def _lost(session: Session, journal: Journal, why: str, found: Sequence[str], quoted: Sequence[str]) -> DeployError:
    return DeployError(
        "PBX619",
        f"{session.target.name}: {why}; on the way back: {found[0]}{_and_more(found)}",
        f"look at the PBX; {_current(journal)} is current in {session.target.folder}, "
        "and the next deployment or rollback reloads it first",
        [*quoted, *found[1:_QUOTED]],
    )


def _current(journal: Journal) -> str:
    return journal.before or "what was there before pbxgen"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What had to be done for a command that was killed, in sentences."""

    told: tuple[str, ...] = ()
    undone: bool = False


def recover(session: Session, step: Step) -> Recovered:
    """Finish or undo what a killed command has begun. The lock is held."""
    state = session.state()
    journal = state.journal
    if journal is None:
        return Recovered()
    if journal.proven:
        last = state.history[-1] if state.history else None
        if last is not None and (last.action, last.release, last.by) == (journal.action, journal.release, journal.by):
            session.site.end_journal()
        else:
            _finish(session, journal, state)
        return Recovered((f"{_killed(journal)}; it is finished now",))
    files = session.files_of(journal.release) if journal.release in state.releases else {}
    before = session.files_of(journal.before) if journal.before is not None else {}
    _way_back(session, journal, files, before, "it was killed", step)
    return Recovered((f"{_killed(journal)}; {_restored(journal)}",), undone=True)


def _killed(journal: Journal) -> str:
    return f"a {journal.action} of {journal.release} by {journal.by} had been killed"
