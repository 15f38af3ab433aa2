"""Rollback on real PBXs: a trunk that was registered at its carrier is so again, or that it is not is told."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from pbxgen.deploy import proof
from pbxgen.deploy.running import RunningPbx, load_deployable
from pbxgen.deploy.status import Standing
from pbxgen.lab import sip
from tests.deploy.places import RealPlace, real_place, refusal
from tests.security.laboratory import trunk_host
from tests.security.peer import Peer, Reply

pytestmark = [pytest.mark.real, pytest.mark.slow]
_TRUNK = {"asterisk": "office.trunk.carrier", "freeswitch": "office.carrier"}


@dataclass
class _Carrier:
    """Takes every registration, while it answers at all."""

    answers: bool = True

    def __call__(self, request: sip.Message) -> Sequence[Reply]:
        if not self.answers:
            return []
        contact = request.header("contact")
        return [Reply(200, headers=(f"Contact: {contact};expires=300", "Expires: 300") if contact else ())]


@pytest.fixture(scope="module")
def carrier() -> _Carrier:
    return _Carrier()


@pytest.fixture(scope="module")
def place(pbx_name: str, carrier: _Carrier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPlace]:
    host, port = trunk_host()
    folder = tmp_path_factory.mktemp(pbx_name)
    with Peer((host, port), host, port, answer=carrier), real_place(pbx_name, folder, f"{host}:{port}") as made_place:
        made_place.change(
            "carrier: {", 'carrier: {register: true, username: acme, password: "no-blanks-in-it", expires: 300, '
        )
        made_place.deploy(force=True)
        yield made_place


def _running(place: RealPlace) -> RunningPbx:
    return load_deployable(place.target.pbx).running(place.ask, lambda texts: [*map(place.ask, texts)])


def _is_registered(place: RealPlace) -> bool:
    return _running(place).trunks()[_TRUNK[place.target.pbx]]


def _wait_until_registered(place: RealPlace) -> None:
    deadline = time.monotonic() + 60
    while not _is_registered(place):
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_a_trunk_that_was_registered_is_so_again_when_the_way_back_ends(
    place: RealPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    _wait_until_registered(place)
    before, text = place.current, place.text
    place.change("expires: 300", "expires: 310")
    kind = type(_running(place))
    honest = kind.differences

    def differences(self: RunningPbx, *words: object) -> list[str]:
        return honest(self, *words) if place.current == before else ["made up"]  # type: ignore[arg-type]

    monkeypatch.setattr(kind, "differences", differences)
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX616", (str(refused), refused.lines)
    assert "made up" in str(refused)
    assert place.current == before
    assert _is_registered(place)
    place.write(text)
    assert place.status().standing is Standing.IN_STEP


def test_a_trunk_that_does_not_come_back_is_told_and_the_release_before_runs(
    place: RealPlace, carrier: _Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    _wait_until_registered(place)
    before, text = place.current, place.text
    place.change("expires: 300", "expires: 320")
    monkeypatch.setattr(proof, "_REGISTERED_SECONDS", 5.0)
    carrier.answers = False
    refused = refusal(place.deploy)
    carrier.answers = True
    assert refused.diagnostic.code == "PBX619", (str(refused), refused.lines)
    lost = f"trunk {_TRUNK[place.target.pbx]} was registered, and is not any more"
    assert f"{before} runs again, but {lost}" in str(refused)
    assert place.current == before
    assert place.status().standing is Standing.BEHIND
    assert place.deploy().changed
    place.write(text)
    place.deploy()
    assert place.status().standing is Standing.IN_STEP
