"""asterisklint, which no one here wrote, has nothing to say about the dialplan."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lint.test_linters import GUARD
from tests.support.asterisk import hostile_users, rendered
from tests.support.office import HEAD, plan_of
from tests.targets.asterisk.test_render import DEVIATIONS

_HINT = " I_NOTIMPL_HINT: "
"""asterisklint reads hints, and says that it does nothing with them."""
OTHER = HEAD.replace("acme", "bolt").replace("+390212345000", "+390298765000")


def lint(folder: Path) -> str:
    beside = Path(sys.executable).with_name("asterisklint")
    program = str(beside) if beside.exists() else shutil.which("asterisklint")
    assert program is not None, "asterisklint-jjs is part of the dev extra"
    command = [program, "dialplan-check", "--asterisk-version", "22", str(folder / "extensions.conf")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return run.stdout + run.stderr


@pytest.mark.lint
def test_asterisklint_is_content(tmp_path: Path) -> None:
    plans = (plan_of(DEVIATIONS), plan_of(hostile_users().replace("+390212345", "+390298765"), head=OTHER))
    for file in rendered(*plans).values():
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    lines = (line for line in lint(tmp_path).splitlines() if _HINT not in line)
    assert [line for line in lines if not re.search(GUARD, line)] == []
