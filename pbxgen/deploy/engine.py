"""The commands that change a target: deploy and rollback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from pbxgen.deploy.activate import Switch, activate, recover
from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.history import release_before
from pbxgen.deploy.new_release import NewRelease, deployer
from pbxgen.deploy.plan import Before, TargetPlan, drift_of, plan_of
from pbxgen.deploy.session import Session
from pbxgen.deploy.target_folder import FolderState
from pbxgen.deploy.undo import Earlier, Recovered, Step
from pbxgen.deploy.verify import VerifyCalls, ready
from pbxgen.deploy.verify_earlier import earlier_calls
from pbxgen.flow.plan import Plan


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a command has done to one target, in sentences."""

    release: str | None
    """What runs now."""
    changed: bool
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """How a deployment is to be done."""

    force: bool = False
    shown: Mapping[str, object] | None = None
    """The part of a saved plan that is about the target: that and nothing else is to be done."""


def deploy(
    session: Session, new_release: NewRelease, plans: Mapping[str, Plan], before: Before, order: Order, step: Step
) -> Deployed:
    """Raises DeployError; the PBX then runs what it ran, unless the error says otherwise (PBX619)."""
    session.check_folder()
    earlier = _earlier(session, before)
    with (
        session.folder.locked(new_release.info.by, force=order.force),
        _recovered(session, earlier, step, order.force) as recovered,
    ):
        step(f"{session.target.name}: asking what runs")
        plan = plan_of(session, new_release, plans, before)
        if order.shown is not None:
            _check_shown(plan, order.shown)
        if plan.nothing:
            return Deployed(plan.state.current, recovered.undone, recovered.told)
        if plan.force and not order.force:
            name = session.target.name
            raise DeployError(
                "PBX614",
                f"{name}: {plan.force[0]}",
                f"look at `pbxgen plan --to {name}`; if that is meant, say --force",
                plan.force[1:],
            )
        calls = ready(session, new_release.calls)
        release = _uploaded(session, plan.state, new_release, step)
        files = session.named({path: file.text for path, file in new_release.files.items()})
        info = new_release.info
        switch = Switch(
            release, files, info.tenants, plan.placed, "deploy", info.by, info.commit, calls.cases, new_release.included
        )
        told = activate(session, plan.state, switch, earlier, step, drift=plan.drift)
        return Deployed(release, True, (*recovered.told, *told, *_left_out(calls)))


def _left_out(calls: VerifyCalls) -> list[str]:
    return [f"not verified: {line}" for line in calls.left_out]


def _earlier(session: Session, before: Before) -> Earlier:
    def calls(release: str) -> VerifyCalls:
        if not session.target.verify:
            return VerifyCalls()
        info, files = session.folder.release_files(release)
        if info is None:
            return VerifyCalls(left_out=("the calls of verify: the release does not describe itself",))
        return earlier_calls(session, info, session.named(files), before)

    return calls


@contextmanager
def _recovered(session: Session, earlier: Earlier, step: Step, force: bool = False) -> Iterator[Recovered]:
    """Finish or undo what a killed command has begun; this is reported also if the command then fails."""
    recovered = recover(session, earlier, step, force=force)
    try:
        yield recovered
    except DeployError as error:
        error.lines = (*recovered.told, *error.lines)
        error.switched = error.switched or recovered.undone
        raise
    except KeyboardInterrupt as interrupted:
        for line in recovered.told if recovered.undone else ():
            interrupted.add_note(f"{session.target.name}: {line}")
        raise


def as_shown(plan: TargetPlan) -> dict[str, object]:
    """What must be the same when a saved plan is applied."""
    target = plan.target
    return {
        # Without the console's command, which may hold a password: each command checks which PBX it asks.
        "target": [target.pbx, target.at, target.folder, sorted(target.parts), target.beside],
        "current": plan.state.current,
        "digest": plan.digest,
        "tenants": dict(plan.tenants),
        "running": dict(plan.running),
        "edited": list(plan.state.edited),
        "drift": list(plan.drift),
        "placed": [file.path for file in plan.placed],
        # Where they stand, and not even digests of them: a PIN is tried out in no time.
        "secrets": None if plan.secrets is None else list(plan.secrets),
    }


_MEANINGS = {
    "target": "the target is another in deploy.yaml",
    "current": "another release is current",
    "digest": "other files would be written",
    "tenants": "the source has changed",
    "running": "the PBX runs something else",
    "edited": "files of the current release were changed by hand",
    "drift": "the PBX runs something else than its current release",
    "placed": "files of the top level were changed",
    "secrets": "other passwords or PINs would be written",
}


def _check_shown(plan: TargetPlan, shown: Mapping[str, object]) -> None:
    now = as_shown(plan)
    help = "make a new plan, look at it, and deploy that"
    if shown.keys() != now.keys():
        raise DeployError("PBX615", f"{plan.target.name}: the plan was made by another version of pbxgen", help)
    if shown["secrets"] is None:  # they could not be read where the plan was made, which it says
        now["secrets"] = None
    other = [meaning for key, meaning in _MEANINGS.items() if shown[key] != now[key]]
    if other:
        message = f"{plan.target.name}: since the plan was made {', and '.join(other[:2])}"
        raise DeployError("PBX615", message, help)


def _uploaded(session: Session, state: FolderState, new_release: NewRelease, step: Step) -> str:
    """The name of the release. Where nothing but secrets is different from one of that digest, a number is added."""
    number = 1
    while True:
        name = new_release.info.digest if number == 1 else f"{new_release.info.digest}-{number}"
        if name not in state.releases:
            break
        described, _ = session.folder.release_files(name)
        if described is not None and not session.folder.edited(name, new_release.info):
            return name
        if name != state.current and all(event.release != name for event in state.history):
            break  # left by a command that was killed, or failed: written anew
        number += 1
    step(f"{session.target.name}: writing {name}")
    session.folder.upload(name, new_release.info, new_release.files)
    return name


def rollback(session: Session, before: Before, step: Step) -> Deployed:
    """Make the release before the current one current again. Raises DeployError."""
    session.check_folder()
    by, earlier = deployer(), _earlier(session, before)
    with session.folder.locked(by), _recovered(session, earlier, step) as recovered:
        state = session.state()
        if recovered.undone:  # the recovery has already undone what was to be rolled back
            return Deployed(state.current, True, recovered.told)
        release = release_before(state)
        name = session.target.name
        if release is None:
            raise DeployError(
                "PBX618", f"{name}: there is no release to go back to", f"see `pbxgen history --to {name}`"
            )
        info, files = session.folder.release_files(release)
        if info is None or session.folder.edited(release, info):
            help = "deploy the revision that you want to go back to instead"
            raise DeployError("PBX618", f"{name}: the release before, {release}, is not as it was written", help)
        calls = earlier_calls(session, info, session.named(files), before)
        switch = Switch(release, session.named(files), info.tenants, (), "rollback", by, info.commit, calls.cases)
        current = {} if state.current is None else session.files_of(state.current)
        drift = drift_of(session, state, current, session.running.digests())
        told = activate(session, state, switch, earlier, step, drift=drift)
        return Deployed(release, True, (*recovered.told, *told, *_left_out(calls)))
