"""Random policies and random calls: the model and every PBX agree on all of them.

``PBXGEN_RANDOM_CALLS`` and ``PBXGEN_RANDOM_SEED`` say how many and which; both are printed. A call on which they do not
agree is made small and written as a scenario of its own to ``PBXGEN_RANDOM_KEEP`` (default: build/disagreements).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.random_calls import random_calls
from tests.support.shrink import on_pbx, place, shrink, write

pytestmark = [pytest.mark.real, pytest.mark.slow]

_FOLDER = Path(__file__).parents[2] / "build" / "disagreements"
_SHRUNK = 3
"""Disagreements of one run that are made small; each takes some minutes."""


def test_model_and_pbx_agree_on_random_calls(pbx_name: str, capsys: pytest.CaptureFixture[str]) -> None:
    number = int(os.environ.get("PBXGEN_RANDOM_CALLS", "30"))
    seed = int(os.environ.get("PBXGEN_RANDOM_SEED", "1"))
    folder = Path(os.environ.get("PBXGEN_RANDOM_KEEP", _FOLDER)) / pbx_name
    with capsys.disabled():
        print(f"\n{number} random calls on {pbx_name}, seed {seed}")
    wrong, complaints = place(random_calls(number, seed), pbx_name)
    for call, told in wrong[:_SHRUNK]:
        print(told)
        print(f"as a scenario: {write(shrink(call, on_pbx(pbx_name)), folder)}")
    assert not wrong, f"{len(wrong)} of {number}:\n\n" + "\n\n".join(told for _, told in wrong)
    assert not complaints, "\n".join(complaints)
