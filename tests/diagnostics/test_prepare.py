"""Order, repetition and secrets of diagnostics, however they are shown."""

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Related, Severity
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.prepare import as_errors, counts, prepare
from pbxgen.source.reader import read_text


def at(file: str, line: int, column: int = 1, width: int = 1) -> Location:
    return Location(file, line, column, line, column + width)


def test_by_file_line_column_and_code() -> None:
    ordered = [
        make("PBX001", "no place", None),
        make("PBX012", "m", at("a.yaml", 2, 9)),
        make("PBX010", "m", at("a.yaml", 10, 1)),
        make("PBX012", "m", at("a.yaml", 10, 1)),
        make("PBX010", "m", at("b.yaml", 1)),
    ]
    assert list(prepare(ordered[::-1])) == ordered


def test_exact_repetitions_are_shown_once() -> None:
    one = make("PBX012", "m", at("a.yaml", 1))
    other = make("PBX012", "m", at("a.yaml", 1), help="h")
    assert prepare([one, other, one]) == (one, other)


def test_a_secret_at_the_place_is_hidden_in_every_text() -> None:
    file = read_text("password: 'hunter2'\npin: 4711\n", "a.yaml").file
    first = make(
        "PBX012",
        "'hunter2' is too short",
        at("a.yaml", 1, 11, 9),
        help='write "hunter2!"',
        related=[Related("like hunter2", at("a.yaml", 1))],
    )
    second = make("PBX012", "4711 is not quoted", at("a.yaml", 2, 6), help='write "4711", not 47110')
    shown = prepare([first, second], [file])
    assert [(d.message, d.help, [r.message for r in d.related]) for d in shown] == [
        ("'***' is too short", 'write "***!"', ["like ***"]),
        ("*** is not quoted", 'write "***", not 47110', []),
    ]


def test_a_single_letter_of_a_secret_is_no_reason_to_hide_a_word() -> None:
    file = read_text('pin: "a,bb"\n', "a.yaml").file
    (shown,) = prepare([make("PBX012", "a PIN that bb begins: a,bb", at("a.yaml", 1, 6))], [file])
    assert shown.message == "a PIN that *** begins: ***"


def test_other_lines_are_left_as_they_are() -> None:
    file = read_text("password: busy\nname: busy\n", "a.yaml").file
    (shown,) = prepare([make("PBX012", "busy", at("a.yaml", 2, 7, 4))], [file])
    assert shown.message == "busy"


def test_strict_makes_errors_of_warnings() -> None:
    diagnostics = [make("PBX005", "m", None), make("PBX012", "m", None)]
    assert counts(diagnostics) == (1, 1)
    assert {d.severity for d in as_errors(diagnostics)} == {Severity.ERROR}
