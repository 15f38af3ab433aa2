"""One user's card: their codes, what they may set, what holds now."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app
from pbxgen.phrases import phrases
from pbxgen.pipeline import compile_path
from pbxgen.report.card import card

OFFICE = Path(__file__).resolve().parents[1] / "smoke/suites/self_service/office.yaml"
PLAN = compile_path(OFFICE).plans[0]


def rows(extension: str, language: str = "en") -> dict[str, str]:
    page = card(PLAN, PLAN.users[extension], phrases(language))
    cells = re.findall(r"<tr><th>(.*?)</th><td>(.*?)</td></tr>", page)
    return {unescape(name): unescape(re.sub("<br>", "; ", re.sub("</?code>", "", text))) for name, text in cells}


def test_it_has_the_codes_of_what_the_user_may_set() -> None:
    told = ["*67*N# divert to N", "*67# the PBX's own rule again", "#67# off", "##67# as the PBX says again"]
    assert rows("103")["on busy"] == "; ".join([*told, "*#67# is anything set?"])
    assert "on no answer" not in rows("103")


def test_it_says_what_holds_now() -> None:
    assert "on no answer" in rows("101")
    assert "Bruno Verdi (102)" in card(PLAN, PLAN.users["101"], phrases())


def test_it_has_the_switches_of_who_sets_them() -> None:
    assert rows("100")["night"] == "*28# on; #28# off"
    assert "night" not in rows("102")


def test_it_is_there_in_italian() -> None:
    assert "su occupato" in rows("103", "it")


def test_names_are_escaped() -> None:
    from dataclasses import replace

    ada = replace(PLAN.users["101"], name="<script>alert(1)</script>")
    plan = replace(PLAN, users={**PLAN.users, "101": ada})
    assert "<script>" not in card(plan, ada, phrases())


def test_the_command_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "ada.html"
    result = CliRunner().invoke(app, ["card", str(OFFICE), "Ada Rossi", "-o", str(file)])
    assert result.exit_code == 0, result.output
    assert "Ada Rossi (101)" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("who", ["109", "9", "Ada Rosi"])
def test_whoever_is_no_user_has_none(who: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["card", str(OFFICE), who, "-o", str(tmp_path / "x.html")])
    assert result.exit_code == 2
