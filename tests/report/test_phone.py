"""The page on the screen of a phone, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.report.reader import Reader, written
from tests.support.browser import browser
from tests.support.office import plan_of

CHAIN = "users:\n" + "".join(
    f'  "{e}": {{name: Massimiliano Conti, deviations: {{no_answer: "{e + 1}", busy: "220"}}}}\n'
    for e in range(200, 210)
)
_OFF_SCREEN = """
return [...document.querySelectorAll(arguments[0])].filter(box => {
  const at = box.getBoundingClientRect();
  return at.left < 0 || at.right > innerWidth;
}).map(box => box.innerText);
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    ends = '  "210": {name: Ada}\n  "220": {name: Bea}\n'
    plan = plan_of("defaults: {max_diversions: 10}\n" + CHAIN + ends)
    path = written(tmp_path_factory.mktemp("report"), plan)
    with browser() as window:
        window.devtools("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
        yield Reader(window, path)


def test_everything_around_the_chosen_user_is_on_the_screen(reader: Reader) -> None:
    reader.open("#graph/user/203")
    assert reader.run("return document.querySelectorAll('#graph .box').length") == 4
    assert reader.run(_OFF_SCREEN, "#graph .box") == []
    assert reader.run("return document.getElementById('graph-me').getBoundingClientRect().bottom < innerHeight")


def test_deep_in_a_call_flow_boxes_stay_wide_and_scroll_in_their_own_place(reader: Reader) -> None:
    reader.open("#calls/user/200")
    heights = reader.run("return [...document.querySelectorAll('#calls-tree .ring')].map(box => box.offsetHeight)")
    assert len(heights) > 8
    assert max(heights) < 90  # two lines of name, one of details
    assert reader.run("return document.getElementById('calls-tree').scrollWidth") > 390
    assert reader.run("return document.documentElement.scrollWidth") == 390
