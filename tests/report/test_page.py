"""The page in a real browser: keyboard, phone size, dark mode, hostile texts, many users."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app
from pbxgen.flow.analysis.findings import analyse
from pbxgen.language.compile import compile_source
from pbxgen.report.page import page
from pbxgen.source.load import load_source
from tests.report.reader import Reader, written
from tests.support.browser import Browser
from tests.support.office import TODAY, plan_of
from tests.support.synthetic import office

STUDIO = Path(__file__).parents[2] / "examples" / "studio"
TEXT = "return document.querySelector(arguments[0]).innerText"
SHOWN = "return [...document.querySelectorAll('section')].filter(s => !s.hidden).map(s => s.id)"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "studio.html"
    result = CliRunner().invoke(app, ["report", str(STUDIO), "-o", str(path)])
    assert result.exit_code == 0, result.output
    return path


def test_a_device_is_written_to_and_what_fails_is_named(tmp_path: Path) -> None:
    full = tmp_path / "full.html"
    full.symlink_to("/dev/full")
    result = CliRunner().invoke(app, ["report", str(STUDIO), "-o", str(full)])
    assert result.exit_code == 1
    assert f"cannot use {full}: No space left on device" in result.output
    assert full.is_char_device()


def opened(window: Browser, path: Path, fragment: str = "") -> None:
    Reader(window, path).open(fragment)


def test_somebody_is_found_and_shown_with_the_keyboard_alone(window: Browser, studio: Path) -> None:
    opened(window, studio)
    window.press("/")
    window.press(*"elena", "Enter")
    assert window.run(TEXT, "#calls-title") == "Elena Ferri (201)"
    assert "Chiara Longo (210)" in window.run(TEXT, "#calls-tree")
    window.run("document.getElementById('tab-calls').focus()")
    window.press("Right")
    assert window.run(SHOWN) == ["view-play"]


def test_inside_calls_and_other_times_are_different(window: Browser, studio: Path) -> None:
    opened(window, studio, "#calls/inbound/%2B390266670000")
    assert "operator position reception" in window.run(TEXT, "#calls-tree")
    Reader(window, studio).type("at", "2026-11-23T13:30")
    assert window.run(TEXT, "#calls-tree").startswith("announcement closed")
    assert "office: closed" in window.run(TEXT, "#calls-state")


def test_all_views_are_of_one_moment_which_at_first_is_now_where_the_pbx_is(window: Browser, studio: Path) -> None:
    reader = Reader(window, studio)
    reader.open("#calls/user/200", at="")
    now = dt.datetime.now(ZoneInfo("Europe/Rome")).replace(tzinfo=None)
    shown = dt.datetime.fromisoformat(reader.run("return document.getElementById('at').value"))
    assert abs(now - shown) < dt.timedelta(minutes=2)
    assert reader.text("#at-form") == "At (Europe/Rome)"
    reader.open("#calls/inbound/%2B390266670000", at="2026-11-23T13:30")
    reader.run("document.getElementById('tab-play').click()")
    assert reader.text("#play-end").startswith("Announcement closed")


def test_who_calls_is_asked_only_where_it_matters(window: Browser, studio: Path) -> None:
    opened(window, studio, "#calls/user/200")
    shown = "return document.getElementById('calls-caller').offsetParent !== null"
    assert window.run(shown)
    window.run(
        "const origin = document.getElementById('calls-origin'); origin.value = 'internal';"
        "origin.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    assert not window.run(shown)


def test_a_call_is_played(window: Browser, studio: Path) -> None:
    opened(window, studio, "#play/user/200")
    assert window.run(TEXT, "#play-end") == "Paolo Bianchi (200) answers."
    window.run(
        "const s = document.querySelector('#play-phones select');s.value = 'busy'; s.dispatchEvent(new Event('change'))"
    )
    assert window.run(TEXT, "#play-end") == "Chiara Longo (210) answers."
    assert "policies.yaml:" in window.run(TEXT, "#play-steps")


def test_diversions_outside_numbers_and_findings(window: Browser, studio: Path) -> None:
    opened(window, studio, "#graph/operator/reception")
    assert "Francesca Riva (300)" in window.run(TEXT, "#graph-in")
    opened(window, studio, "#outside/user/200")
    assert "+393401110201" in window.run(TEXT, "#outside-list")
    opened(window, studio, "#findings/user/200")
    assert window.run(TEXT, "#findings-count").endswith(("finding", "findings"))


@pytest.mark.parametrize("view", ["calls", "play", "graph", "outside", "findings"])
def test_on_a_phone_nothing_is_wider_than_the_screen(window: Browser, studio: Path, view: str) -> None:
    window.devtools("Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=1, mobile=True)
    try:
        opened(window, studio, f"#{view}/user/201")
        assert window.run("return document.documentElement.scrollWidth") <= 360
    finally:
        window.devtools("Emulation.clearDeviceMetricsOverride")


def test_dark_mode_is_dark(window: Browser, studio: Path) -> None:
    window.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    try:
        opened(window, studio)
        assert window.run("return getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 27)"
    finally:
        window.devtools("Emulation.setEmulatedMedia", features=[])


def test_texts_of_the_source_stay_texts(window: Browser, tmp_path: Path) -> None:
    evil = "</script><img src=x onerror=window.hit=1>@@DATA@@ \\u2028 <!--"
    plan = plan_of('users: {"101": {name: "' + evil.replace("\\", "\\\\") + '"}}')
    path = tmp_path / "evil.html"
    path.write_text(page([(plan, analyse(plan, TODAY), ())]), encoding="utf-8")
    opened(window, path)
    assert window.run(TEXT, "#calls-title").startswith("</script><img src=x")
    assert window.run("return window.hit") is None


def test_a_name_turns_nothing_around_it(window: Browser, tmp_path: Path) -> None:
    backwards, hebrew = "Ada \u202e\u2069eb", "\u05d0\u05d1"
    plan = plan_of(f'users: {{"101": {{name: "{backwards}"}}, "102": {{name: {hebrew}}}}}')
    reader = Reader(window, written(tmp_path, plan))
    reader.open("#calls/user/101")
    assert reader.text("#calls-title") == "Ada \ufffd\ufffdeb (101)"
    reader.open("#calls/user/102")
    assert reader.text("#calls-title") == f"\u2068{hebrew}\u2069 (102)"


def test_the_page_asks_for_nothing_from_anywhere(window: Browser, studio: Path) -> None:
    opened(window, studio)
    assert window.run("return performance.getEntriesByType('resource').length") == 0
    assert "default-src 'none'" in studio.read_text(encoding="utf-8")


def test_of_ten_thousand_users_few_are_drawn(window: Browser, tmp_path: Path) -> None:
    source = tmp_path / "large.yaml"
    source.write_text("".join(office(10000)), encoding="utf-8")
    plan = compile_source(load_source(source), dt.date(2026, 11, 23)).plan
    assert plan is not None
    path = tmp_path / "large.html"
    path.write_text(page([(plan, (), ())]), encoding="utf-8")
    assert path.stat().st_size < 16_000_000  # the path of the source is in it many times
    opened(window, path)
    drawn = window.run(
        "const counts = [], box = document.getElementById('search');"
        "const count = () => counts.push(document.getElementsByTagName('*').length);"
        "for (const text of ['u', 'User 99', 'User 9999', '+390210009999', 'nothing at all']) {"
        "  box.value = text; box.dispatchEvent(new Event('input')); count(); }"
        "for (const tab of ['play', 'graph', 'outside', 'findings', 'calls']) {"
        "  document.getElementById('tab-' + tab).click(); count(); }"
        "return counts;"
    )
    assert max(drawn) < 2_000  # of ten thousand users only what is looked at is drawn
