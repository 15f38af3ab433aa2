"""The calls of `verify` after a rollback: those of the revision that the release was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.deploy import verify
from pbxgen.deploy.running import load_deployable
from pbxgen.generation import generate_trees
from pbxgen.lab.running_pbx import CaseWithPasswords
from pbxgen.pbxs import PBXS
from pbxgen.pipeline import compile_path
from pbxgen.targets.base import Options, Part
from tests.deploy.fake_asterisk import FakeAsterisk, fake, place
from tests.deploy.places import PASSWORD, Place

__all__ = ["fake", "place"]
_SCENARIOS = """\
source: {source}
scenarios: [{{name: to Ben, call: {{from: "101", to: "102"}}, expect: {{rings: ["102"]}}}}]
"""
_PASSWORD = "no-blanks-in-it"


@pytest.fixture
def placed(place: Place, fake: FakeAsterisk, monkeypatch: pytest.MonkeyPatch) -> list[CaseWithPasswords]:
    """What would be placed on the running PBX."""
    placed_cases: list[CaseWithPasswords] = []

    def place_calls(pbx: str, at: object, cases: Sequence[CaseWithPasswords], language: str) -> list[object]:
        placed_cases[:] = cases
        return []

    monkeypatch.setattr(verify, "place_calls", place_calls)
    monkeypatch.setattr(verify.sipp, "find", lambda: "sipp")
    fake.says["pjsip list contacts"] = "No objects found.\n"
    monkeypatch.setattr("pbxgen.deploy.asterisk.RunningAsterisk.sip", lambda self: ("127.0.0.1", 5060))
    place.source.mkdir(exist_ok=True)
    (place.source / "calls.test.yaml").write_text(_SCENARIOS.format(source="pbx.yaml"))
    place.target = replace(place.target, verify=(place.source / "calls.test.yaml",))
    place.source = place.source / "pbx.yaml"
    return placed_cases


@pytest.fixture
def source(place: Place, placed: list[CaseWithPasswords]) -> Path:
    """The folder of it."""
    folder = place.source.parent
    place.source = folder
    place.write(place.text.replace(PASSWORD, _PASSWORD))
    place.source = folder / "pbx.yaml"
    return folder


def _write(place: Place, folder: Path, text: str) -> None:
    place.source = folder
    place.write(text)
    place.source = folder / "pbx.yaml"


def test_they_are_those_of_its_revision_with_the_passwords_that_it_has(
    place: Place, placed: list[CaseWithPasswords], source: Path
) -> None:
    text = place.text
    assert place.deploy().told == ()
    (source / "calls.test.yaml").write_text(_SCENARIOS.format(source="pbx.yaml").replace("to Ben", "to Benjamin"))
    _write(place, source, text.replace(_PASSWORD, "another-one-by-now").replace("name: Ben", "name: Benjamin"))
    place.deploy()
    assert [one.case.name for one in placed] == ["to Benjamin"]
    back = place.rollback()
    assert back.told == ()
    assert [one.case.name for one in placed] == ["to Ben"]
    assert placed[0].passwords == {"101": _PASSWORD, "102": _PASSWORD}


def test_without_the_revision_it_is_told_that_they_are_not_placed(
    place: Place, placed: list[CaseWithPasswords], source: Path
) -> None:
    place.source.write_text(place.text.replace("name: Eve", "name: Eva"))
    place.deploy()
    place.source.write_text(place.text)
    place.deploy()
    placed.clear()
    assert place.rollback().told == ("not verified: the calls of verify: git has no source of the release",)
    assert placed == []


def test_a_scenario_file_that_there_was_not_yet_is_told(
    place: Place, placed: list[CaseWithPasswords], source: Path
) -> None:
    text = place.text
    _write(place, source, text.replace("name: Eve", "name: Eva"))
    place.deploy()
    (source / "new.test.yaml").write_text(_SCENARIOS.format(source="pbx.yaml"))
    place.target = replace(place.target, verify=(source / "new.test.yaml",))
    _write(place, source, text)
    place.deploy()
    (told,) = place.rollback().told
    assert told.startswith("not verified: the calls of new.test.yaml: git show does not work")


@pytest.mark.parametrize("pbx", PBXS)
def test_passwords_are_read_of_the_files_of_a_release(pbx: str, tmp_path: Path) -> None:
    source = tmp_path / "pbx.yaml"
    source.write_text(
        "version: 1\npbx: {name: small, domain: pbx.small.example, country: IT, timezone: Europe/Rome, language: it}\n"
        'users: {"101": {name: Ada, password: "a <b> & \'c\' 1"}, "102": {name: Ben, password: another-long-one},\n'
        '  "103": {name: Cleo}}\n'
    )
    made = generate_trees(compile_path(source).plans, [pbx], Options(parts=frozenset(Part)), lambda _: None)
    kind = load_deployable(pbx)
    files = {kind.generated(kind.in_release(file.path)): file.text for file in made.trees[pbx]}
    assert kind.passwords(files) == {("small", "101"): "a <b> & 'c' 1", ("small", "102"): "another-long-one"}
    assert kind.passwords(dict.fromkeys(files, "]" * 9)) == {}
