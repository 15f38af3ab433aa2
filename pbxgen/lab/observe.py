"""From what the wire saw of a scene to what the PBX did."""

from __future__ import annotations

from collections.abc import Mapping

from pbxgen.calls.case import Observed, Rang
from pbxgen.flow.machine import Ending, EndKind
from pbxgen.lab.dialog import Dialog
from pbxgen.lab.scene import Scene

ENOUGH_PACKETS = 15
"""Of 65 in the time that people talk: sound goes through."""


def observe(scene: Scene, stored: Mapping[str, tuple[float, int]]) -> Observed:
    """What happened, once the scene is over. ``stored``: messages by mailbox."""
    start = scene.caller.start
    caller = scene.caller
    in_time = [[leg for leg in entry if not _late(scene, leg)] for entry in scene.entries()]
    rings = tuple("+".join(sorted({leg.target for leg in entry})) for entry in in_time if entry)
    return Observed(
        rings=rings,
        ending=_ending(scene, stored),
        rang=tuple(_rang(leg, start) for leg in sorted(scene.legs.values(), key=lambda leg: leg.start)),
        status=200 if caller.answered is not None else caller.final,
        answered_at=None if caller.answered is None else caller.answered - start,
        stored=stored,
        caller_heard=caller.stream.loud if caller.stream else 0,
        caller_sent=caller.stream.sent if caller.stream else 0,
        late=tuple(leg.target for leg in scene.legs.values() if _late(scene, leg)),
        trace=tuple(scene.trace),
        faults=(*scene.faults, *_faults(scene)),
    )


def _late(scene: Scene, leg: Dialog) -> bool:
    """Was somebody rung after the call was over for the caller?"""
    hung_up = scene.caller.gone if scene.caller.answered is not None else scene.caller.closed
    transferred = scene.case.call.transfer is not None
    return hung_up is not None and leg.start > hung_up and not transferred


def _ending(scene: Scene, stored: Mapping[str, tuple[float, int]]) -> Ending | None:
    caller = scene.caller
    if caller.answered is None:
        if caller.final is None or scene.case.handling.give_up_at is not None:
            return None
        return Ending(EndKind.RELEASED, str(caller.final))
    if scene.at_hangup:
        return Ending(EndKind.ANSWERED, "+".join(sorted(set(scene.at_hangup))))
    if stored:
        return Ending(EndKind.VOICEMAIL, "+".join(sorted(stored)))
    if scene.announced is not None:
        return Ending(EndKind.ANNOUNCED, scene.announced)
    if scene.case.call.transfer is not None:
        # A party that was in a call already gets no status; a BYE is all there is to see.
        return Ending(EndKind.RELEASED, "480")
    if scene.case.handling.keys and caller.stream is not None and caller.stream.loud > ENOUGH_PACKETS:
        return Ending(EndKind.MAILBOX, "*")
    return None


def _rang(leg: Dialog, start: float) -> Rang:
    ended = leg.attempt_ended
    cancelled = leg.closed is not None and leg.final == 487
    return Rang(
        target=leg.target,
        at=leg.start - start,
        ended=None if ended is None else ended - start,
        status=200 if leg.answered is not None else None if cancelled else leg.final,
        headers=leg.invite.headers if leg.invite is not None else (),
        request_user=leg.invite.uri_user if leg.invite is not None else "",
        heard=leg.stream.loud if leg.stream else 0,
        sent=leg.stream.sent if leg.stream else 0,
    )


def _faults(scene: Scene) -> list[str]:
    caller = scene.caller
    found = []
    if caller.final is not None and caller.final >= 600:
        found.append(f"the caller got {caller.final}: a 6xx ends the call at every other place too")
    if len(scene.at_hangup) > 1 and len(set(scene.at_hangup)) > 1:
        found.append(f"{' and '.join(scene.at_hangup)} were both left in the call")
    if caller.answered is not None and scene.at_hangup and scene.case.call.transfer is None:
        answered = [leg for leg in scene.legs.values() if leg.answered is not None and leg.target in scene.at_hangup]
        for leg in answered:
            if leg.stream is None or leg.stream.loud < ENOUGH_PACKETS:
                found.append(f"{leg.target} heard nothing of the caller")
        if caller.stream is None or caller.stream.loud < ENOUGH_PACKETS:
            found.append("the caller heard nothing")
    first = min((leg.answered for leg in scene.legs.values() if leg.answered is not None), default=None)
    if caller.answered is not None and scene.at_hangup and first is not None and caller.answered < first:
        found.append("the caller got a 200 before a person answered")
    return found
