"""The applications that the dialplan uses (mod_dptools, mod_voicemail)."""

from __future__ import annotations

from collections.abc import Mapping

from pbxgen.interpret.freeswitch.bridge import bridge
from pbxgen.interpret.freeswitch.channel import FreeSwitchChannel
from pbxgen.interpret.freeswitch.execution import FreeSwitchApplication, FreeSwitchCore, Settled
from pbxgen.interpret.freeswitch.installation import recording
from pbxgen.interpret.freeswitch.patterns import perform
from pbxgen.interpret.freeswitch.text import atoi, is_true, separated

_MESSAGE_SECONDS = 5.0
_KEY_SECONDS = 0.5
"""Time that a person takes to press a key; others may answer meanwhile."""
_MESSAGE_LOUDNESS = 5000
"""Mean amplitude (0-32767) of a person's voice."""


def _set(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    """``name=value``. The value is expanded once more after the data as a whole."""
    name, equals, value = data.partition("=")
    if not equals or not name:
        raise ValueError("no name, or no value")
    channel.set(name, switch.expand(channel, value))


def _multiset(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    if data.startswith("^^"):
        raise ValueError("another delimiter")
    for part in separated(data, " ", 256):
        _set(switch, channel, part)


def _set_name(_: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    channel.name = data


def _unset(_: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    if not data:
        raise ValueError("no name")
    channel.set(data, None)


def _db(switch: FreeSwitchCore, _: FreeSwitchChannel, data: str) -> None:
    """``insert/realm/key/value`` or ``delete/realm/key``."""
    operation, realm, key, *value = data.split("/", 3)
    if operation == "insert" and value:
        switch.call.database[realm, key] = value[0]
    elif operation == "delete" and not value:
        switch.call.database.pop((realm, key), None)
    else:
        raise ValueError("another operation")


def _log(switch: FreeSwitchCore, _: FreeSwitchChannel, data: str) -> None:
    """Log a text; an error or warning is a fault of the call."""
    level = data.split(" ", 1)[0]
    if level in ("ERR", "WARNING", "CRIT", "ALERT"):
        switch.call.faults.append(f"FreeSWITCH would log: {data}")
    elif level not in ("DEBUG", "INFO", "NOTICE"):
        raise ValueError("another level")


def _answer(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    if data:
        raise ValueError("data")
    switch.answer(channel)


def _pass(switch: FreeSwitchCore, channel: FreeSwitchChannel, seconds: float) -> None:
    """Wait, by the clock of the caller or that of a called party."""
    if channel.inbound:
        switch.call.clock.now += seconds
    else:
        channel.waited += seconds


def _respond(_: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    """Send the final status to a caller that was not answered; to others nothing is sent."""
    status = atoi(data)
    if not 300 <= status <= 699 or str(status) != data:
        raise ValueError("no final status")
    if channel.inbound and not channel.answered and channel.status is None:
        channel.status = status


def _extension(data: str) -> tuple[str, str]:
    """``number XML context``."""
    number, dialplan, context = separated(data, " ", 4)
    if dialplan != "XML" or number.startswith("-"):
        raise ValueError("another dialplan, or another party")
    return number, context


def _limit(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    """A channel counts once for each resource; one that is too many is hung up with the cause behind the ``!``."""
    backend, realm, resource, *most = separated(data, " ", 7)
    if backend != "hash" or len(most) not in (0, 2) or (most and most[1][:1] != "!"):
        raise ValueError("another backend, or another end than hanging up")
    if most and 0 <= int(most[0]) <= switch.call.usage((realm, resource)):
        switch.hang_up(channel, most[1][1:])
        return
    channel.counted.add((realm, resource))


def _ring_ready(_: FreeSwitchCore, __: FreeSwitchChannel, data: str) -> None:
    if data:
        raise ValueError("data")


def _playback(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    """A recording of the administrator's is an announcement, everything else a prompt."""
    if data.startswith("phrase:"):
        return
    if data.startswith("tone_stream:"):
        switch.call.taken = True
        return
    name = recording(data)
    if name is None:
        raise ValueError("no recording of the administrator's")
    if not channel.answered and channel.inbound:
        switch.call.faults.append(f"{name} is played to a caller who was not answered")
    switch.call.announced = name


def _play_and_get_digits(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    """Ask up to ``tries`` times until the digits match the expression; a variable holds them then."""
    least, most, tries, milliseconds, terminator, _, _, name, expression = separated(data, " ", 11)
    if channel.keys is None and channel.inbound:
        # The caller listens and presses nothing: where they have come to is all there is to see.
        switch.call.mailbox = "*"
        raise Settled
    digits = (channel.keys or "").split(",")[0].split(terminator)[0][: int(most)]
    good = len(digits) >= int(least) and perform(digits, expression) is not None
    channel.set(name, digits if good else None)
    _pass(switch, channel, _KEY_SECONDS if good else int(tries) * int(milliseconds) / 1000)


def _voicemail(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    """``[check] profile domain mailbox``: leaves a message, or opens the mailbox."""
    parts = separated(data, " ", 6)
    check = parts[:1] == ["check"]
    profile, domain, id = parts[check:]
    if profile not in switch.call.installation.voicemail:
        raise ValueError("another profile")
    entry = switch.call.installation.directory.user(id, domain)
    if entry is None or entry.params.get("vm-enabled", "true") != "true":
        switch.call.faults.append(f"there is no mailbox {id} in {domain}")
        return
    switch.answer(channel)
    if not check:
        _pass(switch, channel, _MESSAGE_SECONDS)
        switch.call.stored[id] = (_MESSAGE_SECONDS, _MESSAGE_LOUDNESS)
        return
    if not is_true(channel.get("voicemail_authorized")):
        if "vm-password" not in entry.params:
            switch.call.faults.append(f"the PIN of {id}, who has none, is asked")
        pressed = [part.strip(",") for part in (channel.keys or "").split("#")]
        if channel.keys is not None and entry.params.get("vm-password") not in pressed:
            return
    switch.call.mailbox = id


def _blind_transfer_ack(_switch: FreeSwitchCore, _channel: FreeSwitchChannel, data: str) -> None:
    """What the transferring phone is told: only that it worked, as another answer would bring the call back to it."""
    if not is_true(data):
        raise ValueError("a transfer that failed")


def _intercept(_switch: FreeSwitchCore, _channel: FreeSwitchChannel, data: str) -> None:
    """There is no other call that could be taken."""
    raise ValueError(f"no channel {data}")


APPLICATIONS: Mapping[str, FreeSwitchApplication] = {
    "answer": _answer, "blind_transfer_ack": _blind_transfer_ack, "bridge": bridge, "db": _db, "limit": _limit,
    "log": _log, "multiset": _multiset, "play_and_get_digits": _play_and_get_digits, "playback": _playback,
    "intercept": _intercept, "respond": _respond, "ring_ready": _ring_ready, "set": _set, "set_name": _set_name,
    "unset": _unset, "voicemail": _voicemail,
    "execute_extension": lambda switch, channel, data: switch.execute_extension(channel, *_extension(data)),
    "hangup": lambda switch, channel, data: switch.hang_up(channel, data or "NORMAL_CLEARING"),
    "start_dtmf": lambda switch, channel, data: None,
    "sleep": lambda switch, channel, data: _pass(switch, channel, atoi(data) / 1000),
    "transfer": lambda switch, channel, data: switch.transfer(channel, *_extension(data)),
}  # fmt: skip
