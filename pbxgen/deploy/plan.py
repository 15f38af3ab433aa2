"""What a deployment would change at one target, compared with what runs there. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pbxgen.deploy.new_release import NewRelease
from pbxgen.deploy.read import DeployTarget
from pbxgen.deploy.release import ReleaseInfo
from pbxgen.deploy.running import Files, Scope, TopFile, secrets_in
from pbxgen.deploy.session import Session
from pbxgen.deploy.state import Lapsing, lapsing
from pbxgen.deploy.target_folder import CURRENT, FolderState, kept_name
from pbxgen.deploy.verify import VerifyCalls, ready
from pbxgen.diff.result import Judge, Made, Plans, Provenance, Result, made_from
from pbxgen.diff.revisions import Revision
from pbxgen.flow.plan import Plan
from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.phrases import Phrases

RUNNING = "what runs"
"""The old side of a comparison, for programs."""
MOST_USERS = 0.3
"""The share of users that may change or go without --force."""


class FileKind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SECRETS = "secrets"
    """Nothing but passwords or PINs changes."""
    COMMENTS = "comments"
    """Nothing but comments changes, which tell builds and lines of the source: it is not reloaded."""
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class FileChange:
    kind: FileKind
    path: str
    """Below the release's folder."""


@dataclass(frozen=True, slots=True)
class TargetPlan:
    target: DeployTarget
    state: FolderState
    digest: str
    """Of the release that is to run, without its secrets."""
    tenants: Mapping[str, str]
    running: Mapping[str, str]
    """What the PBX says that it runs: digests by tenant."""
    callers: Result
    files: tuple[FileChange, ...]
    placed: tuple[TopFile, ...]
    """Files of the top level that are to be written."""
    lost: tuple[str, ...]
    """What cannot be undone."""
    unverified: tuple[str, ...]
    force: tuple[str, ...]
    """Why the deployment needs --force."""
    drift: tuple[str, ...] = ()
    """Where what runs is not what the current release says."""
    notes: tuple[str, ...] = field(default=())
    settings: Lapsing = field(default_factory=Lapsing)
    """What is set from phones there, and what the new plan would pass over."""
    secrets: tuple[str, ...] | None = None
    """Files below the release's folder that get other passwords or PINs; None: they cannot be read here."""

    @property
    def nothing(self) -> bool:
        state = self.state
        changes = self.files or self.placed or self.drift
        return not (changes or state.edited or state.pending or state.journal is not None or state.current is None)


@dataclass(frozen=True, slots=True)
class Before:
    """How to find the source that runs, in git."""

    source: Path
    compiled: Callable[[Revision], Plans]
    stack: ExitStack
    doing: Callable[[str], None]
    say: Phrases
    """The language of what is told of callers."""


def plan_of(session: Session, new_release: NewRelease, plans: Mapping[str, Plan], before: Before) -> TargetPlan:
    """Raises DeployError where the target or its PBX cannot be asked."""
    target = session.target
    session.check_folder()
    state = session.state()
    running = session.running.digests()
    old = {} if state.current is None else session.files_of(state.current)
    new = session.named({path: file.text for path, file in new_release.files.items()})
    drift = drift_of(session, state, old, running)
    placed = _to_be_placed(session, state)
    callers = _callers(new_release, plans, running, before)
    unwritable = "" if state.writable else f"this user cannot write in {target.folder}: deploy as one who may"
    told, force = _too_many(callers, state.info, new_release.info, running)
    others = _others(session, state)
    force = [*_in_the_way(state, placed, new_release.info.digest), *others, *_not_ours(state, drift), *force]
    lost = [
        f"mailbox {name} and the messages in it: nobody can open it any more" for name in _users_gone(session, old, new)
    ]
    unverified = list(session.unverified(session.log_mark()))
    calls = ready(session, new_release.calls)
    unverified += calls.left_out
    settings = lapsing(session, plans)
    unasked = (
        f"which settings from phones it would pass over is not known: {settings.unknown}" if settings.unknown else ""
    )
    if not new_release.secrets:
        unverified.insert(0, "whether passwords or PINs change: they cannot be read here")
    return TargetPlan(
        target=target,
        state=state,
        digest=new_release.info.digest,
        tenants=new_release.info.tenants,
        running=running,
        callers=callers,
        files=tuple(_file_changes(session, state.info, new_release, old)),
        placed=placed,
        lost=tuple(lost),
        unverified=tuple(unverified),
        force=tuple(force),
        drift=drift,
        notes=tuple(
            line
            for line in (
                _begun(state),
                unwritable,
                *state.pending,
                unasked,
                *told,
                *_called(calls),
                *_included(state, new_release),
            )
            if line
        ),
        settings=settings,
        secrets=_other_secrets(session, new_release, old),
    )


def _begun(state: FolderState) -> str:
    """What is to be said of a switch that has not ended."""
    if state.journal is None:
        return ""
    begun = f"a {state.journal.action} of {state.journal.release}"
    if state.holder:
        return f"{begun} by {state.holder} is under way: once it has ended, something else may be to be done"
    return f"{begun} {'has failed' if state.journal.failed else 'was killed'}: it is finished or undone first"


def drift_of(session: Session, state: FolderState, old: Files, running: Mapping[str, str]) -> tuple[str, ...]:
    """Where what runs is not what the current release, whose files are ``old``, says."""
    if state.current is None:
        return tuple(f"{name} runs build {digest}, of no release here" for name, digest in running.items())
    scope = Scope(session.target.parts, session.target.beside)
    return tuple(session.running.differences(old, scope))


