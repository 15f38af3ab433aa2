"""What runs at a target, beside what git has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.history import made_current
from pbxgen.deploy.read import DeployTarget
from pbxgen.deploy.running import Scope
from pbxgen.deploy.session import session_at
from pbxgen.deploy.state import Lapsing, lapsing
from pbxgen.deploy.target_folder import FolderState
from pbxgen.flow.plan import Plan


class Standing(StrEnum):
    IN_STEP = "in step"
    BEHIND = "behind"
    UNKNOWN = "not known"
    EDITED = "edited by hand"
    DRIFTED = "drifted"
    UNDER_WAY = "under way"
    KILLED = "killed"
    NONE = "no release"
    UNREACHABLE = "unreachable"


_MEANINGS = {
    Standing.IN_STEP: "in step with the source",
    Standing.BEHIND: "behind the source",
    Standing.UNKNOWN: "whether it is in step with the source is not known, as the source has errors",
    Standing.EDITED: "edited by hand: files of its current release were changed",
    Standing.DRIFTED: "drifted: the PBX runs something else than its current release",
    Standing.UNDER_WAY: "a deployment is under way",
    Standing.KILLED: (
        "a deployment was killed, or its rollback failed: the next deploy or rollback finishes or undoes it"
    ),
    Standing.NONE: "pbxgen has deployed nothing there",
}


@dataclass(frozen=True, slots=True)
class TargetStatus:
    target: DeployTarget
    standing: Standing
    details: tuple[str, ...] = ()
    release: str | None = None
    commit: str | None = None
    since: str = ""
    by: str = ""
    running: Mapping[str, str] | None = None
    """Digests by tenant, as the PBX tells them."""
    settings: Lapsing | None = None
    """What is set from phones there; None: it cannot be reached."""

    @property
    def meaning(self) -> str:
        if self.standing is Standing.UNREACHABLE:
            return f"unreachable: {self.details[0].removeprefix(f'{self.target.name}: ')}"
        return _MEANINGS[self.standing]


def status_of(target: DeployTarget, plans: Mapping[str, Plan], *, failed: bool = False) -> TargetStatus:
    """``plans`` are those of the source as it is, by tenant; ``failed``: it has errors.

    Never raises for what is at the target.
    """
    try:
        with session_at(target) as session:
            session.check_folder()
            state = session.state()
            running = session.running.digests()
            drift: list[str] = []
            if state.current is not None:
                scope = Scope(target.parts, target.beside)
                drift = session.running.differences(session.files_of(state.current), scope)
            settings = Lapsing(unknown="the source has errors") if failed else lapsing(session, plans)
    except DeployError as error:
        return TargetStatus(target, Standing.UNREACHABLE, (str(error),))
    digests = None if failed else {name: plan.digest for name, plan in plans.items()}
    standing, details = _standing(state, drift, digests)
    last = made_current(state)
    return TargetStatus(
        target,
        standing,
        tuple(details),
        state.current,
        last.commit if last is not None else None,
        last.at if last is not None else "",
        last.by if last is not None else "",
        running,
        settings,
    )


def _standing(state: FolderState, drift: list[str], digests: Mapping[str, str] | None) -> tuple[Standing, list[str]]:
    if state.journal is not None:
        return (Standing.UNDER_WAY, [f"by {state.holder}"]) if state.holder else (Standing.KILLED, [])
    if state.current is None:
        return Standing.NONE, []
    if state.edited or state.info is None:
        return Standing.EDITED, list(state.edited)
    if drift:
        return Standing.DRIFTED, drift
    if state.pending:
        return Standing.DRIFTED, list(state.pending)
    if digests is None:
        return Standing.UNKNOWN, []
    return (Standing.IN_STEP if dict(state.info.tenants) == dict(digests) else Standing.BEHIND), []
