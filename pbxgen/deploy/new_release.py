"""A new release for a target: the source is compiled and rendered, and its scenarios are run before it is sent."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pbxgen.calls.case import case_of
from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.read import DeployTarget
from pbxgen.deploy.release import ReleaseInfo, marks_of
from pbxgen.deploy.running import load_deployable
from pbxgen.deploy.users import user_marks
from pbxgen.deploy.verify import VerifyCalls, verify_calls
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.location import short_below
from pbxgen.diff.git import RevisionError, git
from pbxgen.diff.revisions import in_repository
from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Plan
from pbxgen.generation import generate_trees
from pbxgen.interpret import load_interpreter
from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.generated_calls import examine
from pbxgen.language.secrets import read_secrets
from pbxgen.pbxs import SHOWN_NAMES
from pbxgen.pipeline import Step
from pbxgen.scenario.read import read_scenarios
from pbxgen.scenario.run import prepare
from pbxgen.source import files as source_files
from pbxgen.targets import load_target
from pbxgen.targets.base import GeneratedFile, Options, Part

_PEOPLE = ("PBXGEN_DEPLOYED_BY", "GITHUB_ACTOR", "GITLAB_USER_LOGIN")
"""Environment variables that say who deploys: in CI the user of the process is no person."""


@dataclass(frozen=True, slots=True)
class NewRelease:
    """``files`` by their paths in a release's folder."""

    files: Mapping[str, GeneratedFile]
    info: ReleaseInfo
    secrets: bool
    """Are the passwords and PINs in it the real ones?"""
    calls: VerifyCalls = field(default_factory=VerifyCalls)
    """To be placed on the running PBX; where passwords are not known, none."""
    included: tuple[str, ...] = ()
    """Beside another plan: the lines that are to stand in files of that."""


class _MadeUp(dict[Secret, str]):
    """Made-up secrets, for a plan without the real ones."""

    def __missing__(self, secret: Secret) -> str:
        return "0000"


def rendered(
    plans: Sequence[Plan], target: DeployTarget, source: Path, moment: str, step: Step, *, for_show: bool
) -> tuple[NewRelease | None, tuple[Diagnostic, ...]]:
    """The release for one target, or every problem with its secrets. Raises DeployError for the files of `verify`.

    ``for_show``: secrets that cannot be read are made up, as the release is only looked at.
    """
    options = Options(parts=target.parts, beside=target.beside)
    with short_below(str(source if source.is_dir() else source.parent)):
        made = generate_trees(plans, [target.pbx], options, step)
        files = made.trees.get(target.pbx)
        known = files is not None
        if files is None and for_show and all(d.code in ("PBX401", "PBX402") for d in made.diagnostics):
            files = load_target(target.pbx).render(tuple(plans), replace(options, secrets=_MadeUp()))
    if files is None:
        return None, made.diagnostics
    pbx = load_deployable(target.pbx)
    placed = {pbx.in_release(file.path): file for file in files}
    info = ReleaseInfo(
        files=marks_of(placed),
        tenants={plan.name: plan.digest for plan in plans},
        users={plan.name: sorted(plan.users) for plan in plans},
        commit=commit_of_source(source),
        made=moment,
        by=deployer(),
        marks={plan.name: user_marks(plan) for plan in plans},
    )
    passwords: dict[Secret, str] = {}
    for plan in plans if known and target.verify else ():
        passwords.update(read_secrets(plan, target.parts, os.environ)[0])
    calls = verify_calls(target, {plan.name: plan for plan in plans}, passwords, dt.datetime.now(dt.UTC))
    included = load_target(target.pbx).include_lines(tuple(plans), options) if target.beside else ()
    return NewRelease(placed, info, known, calls, included), ()


def commit_of_source(source: Path) -> str | None:
    """The revision of git that a source is of, with a plus where it has changes since; None: git does not know it."""
    try:
        root, path = in_repository(source)
        commit = git(root, "rev-parse", "--short=12", "HEAD").decode().strip()
        dirty = git(root, "status", "--porcelain", "--", path or ".")
    except RevisionError:
        return None
    return f"{commit}+" if dirty else commit


def deployer() -> str:
    named = next((os.environ[name] for name in _PEOPLE if os.environ.get(name)), None)
    if named is not None:
        return named
    try:
        return f"{getpass.getuser()}@{platform.node()}"
    except (KeyError, OSError):
        return platform.node()


def scenario_files(source: Path) -> tuple[Path, ...]:
    """The scenario files beside a source that call it."""
    folder = source if source.is_dir() else source.parent
    return tuple(path for path in source_files.scenario_files(folder) if _calls(path, source))


def _calls(path: Path, source: Path) -> bool:
    """Is ``source`` the one that the scenario file names? True if it cannot be read: running it reports why."""
    file = read_scenarios(path).file
    return file is None or file.source.resolve() == source.resolve()


def try_out(new_release: NewRelease, target: DeployTarget, source: Path, step: Step, language: str = "en") -> None:
    """Run every scenario on the model and, if the target has a dialplan, on the generated text.

    ``language``: of what is told of calls. Raises DeployError.
    """
    step(f"{target.name}: trying it out")
    dialplan = Part.DIALPLAN in target.parts
    try:
        if dialplan:
            pbx = load_deployable(target.pbx)
            named = (replace(file, path=pbx.generated(path)) for path, file in new_release.files.items())
            load_interpreter(target.pbx, tuple(named))
    except NotUnderstoodError as error:
        raise _not_as_expected(
            target, f"the files for {SHOWN_NAMES[target.pbx]} are not understood: {error}", []
        ) from None
    lines = []
    for path in dict.fromkeys((*scenario_files(source), *target.verify)):
        run = prepare(path)
        lines += [f"{path}: {d.message}" for d in run.diagnostics]
        lines += [f"{path}: {v.scenario.name} (on the model)" for v in run.verdicts if not v.passed]
        if lines or not dialplan:
            continue
        cases = [case_of(scenario, plan) for scenario, plan in run.scenarios]
        lines += [
            f"{path}: {call.case.name} (on the generated text): {call.differences[0]}"
            for call in examine(run.plans, cases, target.pbx, language)
            if not call.passed
        ]
    if lines:
        told = "a scenario does" if len(lines) == 1 else f"{len(lines)} scenarios do"
        raise _not_as_expected(target, f"{told} not go as expected", lines)


def _not_as_expected(target: DeployTarget, message: str, lines: Sequence[str]) -> DeployError:
    help = "`pbxgen test FILE --on generated -v` tells each call; nothing was sent"
    return DeployError("PBX617", f"{target.name}: {message}", help, lines)
