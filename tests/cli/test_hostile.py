"""Whatever is typed: a result or a clean error, and generated files that hold it safely."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pbxgen.cli.main import app
from tests.cli.conftest import SMALL

NAMES = [
    "a; b",
    "a, b",
    "${EXTEN}",
    "${SHELL(touch /tmp/x)}",
    "$[1/0]",
    '"quoted"',
    "it's",
    "]]>",
    "--> <!-- <x/>",
    "--; comment ;--",
    "a\\nb",
    "\\",
    "🦊👩‍💻",
    "\u202eright to left",
    "مرحبا",
    "_X.",
    "[context]",
    '#include "/etc/passwd"',
    "=>",
    "&amp;",
    "%s %d {0}",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "x" * 10_000,
    "\u00a0",
    "$${domain}",
    "101",
    "no",
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:20].encode("unicode_escape").decode())
def test_a_name_is_carried_or_refused(invoke, small: Path, tmp_path: Path, name: str) -> None:
    quoted = "'" + name.replace("'", "''") + "'"
    small.write_text(SMALL.replace("name: Ada", f"name: {quoted}"), encoding="utf-8")
    result = invoke("generate", small, "-o", tmp_path / "out")
    assert result.code in (0, 1)
    if result.code == 1:
        assert "error[PBX" in result.err
        assert not (tmp_path / "out").exists()
        return
    for path in (tmp_path / "out").rglob("*.xml"):
        text = path.read_text(encoding="utf-8")
        ElementTree.fromstring(text if text.startswith("<?xml") else f"<x>{text}</x>")
    for path in (tmp_path / "out").rglob("*.conf"):
        assert max(map(len, path.read_text(encoding="utf-8").splitlines())) < 8190


@pytest.mark.parametrize(
    "secret", ["a b", "a;b", 'a"b', "a<b>&'c", "${x}", "$${domain}", "\\;", "]]>", "ü🦊", "=>", ";--"]
)
def test_a_secret_is_carried_or_refused(invoke, small: Path, tmp_path: Path, monkeypatch, secret: str) -> None:
    monkeypatch.setenv("SIP_101", secret)
    result = invoke("generate", small, "-o", tmp_path / "out")
    assert result.code in (0, 1)
    assert len(secret) < 4 or secret not in result.out + result.err
    if result.code == 1:
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("secret", ["a\nb", "a\tb", "\x1b[31m", "x" * 10_000])
def test_a_secret_that_no_file_can_hold_is_refused(
    invoke, small: Path, tmp_path: Path, monkeypatch, secret: str
) -> None:
    monkeypatch.setenv("SIP_101", secret)
    result = invoke("generate", small, "-o", tmp_path / "out")
    assert result.code == 1
    assert "PBX403" in result.err
    assert secret not in result.err


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_give_a_clean_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    place = tmp_path_factory.mktemp("any") / "x.yaml"
    place.write_bytes(content)
    result = CliRunner().invoke(app, ["check", str(place)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code == 1


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_damage_gives_a_clean_answer(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """A good source with a piece of it replaced by something else of it, or by any text."""
    begin = data.draw(st.integers(0, len(SMALL)))
    until = data.draw(st.integers(begin, min(begin + 40, len(SMALL))))
    start = data.draw(st.integers(0, len(SMALL)))
    new = data.draw(st.one_of(st.text(max_size=10), st.just(SMALL[start : start + 20])))
    place = tmp_path_factory.mktemp("any") / "x.yaml"
    place.write_text(SMALL[:begin] + new + SMALL[until:], encoding="utf-8", errors="replace")
    result = CliRunner().invoke(app, ["check", str(place)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (0, 1)


@pytest.mark.slow
def test_ten_thousand_users(small: Path, tmp_path: Path) -> None:
    users = "".join(
        f'  "{n}": {{name: User {n}, did: "+39021{n:06}", deviations: {{busy: "{n + 1}", no_answer: voicemail}}}}\n'
        for n in range(20000, 30000)
    )
    small.write_text(SMALL.replace("inbound:", users + '  "30000": {name: Last}\ninbound:'), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pbxgen", "generate", str(small), "-o", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "10003 users" in done.stdout
    again = subprocess.run(
        [sys.executable, "-m", "pbxgen", "divert", str(small), "25000", "busy", "voicemail"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert again.returncode == 0, again.stderr[-2000:]
