"""Playing a call in the page, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.report.reader import Reader, written
from tests.support.browser import Browser
from tests.support.office import plan_of

OPERATOR = """
operators: {reception: {number: "9", members: ["100", "110"], default: true}}
inbound: {"+390212345000": operator}
users:
  "100": {name: Ada}
  "110": {name: Bea}
  "107":
    name: Gino
    mobile: "+393331110107"
    class: national
    deviations: {busy: "120", operator_return: {busy: [mobile, operator]}}
  "120": {name: Leo}
"""


@pytest.fixture(scope="module")
def reader(window: Browser, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(window, written(tmp_path_factory.mktemp("report"), plan_of(OPERATOR)))


def phones(reader: Reader) -> list[str]:
    lines: list[str] = reader.run("return [...document.querySelectorAll('#play-phones span')].map(s => s.innerText)")
    return lines


def transferred(reader: Reader, by: str, to: str, caller: str = "+393471112222") -> None:
    reader.open("#play/inbound/%2B390212345000")
    for name, value in (("play-from", caller), ("play-by", by), ("play-transfer", to)):
        reader.type(name, value)


def test_phones_on_the_way_of_a_transferred_call_can_be_made_busy(reader: Reader) -> None:
    transferred(reader, "100", "107")
    assert phones(reader) == ["Ada (100)", "Bea (110)", "Gino (107)", "Leo (120)", "+393331110107"]
    reader.type("select[aria-label='Gino (107)']", "busy")
    assert reader.text("#play-end") == "+393331110107 answers."


def test_a_caller_transfers_whoever_answered(reader: Reader) -> None:
    transferred(reader, "120", "107", caller="120")
    reader.type("play-to", "9")
    assert phones(reader) == ["Ada (100)", "Bea (110)", "Gino (107)", "Leo (120)"]
    assert reader.text("#play-end") == "Gino (107) answers."


@pytest.mark.parametrize(
    ("by", "to", "why"),
    [
        ("110", "107", "Bea (110) is not in this call."),
        ("999", "107", "no user has the extension 999."),
        ("100", "", "where to is missing."),
        ("", "107", "who transfers the call is missing."),
    ],
)
def test_a_transfer_that_cannot_be_says_why(reader: Reader, by: str, to: str, why: str) -> None:
    transferred(reader, by, to)
    assert reader.text("#play-steps li:last-child") == "Not transferred: " + why
    assert reader.text("#play-end") == "Ada (100) answers."


def test_where_nobody_else_can_call_a_caller_is_asked_for(window: Browser, tmp_path: Path) -> None:
    reader = Reader(window, written(tmp_path, plan_of('users: {"101": {name: Ada}}')))
    reader.open("#play/user/101")
    assert reader.text("#play-end") == "Who calls? Type an extension or an outside number in From."
    assert phones(reader) == []
    reader.type("play-from", "101")
    reader.type("play-to", "")
    assert reader.text("#play-end") == "Who is called? Type an extension or a number in To."


def test_an_extension_called_from_outside_is_not_said_to_be_nobodys(reader: Reader) -> None:
    reader.open("#play/user/107")
    reader.type("play-from", "+393471112222")
    assert "an extension is reached from inside only" in reader.text("#play-end")


def test_every_phone_of_a_large_group_can_be_made_busy(window: Browser, tmp_path: Path) -> None:
    members = [str(e) for e in range(200, 270)]
    users = "".join(f'  "{e}": {{name: Person}}\n' for e in members)
    group = f'groups: {{all: {{number: "700", members: {json.dumps(members)}}}}}\n'
    reader = Reader(window, written(tmp_path, plan_of(group + "users:\n" + users)))
    reader.open("#play/group/all")
    reader.run("document.querySelector('#play-phones button').click()")
    assert len(phones(reader)) == 70
