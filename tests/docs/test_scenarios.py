"""The reference page of scenario files: its example has every key, and its calls end as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from pbxgen.cli.test_generated import examine_calls
from pbxgen.flow.environment import OUTSIDE_STATES, PHONE_STATES, TRUNK_STATES
from pbxgen.language.to_values import plain
from pbxgen.pbxs import PBXS
from pbxgen.scenario import model as scenario_model
from pbxgen.scenario.model import ScenarioFileModel
from pbxgen.scenario.run import prepare
from pbxgen.source.reader import read_text

PAGE = Path(__file__).resolve().parents[2] / "docs/scenarios.md"
EXAMPLE, SOURCE = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def _written(value: object) -> Iterator[tuple[type[BaseModel], str]]:
    if isinstance(value, BaseModel):
        for name in value.model_fields_set:
            yield type(value), name
            yield from _written(getattr(value, name))
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _written(item)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "acme.test.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    (tmp_path / "acme.yaml").write_text(SOURCE, encoding="utf-8")
    return path


def test_every_call_of_the_example_ends_as_it_says(example: Path) -> None:
    run = prepare(example)
    assert run.diagnostics == ()
    assert {v.scenario.name: v.differences for v in run.verdicts if not v.passed} == {}
    assert len(run.verdicts) == EXAMPLE.count("- name:")


def test_on_the_generated_text_the_example_ends_as_it_says_too(example: Path) -> None:
    examined = examine_calls([prepare(example)], "en")
    assert {(call.case.name, call.pbx): call.differences for call in examined if not call.passed} == {}
    assert len(examined) == EXAMPLE.count("- name:") * len(PBXS)


@pytest.mark.parametrize(
    "wrong", ['+393335550101"}', 'voicemail: "100"', "closed", 'mailbox: "100"', "480", "reason: busy", "via: backup"]
)
def test_each_expectation_of_the_example_is_judged(example: Path, wrong: str) -> None:
    """With another value there the scenarios fail: no key is passed over."""
    others = {"480": "486", "closed": "open", "reason: busy": "reason: no_answer", "via: backup": "via: carrier"}
    other = others.get(wrong, wrong.replace("1", "9"))
    example.write_text(EXAMPLE.replace(wrong, other), encoding="utf-8")
    run = prepare(example)
    assert not run.diagnostics
    assert sum(not verdict.passed for verdict in run.verdicts) == EXAMPLE.count(wrong)


def test_every_key_has_an_example() -> None:
    root = read_text(EXAMPLE, "example").root
    assert root is not None
    models = [one for one in vars(scenario_model).values() if isinstance(one, type) and issubclass(one, BaseModel)]
    every = {(model, name) for model in models for name in model.model_fields}
    assert every == set(_written(ScenarioFileModel.model_validate(plain(root))))


def test_every_state_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for states in (PHONE_STATES, OUTSIDE_STATES, TRUNK_STATES):
        assert all(f"| `{state}` | {meaning} |" in text for state, meaning in states.items())
