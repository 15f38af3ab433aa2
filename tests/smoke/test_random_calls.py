"""Random policies and random calls: the model and every PBX agree on all of them.

``PBXGEN_RANDOM_CALLS`` and ``PBXGEN_RANDOM_SEED`` say how many and which; both are printed.
"""

from __future__ import annotations

import os

import pytest

from tests.support.calls import place
from tests.support.random_calls import random_cases

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_model_and_pbx_agree_on_random_calls(pbx_name: str, capsys: pytest.CaptureFixture[str]) -> None:
    number = int(os.environ.get("PBXGEN_RANDOM_CALLS", "30"))
    seed = int(os.environ.get("PBXGEN_RANDOM_SEED", "1"))
    cases = random_cases(number, seed)
    with capsys.disabled():
        print(f"\n{len(cases)} random calls on {pbx_name}, seed {seed}")
    place(cases, pbx_name)
