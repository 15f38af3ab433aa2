"""The application ``bridge``: dials legs and connects the caller, or lets the dialplan go on."""

from __future__ import annotations

from typing import NoReturn

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.channel import FreeSwitchChannel
from pbxgen.interpret.freeswitch.dialstring import parse
from pbxgen.interpret.freeswitch.execution import FreeSwitchCore, Settled
from pbxgen.interpret.freeswitch.leg import FreeSwitchLeg, is_thought_dead, new_leg
from pbxgen.interpret.freeswitch.originate import Originate
from pbxgen.interpret.freeswitch.text import atoi, is_true, separated

_DEFAULT_SECONDS = 60
"""SWITCH_DEFAULT_TIMEOUT."""
_ALWAYS_CONTINUED = frozenset({"NO_ANSWER", "NO_USER_RESPONSE", "ORIGINATOR_CANCEL"})
_ONLY_FOR_LEGS = ("group_confirm_key", "group_confirm_file", "fail_on_single_reject", "bridge_early_media", "campon")


def bridge(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    """Dials the legs of a dial string together.

    Raises:
        Settled: Somebody has answered, or it rings without end.
    """
    for name in _ONLY_FOR_LEGS:
        if channel.get(name) is not None:
            raise ValueError(f"{name} on the channel of the caller")
    dialled = parse(data)
    if channel.get("preserve_originated_vars") == "false":
        channel.set("originate_causes", None)
    living = (one for one in dialled.destinations if not is_thought_dead(switch.call, one))
    dialled_legs = [new_leg(switch.call, channel, destination) for destination in living]
    for leg in dialled_legs:
        _made(switch, leg)
    # A party that was called, and is transferred now, still has it from its own leg.
    early = not is_true(dialled.variables.get("ignore_early_media") or channel.get("ignore_early_media"))
    limit = int(channel.get("call_timeout") or _DEFAULT_SECONDS)
    originate = Originate(switch, channel, dialled_legs, limit=limit, early=early)
    winner = originate.run()
    for leg in dialled_legs:
        channel.push("originate_causes", f"{leg.channel.profile.uuid};{leg.cause or 'NONE'}")
    if winner is None and not dialled_legs:
        _failed(switch, channel, "NETWORK_OUT_OF_ORDER")
        return
    if winner is None:
        _failed(switch, channel, "NO_ANSWER" if originate.timed_out else dialled_legs[0].cause or "ORIGINATOR_CANCEL")
        return
    _connect(switch, channel, winner)


def _made(switch: FreeSwitchCore, leg: FreeSwitchLeg) -> None:
    """What a leg runs as soon as it is made, before anything is sent; it may end there."""
    application, _, data = (leg.channel.get("execute_on_originate") or "").partition(" ")
    if application:
        switch.execute(leg.channel, application, data)
        leg.cause = leg.channel.cause


def _connect(switch: FreeSwitchCore, channel: FreeSwitchChannel, leg: FreeSwitchLeg) -> None:
    assert leg.far is not None
    if not leg.answered:
        _hear(switch, channel, leg)
    for name in separated(channel.get("import") or "", ","):
        value = leg.channel.get(name)
        if value is not None:
            channel.set(name, value)
    switch.answer(channel)
    if not is_true(channel.get("hangup_after_bridge")):
        switch.call.faults.append("the caller is left in the dialplan once the other side hangs up")
    switch.call.talking = (leg.channel, leg.far.target)
    raise Settled


def _hear(switch: FreeSwitchCore, channel: FreeSwitchChannel, leg: FreeSwitchLeg) -> NoReturn:
    """Early media passes: the bridge begins, and with it the timer of ``bridge_answer_timeout`` (switch_ivr_bridge)."""
    assert leg.far is not None
    if leg.far.final is not None:
        raise NotUnderstoodError(f"{leg.far.target} replies {leg.far.final} after early media that passes")
    seconds = atoi(channel.get("bridge_answer_timeout") or "")
    switch.call.rings_on = not seconds
    if seconds:
        clock = switch.call.clock
        clock.now = clock.at(clock.epoch + seconds + 1)
        leg.channel.hang_up("ALLOTTED_TIMEOUT")
        if leg.attempt is not None:
            leg.attempt.ended = clock.now
        switch.hang_up(channel, "ALLOTTED_TIMEOUT")
    raise Settled


def _failed(switch: FreeSwitchCore, channel: FreeSwitchChannel, cause: str) -> None:
    """``switch_channel_handle_cause``: does the dialplan go on?"""
    if channel.cause is not None:
        return
    wanted = channel.get("continue_on_fail")
    if channel.get("failure_causes") is not None or channel.get("transfer_on_fail") is not None:
        raise NotUnderstoodError("failure_causes, or transfer_on_fail")
    if wanted is None:
        goes_on = cause in _ALWAYS_CONTINUED
    else:
        goes_on = is_true(wanted) or cause.lower() in separated(wanted.lower(), ",")
    if not goes_on:
        switch.hang_up(channel, cause)