def _called(calls: VerifyCalls) -> list[str]:
    """The calls of `verify`, which a plan names because phones of its users sign in at the target for them."""
    names = ", ".join(f"{one.case.name!r}" for one in calls.cases)
    return [f"once it runs these calls are placed there, by phones that sign in for them: {names}"] if names else []


def _included(state: FolderState, new_release: NewRelease) -> list[str]:
    """What an administrator has to write beside another plan, before the first release."""
    if state.current is not None or not new_release.included:
        return []
    return ["nothing of it runs unless files of the other plan have these lines:", *new_release.included]


def _users_gone(session: Session, old: Files, new: Files) -> list[str]:
    try:
        return session.pbx.users_gone(old, new)
    except NotUnderstoodError:  # changed by hand (reported elsewhere): its users are not known
        return []


def _to_be_placed(session: Session, state: FolderState) -> tuple[TopFile, ...]:
    calls = []
    for file in session.top:
        text = state.top[file.path]
        if text is None or file.path in state.no_files or not file.ours(text.decode("utf-8", "replace")):
            calls.append(file)
    return tuple(calls)


def _in_the_way(state: FolderState, placed: tuple[TopFile, ...], release: str) -> list[str]:
    reasons = [
        f"{file.path} does not lead to a release: it would be kept as {kept_name(file.path, release)}, and replaced"
        for file in placed
        if state.top[file.path] is not None
    ]
    if state.in_the_way:
        aside = kept_name(CURRENT, release)
        reasons.append(f"{CURRENT} is no link to a release: it would be kept as {aside}, and replaced")
    return reasons


def _others(session: Session, state: FolderState) -> list[str]:
    """Plans of somebody else that run before the first release; with `beside` the administrator knows them."""
    if state.current is not None or session.target.beside:
        return []
    top_files = [path for path, text in state.top.items() if text is not None]
    return session.running.others(session.target.parts, top_files)


def _not_ours(state: FolderState, drift: tuple[str, ...]) -> list[str]:
    reasons = [f"{path} of the current release was changed by hand" for path in state.edited]
    if drift and state.current is not None:
        more = f" (and {len(drift) - 1} more)" if len(drift) > 1 else ""
        reasons.append(f"the PBX runs something else than its current release: {drift[0]}{more}")
    return reasons


def _file_changes(
    session: Session, current: ReleaseInfo | None, new_release: NewRelease, texts: Files
) -> list[FileChange]:
    old = {} if current is None else current.files
    new = new_release.info.files
    changes = []
    for path in sorted(old.keys() | new.keys()):
        if path not in old:
            changes.append(FileChange(FileKind.NEW, path))
        elif path not in new:
            changes.append(FileChange(FileKind.GONE, path))
        elif old[path].mark != new[path].mark:
            meanings = map(
                session.pbx.meaning, (texts.get(session.pbx.generated(path), ""), new_release.files[path].text)
            )
            same = len(set(meanings)) == 1
            changes.append(FileChange(FileKind.COMMENTS if same else FileKind.CHANGED, path))
        elif new_release.secrets and old[path].cksum != new[path].cksum:
            changes.append(FileChange(FileKind.SECRETS, path))
    return changes


def _other_secrets(session: Session, new_release: NewRelease, texts: Files) -> tuple[str, ...] | None:
    if not new_release.secrets:
        return None
    return tuple(
        path
        for path, file in sorted(new_release.files.items())
        if file.secret and secrets_in(texts.get(session.pbx.generated(path), "")) != secrets_in(file.text)
    )


def _callers(new_release: NewRelease, plans: Mapping[str, Plan], running: Mapping[str, str], before: Before) -> Result:
    say, running_digests = before.say, frozenset(running.values())
    if not running_digests:
        return Result(RUNNING, str(before.source), False, (), (Made((), {}, None, say("diff.made.nothing")),))

    def origin_of(digests: frozenset[str]) -> Provenance | None:
        return before.stack.enter_context(made_from(digests, before.source, before.doing))

    judge = Judge(str(before.source), before.source, plans, False, origin_of, before.compiled, say)
    made, same, sections = judge.of(running_digests, (say("diff.made.running"),))
    return Result(RUNNING, str(before.source), same, tuple(sections), (made,))


def _marked_otherwise(current: ReleaseInfo, new: ReleaseInfo) -> set[tuple[str, str]]:
    return {
        (tenant, user)
        for tenant, marks in current.marks.items()
        for user, mark in marks.items()
        if new.marks.get(tenant, {}).get(user, mark) != mark
    }


def _too_many(
    callers: Result, current: ReleaseInfo | None, new: ReleaseInfo, running: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """What is to be said of how many users change, and whether that needs --force."""
    made = callers.made[0]
    if current is None:
        return [], []
    before, after = (
        {(tenant, user) for tenant, users in one.users.items() for user in users} for one in (current, new)
    )
    changed = before - after
    told = []
    if callers.same or not running:
        pass  # a plan that does not run does not tell who changes; removed users are counted all the same
    elif made.origin is None:
        changed |= before & _marked_otherwise(current, new)
        told.append(
            "which users change is not known for certain, as git has no source of what runs: those are counted whose "
            "own rules, numbers and rights change, and those who go"
            if current.marks
            else "which users change is not known, as git has no source of what runs, and its release is of an earlier "
            "version of pbxgen: those who go are counted"
        )
    else:
        changed |= before & {
            (section.tenant, user)
            for section in callers.sections
            for block in section.blocks
            if block.about == "user" and block.sign != "+"
            for user in block.targets
        }
    if before and len(changed) > MOST_USERS * len(before):
        return told, [f"{len(changed)} of {len(before)} users change or go, more than {MOST_USERS:.0%}"]
    return told, []
