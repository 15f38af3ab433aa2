"""The command as a whole: help, exit codes, streams, signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pbxgen import __version__
from pbxgen.cli.main import app
from pbxgen.diagnostics.codes import TABLE

NAMES = [command.name for command in app.registered_commands if command.name]


@pytest.mark.parametrize("name", NAMES)
def test_every_command_teaches_by_example(invoke, name: str) -> None:
    result = invoke(name, "--help")
    assert result.code == 0
    assert f"pbxgen {name}" in result.out.partition("Examples:")[2]


def test_help_shows_the_way(invoke) -> None:
    result = invoke("--help")
    assert result.code == 0
    assert "pbxgen init office" in result.out
    assert all(name in result.out for name in NAMES)


def test_without_a_command_help_is_shown(invoke) -> None:
    result = invoke()
    assert "Commands:" in result.out + result.err


@pytest.mark.parametrize("arguments", [["version"], ["--version"]])
def test_version(invoke, arguments: list[str]) -> None:
    assert invoke(*arguments).out == f"pbxgen {__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; sys.argv[1:] = ['--help']\n"
    code += "try:\n from pbxgen.cli.main import main; main()\nexcept SystemExit: pass\n"
    code += "print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = set(out.splitlines()[-1].split())
    assert not loaded & {"pydantic", "jinja2", "phonenumbers", "holidays", "ruamel.yaml", "rich", "pbxgen.pipeline"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["check"],
        ["check", "no-such-file.yaml"],
        ["check", "\0"],
        ["check", "a" * 5000],
        ["generate", "no-such-file.yaml", "-o", "out"],
        ["generate", "."],
        ["divert", "."],
        ["codes", "PBX999"],
        ["codes", "\x1b[31m"],
        ["check", ".", "--format", "html"],
        ["check", ".", "--frobnicate"],
        ["test", "no-such-file.test.yaml"],
    ],
    ids=lambda arguments: " ".join(arguments)[:40].encode("unicode_escape").decode(),
)
def test_wrong_usage_is_2(invoke, arguments: list[str]) -> None:
    result = invoke(*arguments)
    assert result.code == 2
    assert result.err
    assert "\x1b" not in result.err


def test_the_formats_that_there_are_are_said(invoke, small: Path) -> None:
    assert "'html' is none of text, json, sarif, gitlab" in invoke("check", small, "--format", "html").err


def test_a_reader_who_leaves_is_no_failure() -> None:
    code = f"{sys.executable} -m pbxgen schema | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "{\n"
    assert done.stderr == ""


@pytest.mark.parametrize(("words", "code"), [("schema", 0), ("version", 0), ("check {}", 1), ("diff {} {}", 1)])
def test_a_reader_who_leaves_at_once_changes_no_exit_code(small: Path, words: str, code: int) -> None:
    small.write_text(small.read_text().replace("country: IT", "country: ''"))
    line = f"(sleep 2; {sys.executable} -m pbxgen {words.format(small, small)}) 2>&1 | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.parametrize(
    "command", ["schema", "version", "codes", "--version", "--help", "check --help", "--show-completion"]
)
def test_a_full_disk_behind_standard_output(command: str) -> None:
    with Path("/dev/full").open("w") as full:
        arguments = [sys.executable, "-m", "pbxgen", *command.split()]
        done = subprocess.run(arguments, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "error: cannot use standard output: No space left on device\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_like_dev_null(small: Path, closed: str) -> None:
    """As a process supervisor starts it."""
    small.write_text(small.read_text().replace("country: IT", "country: ''"))
    for arguments, code in (("codes", 0), (f"check {small}", 1), ("nothing", 2)):
        line = f"{sys.executable} -m pbxgen {arguments} {closed}"
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
        assert done.returncode == code
        assert "Traceback" not in done.stdout + done.stderr


def test_an_interrupt_ends_quietly(small: Path, tmp_path: Path) -> None:
    """Ctrl-C while a long source is compiled."""
    users = "".join(f'  "{n}": {{name: User {n}}}\n' for n in range(20000, 40000))
    small.write_text(small.read_text().replace("inbound:", users + "inbound:"))
    # Whoever runs the tests in the background of a shell has SIGINT ignored, and passes that on.
    heeding = ["env", "--default-signal=INT"]
    command = [*heeding, sys.executable, "-m", "pbxgen", "check", str(small)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        maps = Path(f"/proc/{process.pid}/maps")
        while "pydantic" not in maps.read_text():  # it has begun: models are what is loaded last
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    # A shell says 130 of both: CPython ends by the signal itself if that came while a dataclass was being made.
    assert process.returncode in (130, -signal.SIGINT)
    assert "Traceback" not in err
    assert out == ""


@pytest.mark.parametrize("locale", ["C", "en_US.ISO-8859-1", "C.UTF-8"])
def test_any_locale_will_do(shell, small: Path, locale: str) -> None:
    small.write_text(small.read_text().replace("name: Ada", "name: Jürgen 🦊, nam: ü").replace('"102"', '"1O2"', 1))
    done = shell(
        "check", small, env={"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, encoding="latin-1"
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_colour_only_where_it_is_seen(shell, small: Path) -> None:
    small.write_text("version: 2\n")
    assert "\x1b" not in shell("check", small).stdout
    code = f"{sys.executable} -m pbxgen check {small}"
    seen = subprocess.run(["script", "-qec", code, "/dev/null"], capture_output=True, text=True, check=False)
    assert "\x1b[" in seen.stdout
    plain = subprocess.run(
        ["script", "-qec", code, "/dev/null"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert "\x1b[" not in plain.stdout


def test_every_code_can_be_looked_up(invoke) -> None:
    listed = invoke("codes").out
    for code in TABLE:
        assert code in listed
        assert invoke("codes", code).out.startswith(f"{code} (")
    assert invoke("codes", "pbx410").out == invoke("codes", "410").out


def test_the_schema_is_json(invoke) -> None:
    schema = json.loads(invoke("schema").out)
    assert schema["properties"]["users"]["description"]
