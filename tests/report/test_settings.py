"""Changing in the page what users have set, and how switches stand; and beginning with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app
from pbxgen.flow.settings import Setting, State
from pbxgen.report.page import page
from tests.report.reader import Reader, written
from tests.support.browser import Browser
from tests.support.office import compiled, plan_of

OFFICE = Path(__file__).parents[1] / "smoke/suites/self_service/office.yaml"
FLEET = Path(__file__).parents[2] / "examples/fleet/fleet.yaml"


@pytest.fixture
def reader(window: Browser, tmp_path: Path) -> Reader:
    plan = compiled(OFFICE.read_text(), head="").plan
    assert plan is not None
    return Reader(window, written(tmp_path, plan))


def playing(reader: Reader, called: str = "102", caller: str = "104") -> None:
    reader.open("#play/user/102")
    reader.type("play-from", caller)
    reader.type("play-to", called)


def set_on_page(reader: Reader, extension: str, key: str, to: str) -> None:
    reader.run("document.getElementById('settings').open = true")
    for field, value in (("set-who", extension), ("set-key", key), ("set-to", to)):
        reader.type(field, value)
    reader.run("document.querySelector('#set-form button').click()")


def items(reader: Reader) -> list[str]:
    lines: list[str] = reader.run("return [...document.querySelectorAll('#set-list li')].map(i => i.textContent)")
    return lines


def test_a_setting_changes_the_call_and_is_taken_off_again(reader: Reader) -> None:
    playing(reader)
    assert reader.text("#play-end") == "Bruno Verdi (102) answers."
    set_on_page(reader, "102", "unconditional", "103")
    assert reader.text("#play-end") == "Cara Neri (103) answers."
    assert items(reader) == ["Bruno Verdi (102): every call: Cara Neri (103) remove"]
    assert reader.text("#set-title") == "Set from phones (1)"
    reader.run("document.querySelector('#set-list button').click()")
    assert reader.text("#play-end") == "Bruno Verdi (102) answers."
    assert items(reader) == []


def test_a_setting_that_is_not_permitted_is_told_and_passed_over(reader: Reader) -> None:
    playing(reader, called="103")
    set_on_page(reader, "103", "unconditional", "voicemail")
    assert items(reader) == [
        "Cara Neri (103): every call: the own mailbox passed over: this user may not set that remove"
    ]
    assert reader.text("#play-end") == "Cara Neri (103) answers."


@pytest.mark.parametrize(
    ("extension", "key", "to", "note"),
    [
        ("999", "busy", "102", "No user has the extension 999."),
        ("102", "busy", "777", "on busy cannot be set to 777."),
        ("102", "dnd", "101", "do not disturb cannot be set to 101."),
    ],
)
def test_what_cannot_be_set_says_why(reader: Reader, extension: str, key: str, to: str, note: str) -> None:
    playing(reader)
    set_on_page(reader, extension, key, to)
    assert reader.text("#set-note") == note
    assert items(reader) == []


def test_a_switch_changes_the_call_the_tree_and_says_so(reader: Reader) -> None:
    reader.open("#play/inbound/%2B390212345000")
    assert reader.text("#play-end") == "Reception (100) answers."
    reader.run("document.querySelector('#set-switches input').click()")
    assert "closed" in reader.text("#play-end")
    assert reader.text("#set-title") == "Set from phones (1)"
    reader.run("document.getElementById('tab-calls').click()")
    assert "announcement closed" in reader.text("#calls-tree")


def test_what_leads_where_while_a_switch_is_off_is_told_so(reader: Reader) -> None:
    reader.open("#graph/inbound/%2B390212345999")
    assert "calls to this number (while switch night is off)" in reader.text("#graph-out-list")


def test_where_nothing_can_be_set_nothing_is_offered(window: Browser, tmp_path: Path) -> None:
    reader = Reader(window, written(tmp_path, plan_of('users: {"101": {name: Ada}, "102": {name: Bea}}')))
    reader.open("#play/user/101")
    assert reader.run("return document.getElementById('settings').hidden") is True


def test_a_page_begins_with_what_is_set(window: Browser, tmp_path: Path) -> None:
    plan = compiled(OFFICE.read_text(), head="").plan
    assert plan is not None
    path = tmp_path / "report.html"
    state = State({"102": {"unconditional": Setting("x103")}}, {"night": True})
    path.write_text(page([(plan, (), ())], "en", state), encoding="utf-8")
    reader = Reader(window, path)
    playing(reader)
    assert reader.text("#play-end") == "Cara Neri (103) answers."
    assert reader.text("#set-title") == "Set from phones (2)"
    assert reader.run("return document.querySelector('#set-switches input').checked") is True


def test_the_command_takes_settings_and_switches(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    arguments = ["report", str(OFFICE), "-o", str(path), "--set", "102.busy=103", "--switch", "night=on"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert '"set":{"users":{"102":{"busy":{"to":"x103"}}},"switches":{"night":true}}' in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--set", "102.bussy=103"], "bussy"),
        (["--switch", "nihgt=on"], "night"),
    ],
)
def test_a_misspelt_setting_is_an_error_and_nothing_is_written(
    tmp_path: Path, options: list[str], message: str
) -> None:
    path = tmp_path / "report.html"
    result = CliRunner().invoke(app, ["report", str(OFFICE), "-o", str(path), *options])
    assert result.exit_code == 2
    assert message in result.output
    assert not path.exists()


def test_of_a_fleet_a_tenant_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    result = CliRunner().invoke(app, ["report", str(FLEET), "-o", str(path), "--set", "101.busy=102"])
    assert result.exit_code == 2
    assert "--tenant" in result.output
    assert not path.exists()
