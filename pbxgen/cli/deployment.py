"""What the commands that work on targets share: deploy.yaml, the source compiled for a target, and how they fail."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeAlias

import typer

from pbxgen.cli import console

if TYPE_CHECKING:
    from pbxgen.deploy.engine import Deployed
    from pbxgen.deploy.errors import DeployError
    from pbxgen.deploy.new_release import NewRelease
    from pbxgen.deploy.plan import Before
    from pbxgen.deploy.read import DeployFile, DeployTarget
    from pbxgen.deploy.session import Session
    from pbxgen.flow.plan import Plan

To: TypeAlias = Annotated[
    str, typer.Option("--to", metavar="NAME", help="A target of deploy.yaml, or several (nodes).", show_default=False)
]
ToOrAll: TypeAlias = Annotated[
    str | None, typer.Option("--to", metavar="NAME", help="Only this target; without it, all.", show_default=False)
]
File: TypeAlias = Annotated[Path, typer.Option("--file", "-f", metavar="FILE", help="The deployment file.")]
DEFAULT_FILE = Path("deploy.yaml")


def deploy_file(path: Path) -> DeployFile:
    """Read it; ends the command where there are problems, which are shown."""
    from pbxgen.cli.findings import show_text
    from pbxgen.deploy.read import read_deploy_file

    if not path.exists():
        raise typer.BadParameter(f"there is no {path}; docs/deploy.md says how to write one", param_hint="--file")
    reading = read_deploy_file(path)
    if reading.file is None:
        files = {} if reading.text is None else {reading.text.name: reading.text}
        show_text(reading.diagnostics, files, sys.stderr)
        raise typer.Exit(1)
    return reading.file


def targets_of(file: DeployFile, name: str | None, option: str = "--to") -> tuple[DeployTarget, ...]:
    """The PBXs that are meant, in order; wrong usage of ``option`` for a name that no target has."""
    from pbxgen.diagnostics.nearest import did_you_mean

    if name is None:
        return file.each
    if name not in file.targets:
        meant = did_you_mean(name, file.targets) or f"there are {', '.join(file.targets)}"
        raise typer.BadParameter(f"no target is called {console.printable(name)}; {meant}", param_hint=option)
    return file.targets[name]


@dataclass(frozen=True, slots=True)
class CompiledSource:
    source: Path
    plans: Mapping[str, Plan]


def compiled(file: DeployFile, pbxs: set[str]) -> CompiledSource:
    """The source of a deployment; ends the command where it has errors, which are shown."""
    from pbxgen.cli.findings import show_text
    from pbxgen.cli.progress import progress
    from pbxgen.pipeline import compile_path

    if file.is_of_source:
        told = f"{file.path} lies in the folder of the source, and would be read as a part of it"
        cure = f"call it {DEFAULT_FILE}, at the top of that folder, or move it out of there"
        raise typer.BadParameter(f"{told}: {cure}", param_hint="--file")
    source = file.source
    with progress() as step:
        compilation = compile_path(source, targets=sorted(pbxs), step=step)
    if compilation.failed:
        show_text(compilation.diagnostics, compilation.files, sys.stderr)
        console.note(f"nothing was deployed: {console.printable(str(source))} has errors")
        raise typer.Exit(1)
    if compilation.diagnostics:
        told = console.plural(len(compilation.diagnostics), "warning")
        console.note(f"{told}: `pbxgen check {console.printable(str(source))}` shows them")
    return CompiledSource(source, {plan.name: plan for plan in compilation.plans})


def new_release_at(
    target: DeployTarget, source: CompiledSource, step: Callable[[str], None], *, for_show: bool = False
) -> NewRelease:
    """What is to run there; ends the command where secrets cannot be read."""
    from pbxgen.cli.findings import show_text
    from pbxgen.deploy.history import now
    from pbxgen.deploy.new_release import rendered

    plans = tuple(source.plans.values())
    new_release, problems = rendered(plans, target, source.source, now(), step, for_show=for_show)
    if new_release is None:
        show_text(problems, {}, sys.stderr)
        raise typer.Exit(1)
    return new_release


@contextmanager
def before_in_git(source: CompiledSource, step: Callable[[str], None], language: str = "en") -> Iterator[Before]:
    """How to find the source that a target runs; ``language`` is that of what is told of callers."""
    from pbxgen.deploy.plan import Before
    from pbxgen.diff.revisions import Revision
    from pbxgen.phrases import phrases
    from pbxgen.pipeline import compile_path

    def plans_of(revision: Revision) -> dict[str, Plan]:
        return {plan.name: plan for plan in compile_path(revision.path, analysis=False).plans}

    with ExitStack() as stack:
        yield Before(source.source, plans_of, stack, step, phrases(language))


@contextmanager
def undone_when_ended() -> Iterator[None]:
    """A signal that ends the command, as CI sends to a cancelled job, is answered as Ctrl-C is: by a rollback."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]  # nohup
    before = [(number, signal.signal(number, interrupt)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def tell(target: DeployTarget, result: Deployed) -> None:
    """What was done, and what runs now."""
    for line in result.told:
        console.note(f"{target.name}: {line}")
    console.out(f"{target.name} runs release {result.release}{'' if result.changed else ' already'}")


def show_error(error: DeployError) -> None:
    """On standard error: what is wrong, what the PBX said, and what to do."""
    from pbxgen.diagnostics.render import render_text

    text = render_text((error.diagnostic,), (), colour=console.wants_colour(sys.stderr))
    message, _, _ = text.partition("\n\n")
    sys.stderr.write(f"{message}\n")
    for line in error.lines:
        console.note(f"    {line}")


@contextmanager
def session_of(target: DeployTarget) -> Iterator[Session]:
    """A session with it; ends the command where there is none, or where what is done with it fails."""
    from pbxgen.deploy.errors import DeployError
    from pbxgen.deploy.session import session_at

    try:
        with session_at(target) as session:
            yield session
    except DeployError as error:
        fail(error)


def not_begun(targets: Sequence[DeployTarget]) -> None:
    """Tell which nodes a failure has left as they were."""
    if targets:
        console.note(f"not begun: {', '.join(target.name for target in targets)}")


def interrupted(error: KeyboardInterrupt, left: Sequence[DeployTarget]) -> None:
    """Tell what runs after a command has been ended; ``left``: what it had not changed to the end, in order."""
    not_begun(left[1:])
    for line in getattr(error, "__notes__", None) or [_unchanged(target.name) for target in left[:1]]:
        console.note(f"interrupted: {line}")


def _unchanged(target: str) -> str:
    return f"nothing was changed at {target}: what ran there runs on"


def fail(error: DeployError, changing: str = "") -> NoReturn:
    """``changing``: the target that it was to change."""
    show_error(error)
    if changing and not error.switched:
        console.note(_unchanged(changing))
    raise typer.Exit(1) from None
