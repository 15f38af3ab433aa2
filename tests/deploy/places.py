"""Targets to deploy to: a folder, a console, a small source, and the steps of a deployment in one call."""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pbxgen.deploy.engine import Deployed, Order
from pbxgen.deploy.engine import deploy as engine_deploy
from pbxgen.deploy.engine import rollback as engine_rollback
from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.history import now
from pbxgen.deploy.new_release import NewRelease, rendered, try_out
from pbxgen.deploy.plan import Before, TargetPlan, plan_of
from pbxgen.deploy.read import DeployTarget
from pbxgen.deploy.session import session_at
from pbxgen.deploy.status import TargetStatus, status_of
from pbxgen.diff.revisions import Revision
from pbxgen.flow.plan import Plan
from pbxgen.lab.asterisk import Asterisk
from pbxgen.lab.freeswitch import FreeSwitch
from pbxgen.lab.pbx import PbxSetup
from pbxgen.phrases import phrases
from pbxgen.pipeline import compile_path
from pbxgen.targets.base import Part
from tests.conftest import real_pbx

PASSWORD = "a long enough secret"
DOMAIN = "office.example"
OFFICE = """\
version: 1
pbx: {name: office, domain: office.example, country: IT, timezone: Europe/Rome, language: it}
trunks:
  carrier: {host: TRUNK, number: "+390212345000"}
routes:
  emergency: {match: ["112"], trunk: carrier, emergency: true}
  italy: {match: "+39[03]X.", trunk: carrier}
classes: {national: [italy]}
defaults: {class: national}
users:
  "101": {name: Ada, password: "a long enough secret", did: "+390212345101"}
  "102": {name: Ben, password: "a long enough secret", did: "+390212345102"}
  "103": {name: Cleo, password: "a long enough secret", voicemail: {pin: "481516"}}
  "104": {name: Dan, voicemail: {pin: "623423"}, deviations: {busy: voicemail}}
  "105": {name: Eve, deviations: {busy: "101"}}
"""


def _quiet(doing: str) -> None: ...


@dataclass
class Place:
    """A target and the source that is deployed to it."""

    target: DeployTarget
    source: Path
    text: str = OFFICE

    def write(self, text: str | None = None) -> None:
        """The source as it is to be; committed, so that the next plan knows it."""
        self.text = self.text if text is None else text
        self.source.mkdir(exist_ok=True)
        (self.source / "pbx.yaml").write_text(self.text, encoding="utf-8")
        if not (self.source / ".git").exists():
            self._git("init", "-q")
        self._git("add", "-A")
        self._git("-c", "user.name=t", "-c", "user.email=t@t.example", "commit", "-q", "--allow-empty", "-m", "x")

    def change(self, before: str, after: str) -> None:
        assert before in self.text
        self.write(self.text.replace(before, after))

    def _git(self, *words: str) -> None:
        subprocess.run(["git", "-C", str(self.source), *words], check=True, capture_output=True)

    def new_release(self) -> tuple[NewRelease, dict[str, Plan]]:
        compilation = compile_path(self.source, targets=[self.target.pbx], analysis=False)
        assert not compilation.failed, compilation.diagnostics
        release, problems = rendered(compilation.plans, self.target, self.source, now(), _quiet, for_show=False)
        assert release is not None, problems
        return release, {plan.name: plan for plan in compilation.plans}

    def deploy(self, *, force: bool = False, shown: dict[str, object] | None = None) -> Deployed:
        new_release, _ = release_and_plans = self.new_release()
        try_out(new_release, self.target, self.source, _quiet)
        return self.send(release_and_plans, force=force, shown=shown)

    def send(
        self,
        release_and_plans: tuple[NewRelease, dict[str, Plan]],
        *,
        force: bool = False,
        shown: dict[str, object] | None = None,
    ) -> Deployed:
        """What comes once the source is compiled and tried."""
        new_release, plans = release_and_plans
        with session_at(self.target) as session, self._before() as before:
            return engine_deploy(session, new_release, plans, before, Order(force, shown), _quiet)

    def rollback(self) -> Deployed:
        with session_at(self.target) as session, self._before() as before:
            return engine_rollback(session, before, _quiet)

    def plan(self) -> TargetPlan:
        new_release, plans = self.new_release()
        with session_at(self.target) as session, self._before() as before:
            return plan_of(session, new_release, plans, before)

    def status(self) -> TargetStatus:
        return status_of(self.target, {plan.name: plan for plan in compile_path(self.source).plans})

    @contextlib.contextmanager
    def _before(self) -> Iterator[Before]:
        def compiled(revision: Revision) -> dict[str, Plan]:
            return {plan.name: plan for plan in compile_path(revision.path, analysis=False).plans}

        with ExitStack() as stack:
            yield Before(self.source, compiled, stack, _quiet, phrases())

    @property
    def folder(self) -> Path:
        return Path(self.target.folder)

    @property
    def releases(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "releases").iterdir() if path.is_dir())

    @property
    def current(self) -> str | None:
        link = self.folder / "pbxgen"
        return link.readlink().name if link.is_symlink() else None


