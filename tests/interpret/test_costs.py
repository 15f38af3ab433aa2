"""What a call runs through does not grow by what it does not use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.count_steps import counted

_FOLDER = Path(__file__).parent / "costs"
_SOURCE = (_FOLDER / "costs.yaml").read_text()
_USED = '"101": {name: Ada'

ADDED = {
    "keys of another trunk": (
        "host: 192.0.2.2,",
        "host: 192.0.2.2, identity: pai, max_calls: 2, t38: true, dtmf: inband, outbound_proxy: 192.0.2.9, "
        "called_number: to,",
    ),
    "another user with a trunk, a caller id, a pickup group and a mailbox": (
        _USED,
        '"109": {name: Eva, trunk: carrier, caller_id: withheld, pickup: [front], voicemail: true, '
        f"phone: {{options: {{asterisk: {{endpoint: {{rtp_timeout: \"60\"}}}}}}}}}}\n  {_USED}",
    ),
    "another user who may set what they like": (
        _USED,
        f'"109": {{name: Eva, self_service: staff}}\n  {_USED}',
    ),
    "services": ("users:\n", 'services: {queue: {number: "700", returns: true}}\n\nusers:\n'),
    "codes": ("users:\n", 'features: {pickup: "*7", own_mailbox: "*55"}\n\nusers:\n'),
    "switches": ("users:\n", 'switches: {night: {number: "*28", operators: ["101"]}}\n\nusers:\n'),
    "contacts": ("users:\n", 'contacts: {vip: ["+393331112222", anonymous]}\n\nusers:\n'),
}  # fmt: skip


@pytest.fixture(scope="module")
def plain() -> dict[str, dict[str, int]]:
    return counted(_FOLDER / "costs.test.yaml")


@pytest.mark.parametrize("added", ADDED)
def test_a_call_runs_no_more_for_what_it_does_not_use(
    plain: dict[str, dict[str, int]], added: str, tmp_path: Path
) -> None:
    before, after = ADDED[added]
    assert _SOURCE.count(before) == 1
    profile = "self_service: {codes: etsi, profiles: {staff: {may: [busy], to: [extensions]}}}\n"
    more = profile if "self_service: staff" in after else ""
    (tmp_path / "costs.yaml").write_text(_SOURCE.replace(before, after) + more)
    (tmp_path / "costs.test.yaml").write_text((_FOLDER / "costs.test.yaml").read_text())
    assert counted(tmp_path / "costs.test.yaml") == plain
