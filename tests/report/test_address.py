"""The page's address holds what is shown, in a real browser."""

from __future__ import annotations

import time

import pytest

from tests.report.reader import Reader, written
from tests.support.browser import Browser
from tests.support.office import HEAD, plan_of

USERS = 'users: {"200": {name: Ada, deviations: {busy: "201"}}, "201": {name: Bea}}'
SHOWN = "return [...document.querySelectorAll('section')].filter(s => !s.hidden).map(s => s.id)"


@pytest.fixture(scope="module")
def reader(window: Browser, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(window, written(tmp_path_factory.mktemp("report"), plan_of(USERS)))


def sees(reader: Reader, title: str) -> bool:
    """What an address leads to is there a moment later."""
    for _ in range(40):
        if reader.run("return document.querySelector('section:not([hidden]) h2').innerText") == title:
            return True
        time.sleep(0.05)
    return False


def test_a_reloaded_page_shows_the_same_tenant(window: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    one, other = plan_of(USERS), plan_of(USERS.replace("Ada", "Zoe"), head=HEAD.replace("name: acme", "name: zeta"))
    reader = Reader(window, written(tmp_path_factory.mktemp("fleet"), one, other))
    reader.open()
    reader.type("tenant", "1")
    reader.run("location.reload()")
    assert sees(reader, "Zoe (200)")
    assert reader.text("#title") == "Calls of zeta"
    assert reader.run("return document.getElementById('tenant').value") == "1"


def test_an_address_that_is_no_address_shows_one_view(reader: Reader) -> None:
    reader.open("#calls/user/%E0%A4%A")
    assert reader.run(SHOWN) == ["view-calls"]
    assert sees(reader, "Ada (200)")


def test_back_leads_to_what_was_shown_before(reader: Reader) -> None:
    reader.open("#graph/user/200")
    reader.run("document.querySelector('#graph-out button').click()")
    assert sees(reader, "Bea (201): 1 diverts here, diverts to 0")
    reader.run("document.getElementById('tab-findings').click()")
    assert sees(reader, "Findings")
    reader.run("history.back()")
    assert sees(reader, "Bea (201): 1 diverts here, diverts to 0")
    reader.run("history.back()")
    assert sees(reader, "Ada (200): 0 divert here, diverts to 1")


def test_a_changed_address_is_followed(reader: Reader) -> None:
    reader.open("#calls/user/200")
    reader.run("location.hash = '#calls/user/201'")
    assert sees(reader, "Bea (201)")
