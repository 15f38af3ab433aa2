"""Make a release current, and prove that the PBX runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.history import conclude, now
from pbxgen.deploy.proof import Proof, and_more, clean, complaints, differences, other_digests, reached
from pbxgen.deploy.running import Files, ReloadError, TopFile
from pbxgen.deploy.session import LogMark, Session
from pbxgen.deploy.target_folder import CURRENT, Event, FolderState, Journal
from pbxgen.deploy.undo import QUOTED, Earlier, Recovered, Step, Undo, finished, restored, told_when_interrupted
from pbxgen.lab.running_pbx import CaseWithPasswords
from pbxgen.targets.base import Part


@dataclass(frozen=True, slots=True)
class Switch:
    """A release that is to be made current."""

    release: str
    files: Files
    tenants: Mapping[str, str]
    placed: Sequence[TopFile]
    """Files of the top level that are to be written."""
    action: str
    by: str
    commit: str | None
    calls: Sequence[CaseWithPasswords] = ()
    """Calls to be placed once the PBX runs the release."""
    included: Sequence[str] = ()
    """Beside another plan: the lines that are to stand in files of that."""


def activate(
    session: Session, state: FolderState, switch: Switch, earlier: Earlier, step: Step, *, drift: Sequence[str] = ()
) -> list[str]:
    """Make a release current, reload, prove. If anything is wrong, undo it and raise a DeployError that says why.

    ``drift``: known differences between what runs and the current release. Returns what could not be done.
    """
    before = {} if state.current is None else session.files_of(state.current)
    mark = session.log_mark()
    journal = _journal(session, state, switch, drift)
    session.folder.can_remember()
    session.folder.make_room((*journal.replaced, *((CURRENT,) if state.in_the_way else ())), switch.release)
    session.folder.write_journal(journal)
    undo = Undo(session, journal, switch.files, before, earlier, step)
    proven = replace(journal, proven=True)
    proof = Proof()
    try:
        try:
            told = _made_current(session, state, switch, before, step, drift)
            step(f"{session.target.name}: asking what runs")
            proof = _proof(session, switch, before, journal, mark)
        except ReloadError as error:
            proof = Proof([str(error)], complaints(session, mark, before, switch.files).lines)
        if not proof.problems:
            session.folder.write_journal(proven)  # from here on a killed command is finished, not undone
    except DeployError as error:
        left = undo.go(str(error))
        code, help = error.diagnostic.code, error.diagnostic.help or ""
        message = f"{error}; {restored(journal)}"
        raise DeployError(code, message, help, [*error.lines, *left], switched=True) from error
    except KeyboardInterrupt as interrupted:
        left = undo.go("it was interrupted")
        for line in (restored(journal), *left):
            interrupted.add_note(f"{session.target.name}: {line}")
        raise
    except BaseException as error:  # whatever went wrong, what runs is not proven
        proof = Proof([f"{type(error).__name__}: {error}"])
        if not isinstance(error, Exception):
            undo.go(proof.problems[0])
            raise
    if not proof.problems:
        with told_when_interrupted(session, f"{switch.release} runs; the next deployment or rollback tidies up"):
            return [*told, *_lamps(session, switch), *_finish(session, proven, state)]
    problems, lines = (clean(some, before, switch.files) for some in (proof.problems, proof.lines))
    quoted = [*problems[1:QUOTED], *lines[:QUOTED]]
    left = undo.go(problems[0], quoted, proof.lines)
    raise DeployError(
        "PBX616",
        f"{session.target.name}: {problems[0]}{and_more(problems)}; {restored(journal)}",
        "mend what it names and deploy again; " + ("nothing has changed for callers" if not left else left[0]),
        [*quoted, *left],
        switched=True,
    )


def _journal(session: Session, state: FolderState, switch: Switch, drift: Sequence[str]) -> Journal:
    placed = [file.path for file in switch.placed]
    trunks = session.running.trunks()
    return Journal(
        state.current,
        switch.release,
        replaced=tuple(path for path in placed if state.top[path] is not None),
        added=tuple(path for path in placed if state.top[path] is None),
        action=switch.action,
        by=switch.by,
        commit=switch.commit,
        drift=tuple(drift),
        registered=tuple(sorted(name for name, registered in trunks.items() if registered)),
    )


def _made_current(
    session: Session, state: FolderState, switch: Switch, before: Files, step: Step, drift: Sequence[str]
) -> list[str]:
    """Switch and reload. Returns what the PBX is still to do."""
    step(f"{session.target.name}: making {switch.release} current")
    session.folder.make_current(switch.release)
    for file in switch.placed:
        session.folder.place(file.path, file.text, switch.release)
    step(f"{session.target.name}: reloading")
    pending = bool(state.pending)
    everything = bool(drift or state.edited or pending)  # it is not known what runs
    told = session.running.reload(before, switch.files, everything=everything, pending=pending)
    session.folder.put_off(told)
    return told


def _proof(session: Session, switch: Switch, before: Files, journal: Journal, mark: LogMark | None) -> Proof:
    """Signs that the PBX does not run the release."""
    target = session.target
    problems = other_digests(session, switch.tenants) if Part.DIALPLAN in target.parts else []
    problems += differences(session, switch.files, before)
    if problems and target.beside and not session.running.digests():
        problems = [
            f"nothing of the release runs: does the configuration in {target.folder} include it?",
            *switch.included,
            *problems,
        ]
    said = complaints(session, mark, before, switch.files)
    problems += said.problems
    if not problems:
        problems += reached(session, switch.files, journal.registered, switch.calls)
    return Proof(problems, said.lines)


def _lamps(session: Session, switch: Switch) -> list[str]:
    """Switch off lamps of settings that the new plan does not permit. Returns what could not be done."""
    try:
        if Part.DIALPLAN in session.target.parts:
            session.running.light(switch.tenants)
    except DeployError as error:
        return [f"lamps of what is set from phones may be as before: {error}"]
    return []


def _finish(session: Session, journal: Journal, state: FolderState) -> list[str]:
    """Tidy up after a proven release. Returns what could not be done."""
    return conclude(session, Event(now(), journal.action, journal.release, journal.by, journal.commit), state)


def recover(session: Session, earlier: Earlier, step: Step, *, force: bool = False) -> Recovered:
    """Finish or undo what a killed command has begun. The lock is held.

    ``force``: also where the PBX does not run the release before once it is current again.
    """
    state = session.state()
    journal = state.journal
    if journal is None:
        return Recovered()
    if journal.proven:
        last = state.history[-1] if state.history else None
        if last is not None and (last.action, last.release, last.by) == (journal.action, journal.release, journal.by):
            session.folder.end_journal()
            return finished(journal, ())
        return finished(journal, _finish(session, journal, state))
    files = session.files_of(journal.release) if journal.release in state.releases else {}
    known = journal.before is not None and journal.before in state.releases
    before = session.files_of(str(journal.before)) if known else {}
    return Undo(session, journal, files, before, earlier, step).again(force=force)
