"""A reader of the page: what they do, and what they see."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from pbxgen.flow.plan import Plan
from pbxgen.report.page import page
from tests.support.browser import Browser

MONDAY = "2026-11-23T10:00"
_TYPE = """
const [name, value] = arguments, field = document.getElementById(name) || document.querySelector(name);
field.value = value;
for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, {bubbles: true}));
"""


class Reader:
    """Somebody with the page at ``path`` before them."""

    def __init__(self, window: Browser, path: Path) -> None:
        self.window = window
        self.path = path

    def open(self, fragment: str = "", *, at: str = MONDAY) -> None:
        """The page as it is when newly opened at this address, and then set to a moment."""
        self.window.open(self.path, fragment)
        self.window.run("location.reload()")
        for _ in range(100):
            if self.window.run("return document.readyState") == "complete":
                break
            time.sleep(0.05)
        if at:
            self.type("at", at)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.window.run(script, *arguments)

    def text(self, selector: str) -> str:
        shown: str = self.run("return document.querySelector(arguments[0]).innerText", selector)
        return shown

    def type(self, field: str, value: str) -> None:
        """Into a field that is named by its id or a selector."""
        self.run(_TYPE, field, value)


def written(folder: Path, *plans: Plan) -> Path:
    """The page of these tenants as a file."""
    path = folder / "report.html"
    path.write_text(page([(plan, (), ()) for plan in plans]), encoding="utf-8")
    return path
