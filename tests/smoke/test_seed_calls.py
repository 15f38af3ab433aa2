"""The seed scenarios as real calls: each PBX does what the model and the expectations say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.calls import cases_of, place

_SEED = Path(__file__).parents[2] / "examples" / "seed" / "seed.test.yaml"

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_every_seed_scenario_goes_as_a_real_call_as_it_does_in_the_model(pbx_name: str) -> None:
    place(cases_of(_SEED), pbx_name)
