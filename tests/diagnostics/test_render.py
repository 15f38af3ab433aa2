"""Diagnostics as people see them."""

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.diagnostics.display import wants_colour, width
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.render import render_text, summary
from pbxgen.diagnostics.text import SourceFile
from pbxgen.source.reader import read_text


def show(text: str, place: Location, *, message: str = "what is wrong", **more: object) -> list[str]:
    diagnostic = make("PBX012", message, place, **more)  # type: ignore[arg-type]
    return render_text([diagnostic], [read_text(text, place.file).file]).splitlines()


def on(line: int, start: int, end: int) -> Location:
    return Location("acme.yaml", line, start, line, end)


def test_a_diagnostic_whole() -> None:
    text = "users:\n" + "  x:\n" * 8 + "  '101': {bussy: voicemail}\n"
    related = [Related("first written here", on(2, 3, 4))]
    assert show(text, on(10, 11, 16), message="unknown key 'bussy'", help="did you mean 'busy'?", related=related) == [
        "acme.yaml:10:11: error[PBX012]: unknown key 'bussy'",
        "10 |   '101': {bussy: voicemail}",
        "   |           ^^^^^",
        "   --> acme.yaml:2:3: first written here",
        " 2 |   x:",
        "   |   -",
        "   = help: did you mean 'busy'?",
        "",
        "1 error",
    ]


def test_without_a_place_or_a_file_there_is_no_excerpt() -> None:
    assert render_text([make("PBX001", "no such file", None)], []) == "error[PBX001]: no such file\n\n1 error\n"
    lines = render_text([make("PBX012", "m", on(1, 1, 2))], []).splitlines()
    assert lines == ["acme.yaml:1:1: error[PBX012]: m", "", "1 error"]


def test_a_place_beyond_the_text_has_a_caret_all_the_same() -> None:
    assert show("a: 1\n", on(1, 90, 95))[1:3] == ["1 | a: 1", "  |     ^"]
    assert show("a: 1\n", on(7, 1, 2)) == ["acme.yaml:7:1: error[PBX012]: what is wrong", "", "1 error"]


def test_an_empty_range_has_one_caret() -> None:
    assert show("a:\n", on(1, 3, 3))[2] == "  |   ^"


def test_a_range_of_several_lines_is_marked_to_the_end_of_the_first() -> None:
    assert show("a: {b: 1,\n    c: 2}\n", Location("acme.yaml", 1, 4, 2, 10))[2] == "  |    ^^^^^^"


def caret_is_below(text: str, start: int, end: int) -> str:
    """What of the printed line stands above the carets, column by column."""
    _, line, marks, *_ = show(text, on(1, start, end))
    first, last = marks.index("^"), marks.rindex("^") + 1
    column, above = 0, ""
    for char in line:
        if first <= column < last:
            above += char
        column += width(char)
    return above


@pytest.mark.parametrize(
    ("text", "start", "above"),
    [
        ("\tname: x", 2, "name"),
        ("é: name", 4, "name"),
        ("漢字: name", 5, "name"),
        ("😀😀 name", 4, "name"),
        ("e\u0301e\u0301: name", 7, "name"),
        ("❤️ name", 4, "name"),
        ("👨\u200d👩 name", 5, "name"),
        ("\u202eabc name", 6, "name"),
        ("\u200b name", 3, "name"),
        ("x: 漢字字字", 4, "漢字字字"),
        ("\x1b[31m name", 7, "name"),
    ],
)
def test_the_caret_is_below_what_is_meant(text: str, start: int, above: str) -> None:
    file = SourceFile("acme.yaml", text)
    _, line, marks, *_ = render_text([make("PBX012", "m", on(1, start, start + len(above)))], [file]).splitlines()
    first, last = marks.index("^"), marks.rindex("^") + 1
    columns = [(sum(map(width, line[:i])), char) for i, char in enumerate(line)]
    assert "".join(char for column, char in columns if first <= column < last) == above


