"""No input, however small or large, makes the reader run away."""

import pytest

from pbxgen.source.compose import MAX_DEPTH
from pbxgen.source.reader import Reading, read_text


def codes(text: str) -> list[str]:
    return [d.code for d in read_text(text, "x.yaml").diagnostics]


def bomb(levels: int, width: int = 10) -> str:
    lines = [f"a0: &a0 [{', '.join(['x'] * width)}]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * width)}]" for i in range(1, levels)]
    return "\n".join(lines) + "\n"


def test_a_thousand_aliases_of_a_template_are_fine() -> None:
    text = "base: &b {busy: voicemail, no_answer: {after: 20, to: [mobile, voicemail]}}\nusers:\n"
    text += "".join(f"  '{number}': {{deviations: *b}}\n" for number in range(1000, 9999))
    assert codes(text) == []


def test_aliases_of_aliases_do_not_multiply_without_end() -> None:
    assert codes(bomb(4)) == []
    assert codes(bomb(60)) == ["PBX020"]  # 10^60 of them would never end


def test_merges_of_merges_do_not_multiply_without_end() -> None:
    lines = ["m0: &m0 {" + ", ".join(f"k{i}: {i}" for i in range(500)) + "}"]
    lines += [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 50)}]}}" for n in range(1, 8)]
    assert codes("\n".join(lines)) == ["PBX020"]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_nesting_ends_at_a_hundred_levels(opening: str) -> None:
    lead = "a:\n  " if opening == "- " else "a: "
    assert codes(lead + opening * 100_000) == ["PBX022"]


def test_a_hundred_levels_are_allowed() -> None:
    inner = MAX_DEPTH - 1
    assert codes("a: " + "[" * inner + "]" * inner) == []
    assert codes("a: " + "[" * (inner + 1) + "]" * (inner + 1)) == ["PBX022"]


def test_aliases_count_as_deep_as_what_they_stand_for() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 200)]
    assert codes("\n".join(lines)) == ["PBX022"]
    assert codes("\n".join(lines[: MAX_DEPTH - 2])) == []


def test_a_long_line_and_a_long_scalar_are_read() -> None:
    assert codes("a: '" + "x" * 1_000_000 + "'\n") == []
    assert codes("a: [" + "x, " * 100_000 + "]\n") == []


@pytest.mark.slow
def test_ten_thousand_users_are_read() -> None:
    user = (
        '    name: Ada Rossi\n    did: "+3902{n}"\n    voicemail: {{pin: {{env: VM_{n}}}, email: ada@acme.example}}\n'
        "    deviations:\n      busy: [mobile, voicemail:{n}]\n"
    )
    text = "users:\n" + "".join(f'  "{n}":\n' + user.format(n=n) for n in range(10_000, 20_000))
    reading: Reading = read_text(text, "big.yaml")
    assert reading.diagnostics == ()
    assert reading.root is not None
