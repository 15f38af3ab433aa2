"""What the page is to those who hear it or see little, in a real browser."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.report.reader import Reader, written
from tests.support.browser import browser
from tests.support.office import plan_of

USERS = """
users:
  "200":
    name: Ada
    class: national
    deviations:
      unconditional: {to: "201", from: internal}
      busy: ["201", "+393401112233"]
      no_answer: "201"
      unreachable: "201"
      operator_return: {busy: "201", no_answer: "201", unreachable: "201"}
  "201": {name: Bea}
"""
_BORDERS = """
return [...document.querySelectorAll('input, select, button, .box, kbd')].filter(e => e.offsetParent !== null)
  .map(e => [getComputedStyle(e).borderTopColor, getComputedStyle(e).backgroundColor]);
"""
_LINES = "return getComputedStyle(document.querySelector(arguments[0]), '::before').borderLeftColor"
_PAGE = "return getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path = written(tmp_path_factory.mktemp("report"), plan_of(USERS))
    with browser() as window:
        yield Reader(window, path)


def named(reader: Reader, view: str) -> list[tuple[str, str]]:
    """Role and name of everything on the page, as a screen reader is told."""
    reader.open(f"#{view}/user/200")
    reader.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    nodes = reader.window.devtools("Accessibility.getFullAXTree")["nodes"]
    return [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if not n["ignored"]]


def test_who_diverts_where_and_why_is_heard_in_full(reader: Reader) -> None:
    heard = named(reader, "graph")
    own = "on busy; on no answer; when unreachable"
    returned = "; ".join(f"calls from outside, {reason}" for reason in own.split("; "))
    assert ("list", "diverts to") in heard
    assert ("button", "Bea (201)") in heard
    assert ("StaticText", f"every call (from inside); {own}; {returned}") in heard
    assert ("StaticText", "outside number +393401112233") in heard


def test_no_two_fields_have_one_name(reader: Reader) -> None:
    fields = Counter(name for role, name in named(reader, "play") if role in ("textbox", "searchbox", "combobox"))
    assert [name for name, times in fields.items() if times > 1] == []


def test_how_a_played_call_ends_is_told(reader: Reader) -> None:
    assert "status" in [role for role, _ in named(reader, "play")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_borders_and_lines_can_be_seen(reader: Reader, scheme: str) -> None:
    """WCAG 2.2, 1.4.11: 3 to 1 with what is beside them."""
    reader.window.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    for view in ("calls", "play", "graph"):
        reader.open(f"#{view}/user/200")
        back = reader.run(_PAGE)
        assert [pair for pair in reader.run(_BORDERS) if pair[0] != pair[1] and contrast(*pair, back) < 3] == []
    assert contrast(reader.run(_LINES, "#graph-out li"), back, back) > 3
    reader.open("#calls/user/200")
    assert contrast(reader.run(_LINES, "#calls-tree ul ul > li"), back, back) > 3


def contrast(one: str, other: str, back: str) -> float:
    light, dark = sorted((_luminance(one, back), _luminance(other, back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str, back: str) -> float:
    red, green, blue, *opacity = (float(part) for part in re.findall(r"[0-9.]+", colour))
    if opacity == [0.0]:
        return _luminance(back, back)
    linear = [(c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4) for c in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
