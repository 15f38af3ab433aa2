"""Plain scalars follow YAML 1.2's core schema, not YAML 1.1."""

import math

import pytest

from pbxgen.source.scalars import MAX_DIGITS, TooLongError, resolve, resolve_tagged


@pytest.mark.parametrize("text", ["no", "No", "yes", "on", "off", "y", "n", "NO", "tRUE", "nULL", "Nil", "none"])
def test_words_of_yaml_1_1_are_texts(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    "text",
    ["12:30", "08:30-13:00", "2026-12-24", "2026-12-24 10:00:00", "1_000", "0b101", "190:20:30", "1.2.3", "192.0.2.1"],
)
def test_times_dates_and_grouped_digits_are_texts(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    "text", ["+", "-", ".", "+.", "..", "0x", "0o8", "0xg", "1e", "e1", "- 1", "+inf", ".iNF", "=", "<<"]
)
def test_what_only_begins_like_a_number_is_a_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_null(text: str) -> None:
    assert resolve(text) is None


@pytest.mark.parametrize(("text", "value"), [("true", True), ("True", True), ("FALSE", False), ("false", False)])
def test_only_true_and_false_are_booleans(text: str, value: bool) -> None:
    assert resolve(text) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("-7", -7), ("+390212345000", 390212345000), ("007", 7), ("0o17", 15), ("0xFf", 255), ("112", 112)],
)
def test_integers(text: str, value: int) -> None:
    resolved = resolve(text)
    assert (type(resolved), resolved) == (int, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("-1.5E-1", -0.15), ("1e999", math.inf)],
)
def test_floats(text: str, value: float) -> None:
    resolved = resolve(text)
    assert (type(resolved), resolved) == (float, value)


def test_infinities_and_not_a_number() -> None:
    assert resolve("-.inf") == -math.inf
    assert resolve("+.INF") == math.inf
    assert math.isnan(float(resolve(".NaN") or 0))


def test_digits_that_are_not_ascii_are_text() -> None:
    assert resolve("١٢٣") == "١٢٣"


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    with pytest.raises(TooLongError):
        resolve("1" * (MAX_DIGITS + 1))


def test_tags_of_the_core_schema() -> None:
    prefix = "tag:yaml.org,2002:"
    assert resolve_tagged("101", prefix + "str") == "101"
    assert resolve_tagged("no", "!") == "no"
    assert resolve_tagged("101", prefix + "int") == 101
    assert resolve_tagged("3", prefix + "float") == 3.0
    assert resolve_tagged("", prefix + "null") is None
    assert resolve_tagged("true", prefix + "bool") is True
    with pytest.raises(KeyError):
        resolve_tagged("2026-12-24", prefix + "timestamp")
    with pytest.raises(ValueError, match="soon"):
        resolve_tagged("soon", prefix + "int")
