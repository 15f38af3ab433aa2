"""What people are shown of a call."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from pbxgen.lab.report import page
from pbxgen.lab.result import LabReport
from pbxgen.lab.sequence import failure, message_sequence, sequence_lines
from tests.lab.results import answered, case, result, trace
from tests.smoke.offices import office

_USERS = 'users:\n  "101": {name: "Ada <b>"}\n  "103": {}\n'


def test_a_sequence_has_each_message_once_and_no_challenges() -> None:
    steps = message_sequence(trace("101"))
    assert sequence_lines(steps) == [
        "   0.00  caller ──INVITE──▶ PBX",
        "   0.10            PBX ──INVITE──▶ 101",
        "   0.70            PBX ◀──200 OK── 101",
    ]


def test_a_failure_shows_the_messages_beside_the_model_s_steps(tmp_path: Path) -> None:
    plan = office(tmp_path, _USERS)
    told = failure(result(case(plan, "103", "101"), answered("101"), "101 heard nothing"))
    assert "✗ 101 heard nothing" in told
    first = next(line for line in told.splitlines() if "caller ──INVITE" in line)
    assert "Ada" in first


def test_the_report_is_one_page_that_needs_nothing_else(tmp_path: Path) -> None:
    plan = office(tmp_path, _USERS)
    bad = result(case(plan, "103", "101"), answered("101"), "rang <nobody>")
    good = result(case(plan, "101", "103"), answered("103"))
    text = page(LabReport((good, bad), ("asterisk",), {"asterisk": ("WARNING x",)}, 12.0))
    assert "asterisk: 1 of 2 as expected" in text
    assert "rang &lt;nobody&gt;" in text
    assert "<b>" not in text
    assert text.index("103 calls 101") < text.index("101 calls 103"), "failures come first"
    assert _Links().of(text) == []


class _Links(HTMLParser):
    """Addresses that a page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]

    def of(self, text: str) -> list[str]:
        self.feed(text)
        return self.links
