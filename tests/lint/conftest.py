"""The generated trees of the examples, and the judges that others wrote."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app
from tests.golden.test_golden import EXAMPLES, ROOT, secrets_of

_MISSING: set[str] = set()


@pytest.fixture(scope="session", params=EXAMPLES)
def generated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OUT of one example."""
    out = tmp_path_factory.mktemp("generated")
    source = ROOT / "examples" / request.param
    with pytest.MonkeyPatch.context() as patch:
        for name, value in secrets_of(source).items():
            patch.setenv(name, value)
        result = CliRunner().invoke(app, ["generate", str(source), "-o", str(out)])
    assert result.exit_code == 0, result.output
    return out


def tool(name: str, variable: str, how: str) -> str:
    """The path of a judge: from ``variable``, beside Python, or on PATH.

    Where it is missing the test does not run, which the end of the run says loudly; it fails where PBXGEN_REQUIRE
    (names separated by commas, set in CI) has it.
    """
    beside = Path(sys.executable).with_name(name)
    program = os.environ.get(variable) or (str(beside) if beside.exists() else None) or shutil.which(name)
    if program:
        return program
    message = f"{name} is missing: {how}, or name it in {variable}"
    if name in os.environ.get("PBXGEN_REQUIRE", "").split(","):
        pytest.fail(f"{message} (PBXGEN_REQUIRE has it)")
    _MISSING.add(message)
    pytest.skip(message)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for message in sorted(_MISSING):
        terminalreporter.write_line(f"NOT CHECKED: {message}", red=True, bold=True)
