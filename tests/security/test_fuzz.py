"""Random wire text against each PBX, for `PBXGEN_FUZZ_SECONDS`; `PBXGEN_FUZZ_SEED` plays a run again."""

from __future__ import annotations

import os
import secrets

import pytest

from tests.security import fuzz

pytestmark = [pytest.mark.real, pytest.mark.slow]

_SECONDS = 180.0
_FEWEST_ATTACKS = 10
"""A run of fewer has shown nothing."""


def test_no_wire_text_opens_a_door(pbx_name: str) -> None:
    seed = int(os.environ.get("PBXGEN_FUZZ_SEED") or secrets.randbelow(10**9))
    rounds, findings = fuzz.run(pbx_name, float(os.environ.get("PBXGEN_FUZZ_SECONDS") or _SECONDS), seed)
    print(f"{rounds} attacks on {pbx_name}, seed {seed}")
    assert findings == []
    assert rounds >= _FEWEST_ATTACKS