def refusal(doing: Callable[[], object]) -> DeployError:
    """Why it is not done."""
    with pytest.raises(DeployError) as refused:
        doing()
    return refused.value


def target(pbx: str, folder: Path, command: tuple[str, ...]) -> DeployTarget:
    return DeployTarget("hq", pbx, "local", str(folder), command, frozenset(Part), False, 5)


class _Asterisk(Asterisk):
    """Its addresses stand where an administrator writes them. It starts again with what it has then."""

    _starts_with: list[str] | None = None

    def _lay_out(self) -> list[str]:
        if self._starts_with is not None:
            return self._starts_with
        command = self._starts_with = super()._lay_out()
        bind = f"bind={self.phones_at[0]}:{self.phones_at[1]}"
        self._write("pjsip_local.conf", f"[udp](+)\n{bind}\n[tcp](+)\n{bind}\n")
        # Modules that the files speak of are loaded with a configuration of theirs only.
        self._write("voicemail.conf", "[general]\n")
        return command


class _FreeSwitch(FreeSwitch):
    """The same in vars.xml, as the main file is replaced."""

    _starts_with: list[str] | None = None

    def _lay_out(self) -> list[str]:
        if self._starts_with is None:
            self._starts_with = super()._lay_out()
        return self._starts_with

    def _set_variables(self, conf: Path) -> None:
        main, variables = conf / "freeswitch.xml", conf / "vars.xml"
        stock = main.read_text()
        super()._set_variables(conf)
        lines = re.findall(r'  <X-PRE-PROCESS cmd="set" data="\w+=[\d.]+"/>\n', main.read_text())
        main.write_text(stock)
        text = variables.read_text()
        variables.write_text(text.replace("</include>", "".join(lines) + "</include>"))

    @property
    def console(self) -> tuple[str, ...]:
        program = self._program.with_name("fs_cli")
        return (str(program), "-H", "127.0.0.1", "-P", str(self._control), "-p", "laboratory", "-x")


@dataclass
class RealPlace(Place):
    """A PBX that runs."""

    pbx: Asterisk | FreeSwitch | None = None

    @property
    def phones_at(self) -> tuple[str, int]:
        assert self.pbx is not None
        return self.pbx.phones_at

    def ask(self, text: str) -> str:
        return subprocess.run([*self.target.command, text], capture_output=True, text=True, check=True).stdout

    def start(self) -> None:
        assert self.pbx is not None
        asyncio.run(self.pbx.start())

    def stop(self) -> None:
        assert self.pbx is not None
        self.pbx.stop()


@contextlib.contextmanager
def real_place(
    name: str, folder: Path, trunk: str, *, disk: Callable[[Path], object] | None = None
) -> Iterator[RealPlace]:
    """A PBX with its stock configuration, to which nothing was deployed yet. Without the PBX the test is skipped.

    ``disk``: puts a disk of its own where the configuration is to be.
    """
    real_pbx(name)
    home = folder / "pbx"
    home.mkdir(parents=True)
    if disk is not None:
        disk(home / ("etc" if name == "asterisk" else "conf"))
    setup = PbxSetup(home, (), {})
    pbx: Asterisk | FreeSwitch
    if name == "asterisk":
        pbx = _Asterisk(setup)
        place = target(name, home / "etc", (str(pbx._program), "-C", str(home / "etc/asterisk.conf"), "-rx"))
    else:
        pbx = switch = _FreeSwitch(setup)
        place = target(name, home / "conf", switch.console)
    try:
        asyncio.run(pbx.start())
        made_place = RealPlace(replace(place, name=name), folder / "source", OFFICE.replace("TRUNK", trunk), pbx)
        made_place.write()
        yield made_place
    finally:
        pbx.stop()
