"""The page in Italian: every view, without a phrase that is missing or not filled in."""

from __future__ import annotations

import pytest

from pbxgen.flow.analysis.findings import analyse
from pbxgen.report.page import page
from tests.report.reader import Reader
from tests.support.browser import Browser
from tests.support.office import TODAY, plan_of

OFFICE = """
schedules: {office: {weekly: {mon-fri: "08:30-18:00"}}}
contacts: {vip: ["+4420*"]}
operators: {reception: {number: "9", members: ["100", "110"], overflow: "voicemail:100"}}
inbound: {"+390212345000": {to: operator, when: office, else: "announce:closed"}}
users:
  "100": {name: Ada, voicemail: true}
  "110": {name: Bea, class: national, deviations: {busy: {to: "+393331110107", from: vip}, unreachable: "100"}}
"""


@pytest.fixture(scope="module")
def reader(window: Browser, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    plan, path = plan_of(OFFICE), tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page([(plan, analyse(plan, TODAY, "it"), ())], "it"), encoding="utf-8")
    return Reader(window, path)


@pytest.mark.parametrize(
    ("view", "selector", "expected"),
    [
        ("calls/user/100", "#calls-tree", "casella vocale di Ada (100)"),
        ("calls/operator/reception", "#calls-tree", "squilla 20 s"),
        ("play/inbound/%2B390212345000", "#play-end", "Risponde Ada (100)."),
        ("play/inbound/%2B390212345000", "#play-phones", "non disturbare (480)"),
        ("graph/user/110", "#graph-title", "Bea (110): 0 deviano qui, devia verso 2"),
        ("graph/user/110", "#graph-out", "su occupato (da vip)"),
        ("outside/user/110", "#outside-list", "1 devia qui"),
        ("findings/user/110", "#findings-count", "segnalazion"),
        ("findings/user/110", "#tabs", "Chi devia verso chi"),
    ],
)
def test_every_view_speaks_italian(reader: Reader, view: str, selector: str, expected: str) -> None:
    reader.open(f"#{view}")
    assert expected in reader.text(selector)
    shown = reader.text("body")
    assert "undefined" not in shown
    assert "{" not in shown
    assert reader.run("return document.documentElement.lang") == "it"
