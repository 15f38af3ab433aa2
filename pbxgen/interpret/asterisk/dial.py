"""Dial: rings, waits, connects (apps/app_dial.c)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pbxgen.interpret import brackets
from pbxgen.interpret.asterisk.channel import AsteriskChannel, AsteriskPlace, RungChannel
from pbxgen.interpret.asterisk.legs import BUSY, CONGESTION, NO_ANSWER, NORMAL, AsteriskLeg, ring
from pbxgen.interpret.asterisk.text import arguments
from pbxgen.interpret.clock import Steps

_OPTIONS = {"i": False, "r": False, "f": True, "b": True, "U": True}
"""Options that the templates use, and whether each has an argument."""


def dial(channel: AsteriskChannel, text: str) -> Steps:
    where, seconds, *rest = [*arguments(text, most=4, raw=True), "", ""]
    given = dict(_options(rest[0]))
    attempts: list[RungChannel] = []
    unreachable = 0
    for name in ("RINGTIME", "PROGRESSTIME"):
        channel.set(name, "")
    for destination in where.split("&"):
        attempt = ring(channel, destination)
        if attempt is None:
            unreachable += 1
            continue
        if isinstance(attempt, AsteriskLeg):
            attempt.number = given.get("f", channel.number)
            attempt.withheld = channel.withheld and "f" not in given
        attempts.append(attempt)
    for attempt in attempts:
        if "b" in given:
            yield from _subroutine(channel, attempt, given["b"])
        if not attempt.ended:  # hung up by its subroutine: it is not called
            attempt.begin()
    yield from _waiting(channel, attempts, int(seconds) if seconds else None)
    if "i" not in given and any(a.redirects for a in attempts):
        raise ValueError("redirections are followed")
    answered = next((a for a in attempts if a.answered), None)
    for attempt in attempts:
        if attempt is not answered:
            attempt.cancel()
            yield from _run_handlers(channel, attempt)
    if channel.gone:
        channel.set("DIALSTATUS", "CANCEL")
    elif answered is None:
        channel.set("DIALSTATUS", _status(attempts, unreachable))
    else:
        channel.set("DIALSTATUS", "ANSWER")
        yield from _connected(channel, answered, given.get("U"))
    if answered is not None and answered.thread is None:
        answered.hang_up(NORMAL)


def _options(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        letter = text[at]
        at += 1
        if letter not in _OPTIONS:
            raise ValueError(f"the option {letter} is not known")
        if not _OPTIONS[letter]:
            yield letter, ""
            continue
        end = brackets.closing(text, at, "()")
        if end is None:
            raise ValueError("a bracket is never closed")
        yield letter, text[at + 1 : end]
        at = end + 1


def _subroutine(channel: AsteriskChannel, peer: AsteriskChannel, text: str) -> Steps:
    """Options b and U: a subroutine on the other channel; ``context^extension^priority(argument^…)``."""
    place, _, rest = text.replace("^", ",").partition("(")
    context, extension, priority = place.split(",")
    given = arguments(rest[: rest.rfind(")")], raw=True)
    yield from _run_on(channel, peer, (context, extension, int(priority)), given)


def _run_on(channel: AsteriskChannel, peer: AsteriskChannel, place: AsteriskPlace, given: Sequence[str] = ()) -> Steps:
    """Run a subroutine on another channel, in the thread of this one."""
    peer.thread, own = channel.thread, peer.thread
    yield from channel.switch.subroutine(peer, place, given)
    peer.thread = own


def _waiting(channel: AsteriskChannel, attempts: list[RungChannel], seconds: int | None) -> Steps:
    """Until one answers, all have ended, time is up, or the caller is gone."""
    assert channel.thread is not None
    clock = channel.switch.clock
    end = None if seconds is None else clock.now + 1000 * seconds
    if seconds is not None:
        channel.thread.wake_after(1000 * seconds)
    while not channel.gone:
        yield from _refuse_redirections(channel, attempts)
        if any(a.answered for a in attempts) or all(a.ended for a in attempts):
            return
        if end is not None and clock.now >= end:
            return
        yield


def _refuse_redirections(channel: AsteriskChannel, attempts: list[RungChannel]) -> Steps:
    """Option i: a leg that redirects is busy, and ends by itself without a cause; its reply is not passed on."""
    for attempt in attempts:
        if not attempt.redirects:
            continue
        attempt.redirects = False
        attempt.cause = BUSY
        attempt.hung_up_by = attempt.name
        attempt.set("HANGUPCAUSE", "0")
        attempt.hang_up(BUSY)
        yield from _run_handlers(channel, attempt)


def _run_handlers(channel: AsteriskChannel, attempt: RungChannel) -> Steps:
    """What runs on a leg that has ended; its channel is still there meanwhile."""
    handlers, attempt.handlers = attempt.handlers, []
    attempt.gone = False
    for place in handlers:
        yield from _run_on(channel, attempt, place)
    attempt.gone = True


def _status(attempts: Sequence[RungChannel], unreachable: int) -> str:
    """DIALSTATUS without an answer: NOANSWER unless every leg has ended by itself with another cause."""
    causes = [a.cause for a in attempts]
    if any(not a.ended or a.cause in (0, NO_ANSWER, NORMAL) for a in attempts):
        return "NOANSWER"
    if BUSY in causes:
        return "BUSY"
    return "CONGESTION" if CONGESTION in causes else "CHANUNAVAIL"


def _connected(channel: AsteriskChannel, answered: RungChannel, confirm: str | None) -> Steps:
    """What follows an answer: the subroutine of option U, then the conversation."""
    if confirm is not None:
        context, _, given = confirm.partition("^")
        yield from _subroutine(channel, answered, f"{context}^s^1({given})")
        channel.set("GOSUB_RETVAL", answered.get("GOSUB_RETVAL") or "")
        result = answered.get("GOSUB_RESULT") or ""
        if result == "CONTINUE":
            return
        if result:
            raise ValueError(f"GOSUB_RESULT={result}")
        if channel.gone or answered.gone:
            return
    channel.answer()
    channel.peer, answered.peer = answered, channel
    while not channel.gone and not answered.gone and channel.jump is None and answered.peer is channel:
        yield
    channel.peer = None
    if answered.peer is channel:
        answered.peer = None
    if channel.jump is not None:
        channel.place, channel.jump = channel.jump, None
    else:
        # Without option g the caller is hung up as well.
        channel.hang_up(NORMAL)
