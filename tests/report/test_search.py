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
"""
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
    found = reader.run("return [...document.querySelectorAll('#found li')].map(e => e.innerText)")
    assert found == NICOLO


def test_filters_too_look_past_accents(reader: Reader) -> None:
    reader.open("#outside/user/200")
    reader.type("outside-filter", "nicolo bartoli")
    assert reader.text("#outside-count") == "1 number"
