"""Outside numbers and who sends calls there, in a real browser."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.report.reader import Reader, written
from tests.support.browser import Browser
from tests.support.office import plan_of

NUMBER = "+393401112233"
MANY = "users:\n" + "".join(
    f'  "{e}": {{name: Person {e}, class: national, deviations: {{busy: "{NUMBER}"}}}}\n' for e in range(200, 260)
)
CHAIN = """\
  "197": {name: Far, deviations: {no_answer: "198"}}
  "198": {name: Near, deviations: {busy: "200"}}
  "199": {name: Beside, follow_me: ["199", {to: "200", delay: 5}]}
"""


@pytest.fixture(scope="module")
def reader(window: Browser, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(window, written(tmp_path_factory.mktemp("report"), plan_of(MANY + CHAIN)))


def senders(reader: Reader) -> list[str]:
    lines: list[str] = reader.run("return [...document.querySelectorAll('.senders li')].map(s => s.innerText)")
    return lines


def test_all_who_reach_a_number_can_be_seen(reader: Reader) -> None:
    reader.open("#outside/user/200")
    assert senders(reader)[-1] == "Show 50 more"
    reader.run("document.querySelector('.senders button').click()")
    assert len(senders(reader)) == 62
    assert reader.run("return document.activeElement.innerText") == "Person 212 (212): on busy"


def test_chains_are_told_and_end_with_a_leg_of_follow_me(reader: Reader) -> None:
    reader.open("#outside/user/200")
    assert "60 divert here, 2 more by way of others" in reader.text("#outside-list")
    reader.run("document.querySelector('.senders button').click()")
    assert senders(reader)[60:] == [
        "Near (198): on busy → Person 200 (200): on busy",
        "Far (197): on no answer → Near (198): on busy → Person 200 (200): on busy",
    ]


@pytest.mark.parametrize(
    ("text", "sender"), [("person 240", "Person 240 (240): on busy"), ("FAR", "Far (197): on no answer")]
)
def test_the_filter_looks_at_everybody_and_shows_who_was_meant(reader: Reader, text: str, sender: str) -> None:
    reader.open("#outside/user/200")
    reader.type("outside-filter", text)
    assert len(senders(reader)) == 1
    assert senders(reader)[0].startswith(sender)
    reader.type("outside-filter", "beside")
    assert senders(reader) == []


def test_among_ten_thousand_senders_one_is_found_at_once(window: Browser, tmp_path: Path) -> None:
    many = "".join(
        f'  "{e}": {{name: Person {e}, class: national, deviations: {{busy: "{NUMBER}"}}}}\n'
        for e in range(20000, 30000)
    )
    reader = Reader(window, written(tmp_path, plan_of("users:\n" + many)))
    reader.open("#outside/user/20000")
    started = time.monotonic()
    reader.type("outside-filter", "person 29876")
    assert senders(reader) == ["Person 29876 (29876): on busy"]
    assert time.monotonic() - started < 2