def test_a_long_line_is_cut_around_the_caret() -> None:
    text = "a: '" + "x" * 500 + "' # mark '" + "y" * 500 + "'"
    _, line, marks, *_ = show(text, on(1, 509, 513))
    assert len(line) <= 110
    assert line[marks.index("^") : marks.rindex("^") + 1] == "mark"
    assert line.startswith("1 | …x")
    assert line.endswith("y…")


def test_a_line_of_a_million_characters_is_quick() -> None:
    _, line, marks, *_ = show("a: '" + "x" * 1_000_000 + "'", on(1, 4, 1_000_006))
    assert len(line) <= 110
    assert len(marks) <= 110


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    nasty = "\x1b]0;x\x07\x9b31m\u202e\u2066\r\b"
    file = SourceFile(f"{nasty}.yaml", f"a: {nasty}\n")
    place = Location(file.name, 1, 4, 1, 6)
    text = render_text([make("PBX012", nasty, place, help=f"{nasty}\nb", related=[Related(nasty, place)])], [file])
    assert {unicodedata.category(char) for char in text} & {"Cf", "Co"} == set()
    assert [char for char in text if unicodedata.category(char) == "Cc"] == ["\n"] * text.count("\n")
    assert "<U+202E>" in text


def test_a_message_is_one_line_and_a_help_may_be_several() -> None:
    assert show("a: 1\n", on(1, 1, 2), message="one\ntwo", help="first\nsecond") == [
        "acme.yaml:1:1: error[PBX012]: one two",
        "1 | a: 1",
        "  | ^",
        "  = help: first",
        "  =       second",
        "",
        "1 error",
    ]


def test_a_secret_is_not_shown_and_the_caret_is_still_right() -> None:
    lines = show("a: {password: hunter2hunter2, bussy: x}\n", on(1, 31, 36))
    assert lines[1:3] == ["1 | a: {password: ***, bussy: x}", "  |                    ^^^^^"]
    assert show("a: {password: hunter2}\n", on(1, 15, 22))[1:3] == ["1 | a: {password: ***}", "  |               ^^^"]


def test_the_summary_counts() -> None:
    error, warning = make("PBX012", "m", None), make("PBX005", "m", None)
    assert summary([error, error, warning]) == "2 errors, 1 warning"
    assert summary([warning, warning]) == "2 warnings"
    assert summary([]) == "no problems"
    assert render_text([], []) == ""


def test_colour_only_adds_to_the_text() -> None:
    file = read_text("a: 1\n", "acme.yaml").file
    diagnostics = [make("PBX012", "m", on(1, 1, 2), help="h", related=[Related("r", on(1, 4, 5))])]
    coloured = render_text(diagnostics, [file], colour=True)
    assert "\x1b[1;31m" in coloured
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render_text(diagnostics, [file])


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_whose_users_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wants_colour(Terminal())
    assert not wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_colour(Terminal())


@given(
    st.text(max_size=300),
    st.integers(1, 5),
    st.integers(1, 300),
    st.integers(0, 3),
    st.integers(1, 300),
    st.text(max_size=20),
)
def test_anything_can_be_shown(text: str, line: int, column: int, lines: int, end: int, message: str) -> None:
    place = Location("x.yaml", line, column, line + lines, end)
    shown = render_text([make("PBX012", message, place, help=message)], [SourceFile("x.yaml", text)])
    assert shown.startswith(f"x.yaml:{line}:{column}: error[PBX012]: ")
    shown.encode()
    assert "\x1b" not in shown


def test_the_source_layers_messages(snapshot: object) -> None:
    shown: dict[str, str] = {}
    for text in (
        "a: b: c\n",
        "a: [1, 2\nb: 3\n",
        "a: {match: +39[03]X., t: c}\n",
        "a: 'x\nb: 1\n",
        "a:\n\tb: 1\n",
        "a: *97\n",
        "a: 1\nb: 2\na: 3\n",
        "- a\n",
        "a: &x [*x]\n",
        "a: !vip x\n",
    ):
        reading = read_text(text, "acme.yaml")
        shown[text] = render_text(_all(reading.diagnostics), [reading.file])
    snapshot.assert_match(shown)  # type: ignore[attr-defined]


def _all(diagnostics: tuple[Diagnostic, ...]) -> list[Diagnostic]:
    return list(diagnostics)
