"""Making a release the one that runs, proving it, and the way back."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.running import Files, ReloadError, Runs, Scope, TopFile, without_secrets
from pbxgen.deploy.session import LogMark, Session
from pbxgen.deploy.site import CURRENT, Event, Journal, SiteState
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


def activate(session: Session, state: SiteState, switch: Switch, step: Step, *, drift: Sequence[str] = ()) -> list[str]:
    """Switch, reload, prove; whatever is wrong: the way back, and a DeployError that says why.

    ``drift``: where what runs is not what the current release says. Gives what could not be done, in sentences.
    """
    before = {} if state.current is None else session.files_of(state.current)
    mark = session.log_mark()
    registered = session.running.runs().registered
    placed = [file.path for file in switch.placed]
    journal = Journal(
        state.current,
        switch.release,
        replaced=tuple(path for path in placed if state.top[path] is not None),
        added=tuple(path for path in placed if state.top[path] is None),
        action=switch.action,
        by=switch.by,
        commit=switch.commit,
        drift=tuple(drift),
    )
    session.site.can_remember()
    session.site.make_room((*journal.replaced, *((CURRENT,) if state.in_the_way else ())), switch.release)
    session.site.write_journal(journal)
    proven = replace(journal, proven=True)
    lines: list[str] = []
    try:
        try:
            told = _made_current(session, state, switch, before, step, drift)
            step(f"{session.target.name}: asking what runs")
            problems, lines = _problems(session, switch, before, registered, mark)
        except ReloadError as error:
            problems, lines = [str(error)], session.complaints_since(mark)
        if not problems:
            session.site.write_journal(proven)  # from here on a killed command is finished, not undone
    except DeployError as error:
        left = _go_back(session, journal, switch.files, before, str(error), step)
        code, help = error.diagnostic.code, error.diagnostic.help or ""
        message = f"{error}; {_restored(journal)}"
        raise DeployError(code, message, help, [*error.lines, *left], switched=True) from error
    except KeyboardInterrupt:
        _go_back(session, journal, switch.files, before, "it was interrupted", step)
        raise
    except BaseException as error:  # what runs is not proven, whatever it is that went wrong
        problems = [f"{type(error).__name__}: {error}"]
        if not isinstance(error, Exception):
            _go_back(session, journal, switch.files, before, problems[0], step)
            raise
    if not problems:
        return [*told, *_lamps(session, switch), *_finish(session, proven, state)]
    problems, lines = (_clean(some, before, switch.files) for some in (problems, lines))
    quoted = [*problems[1:_QUOTED], *lines[:_QUOTED]]
    left = _go_back(session, journal, switch.files, before, problems[0], step, quoted)
    raise DeployError(
        "PBX616",
        f"{session.target.name}: {problems[0]}{_and_more(problems)}; {_restored(journal)}",
        "mend what it names and deploy again; " + ("nothing has changed for callers" if not left else left[0]),
        [*quoted, *left],
        switched=True,
    )


def _made_current(
    session: Session, state: SiteState, switch: Switch, before: Files, step: Step, drift: Sequence[str]
) -> list[str]:
    """Switched and reloaded; gives what the PBX is still to do."""
    step(f"{session.target.name}: making {switch.release} current")
    session.site.make_current(switch.release)
    for file in switch.placed:
        session.site.place(file.path, file.text, switch.release)
    step(f"{session.target.name}: reloading")
    pending = bool(state.pending)
    everything = bool(drift or state.edited or pending)  # it is not known what runs
    told = session.running.reload(before, switch.files, everything=everything, pending=pending)
    session.site.put_off(told)
    return told


def _clean(lines: Sequence[str], *files: Files) -> list[str]:
    texts = {f"{number} {path}": text for number, some in enumerate(files) for path, text in some.items()}
    return without_secrets(lines, texts)


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
    """Trunks that were registered before, are still to register, and do not."""
    wanted = registered & session.running.registering(files)
    deadline = time.monotonic() + _REGISTERED_SECONDS
    while missing := wanted - session.running.runs().registered:
        if time.monotonic() > deadline:
            return [f"trunk {name} was registered, and is not any more" for name in sorted(missing)]
        time.sleep(0.5)
    return []


def _lamps(session: Session, switch: Switch) -> list[str]:
    """A plan that permits less puts out the lamps of what it passes over; gives what could not be done."""
    try:
        if "dialplan" in session.target.parts:
            session.running.light(switch.tenants)
    except DeployError as error:
        return [f"lamps of what is set from phones may be as before: {error}"]
    return []


def _finish(session: Session, journal: Journal, state: SiteState) -> list[str]:
    """What comes once a release is proven; gives what could not be done, in sentences."""
    event = Event(now(), journal.action, journal.release, journal.by, journal.commit)
    return _end(session, event, state)


def _end(session: Session, event: Event, state: SiteState) -> list[str]:
    """The history is told, old releases and the journal go. What runs is decided: nothing here makes it fail."""
    keep = to_keep(state, event.release, session.target.keep)
    told = []
    try:
        session.site.remember(event)
        session.site.prune(name for name in state.releases if name not in keep)
    except DeployError as error:
        told.append(f"the history does not tell of it: {error}")
    try:
        session.site.end_journal()
    except DeployError as error:
        told.append(f"the next deployment or rollback has to tidy up: {error}")
    return told


def to_keep(state: SiteState, current: str | None, keep: int) -> list[str]:
    """The current release, and the last that were so before it."""
    before = [name for name in _once_current(state) if name != current]
    return ([current] if current else []) + before[:keep]


def release_before(state: SiteState) -> str | None:
    """What a rollback goes to: the release that was current before the last change, so that it can be undone, too."""
    return next((name for name in _once_current(state) if name != state.current), None)


def _once_current(state: SiteState) -> list[str]:
    """Releases that are still there and were current at some time, each once, the last first."""
    names = [event.release for event in reversed(state.history) if event.action in _DONE and event.release]
    return [name for name in dict.fromkeys(names) if name in state.releases]


def _go_back(
    session: Session, journal: Journal, files: Files, before: Files, why: str, step: Step, quoted: Sequence[str] = ()
) -> list[str]:
    """The release before is current again, reloaded and proven. Gives what is still to be done, in sentences.

    Raises DeployError where it cannot be seen that it runs.
    """
    try:
        told, found = _way_back(session, journal, files, before, step)
    except Exception as error:
        raise _lost(session, journal, why, [str(error)], quoted) from error
    if found:
        raise _lost(session, journal, why, found, quoted)
    return [*told, *_undone(session, journal, journal.before, why)]


def _way_back(
    session: Session, journal: Journal, files: Files, before: Files, step: Step
) -> tuple[list[str], list[str]]:
    """What the PBX is still to do, and what shows that it does not run the release before."""
    step(f"{session.target.name}: going back")
    session.site.take_back(journal)
    mark = session.log_mark()
    told: list[str] = []
    found: list[str] = []
    try:
        told = session.running.reload(files, before, everything=bool(journal.drift))
        with suppress(DeployError):  # it is told all the same
            session.site.put_off(told)
        if journal.before is not None:
            found = session.running.differences(before, Scope(session.target.parts, session.target.beside, files))
    except ReloadError as error:
        found = [str(error)]
    found = [line for line in found if line not in journal.drift]
    return told, _clean([*found, *session.complaints_since(mark)], before) if found else []


def _undone(session: Session, journal: Journal, current: str | None, why: str) -> list[str]:
    event = Event(now(), "undone", current, journal.by, journal.commit, f"{journal.release}: {why}")
    return _end(session, event, session.state())


def _lost(session: Session, journal: Journal, why: str, found: Sequence[str], quoted: Sequence[str]) -> DeployError:
    with suppress(DeployError):
        session.site.write_journal(replace(journal, failed=why))
    return DeployError(
        "PBX619",
        f"{session.target.name}: {why}; on the way back: {found[0]}{_and_more(found)}",
        f"look at the PBX; {_current(journal)} is current in {session.target.folder}, and the next deployment or "
        "rollback reloads it first; `deploy --force` goes on even where the PBX does not run it then",
        [*quoted, *found[1:_QUOTED]],
        switched=True,
    )


def _current(journal: Journal) -> str:
    return journal.before or "what was there before pbxgen"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What had to be done for a command that was killed, in sentences."""

    told: tuple[str, ...] = ()
    undone: bool = False


