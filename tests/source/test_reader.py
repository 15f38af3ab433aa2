"""YAML text becomes a tree that knows where everything stands."""

import builtins
import string
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxgen.diagnostics.location import Location
from pbxgen.source import events
from pbxgen.source.reader import Reading, read_bytes, read_text
from pbxgen.source.tree import Mapping, Node, Scalar, Sequence

PARSERS = pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])


def tree(text: str, *, pure: bool = False) -> Mapping:
    reading = read_text(text, "acme.yaml", pure=pure)
    assert reading.diagnostics == ()
    assert reading.root is not None
    return reading.root


def plain(node: Node) -> Any:
    """The node's values without places."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {text: plain(entry.value) for text, entry in node.entries.items()}


def problems(text: str, *, pure: bool = False) -> list[tuple[str, int, int]]:
    diagnostics = read_text(text, "acme.yaml", pure=pure).diagnostics
    return [(d.code, d.location.line, d.location.column) for d in diagnostics if d.location is not None]


def place(node: Node) -> tuple[int, int, int, int]:
    where = node.location
    assert where.file == "acme.yaml"
    return where.line, where.column, where.end_line, where.end_column


def at(root: Mapping, *path: str | int) -> Node:
    node: Node = root
    for step in path:
        if isinstance(step, int):
            assert isinstance(node, Sequence)
            node = node.items[step]
        else:
            assert isinstance(node, Mapping)
            node = node.entries[step].value
    return node


# -- values ----------------------------------------------------------------------------------------------------------


@PARSERS
def test_values_and_how_they_were_written(pure: bool) -> None:
    root = tree("a: no\nb: 'no'\nc: 101\nd: \"101\"\ne: |\n  two\n  lines\nf: !!str 101\ng:\n", pure=pure)
    written = [(e.key.text, e.value.value, e.value.text, e.value.quoted) for e in root.entries.values()
               if isinstance(e.value, Scalar)]  # fmt: skip
    assert written == [
        ("a", "no", "no", False),
        ("b", "no", "no", True),
        ("c", 101, "101", False),
        ("d", "101", "101", True),
        ("e", "two\nlines\n", "two\nlines\n", True),
        ("f", "101", "101", True),
        ("g", None, "", False),
    ]


@PARSERS
def test_a_key_keeps_its_text_and_is_known_by_it(pure: bool) -> None:
    root = tree("101: a\n'102': b\n0x10: c\ntrue: d\n", pure=pure)
    assert [(text, e.key.value, e.key.quoted) for text, e in root.entries.items()] == [
        ("101", 101, False),
        ("102", "102", True),
        ("0x10", 16, False),
        ("true", True, False),
    ]


@PARSERS
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{to: operator:reception, or: [group:sales]}", {"to": "operator:reception", "or": ["group:sales"]}),
        ("{mon-thu: [08:30-13:00, 14:00-18:00]}", {"mon-thu": ["08:30-13:00", "14:00-18:00"]}),
        ("[2001:db8::/32, http://x:80/?a=b]", ["2001:db8::/32", "http://x:80/?a=b"]),
        ("{name: Chi è?, other: What ?}", {"name": "Chi è?", "other": "What ?"}),
        ("['y:z', \"a?b\", a:#b]", ["y:z", "a?b", "a:#b"]),
        ("{'a': 1, b:c: 2}", {"a": 1, "b:c": 2}),
    ],
)  # fmt: skip
def test_colons_and_question_marks_within_brackets(text: str, value: object, pure: bool) -> None:
    assert plain(tree(f"key: {text}\n", pure=pure)) == {"key": value}


def test_characters_of_private_use_survive() -> None:
    assert plain(tree("a: [x:y, \ue000\ue001?]\n")) == {"a": ["x:y", "\ue000\ue001?"]}


# -- places ----------------------------------------------------------------------------------------------------------


@PARSERS
def test_places_count_characters_from_one_and_end_after_the_last(pure: bool) -> None:
    root = tree("a: é😀x\n😀: {b: [1, 22]}\n", pure=pure)
    assert place(at(root, "a")) == (1, 4, 1, 7)
    assert root.entries["😀"].key.location == Location("acme.yaml", 2, 1, 2, 2)
    assert place(at(root, "😀")) == (2, 4, 2, 16)
    assert place(at(root, "😀", "b", 1)) == (2, 12, 2, 14)


@PARSERS
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_do_not_depend_on_the_kind_of_line_end(end: str, pure: bool) -> None:
    root = tree(end.join(["a:", "  b: 1", "  c: 'x'", ""]), pure=pure)
    assert place(at(root, "a", "b")) == (2, 6, 2, 7)
    assert place(at(root, "a", "c")) == (3, 6, 3, 9)


@PARSERS
def test_a_byte_order_mark_takes_no_column(pure: bool) -> None:
    reading = read_bytes("\ufeffa: 1\n".encode(), "acme.yaml", pure=pure)
    assert reading.root is not None
    assert place(at(reading.root, "a")) == (1, 4, 1, 5)


@PARSERS
def test_a_tab_within_a_line_is_one_column(pure: bool) -> None:
    assert place(at(tree('a: "x\ty"  # c\nb: "\t" \n', pure=pure), "a")) == (1, 4, 1, 9)


@PARSERS
def test_a_block_ends_with_its_last_element(pure: bool) -> None:
    root = tree("a:\n  b: 1\n  c:\n  - x\n  - yy\n\n\nd: 2\n", pure=pure)
    assert place(at(root, "a")) == (2, 3, 5, 7)
    assert place(at(root, "a", "c")) == (4, 3, 5, 7)
    assert place(root) == (1, 1, 8, 5)


@PARSERS
def test_a_value_that_is_not_written_is_shown_at_its_key(pure: bool) -> None:
    root = tree("users:\n\n# later\nx: {y: , z}\n", pure=pure)
    assert place(at(root, "users")) == (1, 1, 1, 6)
    assert place(at(root, "x", "y")) == (4, 5, 4, 6)


# -- anchors, aliases, merges ----------------------------------------------------------------------------------------


@PARSERS
def test_an_alias_is_the_value_that_was_anchored_where_it_was_written(pure: bool) -> None:
    root = tree("a: &x {b: 1}\nc: *x\nd: [*x]\n", pure=pure)
    assert at(root, "c") is at(root, "a")
    assert place(at(root, "d")) == (3, 4, 3, 8)


@PARSERS
def test_merged_keys_come_after_the_mappings_own_which_win(pure: bool) -> None:
    text = "base: &b {x: 1, y: 2}\nuser:\n  <<: *b\n  y: 3\n  z: 4\n"
    user = at(tree(text, pure=pure), "user")
    assert isinstance(user, Mapping)
    assert [(name, plain(e.value)) for name, e in user.entries.items()] == [("y", 3), ("z", 4), ("x", 1)]
    assert place(user.entries["x"].value) == (1, 14, 1, 15)


@PARSERS
def test_of_several_merges_the_earlier_wins(pure: bool) -> None:
    text = "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b], z: 3}\nd: {<<: {y: 9, <<: *b}}\n"
    root = plain(tree(text, pure=pure))
    assert root["c"] == {"z": 3, "x": 1, "y": 2}
    assert root["d"] == {"y": 9, "x": 2}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert plain(tree("'<<': 1\n")) == {"<<": 1}


def test_an_anchor_may_be_given_anew() -> None:
    assert plain(tree("a: &x 1\nb: &x 2\nc: *x\n"))["c"] == 2


# -- problems --------------------------------------------------------------------------------------------------------


@PARSERS
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("PBX006", 1, 1)]),
        ("# only words\n\n", [("PBX006", 1, 1)]),
        ("---\n", [("PBX006", 2, 1)]),
        ("null\n", [("PBX006", 1, 1)]),
        ("- a\n", [("PBX009", 1, 1)]),
        ("just words\n", [("PBX009", 1, 1)]),
        ("a: 1\nb: {x: 1, x: 2}\na: 2\n", [("PBX012", 2, 11), ("PBX012", 3, 1)]),
        ("101: a\n'101': b\n", [("PBX012", 2, 1)]),
        ("a: 1\n---\nb: 2\n", [("PBX013", 2, 1)]),
        ("[a]: 1\n", [("PBX014", 1, 1)]),
        ("? {a: 1}\n: 1\n", [("PBX014", 1, 3)]),
        ("a: !vip 1\nb: !!python/object:os.system x\nc: !!set {x}\n",
         [("PBX015", 1, 4), ("PBX015", 2, 4), ("PBX015", 3, 4)]),
        ("a: !!int soon\n", [("PBX016", 1, 4)]),
        ("a: " + "9" * 5000 + "\n", [("PBX017", 1, 4)]),
        ("a: *97\n", [("PBX018", 1, 4)]),
        ("a: &x [*x]\n", [("PBX019", 1, 8)]),
        ("a: &x {<<: *x}\n", [("PBX019", 1, 12)]),
        ("a: {<<: 1}\n", [("PBX021", 1, 9)]),
        ("a: {<<: [{x: 1}, y]}\n", [("PBX021", 1, 18)]),
        ("a: {<<: {x: 1}, <<: {y: 1}}\n", [("PBX021", 1, 17)]),
    ],
)  # fmt: skip
def test_each_problem_has_its_code_and_place(text: str, expected: list[tuple[str, int, int]], pure: bool) -> None:
    assert problems(text, pure=pure) == expected


@PARSERS
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b: c\n", ("PBX010", 1, 5)),
        ("a: [1, 2\nb: 3\n", ("PBX010", 2, 2)),
        ("a: {x: 1\nb: 3\n", ("PBX010", 2, 2)),
        ("a: {match: +39[03]X., t: c}\n", ("PBX010", 1, 15)),
        ("a: 'x\nb: 1\n", ("PBX010", 1, 4)),
        ("a: @x\n", ("PBX010", 1, 4)),
        ("a: *\n", ("PBX010", 1, 5)),
        ("a:\n  b: 1\n c: 2\n", ("PBX010", 3, 2)),
        ("a: 1\nfoo\nb: 2\n", ("PBX010", 2, 1)),
        ("- a\nb: 1\n", ("PBX010", 2, 1)),
        ("a: - b\n", ("PBX010", 1, 4)),
        ("a: ]\n", ("PBX010", 1, 4)),
        ("a: |x\n  b\n", ("PBX010", 1, 5)),
        ("a: !x!y z\n", ("PBX010", 1, 4)),
        ("{a: 1} b\n", ("PBX010", 1, 8)),
        ("%YAML 1.3\n---\na: 1\n", ("PBX010", 1, 1)),
        ("a:\n\tb: 1\n", ("PBX011", 2, 1)),
        ("a: |\n\tb\n", ("PBX011", 2, 1)),
    ],
)
def test_syntax_errors_stand_where_a_person_would_look(text: str, expected: tuple[str, int, int], pure: bool) -> None:
    assert problems(text, pure=pure) == [expected]


def test_what_was_found_before_a_syntax_error_is_reported_too() -> None:
    assert problems("a: 1\na: 2\nb: [\n") == [("PBX012", 2, 1), ("PBX010", 3, 5)]


@PARSERS
def test_a_missing_key_is_an_error(pure: bool) -> None:
    assert problems("a: {? : 1}\n", pure=pure)[0][:2] == ("PBX014", 1)
    assert problems("a: {: 1}\n", pure=pure)[0][1] == 1


def test_a_syntax_error_shows_where_the_unclosed_list_begins() -> None:
    (diagnostic,) = read_text("a: [1, 2\nb: 3\n", "acme.yaml").diagnostics
    assert [(r.message, str(r.location)) for r in diagnostic.related] == [("the list begins here", "acme.yaml:1:4")]


def test_a_duplicate_names_both_places_and_the_first_counts() -> None:
    reading = read_text("a: 1\nb: 2\na: 3\n", "acme.yaml")
    (diagnostic,) = reading.diagnostics
    assert str(diagnostic.location) == "acme.yaml:3:1"
    assert [str(r.location) for r in diagnostic.related] == ["acme.yaml:1:1"]
    assert reading.root is not None
    assert plain(reading.root) == {"a": 1, "b": 2}


def test_the_rest_of_the_tree_is_there_for_further_checks() -> None:
    reading = read_text("a: *97\nb: !vip x\nc: {[d]: 1, e: 2}\n", "acme.yaml")
    assert reading.root is not None
    assert plain(reading.root) == {"a": "*97", "b": "x", "c": {"e": 2}}


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u2028", "\ufeff", "\uffff"])
def test_a_forbidden_character_is_named_at_its_place(char: str) -> None:
    reading = read_bytes(f"a: 1\nb: é{char}\n".encode(), "acme.yaml")
    (diagnostic,) = reading.diagnostics
    assert (diagnostic.code, str(diagnostic.location)) == ("PBX008", "acme.yaml:2:5")
    assert f"U+{ord(char):04X}" in diagnostic.message
    assert char not in diagnostic.message


def test_many_forbidden_characters_are_not_many_messages() -> None:
    assert len(read_bytes(b"\x00" * 10_000, "acme.yaml").diagnostics) == 5


def test_an_escape_in_quotes_may_be_any_character() -> None:
    assert plain(tree('a: "\\0\\u202e\\x1b"\n')) == {"a": "\0\u202e\x1b"}


@PARSERS
@pytest.mark.parametrize("escape", ["\\ud800", "\\U00110000", "\\q", "\\xZZ"])
def test_an_impossible_escape_is_an_error(escape: str, pure: bool) -> None:
    assert [code for code, *_ in problems(f'a: "{escape}"\n', pure=pure)] == ["PBX010"]


def test_bytes_that_are_not_utf_8_have_a_place() -> None:
    (diagnostic,) = read_bytes("a: 1\nb: città\n".encode("latin-1"), "acme.yaml").diagnostics
    assert (diagnostic.code, str(diagnostic.location)) == ("PBX007", "acme.yaml:2:8")


def test_utf_16_is_named() -> None:
    (diagnostic,) = read_bytes("a: 1\n".encode("utf-16"), "acme.yaml").diagnostics
    assert diagnostic.code == "PBX007"
    assert "UTF-16" in diagnostic.message


# -- the parser in C is optional -------------------------------------------------------------------------------------


@pytest.fixture
def no_libyaml(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "ruamel.yaml.cyaml":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    events._c_parser.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refuse)
    yield
    events._c_parser.cache_clear()


@pytest.mark.usefixtures("no_libyaml")
def test_without_libyaml_the_python_parser_reads() -> None:
    assert plain(tree("a: [x:y, 101]\n")) == {"a": ["x:y", 101]}


# -- any text --------------------------------------------------------------------------------------------------------

TOKENS = st.sampled_from(
    ["a", "k: ", "x:y", "?", "? ", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ", ", "'", '"',
     "|\n", "> ", "&a ", "*a", "*b ", "<<: ", "!!str ", "!x ", "#", " # c\n", "1", "0x1F", "1e3", "é", "😀", "---\n",
     "...\n", "\\", "%", "@", "~", "null", "12:30", "password: ", "\r\n", "\n- ", "\x00", "\ufeff", "\u2028"]
)  # fmt: skip
YAMLISH = st.lists(TOKENS, max_size=20).map("".join)


def check(reading: Reading) -> None:
    assert (reading.root is not None) or reading.diagnostics
    lines = reading.file.lines
    for diagnostic in reading.diagnostics:
        assert diagnostic.location is not None
        assert 1 <= diagnostic.location.line <= len(lines) + 1
        assert diagnostic.location.column >= 1


@given(st.text(max_size=200) | YAMLISH)
def test_any_text_gives_a_tree_or_clean_diagnostics(text: str) -> None:
    check(read_text(text, "x.yaml"))


@given(st.text(max_size=100) | YAMLISH)
def test_any_text_gives_a_tree_or_clean_diagnostics_without_libyaml(text: str) -> None:
    check(read_text(text, "x.yaml", pure=True))


@given(st.binary(max_size=200))
def test_any_bytes_give_a_tree_or_clean_diagnostics(data: bytes) -> None:
    check(read_bytes(data, "x.yaml"))


@given(YAMLISH)
def test_where_both_parsers_read_a_text_they_read_the_same(text: str) -> None:
    fast, slow = read_text(text, "x.yaml"), read_text(text, "x.yaml", pure=True)
    if fast.root is not None and slow.root is not None and not fast.diagnostics and not slow.diagnostics:
        assert plain_repr(fast.root) == plain_repr(slow.root)


def plain_repr(node: Node) -> str:
    """Values only: compared as text, since .nan is not equal to itself."""
    return repr(plain(node))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(string.printable.replace("\x0b", "").replace("\x0c", "")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(string.ascii_letters, min_size=1), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(string.ascii_letters, min_size=1), VALUES, max_size=4))
def test_json_is_yaml(value: dict[str, Any]) -> None:
    import json

    reading = read_text(json.dumps(value), "x.yaml")
    assert reading.diagnostics == ()
    assert reading.root is not None
    assert plain(reading.root) == value
