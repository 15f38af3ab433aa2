"""What the tests of commands share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"

SMALL = """\
version: 1
pbx: {name: small, domain: pbx.small.example, country: IT, timezone: Europe/Rome, language: it}
defaults: {class: national, voicemail: true}
trunks:
  carrier: {host: 192.0.2.1, number: "+390212345000"}
routes:
  emergency: {match: ["112"], trunk: carrier, emergency: true}
  italy: {match: "+39[03]X.", trunk: carrier}
classes: {national: [italy]}
users:
  "101": {name: Ada, password: {env: SIP_101}, deviations: {busy: "102"}}   # Ada
  "102": {name: Bruno, mobile: "+393331112222"}
inbound: {"+390212345000": "101"}
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


class Result:
    """Exit code and texts of a command that ran in this process."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def invoke() -> Callable[..., Result]:
    """Run a command in this process; an exception that is not an exit is a failure of the test."""

    def run(*arguments: object) -> Result:
        result = CliRunner().invoke(app, [str(a) for a in arguments], prog_name="pbxgen")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Result(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def shell() -> Run:
    """Run a command in a process of its own."""

    def run(*arguments: object, env: dict[str, str] | None = None, **how: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [sys.executable, "-m", "pbxgen", *map(str, arguments)],
            **{"capture_output": True, "text": True, "check": False, "env": {**os.environ, **(env or {})}, **how},
        )

    return run


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small source without problems, and the secret that it needs."""
    monkeypatch.setenv("SIP_101", "a-password")
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three tenants of which the second, ``two``, is easily broken."""
    monkeypatch.setenv("SIP_101", "a-password")
    (tmp_path / "tenants").mkdir()
    for number, name in enumerate(("one", "two", "three")):
        text = (
            SMALL.replace("small", name)
            .replace("12345000", f"1234500{number}")
            .replace("192.0.2.1", f"192.0.2.{number}")
        )
        (tmp_path / f"tenants/{name}.yaml").write_text(text, encoding="utf-8")
    path = tmp_path / "fleet.yaml"
    path.write_text('version: 1\ntenants: ["tenants/*"]\n', encoding="utf-8")
    return path
