"""A day in the life of a setting, on real PBXs: from the phone into the YAML and into the plan, and no call is lost."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from pbxgen.cli.main import app
from tests.deploy.places import DOMAIN, OFFICE, PASSWORD, RealPlace, real_place
from tests.security.calls import takes
from tests.security.laboratory import trunk_host
from tests.security.peer import Login, Peer

pytestmark = [pytest.mark.real, pytest.mark.slow]

MOBILE = "+393335550101"
ADA = "+390212345101"
SERVICE = """\
self_service:
  codes: etsi   # as on the old exchange
  profiles:
    staff: {may: [unconditional, busy, dnd], to: [extensions, mobile, outside]}
operators: {reception: {number: "9", members: ["103"], overflow: "voicemail:103"}}
"""
BEFORE = '"101": {name: Ada,'
AFTER = '"101": {name: Ada, self_service: staff, mobile: "+393335550101",   # the boss\n   '


class Callers:
    """Somebody outside who calls Ada, hangs up, and calls her again, all day long."""

    def __init__(self, carrier: Peer) -> None:
        self._carrier = carrier
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._call)
        self.statuses: list[int | None] = []

    def _call(self) -> None:
        while not self._over.is_set():
            self.statuses.append(self._carrier.call(ADA, DOMAIN, sender=f"<sip:+393471112222@{DOMAIN}>", seconds=10))

    def __enter__(self) -> Callers:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


@dataclass
class Day:
    place: RealPlace
    carrier: Peer
    ada: Peer
    reception: Peer
    callers: Callers

    def invoke(self, *words: str) -> str:
        at = (".", "--to", "hq") if words[0] == "state" else ("--to", "hq")
        result: Result = CliRunner().invoke(app, [*words, *at])
        assert result.exit_code == 0, result.output
        return result.output

    def next_calls_ring(self) -> str:
        """Where the calls go that begin from now on."""
        begun = len(self.callers.statuses) + 1  # one may be under way
        self._wait_for(begun)
        before = self._rung
        self._wait_for(begun + 2)
        return "+".join(name for name, times in self._rung.items() if times > before[name])

    @property
    def _rung(self) -> dict[str, int]:
        return {"Ada": len(self.ada.invited), "mobile": sum(MOBILE in one.reason for one in self.carrier.invited)}

    def _wait_for(self, calls: int) -> None:
        end = time.monotonic() + 60
        while len(self.callers.statuses) < calls:
            assert time.monotonic() < end
            time.sleep(0.02)

    def lamp(self) -> bool | None:
        """Does the receptionist's lamp show that Ada's calls go elsewhere? None: this PBX tells of no lamps."""
        if self.place.target.pbx != "asterisk":
            return None
        time.sleep(0.3)  # the NOTIFY that is on its way
        return "<state>confirmed</state>" in self.reception.requests("NOTIFY")[-1].body


@pytest.fixture
def day(pbx_name: str, tmp_path: Path) -> Iterator[Day]:
    host, port = trunk_host()
    with real_place(pbx_name, tmp_path, f"{host}:{port}") as place:
        text = OFFICE.replace("TRUNK", f"{host}:{port}").replace("users:\n", f"{SERVICE}users:   # all of us\n")
        assert BEFORE in text
        target = place.target
        (place.source / "deploy.yaml").write_text(
            "version: 1\nsource: .\ntargets:\n"
            f"  hq: {{target: {target.pbx}, folder: {target.folder}, command: {json.dumps(target.command)}}}\n"
        )
        others = "".join(f'  "{extension}": {{name: Colleague {extension}}}\n' for extension in range(201, 206))
        place.write(text.replace(BEFORE, AFTER) + others)  # so that few of all users change
        place.deploy(force=True)
        assert place.pbx is not None
        at = place.phones_at
        with (
            Peer(at, answer=takes) as ada,
            Peer(at, answer=takes) as reception,
            Peer(place.pbx.trunks_at, host, port, answer=takes) as carrier,
        ):
            assert ada.register("101", DOMAIN, Login("101", PASSWORD)) == 200
            with pytest.MonkeyPatch.context() as patch, Callers(carrier) as callers:
                patch.chdir(place.source)
                yield Day(place, carrier, ada, reception, callers)


def test_a_day_in_the_life_of_a_setting(day: Day) -> None:
    source = day.place.source / "pbx.yaml"
    asterisk = day.place.target.pbx == "asterisk"
    if asterisk:
        watching = day.reception.ask(
            "SUBSCRIBE", f"sip:101*21@{DOMAIN}", sender=f"<sip:103@{DOMAIN}>", login=Login("103", PASSWORD),
            headers=("Event: dialog", "Accept: application/dialog-info+xml", "Expires: 600"),
        )  # fmt: skip
        assert watching is not None
        assert watching.status == 200
    dark, lit = (False, True) if asterisk else (None, None)
    assert (day.next_calls_ring(), day.lamp()) == ("Ada", dark)

    # Ada presses *21* and her mobile.
    code = f"*21*{MOBILE.removeprefix('+39')}"
    assert day.ada.call(code, DOMAIN, sender=f"<sip:101@{DOMAIN}>", login=Login("101", PASSWORD)) == 200
    assert (day.next_calls_ring(), day.lamp()) == ("mobile", lit)
    assert f"  Ada (101)\n    every call: outside number {MOBILE}, since " in day.invoke("state", "show")

    # At night it is written into the YAML.
    before = source.read_text()
    day.invoke("state", "pull", "--clear")
    line = f'did: "{ADA}"'
    assert source.read_text() == before.replace(line, f"{line}, deviations: {{unconditional: mobile}}")
    assert (day.next_calls_ring(), day.lamp()) == ("mobile", lit)

    # Merged and deployed, it is the plan's own; then it is taken off the PBX.
    day.place.write(source.read_text())
    day.invoke("deploy")
    assert (day.next_calls_ring(), day.lamp()) == ("mobile", lit)
    assert "1 setting taken off, as the source says so" in day.invoke("state", "pull", "--clear")
    assert "nothing is set" in day.invoke("state", "show")
    assert (day.next_calls_ring(), day.lamp()) == ("mobile", dark)

    # Back at her desk, Ada's line is taken out of the YAML again.
    day.place.write(before)
    day.invoke("deploy")
    assert (day.next_calls_ring(), day.lamp()) == ("Ada", dark)
    assert set(day.callers.statuses) == {200}
