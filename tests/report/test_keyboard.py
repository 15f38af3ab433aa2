"""The page by keyboard, in a real browser: the focus is where the reader goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pbxgen.flow.analysis.findings import analyse
from pbxgen.report.page import page
from tests.report.reader import Reader
from tests.support.browser import browser
from tests.support.office import TODAY, plan_of

USERS = """
users:
  "200": {name: Ada, deviations: {unconditional: "201", busy: "201"}}
  "201": {name: Bea, deviations: {busy: "202"}}
  "202": {name: Leo}
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    plan = plan_of(USERS)
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page([(plan, analyse(plan, TODAY), ())]), encoding="utf-8")
    with browser() as window:
        yield Reader(window, path)


@pytest.mark.parametrize(
    ("view", "button", "heading"),
    [
        ("graph", "#graph-out button", "Bea (201): 1 diverts here, diverts to 1"),
        ("graph", "#graph-top li:last-child button", "Leo (202): 1 diverts here, diverts to 0"),
        ("findings", "#findings-list button", "Ada (200)"),
    ],
)
def test_who_presses_enter_goes_on_at_the_heading_of_what_is_shown(
    reader: Reader, view: str, button: str, heading: str
) -> None:
    reader.open(f"#{view}/user/200")
    reader.run("document.querySelector(arguments[0]).focus()", button)
    reader.window.press("Enter")
    assert (
        reader.run("return document.activeElement.tagName + ' ' + document.activeElement.innerText") == f"H2 {heading}"
    )
