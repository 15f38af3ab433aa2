"""Finding somebody, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.report.reader import Reader, written
from tests.support.browser import browser
from tests.support.office import plan_of

USERS = """
users:
  "200":
    name: Nicolò Bàrtoli
    did: "+390212345200"
    mobile: "+393401110200"
    class: national
    deviations: {busy: mobile}
  "201": {name: Ada}
operators:
  desk: {number: "9", members: ["200", "201"], strategy: linear, ring_timeout: 20}
"""
FOUND = "return [...document.querySelectorAll('#found li')].map(e => e.innerText)"
NICOLO = ["200 Nicolò Bàrtoli · +390212345200 · mobile +393401110200"]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path = written(tmp_path_factory.mktemp("report"), plan_of(USERS))
    with browser() as window:
        yield Reader(window, path)


@pytest.mark.parametrize(
    "text",
    [
        "nicolo",
        "NICOLÒ bart",
        "+393401110200",
        "00393401110200",
        "0039 340 111 0200",
        "340-1110200",
        "0212345200",
        "5200",
    ],
)
def test_accents_and_ways_of_writing_a_number_do_not_matter(reader: Reader, text: str) -> None:
    reader.open()
    reader.type("search", text)
    hits = reader.run(FOUND)
    assert hits == NICOLO


def test_filters_too_look_past_accents(reader: Reader) -> None:
    reader.open("#outside/user/200")
    reader.type("outside-filter", "nicolo bartoli")
    assert reader.text("#outside-count") == "1 number"


def test_an_empty_search_lists_whom_to_start_from(reader: Reader) -> None:
    reader.open()
    reader.run("document.getElementById('search').focus()")
    reader.type("search", "")
    assert reader.run(FOUND) == [*NICOLO, "201 Ada", "9 operator position desk"]


def test_a_search_that_finds_nothing_says_so(reader: Reader) -> None:
    reader.open("#outside/user/200")
    reader.type("search", "zzz")
    assert reader.run(FOUND) == ["nothing found"]
    reader.type("outside-filter", "zzz")
    assert reader.text("#outside-count") == "nothing found"


def test_a_linear_position_is_shown_with_the_time_of_each_member_and_of_all(reader: Reader) -> None:
    reader.open("#calls/operator/desk")
    assert "rings 20 s each, up to 40 s in all" in reader.text("#calls-tree")
