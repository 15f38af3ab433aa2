"""Thousands of findings of one kind are readable."""

from __future__ import annotations

import json

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.json import render_json
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.prepare import as_errors
from pbxgen.diagnostics.render import MANY, render_text


def lost(number: int, *, first: int = 1, help: str = "in the same way", file: str = "acme.yaml") -> list[Diagnostic]:
    places = [Location(file, line, 3, line, 8) for line in range(first, first + number)]
    return [make("PBX210", f"a call to user {place.line} can be lost", place, help=help) for place in places]


def test_of_many_of_one_kind_the_first_are_shown_and_where_the_others_are() -> None:
    lines = render_text(lost(5000), []).splitlines()
    assert len([line for line in lines if "can be lost" in line]) == 3
    assert lines[-3:] == [
        "4,997 more warnings PBX210 like the one at acme.yaml:1: "
        "acme.yaml:4, 5, 6, 7, 8, 9, 10, … 5000 (`pbxgen check --format json` lists each)",
        "",
        "5000 warnings",
    ]


def test_a_few_are_shown_in_full() -> None:
    assert render_text(lost(MANY), []).count("can be lost") == MANY


def test_another_cure_is_another_kind() -> None:
    diagnostics = lost(5000) + lost(2, first=2500, help="something else")
    text = render_text(diagnostics, [])
    assert text.count("something else") == 2
    assert text.endswith("5002 warnings\n")


def test_others_are_named_with_their_file() -> None:
    note = render_text(lost(12) + lost(2, file="sales.yaml"), []).splitlines()[-3]
    assert ": acme.yaml:4, 5, 6, 7, 8, 9, 10, … sales.yaml:2 " in note


def test_errors_are_all_shown() -> None:
    assert render_text(as_errors(lost(50)), []).count("can be lost") == 50


def test_machines_get_each() -> None:
    assert len(json.loads(render_json(lost(5000), []))["diagnostics"]) == 5000
