"""A carrier that says 100 Trying and rings late is alive: no call leaves its trunk for the next one, on real PBXs."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pbxgen.calls.headers import user_of
from pbxgen.lab import sip
from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.peer import Peer, Reply, sdp

pytestmark = [pytest.mark.real, pytest.mark.slow]

_LATE = 8.0
"""Seconds until it rings: more than the 5 after which a trunk that has said nothing at all is left."""
_WAIT = 25.0


def _source() -> str:
    slow, next_one = (f"{host}:{port}" for host, port in (trunk_host(), trunk_host()))
    return f"""\
version: 1
pbx: {{name: slow, domain: slow.lab, country: IT, timezone: Europe/Rome}}
defaults: {{class: italy, ring_timeout: 5, outside_timeout: 20}}
trunks:
  slow: {{host: "{slow}", keepalive: 0, number: "+390212345000"}}
  next: {{host: "{next_one}", keepalive: 0, number: "+390612345000"}}
routes:
  emergency: {{match: "112", trunk: [slow, next], emergency: true}}
  italy: {{match: "+39[03]X.", trunk: [slow, next]}}
classes: {{italy: italy}}
operators: {{reception: {{number: "9", members: ["101"], overflow: "+393335550900"}}}}
users:
  "101": {{password: a long enough secret, did: "+390212345101"}}
  "102": {{password: a long enough secret, did: "+390212345102", deviations: {{unconditional: "+393335550102"}}}}
  "103": {{password: a long enough secret, did: "+390212345103", follow_me: [{{to: "+393335550103", timeout: 20}}]}}
  "104":
    password: a long enough secret
    did: "+390212345104"
    deviations: {{unconditional: {{to: "+393335550104", confirm: true}}}}
inbound: {{"+390212345000": operator, "+390212345900": "+393335550900", "+390612345000": "101"}}
"""


def _slow(request: sip.Message) -> Sequence[Reply]:
    """Says 100 at once, rings late, and takes the call."""
    if request.method != "INVITE":
        return [Reply(200)]
    return [Reply(100, "Trying"), Reply(180, "Ringing", after=_LATE), Reply(200, body=sdp("127.0.0.1"), after=0.5)]


def _call(running: Laboratory, caller: str, to: str) -> int | None:
    """From a phone with an extension, or from a carrier's customer."""
    if caller.startswith("+"):
        carrier = running.trunks["slow.next"]
        sender = f"<sip:{caller}@{carrier.host}>"
        return carrier.call(to, carrier.pbx[0], sender=sender, seconds=_WAIT)
    with Peer(running.pbx.phones_at) as phone:
        return phone.call(to, "slow.lab", sender=f"<sip:{caller}@slow.lab>", login=running.login(caller), seconds=_WAIT)


_CALLS = {
    "dialled straight": ("101", "0233334444", "+390233334444"),
    "a call for help": ("101", "112", "112"),
    "a diversion": ("+393471112222", "+390212345102", "+393335550102"),
    "a leg of follow_me": ("+393471112222", "+390212345103", "+393335550103"),
    "an overflow": ("101", "9", "+393335550900"),
}


def test_a_trunk_that_has_said_100_is_not_left_before_it_rings(pbx_name: str, tmp_path: Path) -> None:
    with laboratory(pbx_name, tmp_path, _source()) as running, ThreadPoolExecutor(len(_CALLS) + 1) as together:
        running.trunks["slow.slow"].answer = _slow
        placed = {what: together.submit(_call, running, caller, to) for what, (caller, to, _) in _CALLS.items()}
        # Who is asked to press 1 has taken the call, and the caller waits on.
        confirmed = together.submit(_call, running, "+393471112223", "+390212345104")
        assert {what: call.result() for what, call in placed.items()} == dict.fromkeys(_CALLS, 200), running.log()[
            -2000:
        ]
        assert confirmed.result() != 200
        rung = sorted(user_of(call.reason) for call in running.trunks["slow.slow"].invited)
        assert rung == sorted([*(number for _, _, number in _CALLS.values()), "+393335550104"])
        assert running.trunks["slow.next"].invited == []
