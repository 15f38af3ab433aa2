"""In which language a command tells of calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.language import spoken
from pbxgen.cli.main import app
from tests.support.office import HEAD


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "it_IT.UTF-8"}, "it"),
        ({"LANG": "it_CH@euro"}, "it"),
        ({"LANG": "it_IT.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LC_MESSAGES": "en_GB", "LC_ALL": "it_IT"}, "it"),
        ({"LC_ALL": "", "LANG": "it_IT"}, "it"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
    ],
)
def test_without_lang_the_environment_decides(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert spoken(None) == expected


def test_lang_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "it_IT.UTF-8")
    assert spoken("en") == "en"


def run(*words: str | Path) -> str:
    return CliRunner().invoke(app, [*map(str, words)]).output


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A source with a finding that a call shows, a changed copy, and a scenario that fails."""
    text = (
        f"{HEAD}\nusers:\n"
        + """\
  "101": {name: Ada, did: "+390212345101", deviations: {unreachable: "102"}}
  "102": {name: Bea}
"""
    )
    source = tmp_path / "office.yaml"
    source.write_text(text)
    (tmp_path / "sound.yaml").write_text(
        text.replace('unreachable: "102"', 'unreachable: "102", busy: "102", no_answer: "102"').replace(
            "name: Bea", "name: Bea, voicemail: true"
        )
    )
    (tmp_path / "new.yaml").write_text(text.replace("unreachable", "busy"))
    (tmp_path / "calls.test.yaml").write_text(
        f"source: {source}\nscenarios:\n"
        '  - {name: one, call: {from: "102", to: "101"}, expect: {rings: ["102"]}}\n'
    )
    return source


def commands(office: Path) -> dict[str, tuple[str | Path, ...]]:
    new, calls = office.with_name("new.yaml"), office.with_name("calls.test.yaml")
    return {
        "explain": ("explain", office, "101"),
        "check": ("check", office),
        "diff": ("diff", office, new),
        "markdown": ("diff", office, new, "--format", "markdown"),
        "test": ("test", calls),
        "generated": ("test", calls, "--on", "generated"),
        "generate": ("generate", office, "--out", office.parent / "out", "--dry-run"),
        "divert": ("divert", office.with_name("sound.yaml"), "101", "busy", "off", "--dry-run"),
    }


TOLD = {
    "explain": ("Ada (101) rings for 20 s", "Ada (101) squilla per 20 s"),
    "check": ("example: somebody outside calls Ada (101)", "example: qualcuno dall'esterno chiama Ada (101)"),
    "diff": (
        "calls when busy: was released (lost), now Bea (102)",
        "chiamate su occupato: prima rilasciata (persa), ora",
    ),
    "markdown": ("### What changes for callers (1)", "### Che cosa cambia per chi chiama (1)"),
    "test": ("0 passed, 1 failed", "0 superati, 1 falliti"),
    "generated": ("What the model says", "Che cosa dice il modello"),
    "generate": ("example: somebody outside calls Ada (101)", "example: qualcuno dall'esterno chiama Ada (101)"),
    "divert": ("example: somebody outside calls Ada (101)", "example: qualcuno dall'esterno chiama Ada (101)"),
}


@pytest.mark.parametrize("command", TOLD)
def test_every_command_that_tells_of_calls_speaks_both_languages(
    office: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    words, (english, italian) = commands(office)[command], TOLD[command]
    assert english in run(*words)
    assert italian in run(*words, "--lang", "it")
    monkeypatch.setenv("LANG", "it_IT.UTF-8")
    assert italian in run(*words)
    assert english in run(*words, "--lang", "en")


@pytest.mark.parametrize(
    "command", ["check", "deploy", "diff", "divert", "explain", "generate", "report", "rollback", "test"]
)
def test_a_language_that_there_is_not(office: Path, command: str) -> None:
    more: dict[str, tuple[str | Path, ...]] = {
        "report": ("report", office),
        "deploy": ("deploy", "--to", "hq"),
        "rollback": ("rollback", "--to", "hq"),
    }
    words = (commands(office) | more)[command]
    assert "'xx' is none of the languages that there are: en and it" in run(*words, "--lang", "xx")


def test_the_keys_of_json_are_those_of_no_language(office: Path) -> None:
    def keys(value: object) -> object:
        if isinstance(value, dict):
            return {name: keys(inner) for name, inner in value.items()}
        return [keys(inner) for inner in value] if isinstance(value, list) else None

    for command in ("explain", "check", "diff", "test"):
        words = (*commands(office)[command], "--format", "json")
        assert keys(json.loads(run(*words))) == keys(json.loads(run(*words, "--lang", "it")))