def recover(session: Session, step: Step, *, force: bool = False) -> Recovered:
    """Finish or undo what a killed command has begun. The lock is held.

    ``force``: also where the PBX does not run the release before once it is current again.
    """
    state = session.state()
    journal = state.journal
    if journal is None:
        return Recovered()
    if journal.proven:
        last = state.history[-1] if state.history else None
        told = []
        if last is not None and (last.action, last.release, last.by) == (journal.action, journal.release, journal.by):
            session.site.end_journal()
        else:
            told = _finish(session, journal, state)
        return Recovered((f"{_begun(journal)}; it is finished now", *told))
    why = journal.failed or "it was killed"
    current, told = journal.before, list[str]()
    if current is not None and current not in state.releases:
        current, found = state.current, [f"release {current} is gone"]
    else:
        files = session.files_of(journal.release) if journal.release in state.releases else {}
        before = session.files_of(current) if current is not None else {}
        try:
            told, found = _way_back(session, journal, files, before, step)
        except Exception as error:
            raise _lost(session, journal, why, [str(error)], ()) from error
    if found and not force:
        raise _lost(session, journal, why, found, ())
    unproven = f"; not proven: {found[0]}" if found else ""
    told += _undone(session, journal, current, f"{why}{unproven}")
    return Recovered((f"{_begun(journal)}; {_restored(journal)}{unproven}", *told), undone=True)


def _begun(journal: Journal) -> str:
    ended = f"had failed ({journal.failed}), and so had its way back" if journal.failed else "had been killed"
    return f"a {journal.action} of {journal.release} by {journal.by} {ended}"
