"""A real Chromium without a screen, driven over WebDriver (https://www.w3.org/TR/webdriver2/).

Needs Debian's packages chromium and chromium-driver, or PBXGEN_CHROMIUM and PBXGEN_CHROMEDRIVER naming the programs.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
_KEYS = {"Enter": "\ue007", "Down": "\ue015", "Right": "\ue014", "Tab": "\ue004", "Escape": "\ue00c"}


class Browser:
    """One window."""

    def __init__(self, address: str, session: str) -> None:
        self._address = f"{address}/session/{session}"

    def open(self, path: Path, fragment: str = "") -> None:
        self._post("url", {"url": path.resolve().as_uri() + fragment})

    def run(self, script: str, *arguments: Any) -> Any:
        """The value that the body of a function returns."""
        return self._post("execute/sync", {"script": script, "args": list(arguments)})

    def press(self, *keys: str) -> None:
        """Type on the keyboard, wherever the focus is; names such as Enter are keys."""
        actions = []
        for key in keys:
            for value in [_KEYS[key]] if key in _KEYS else list(key):
                actions += [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        self._post("actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def devtools(self, command: str, **parameters: Any) -> Any:
        return self._post("goog/cdp/execute", {"cmd": command, "params": parameters})

    def _post(self, command: str, body: dict[str, Any]) -> Any:
        return post(f"{self._address}/{command}", body)


def post(address: str, body: dict[str, Any]) -> Any:
    data = json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=120) as reply:
            return json.load(reply)["value"]
    except urllib.error.HTTPError as error:
        raise AssertionError(json.load(error)["value"]["message"]) from None


@contextmanager
def browser(*further: str) -> Iterator[Browser]:
    """A window that is closed at the end; ``further``: arguments of Chromium.

    Without Chromium the test is skipped; PBXGEN_REQUIRE=chromium: it fails.
    """
    chromium = os.environ.get("PBXGEN_CHROMIUM") or shutil.which("chromium")
    driver = os.environ.get("PBXGEN_CHROMEDRIVER") or shutil.which("chromedriver")
    if not chromium or not driver:
        missing = "NOT TESTED: chromium or chromedriver is not on PATH (Debian's chromium and chromium-driver)"
        if "chromium" in os.environ.get("PBXGEN_REQUIRE", "").split(","):
            pytest.fail(missing)
        pytest.skip(missing)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="pbxgen-browser-") as profile:
        process = subprocess.Popen([driver, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(port)
            arguments = [*_ARGUMENTS, *further, f"--user-data-dir={profile}"]
            options = {"goog:chromeOptions": {"args": arguments, "binary": chromium}}
            session = post(f"{address}/session", {"capabilities": {"alwaysMatch": options}})["sessionId"]
            try:
                yield Browser(address, session)
            finally:
                request = urllib.request.Request(f"{address}/session/{session}", method="DELETE")
                urllib.request.urlopen(request, timeout=30).close()
        finally:
            process.terminate()
            process.wait(10)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("chromedriver does not start")
