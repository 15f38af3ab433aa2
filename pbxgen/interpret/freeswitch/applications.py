"""The applications that the dialplan uses (mod_dptools, mod_voicemail)."""

from __future__ import annotations

from collections.abc import Mapping

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.bridge import bridge
from pbxgen.interpret.freeswitch.channel import FreeSwitchChannel
from pbxgen.interpret.freeswitch.execution import FreeSwitchApplication, FreeSwitchCore, Settled
from pbxgen.interpret.freeswitch.installation import recording
from pbxgen.interpret.freeswitch.patterns import perform
from pbxgen.interpret.freeswitch.text import atoi, is_true, separated

_MESSAGE_SECONDS = 5.0
_KEY = 0.5
"""Seconds that a person takes to press a key: others may answer meanwhile."""
_MESSAGE_LOUDNESS = 5000
"""A person speaks into the mailbox (mean amplitude, 0-32767)."""


def _set(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    """``name=value``. The value is expanded once more, after the whole of the data was."""
    name, equals, value = data.partition("=")
    if not equals or not name:
        raise NotUnderstoodError(f"set {data}")
    channel.set(name, switch.expand(channel, value))


def _multiset(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    if data.startswith("^^"):
        raise NotUnderstoodError(f"multiset {data}")
    for part in separated(data, " ", 256):
        _set(switch, channel, part)


def _unset(_: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    if not data:
        raise NotUnderstoodError("unset without a name")
    channel.set(data, None)


def _log(switch: FreeSwitchCore, _: FreeSwitchChannel, data: str) -> None:
    """Log a text; an error or warning is a fault of the call."""
    level = data.split(" ", 1)[0]
    if level in ("ERR", "WARNING", "CRIT", "ALERT"):
        switch.scene.faults.append(f"FreeSWITCH would log: {data}")
    elif level not in ("DEBUG", "INFO", "NOTICE"):
        raise NotUnderstoodError(f"log {data}")


def _answer(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    if data:
        raise NotUnderstoodError(f"answer {data}")
    switch.answer(channel)


def _sleep(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    _pass(switch, channel, atoi(data) / 1000)


def _pass(switch: FreeSwitchCore, channel: FreeSwitchChannel, seconds: float) -> None:
    """Wait, by the clock of the caller or that of a called party."""
    if channel.inbound:
        switch.scene.clock.now += seconds
    else:
        channel.waited += seconds


def _hangup(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    switch.hang_up(channel, data or "NORMAL_CLEARING")


def _respond(_: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    """The final status to a caller that has not been answered. Nothing to others."""
    status = atoi(data)
    if not 300 <= status <= 699 or str(status) != data:
        raise NotUnderstoodError(f"respond {data}")
    if channel.inbound and not channel.answered and channel.status is None:
        channel.status = status


def _transfer(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    number, context = _extension("transfer", data)
    switch.transfer(channel, number, context)


def _execute_extension(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    number, context = _extension("execute_extension", data)
    switch.execute_extension(channel, number, context)


def _extension(application: str, data: str) -> tuple[str, str]:
    parts = separated(data, " ", 4)
    if len(parts) != 3 or parts[1] != "XML" or parts[0].startswith("-"):
        raise NotUnderstoodError(f"{application} {data}")
    return parts[0], parts[2]


def _limit(_: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    """Counts without a maximum; a channel counts once for each resource."""
    parts = separated(data, " ", 7)
    if len(parts) != 3 or parts[0] != "hash":
        raise NotUnderstoodError(f"limit {data}")
    channel.counted.add((parts[1], parts[2]))


def _ring_ready(_: FreeSwitchCore, __: FreeSwitchChannel, data: str) -> None:
    if data:
        raise NotUnderstoodError(f"ring_ready {data}")


def _playback(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    """A recording of the administrator's is an announcement, everything else a prompt."""
    if data.startswith("phrase:"):
        return
    name = recording(data)
    if name is None:
        raise NotUnderstoodError(f"playback {data}")
    if not channel.answered and channel.inbound:
        switch.scene.faults.append(f"{name} is played to a caller who was not answered")
    switch.scene.announced = name


def _play_and_get_digits(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    """Asks until the digits are as they should be, ``tries`` times; a variable holds them then."""
    parts = separated(data, " ", 11)
    if len(parts) != 9 or not all(part.isdigit() for part in parts[:4]):
        raise NotUnderstoodError(f"play_and_get_digits {data}")
    least, most, tries, milliseconds = map(int, parts[:4])
    terminator, name, expression = parts[4], parts[7], parts[8]
    if channel.keys is None and channel.inbound:
        # The caller listens and presses nothing: where they have come to is all there is to see.
        switch.scene.mailbox = "*"
        raise Settled
    digits = (channel.keys or "").split(",")[0].split(terminator)[0][:most]
    good = len(digits) >= least and perform(digits, expression) is not None
    channel.set(name, digits if good else None)
    if good:
        _pass(switch, channel, _KEY)
    else:
        _pass(switch, channel, tries * milliseconds / 1000)


def _voicemail(switch: FreeSwitchCore, channel: FreeSwitchChannel, data: str) -> None:
    """``[check] profile domain mailbox``: leaves a message, or opens the mailbox."""
    parts = separated(data, " ", 6)
    check = parts[:1] == ["check"]
    if len(parts) != 3 + check or parts[int(check)] not in switch.scene.installation.voicemail:
        raise NotUnderstoodError(f"voicemail {data}")
    _, domain, id = parts[int(check) :]
    entry = switch.scene.installation.directory.user(id, domain)
    if entry is None or entry.params.get("vm-enabled", "true") != "true":
        switch.scene.faults.append(f"there is no mailbox {id} in {domain}")
        return
    switch.answer(channel)
    if not check:
        _pass(switch, channel, _MESSAGE_SECONDS)
        switch.scene.stored[id] = (_MESSAGE_SECONDS, _MESSAGE_LOUDNESS)
        return
    if not is_true(channel.get("voicemail_authorized")):
        if "vm-password" not in entry.params:
            switch.scene.faults.append(f"the PIN of {id}, who has none, is asked")
        pressed = [part.strip(",") for part in (channel.keys or "").split("#")]
        if channel.keys is not None and entry.params.get("vm-password") not in pressed:
            return
    switch.scene.mailbox = id


APPLICATIONS: Mapping[str, FreeSwitchApplication] = {
    "answer": _answer,
    "bridge": bridge,
    "execute_extension": _execute_extension,
    "hangup": _hangup,
    "limit": _limit,
    "log": _log,
    "multiset": _multiset,
    "play_and_get_digits": _play_and_get_digits,
    "playback": _playback,
    "respond": _respond,
    "ring_ready": _ring_ready,
    "set": _set,
    "sleep": _sleep,
    "transfer": _transfer,
    "unset": _unset,
    "voicemail": _voicemail,
}
