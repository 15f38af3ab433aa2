"""The reference page of scenario files: its example is read, and has every key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from pbxgen.flow.world import OUTSIDE_STATES, PHONE_STATES
from pbxgen.language.to_values import plain
from pbxgen.scenario import model as scenario_model
from pbxgen.scenario.model import ScenarioFileModel
from pbxgen.scenario.read import read_scenarios
from pbxgen.source.reader import read_text

PAGE = Path(__file__).resolve().parents[2] / "docs/scenarios.md"
EXAMPLE = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[0]


def _written(value: object) -> Iterator[tuple[type[BaseModel], str]]:
    if isinstance(value, BaseModel):
        for name in value.model_fields_set:
            yield type(value), name
            yield from _written(getattr(value, name))
    elif isinstance(value, list):
        for item in value:
            yield from _written(item)


def test_the_example_is_a_scenario_file(tmp_path: Path) -> None:
    path = tmp_path / "acme.test.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    assert read_scenarios(path).diagnostics == ()


def test_every_key_has_an_example() -> None:
    root = read_text(EXAMPLE, "example").root
    assert root is not None
    models = [one for one in vars(scenario_model).values() if isinstance(one, type) and issubclass(one, BaseModel)]
    every = {(model, name) for model in models for name in model.model_fields}
    assert every == set(_written(ScenarioFileModel.model_validate(plain(root))))


def test_every_state_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for states in (PHONE_STATES, OUTSIDE_STATES):
        assert all(f"| `{state}` | {meaning} |" in text for state, meaning in states.items())
