"""One user's card: their codes, what they may set, what holds now."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app
from pbxgen.flow.plan import Plan
from pbxgen.phrases import phrases
from pbxgen.pipeline import compile_path
from pbxgen.report.card import card

OFFICE = Path(__file__).resolve().parents[1] / "smoke/suites/self_service/office.yaml"
PLAN = compile_path(OFFICE).plans[0]


def rows(extension: str, language: str = "en", plan: Plan = PLAN) -> dict[str, str]:
    return told(card(plan, plan.users[extension], phrases(language)))


def told(page: str) -> dict[str, str]:
    cells = re.findall(r"<tr><th>(.*?)</th><td>(.*?)</td></tr>", page)
    return {unescape(name): unescape(re.sub("<br>", "; ", re.sub("</?code>", "", text))) for name, text in cells}


def test_it_has_the_codes_of_what_the_user_may_set() -> None:
    codes = ["*67*N# divert to N", "*67# the PBX's own rule again", "#67# off", "##67# as the PBX says again"]
    assert rows("103")["on busy"] == "; ".join([*codes, "*#67# is anything set?"])
    assert "on no answer" not in rows("103")


def test_it_says_what_holds_now() -> None:
    assert "on no answer" in rows("101")
    assert "Bruno Verdi (102)" in card(PLAN, PLAN.users["101"], phrases())


def test_it_has_the_switches_of_who_sets_them() -> None:
    assert rows("100")["night"] == "*28# on; #28# off; *28 changes over"
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


def changed(tmp_path: Path, *changes: tuple[str, str]) -> Plan:
    """The office's plan, otherwise written."""
    text = OFFICE.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path = tmp_path / "pbx.yaml"
    path.write_text(text, encoding="utf-8")
    return compile_path(path, analysis=False).plans[0]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "divert to N after S seconds (5–180)"), ("it", "devia a N dopo S secondi (5–180)")],
)
def test_seconds_stand_behind_the_number(language: str, words: str) -> None:
    key = phrases(language)("key.no_answer")
    assert f"*61*N*S# {words}" in card(PLAN, PLAN.users["102"], phrases(language)).replace("</code>", "").replace(
        "<code>", ""
    )
    assert "*S" not in rows("102", language)[phrases(language)("key.busy")]
    assert "*S" in rows("102", language)[key]


def test_codes_are_written_as_they_are_dialled(tmp_path: Path) -> None:
    """Those of the United States are without a closing #."""
    plan = changed(tmp_path, ("codes: etsi", "codes: us"))
    codes = rows("101", plan=plan)
    assert codes["every call"] == "*72N divert to N; *73 off"
    assert codes["do not disturb"] == "*78 on; *79 off"
    assert codes["everything"].startswith("*74 ")
    own = changed(tmp_path, ("codes: etsi", 'codes: {busy: {set: "*5*N", off: "*55#"}, dnd: {on: "*6#", off: "*7"}}'))
    codes = rows("101", plan=own)
    assert codes["on busy"] == "*5*N divert to N; *55# off"
    assert codes["do not disturb"] == "*6# on; *7 off"


def test_n_is_explained_where_something_leads_to_it(tmp_path: Path) -> None:
    assert "N is what you would dial" in card(PLAN, PLAN.users["101"], phrases())
    plan = changed(tmp_path, ("codes: etsi", 'codes: {dnd: {on: "*5#"}, busy: {off: "*6#"}}'))
    assert "N is what" not in card(plan, plan.users["101"], phrases())


@pytest.mark.parametrize(("language", "words"), [("en", "your mobile"), ("it", "il suo cellulare")])
def test_the_mobile_is_told_to_who_has_one(language: str, words: str) -> None:
    assert card(PLAN, PLAN.users["101"], phrases(language)).count(words) == 2
    assert words not in card(PLAN, PLAN.users["102"], phrases(language))


def test_something_can_be_set_from_a_phone_that_sets_switches_alone() -> None:
    assert "Nothing can be set" not in card(PLAN, PLAN.users["100"], phrases())
    assert "Nothing can be set" in card(PLAN, PLAN.users["104"], phrases())


def written(tmp_path: Path, who: str, *words: str) -> dict[str, str]:
    file = tmp_path / "card.html"
    result = CliRunner().invoke(app, ["card", str(OFFICE), who, "-o", str(file), *words])
    assert result.exit_code == 0, result.output
    return told(file.read_text(encoding="utf-8").split("<h2>What you may set")[0].split("<h2>Switches")[0])


def test_what_is_set_holds_now(tmp_path: Path) -> None:
    settings = written(
        tmp_path, "101", "--set", "101.unconditional=102", "--set", "101.busy=off", "--set", "101.dnd=on",
        "--set", "101.follow_me=off", "--switch", "night=on",
    )  # fmt: skip
    assert settings["every call"] == "Bruno Verdi (102) (set from your phone)"
    assert settings["on busy"] == "off (set from your phone)"
    assert settings["do not disturb"] == "on (set from your phone)"
    assert settings["rings along with the phone (follow_me)"] == "off (set from your phone)"
    assert settings["on no answer"] == "Bruno Verdi (102), after 8 s"
    assert settings["night"] == "on"
    assert written(tmp_path, "101")["night"] == "off"
    file = (tmp_path / "card.html").read_text(encoding="utf-8")
    assert "(set from your phone)" not in file


def test_what_is_not_permitted_does_not_hold(tmp_path: Path) -> None:
    assert written(tmp_path, "103", "--set", "103.dnd=on") == {}


def test_what_is_set_on_a_pbx_is_asked_for_or_read_from_a_file(tmp_path: Path) -> None:
    saved = tmp_path / "state.json"
    texts = {"103": "busy:x102:0:1795608000:0", "switch.night": "on:1795608000"}
    saved.write_text(json.dumps({"version": 1, "state": {"office": texts}}), encoding="utf-8")
    assert written(tmp_path, "103", "--to", str(saved))["on busy"] == "Bruno Verdi (102) (set from your phone)"
    assert written(tmp_path, "100", "--to", str(saved))["night"] == "on"
    assert written(tmp_path, "100", "--to", str(saved), "--switch", "night=off")["night"] == "off"
    result = CliRunner().invoke(app, ["card", str(OFFICE), "103", "--to", "nowhere", "-o", str(tmp_path / "x")])
    assert result.exit_code == 2
