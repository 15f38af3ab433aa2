"""Who diverts to whom, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.report.reader import Reader, written
from tests.support.browser import browser
from tests.support.office import plan_of

USERS = """
schedules: {office: {weekly: {mon-fri: "09:00-18:00"}}}
contacts: {vip: ["+3933*"]}
users:
  "200":
    name: Ada
    class: national
    deviations:
      unconditional: {to: "+393401112233", until: 2026-12-24}
      busy: [{to: "201", when: not office, from: vip}, {to: "+393401112233"}]
  "201": {name: Bea}
""" + "".join(f'  "{e}": {{name: Person, deviations: {{no_answer: "201"}}}}\n' for e in range(300, 360))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path = written(tmp_path_factory.mktemp("report"), plan_of(USERS))
    with browser() as window:
        yield Reader(window, path)


def test_what_a_rule_depends_on_is_shown(reader: Reader) -> None:
    reader.open("#graph/user/200")
    assert "on busy (from vip, outside office)" in reader.text("#graph-out")
    assert "every call (until 2026-12-24); on busy" in reader.text("#graph-out")
    reader.open("#outside/user/200")
    assert "Ada (200): every call (until 2026-12-24); on busy" in reader.text("#outside-list")


@pytest.mark.parametrize("view", ["graph", "outside"])
def test_a_rule_is_shown_to_its_last_day_and_then_counted_as_past(reader: Reader, view: str) -> None:
    reader.open(f"#{view}/user/200", at="2026-12-24T23:59")
    assert "until 2026-12-24" in reader.text(f"#view-{view}")
    assert "Not shown" not in reader.text(f"#view-{view}")
    reader.type("at", "2026-12-25T00:00")
    assert "until 2026-12-24" not in reader.text(f"#view-{view}")
    assert "Not shown: 1 rule past on 2026-12-25" in reader.text(f"#view-{view}")


def test_all_who_divert_to_somebody_can_be_seen(reader: Reader) -> None:
    reader.open("#graph/user/201")
    assert reader.text("#graph-in-list .more") == "Show 21 more"
    reader.run("document.querySelector('#graph-in-list .more button').click()")
    assert reader.run("return document.querySelectorAll('#graph-in-list li').length") == 61


def test_one_is_one(reader: Reader) -> None:
    reader.open("#outside/user/200")
    assert reader.text("#outside-count") == "1 number"
    assert "1 diverts here" in reader.text("#outside-list")
