"""``pbxgen explain SOURCE WHO``"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app
from tests.support.synthetic import tangle

STUDIO = str(Path(__file__).parents[2] / "examples" / "studio")


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["explain", STUDIO, *words])
    assert result.exit_code == code, result.output
    return result.output


def test_a_user_in_italian() -> None:
    text = run("300", "--lang", "it")
    assert text.startswith("Francesca Riva (300): raggiungibile al 300, +390266670300\n")
    assert "poi: posto operatore reception (100 + 101)" in text
    assert "policies.yaml:" in text


def test_json_has_a_graph_for_each_case() -> None:
    document = json.loads(run("300", "--format", "json"))
    assert document["numbers"] == ["300", "+390266670300"]
    root = document["cases"][0]["nodes"][0]
    assert root["rings"] == {"kind": "user", "target": "300"}
    assert {o for branch in root["then"] for o in branch["outcomes"]} == {"busy", "no_answer", "unreachable"}


@pytest.mark.parametrize(("format", "start"), [("mermaid", "flowchart TD"), ("dot", "digraph calls {")])
def test_graphs(format: str, start: str) -> None:
    assert run("reception", "--format", format).startswith(start)


def test_an_outside_number_tells_who_sends_calls_there() -> None:
    text = run("+393401110201", "--lang", "en")
    assert text.startswith("Who sends calls to +393401110201\n")
    assert "Elena Ferri (201)" in text


def test_somebody_by_name() -> None:
    assert run("francesca riva") == run("300")


def test_a_name_that_several_have(small: Path, invoke) -> None:
    small.write_text(small.read_text().replace("Bruno", "ADA"))
    result = invoke("explain", small, "Ada")
    assert result.code == 2
    assert "several have the name Ada: choose 101 or 102" in result.err


def test_calls_to_somebody_can_be_narrowed() -> None:
    words = ("201", "--lang", "en", "--from", "300", "--at", "2026-11-23 10:00", "--phone", "201=answer")
    assert run(*words).splitlines()[2] == "Calls from Francesca Riva (300), on 2026-11-23 10:00:"
    assert "Elena Ferri (201): Elena Ferri (201) answers" in run(*words)
    document = json.loads(run("201", "--from", "anonymous", "--phone", "201=busy", "--format", "json"))
    assert [case["caller"] for case in document["cases"]] == ["anonymous"] * len(document["cases"])
    assert {o for case in document["cases"] for o in case["nodes"][0]["then"][0]["outcomes"]} == {"busy"}


def test_of_a_tangle_it_says_how_much_is_left_out(tmp_path: Path, invoke) -> None:
    source = tmp_path / "tangle.yaml"
    source.write_text("".join(tangle(60)))
    text = invoke("explain", source, "200", "--lang", "en").out
    assert re.search(r"^… \d+ more; narrow it with --from, --at, --phone$", text, re.MULTILINE)
    document = json.loads(invoke("explain", source, "200", "--format", "json").out)
    assert document["cut"] is True
    assert any(node.get("cut") for case in document["cases"] for node in case["nodes"])
    narrowed = ["--phone=200=busy", "--phone=201=busy", "--phone=202=busy", "--phone=203=busy", "--phone=204=answer"]
    document = json.loads(invoke("explain", source, "200", *narrowed, "--format", "json").out)
    assert document["cut"] is False
    assert document["cases"][0]["nodes"][-1]["answered"] == "204"


def test_who_sends_calls_to_an_outside_number_cannot_be_narrowed() -> None:
    assert "cannot be narrowed" in run("+393401110201", "--from", "300", code=2)


def test_nobody_is_called_so() -> None:
    assert "did you mean '201'" in run("2011", code=2)
    assert "did you mean 'Francesca Riva'" in run("Francesca Rivo", code=2)


@pytest.mark.parametrize("words", [("300", "--to", "301"), (), ("--from", "300"), ("300", "--format", "xml")])
def test_wrong_usage(words: tuple[str, ...]) -> None:
    run(*words, code=2)


def test_a_language_that_there_is_not_is_wrong_usage_that_says_which_there_are() -> None:
    for words in (["300"], ["--from", "301", "--to", "300"]):
        assert "en and it" in run(*words, "--lang", "fr", code=2)
    assert run("300", "--lang", "it-IT") == run("300", "--lang", "it")
    assert run("300").startswith("Francesca Riva (300): dialled as 300"), "the prompts of this PBX are Italian"


def test_a_short_caller_who_is_no_extension_is_not_taken_for_an_outside_number() -> None:
    assert "no user has the extension 999" in run("--from", "999", "--to", "300", code=2)
    assert "301" in run("--from", "3O1".replace("O", "9"), "--to", "300", code=2)


@pytest.mark.parametrize("moment", ["2026-12-24 19:00", "2026-12-24T19:00:00", "2026-12-24"])
def test_a_moment_in_the_forms_that_scenarios_know(moment: str) -> None:
    assert "2026-12-24" in run("--from", "+393471112222", "--to", "300", "--at", moment, "--format", "json")


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("text", "\nCalls from Bruno (102), at all times:\n  Ada"),
        ("json", '"caller": "102"'),
        ("mermaid", '"Calls from Bruno (102), at all times"'),
        ("dot", 'label="Calls from Bruno (102), at all times"'),
    ],
)
def test_a_colleague_to_whom_all_calls_go_is_told_apart(small: Path, invoke, format: str, expected: str) -> None:
    """Bruno's own calls find Ada's phone."""
    text = small.read_text()
    small.write_text(
        re.sub(r'"101": \{name: Ada[^\n]*', '"101": {name: Ada, deviations: {unconditional: "102"}}', text)
    )
    assert expected in invoke("explain", small, "101", "--lang", "en", "--format", format).out
