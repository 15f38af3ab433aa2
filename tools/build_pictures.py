"""Make the pictures of the README from the examples: the page of `pbxgen report`, and one finding as `check` shows it.

    python tools/build_pictures.py

Needs Debian's package chromium, or PBXGEN_CHROMIUM naming the program.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
BROKEN = 'number: "9"', 'number: "101"'
"""What is spoilt in examples/studio for the finding: the operator's number is made that of a user."""

_AT_TEN = """<script>
const at = document.getElementById("at");
at.value = "2026-11-23T10:00";
at.dispatchEvent(new Event("input", {bubbles: true}));
</script>"""
"""Appended to the page: it shows a Monday at 10:00, whenever the picture is made."""


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        picture_of_page(Path(folder))
        picture_of_finding(Path(folder))


def picture_of_page(folder: Path) -> None:
    chromium = os.environ.get("PBXGEN_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is not on PATH: install Debian's package chromium, or set PBXGEN_CHROMIUM")
    page = folder / "report.html"
    _pbxgen("report", "examples/studio", "-o", str(page))
    page.write_text(page.read_text(encoding="utf-8").replace("</body>", _AT_TEN + "</body>"), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1200,800"]
    options += [f"--user-data-dir={folder / 'profile'}", f"--screenshot={IMAGES / 'report.png'}"]
    address = page.as_uri() + "#calls/user/201"
    subprocess.run([chromium, *options, address], check=True, capture_output=True, timeout=120)


def picture_of_finding(folder: Path) -> None:
    source = folder / "studio"
    shutil.copytree(ROOT / "examples" / "studio", source)
    reception = source / "reception.yaml"
    reception.write_text(reception.read_text(encoding="utf-8").replace(*BROKEN), encoding="utf-8")
    shown = _pbxgen("check", "studio", folder=folder, code=1)
    first = shown.split("\n\n")[0]
    console = Console(record=True, width=max(map(len, first.splitlines())) + 2, file=io.StringIO())
    console.print(Text(f"$ pbxgen check studio\n{first}"), soft_wrap=True)
    console.save_svg(str(IMAGES / "finding.svg"), title="pbxgen check")


def _pbxgen(*words: str, folder: Path = ROOT, code: int = 0) -> str:
    path = {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pbxgen", *words]
    done = subprocess.run(command, cwd=folder, env=os.environ | path, capture_output=True, text=True, check=False)
    if done.returncode != code:
        sys.exit(f"pbxgen {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
