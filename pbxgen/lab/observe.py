"""Makes the record of a finished scene."""

from __future__ import annotations

from collections.abc import Mapping

from pbxgen.calls.observed import CallRecord, Observed, observed
from pbxgen.lab.scene import Scene

ENOUGH_PACKETS = 15
"""RTP packets that prove sound; about 65 arrive while people talk."""


def observe(scene: Scene, stored: Mapping[str, tuple[float, int]]) -> Observed:
    """What was observed of a scene that is over. ``stored``: messages by mailbox."""
    caller, start = scene.caller, scene.caller.start
    over = caller.gone if caller.answered is not None else caller.closed
    record = CallRecord(
        rang=tuple(scene.rang()),
        status=caller.final,
        answered_at=None if caller.answered is None else caller.answered - start,
        over_at=None if over is None else over - start,
        in_call=scene.at_hangup,
        stored=stored,
        announced=scene.announced,
        mailbox="*" if _opens_mailbox(scene) else None,
        caller_heard=caller.stream.loud if caller.stream else 0,
        caller_sent=caller.stream.sent if caller.stream else 0,
        faults=(*scene.faults, *_silence(scene)),
    )
    return observed(scene.case, record)


def _opens_mailbox(scene: Scene) -> bool:
    """Has the caller entered a PIN, and hears the mailbox?"""
    stream = scene.caller.stream
    return bool(scene.case.handling.keys) and stream is not None and stream.loud > ENOUGH_PACKETS


def _silence(scene: Scene) -> list[str]:
    """Parties of an answered call that heard no sound."""
    caller = scene.caller
    if caller.answered is None or not scene.at_hangup or scene.case.call.transfer is not None:
        return []
    answered = [leg for leg in scene.legs.values() if leg.answered is not None and leg.target in scene.at_hangup]
    faults = [
        f"{leg.target} heard nothing of the caller"
        for leg in answered
        if leg.stream is None or leg.stream.loud < ENOUGH_PACKETS
    ]
    if caller.stream is None or caller.stream.loud < ENOUGH_PACKETS:
        faults.append("the caller heard nothing")
    return faults
