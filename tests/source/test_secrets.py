"""What is secret in a file is known, whether the file could be understood or not."""

import pytest

from pbxgen.diagnostics.secrets import is_secret_key
from pbxgen.diagnostics.text import SourceFile
from pbxgen.source.reader import read_text


def shown(text: str) -> list[str]:
    """The lines of a file with what is hidden as dots."""
    file = read_text(text, "x.yaml").file
    lines = []
    for number, line in enumerate(file.lines, 1):
        chars = list(line)
        for start, end in file.hidden(number):
            chars[start:end] = "·" * (end - start)
        lines.append("".join(chars))
    return lines


@pytest.mark.parametrize(
    "key", ["password", "Password", "pasword", "passwd", "pwd", "pin", "secret", "sip_password", "pass"]
)
def test_keys_that_hold_secrets(key: str) -> None:
    assert is_secret_key(key)


@pytest.mark.parametrize("key", ["name", "101", "passthrough", "spin", "pinned", "compass", "mobile"])
def test_keys_that_do_not(key: str) -> None:
    assert not is_secret_key(key)


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("password: hunter2", "password: ·······"),
        ("password: 'hunter2'  # mine", "password: ·········  # mine"),
        ("a: {password: hunter2, name: x}", "a: {password: ·······, name: x}"),
        ("a: {voicemail: {pin: 1234}}", "a: {voicemail: {pin: ····}}"),
        ("password: {env: SIP_101}", "password: {env: SIP_101}"),
        ("password: {file: sip/101}", "password: {file: sip/101}"),
        ("password: {inline: hunter2}", "password: ·················"),
        ("# password: hunter2", "# password: ·······"),
        ("pasword: hunter2", "pasword: ·······"),
        ("password: &p hunter2", "password: ··········"),
        ("{password: hunter2, password: s3cret}", "{password: ·······, password: ······}"),
    ],
)
def test_a_secret_on_one_line(line: str, hidden: str) -> None:
    assert shown(line) == [hidden]
    assert shown(line + "\nx: [\n")[0] == hidden, "also where the file is not YAML"


def test_an_anchored_secret_is_hidden_where_it_is_written() -> None:
    assert shown("x: &p hunter2\npassword: *p") == ["x: ··········", "password: ··"]


def test_a_secret_on_lines_of_its_own() -> None:
    hidden = ["password: ·", "·········", "·········", "name: x"]
    assert shown("password: |\n  hunter2\n  swordfi\nname: x") == hidden
    assert shown("password:\n  env: SIP_101\nname: x") == ["password:", "  env: SIP_101", "name: x"]


@pytest.mark.parametrize(
    "text",
    [
        "password: hunter2\nb: [\n",
        "a: {password: hunter2, b: [}\n",
        "password: |\n  hunter2\nb: [\n",
        "password:\n  hunter2\nb: [\n",
        "password: 'one\n  hunter2'\nb: [\n",
        'x: {"pin": "hunter2"\nb: [\n',
        "password: hunter2: x\n",
    ],
)
def test_a_secret_is_hidden_in_a_file_that_is_not_yaml(text: str) -> None:
    assert "hunter2" not in "\n".join(shown(text))


@pytest.mark.parametrize(
    "line", ["x" * 1_000_000, "password: " * 100_000, "pin: {" * 100_000, '"' * 1_000_000, "password" + " " * 1_000_000]
)
def test_a_line_of_a_million_characters_is_searched_once(line: str) -> None:
    # Begun anew at each character the search would take hours.
    assert all(0 <= start <= end <= len(line) for start, end in SourceFile("x.yaml", line).hidden(1))


def test_a_pointer_is_shown_in_a_file_that_is_not_yaml() -> None:
    assert shown("password:\n  env: SIP_101\nb: [\n")[1] == "  env: SIP_101"


HIDDEN_KEYS = ["passord", "pw", "vmpin", "sip-pass", "pincode", "Kennwort", "pasworrd", "secert", "sip_secret", "pinn"]


@pytest.mark.parametrize("key", HIDDEN_KEYS)
@pytest.mark.parametrize("value", ["998877", '"998877"', "'998877'", '"998877#"', "&a 998877", '"998877 # x"'])
def test_what_stands_under_a_slip_for_a_secret_is_hidden(key: str, value: str) -> None:
    for text in (f"{key}: {value}", f"x: {{{key}: {value}, name: Ada}}", f"{key}: {value}\nb: [\n"):
        assert "998877" not in shown(text)[0]


@pytest.mark.parametrize("value", ['"99887766"', "99887766", "hunter2x", "'99887766#'"])
def test_a_text_where_a_mailbox_is_described_is_most_likely_its_pin(value: str) -> None:
    assert value.strip("\"'") not in shown(f"voicemail: {value}")[0]


@pytest.mark.parametrize("text", ["voicemail: true", "voicemail: 'no'", "busy: voicemail:1001", "pbx: 4711", "min: 12"])
def test_what_is_no_secret_is_shown(text: str) -> None:
    assert shown(text) == [text]
    assert shown(text + "\nb: [\n")[0] == text


@pytest.mark.parametrize("pointer", ['{env: "hunter2#"}', "{env: hunter2}", '{env: "my pass"}', "{env: [hunter2]}"])
def test_a_password_where_a_variable_is_named_is_hidden(pointer: str) -> None:
    assert not {"hunter2", "my pass"} & set(shown(f"password: {pointer}")[0].strip("{}").replace('"', "").split(": "))
    assert "hunter2" not in shown(f"password: {pointer}\nb: [\n")[0]
