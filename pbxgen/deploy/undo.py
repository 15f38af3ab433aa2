"""A switch that failed is undone: the release before is current again, reloaded, and proven like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.history import conclude, now
from pbxgen.deploy.proof import and_more, clean, complaints, differences, reached
from pbxgen.deploy.running import Files, ReloadError
from pbxgen.deploy.session import Session
from pbxgen.deploy.target_folder import Event, Journal
from pbxgen.deploy.verify import VerifyCalls

Step = Callable[[str], None]
"""Called with the step that begins, in words."""
Earlier = Callable[[str], VerifyCalls]
"""The calls of `verify` for a release that is there, by its name."""
QUOTED = 8
"""Differences and lines of a log that are told of one failure."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Takes back a switch that has begun and failed. Going back by choice (`rollback`) is a switch of its own."""

    session: Session
    journal: Journal
    files: Files
    """Of the release that was to be made current; none where it is gone."""
    before: Files
    earlier: Earlier
    step: Step

    def go(self, why: str, quoted: Sequence[str] = (), known: Sequence[str] = ()) -> list[str]:
        """Make the release before current again. Returns what is still to be done, in sentences.

        ``known``: lines of the log that have been reported. Raises DeployError if the release before does not run (the
        next command undoes it again), and if it runs but a trunk, a call or the log is not as it was.
        """
        try:
            result = self._gone(known)
        except Exception as error:
            raise self._lost(why, [str(error)], quoted) from error
        if result.problems:
            raise self._lost(why, result.problems, quoted)
        left = [*result.told, *self._undone(self.journal.before, _unproven_too(why, result.unproven))]
        if result.unproven:
            first, *more = result.unproven
            raise DeployError(
                "PBX619",
                f"{self.session.target.name}: {why}; {restored(self.journal)}, but {first}{and_more(result.unproven)}",
                "look at the PBX and at what it reaches: it says itself that it runs what it ran before, and there is "
                "nothing left to be undone",
                [*quoted, *more[:QUOTED], *left],
                switched=True,
            )
        return left

    def again(self, *, force: bool) -> Recovered:
        """Undo for a command that was killed or could not do so; what is not proven is reported, not raised."""
        journal, state = self.journal, self.session.state()
        why, current = journal.failed or "it was killed", journal.before
        if current is not None and current not in state.releases:
            current, result = state.current, _Result(problems=[f"release {current} is gone"])
        else:
            try:
                result = self._gone(())
            except Exception as error:
                raise self._lost(why, [str(error)], ()) from error
        if result.problems and not force:
            raise self._lost(why, result.problems, ())
        unproven = _unproven_too("", [*result.problems, *result.unproven])
        told = [*result.told, *self._undone(current, f"{why}{unproven}")]
        return Recovered((f"{_begun(journal)}; {restored(journal)}{unproven}", *told), undone=True)

    def _gone(self, known: Sequence[str]) -> _Result:
        again = "the rollback was interrupted: the next deployment or rollback repeats it"
        with told_when_interrupted(self.session, again):
            return self._back(known)

    def _back(self, known: Sequence[str]) -> _Result:
        session, journal, name = self.session, self.journal, self.session.target.name
        self.step(f"{name}: going back")
        session.folder.take_back(journal)
        mark = session.log_mark()
        result = _Result()
        try:
            result.told = session.running.reload(self.files, self.before, everything=bool(journal.drift))
            with suppress(DeployError):  # it is told all the same
                session.folder.put_off(result.told)
            problems = [] if journal.before is None else differences(session, self.before, self.files)
        except ReloadError as error:
            problems = [str(error)]
        result.problems = [line for line in problems if line not in journal.drift]
        # What its carriers do is no fault of the release before.
        said = complaints(session, mark, self.before, self.before, known)
        if result.problems:
            result.problems += said.lines
        else:
            self._ask_further(result)
            quoted = said.lines if len(said.lines) > 1 else []  # a single one stands in the problem itself
            result.unproven = [*said.problems, *quoted, *result.unproven]
        result.problems, result.unproven = (
            clean(lines, self.before, self.files) for lines in (result.problems, result.unproven)
        )
        return result

    def _ask_further(self, result: _Result) -> None:
        """Trunks that were registered, and the calls of `verify` as they were then."""
        session, before = self.session, self.journal.before
        calls = VerifyCalls()
        if before is not None:
            self.step(f"{session.target.name}: asking what runs again")
            try:
                calls = self.earlier(before)
            except Exception as error:  # an undo does not fail because the calls are missing
                calls = VerifyCalls(left_out=(f"the calls of verify: {error}",))
        try:
            result.unproven = reached(session, self.before, self.journal.registered, calls.cases)
        except Exception as error:  # it runs the release before: that is known
            result.unproven = [f"its trunks and the calls of verify could not be looked at: {error}"]
        result.told += [f"not verified: {line}" for line in calls.left_out]

    def _undone(self, current: str | None, why: str) -> list[str]:
        journal, state = self.journal, self.session.state()
        commit = state.info.commit if state.info is not None else None  # of what is current again
        event = Event(now(), "undone", current, journal.by, commit, f"{journal.release}: {why}")
        return conclude(self.session, event, state)

    def _lost(self, why: str, problems: Sequence[str], quoted: Sequence[str]) -> DeployError:
        session, current = self.session, self.journal.before or "what was there before pbxgen"
        with suppress(DeployError):
            session.folder.write_journal(replace(self.journal, failed=why))
        return DeployError(
            "PBX619",
            f"{session.target.name}: {why}; in the rollback: {problems[0]}{and_more(problems)}",
            f"look at the PBX; {current} is current in {session.target.folder}, and the next deployment or "
            "rollback reloads it first; `deploy --force` goes on even where the PBX does not run it then",
            [*quoted, *problems[1:QUOTED]],
            switched=True,
        )


@dataclass(slots=True)
class _Result:
    """What an undo has come to, in sentences."""

    told: list[str] = field(default_factory=list)
    """What the PBX is still to do, and what could not be asked."""
    problems: list[str] = field(default_factory=list)
    """What shows that it does not run the release before."""
    unproven: list[str] = field(default_factory=list)
    """What is not as it was, although the PBX runs the release before."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was done after a command that was killed, in sentences."""

    told: tuple[str, ...] = ()
    undone: bool = False


@contextmanager
def told_when_interrupted(session: Session, how_it_is: str) -> Iterator[None]:
    """A note of the exception says how it is then; without one nothing was changed."""
    try:
        yield
    except KeyboardInterrupt as interrupted:
        interrupted.add_note(f"{session.target.name}: {how_it_is}")
        raise


def restored(journal: Journal) -> str:
    return f"{journal.before} runs again" if journal.before else "what was there before runs again"


def finished(journal: Journal, told: Sequence[str]) -> Recovered:
    """Only the tidying up was left: the switch had been proven."""
    return Recovered((f"{_begun(journal)}; it is finished now", *told))


def _begun(journal: Journal) -> str:
    ended = f"had failed ({journal.failed}), and so had its rollback" if journal.failed else "had been killed"
    return f"a {journal.action} of {journal.release} by {journal.by} {ended}"


def _unproven_too(why: str, unproven: Sequence[str]) -> str:
    return f"{why}; not proven: {unproven[0]}" if unproven else why
