"""The calls of `verify` for a release that is made current again: those of the source that it was made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.plan import Before
from pbxgen.deploy.release import ReleaseInfo
from pbxgen.deploy.running import Files
from pbxgen.deploy.session import Session
from pbxgen.deploy.verify import VerifyCalls, ready, verify_calls
from pbxgen.diff.git import RevisionError, git
from pbxgen.diff.result import Provenance, made_from
from pbxgen.diff.revisions import in_repository
from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Plan


def earlier_calls(session: Session, info: ReleaseInfo, files: Files, before: Before) -> VerifyCalls:
    """The scenarios as they were then, with the passwords that the release itself has. Whatever is missing is told."""
    if not session.target.verify:
        return VerifyCalls()
    with made_from(frozenset(info.tenants.values()), before.source, before.doing) as origin:
        if origin is None:
            return _none("git has no source of the release")
        plans = before.compiled(origin.source)
        known = session.pbx.passwords(files)
        secrets = {
            user.password: known[plan.name, user.extension]
            for plan in plans.values()
            for user in plan.users.values()
            if user.password is not None and (plan.name, user.extension) in known
        }
        calls = _calls(session, origin, plans, secrets)
    try:
        return ready(session, calls)
    except DeployError as error:  # a rollback is not refused because SIPp is missing
        return _none(str(error))


def _calls(
    session: Session, origin: Provenance, plans: Mapping[str, Plan], secrets: Mapping[Secret, str]
) -> VerifyCalls:
    calls = VerifyCalls()
    for path in session.target.verify:
        try:
            then = replace(session.target, verify=(_as_it_was(path, origin),))
            some = verify_calls(then, plans, secrets, dt.datetime.now(dt.UTC))
        except (DeployError, RevisionError) as error:
            some = VerifyCalls(left_out=(f"the calls of {path.name}: {origin.source.shown(str(error))}",))
        calls = VerifyCalls((*calls.cases, *some.cases), (*calls.left_out, *some.left_out))
    return calls


def _as_it_was(path: Path, origin: Provenance) -> Path:
    """A scenario file of the revision, where its source lies. Raises RevisionError where there was none."""
    root, relative = in_repository(path)
    old_path = origin.source.folder / relative
    if not old_path.exists():
        text = git(root, "show", f"{origin.commit}:{relative}")
        old_path.parent.mkdir(parents=True, exist_ok=True)
        old_path.write_bytes(text)
    return old_path


def _none(why: str) -> VerifyCalls:
    return VerifyCalls(left_out=(f"the calls of verify: {why}",))
