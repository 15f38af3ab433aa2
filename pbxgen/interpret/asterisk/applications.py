"""The dialplan applications that the templates use. Each raises ValueError for data that no template writes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pbxgen.interpret.asterisk.channel import AsteriskApplication, AsteriskChannel, AsteriskPlace, RungChannel
from pbxgen.interpret.asterisk.dial import dial
from pbxgen.interpret.asterisk.functions import WRITE
from pbxgen.interpret.asterisk.legs import NORMAL, AsteriskCaller, AsteriskLeg
from pbxgen.interpret.asterisk.text import arguments, holds
from pbxgen.interpret.clock import Steps

_PROMPT_MS, _RECORDING_MS, _KEY_MS = 5_000, 2_000, 500
_PRIORITY = re.compile(r"\s*([0-9]+)")


# -- going places -----------------------------------------------------------------------------------------------------


def _place(channel: AsteriskChannel, text: str) -> AsteriskPlace | None:
    """``[[context,]extension,]priority or label``; None if there is no such label, which Asterisk complains of."""
    *before, written = text.split(",")[:3]
    context, extension = [channel.place[0], channel.place[1]][: 2 - len(before)] + before
    number = _PRIORITY.match(written)
    priority = int(number[1]) if number else channel.switch.dialplan.label(context, extension, written)
    if not priority:
        channel.switch.complain(f"{text}: {written!r} is no label of {extension} in [{context}]")
        return None
    return context, extension, priority


def _goto(channel: AsteriskChannel, text: str) -> None:
    place = _place(channel, text)
    if place is None:
        channel.hang_up(0)
    else:
        channel.place = place


def _goto_if(channel: AsteriskChannel, text: str) -> None:
    condition, _, branches = text.partition("?")
    first, _, second = branches.partition(":")
    chosen = first if holds(condition) else second
    if chosen:
        _goto(channel, chosen)


def _gosub(channel: AsteriskChannel, text: str) -> None:
    label, bracket, rest = text.partition("(")
    given = arguments(rest[: rest.rfind(")")] if ")" in rest else rest, raw=True) if bracket else ()
    place = _place(channel, label)
    if place is None or channel.switch.dialplan.line(*place) is None:
        channel.switch.complain(f"Gosub({label}): there is no such place")
        channel.hang_up(0)
        return
    channel.call(place, given)


def _return(channel: AsteriskChannel, text: str) -> None:
    if not channel.frames:
        channel.switch.complain("Return without Gosub")
        channel.hang_up(0)
        return
    channel.leave()
    channel.set("GOSUB_RETVAL", text)


# -- values -----------------------------------------------------------------------------------------------------------


def _set(channel: AsteriskChannel, text: str) -> None:
    name, equals, value = text.partition("=")
    function, bracket, rest = name.partition("(")
    if not equals or (bracket and function not in WRITE):
        raise ValueError("it cannot be set")
    if bracket:
        WRITE[function](channel, rest[: rest.rfind(")")], value)
    else:
        channel.set(name, value)


def _exec_if(channel: AsteriskChannel, text: str) -> Steps | None:
    condition, *rest = arguments(text, "?", 2, raw=True)
    branches = arguments(rest[0], ":", 2, raw=True) if rest else ()
    chosen = branches[:1] if holds(condition) else branches[1:]
    if not chosen:
        return None
    name, _, data = chosen[0].partition("(")
    return channel.switch.execute(channel, name, data[: data.rfind(")")])


# -- the call ---------------------------------------------------------------------------------------------------------


def _pass(channel: AsteriskChannel, milliseconds: int) -> Steps:
    """Let time pass until the channel is hung up."""
    assert channel.thread is not None
    until = channel.switch.clock.now + milliseconds
    channel.thread.wake_after(milliseconds)
    while channel.switch.clock.now < until and not channel.gone:
        yield


def _playback(channel: AsteriskChannel, text: str) -> Steps:
    if "," in text:
        raise ValueError("options")
    channel.answer()
    channel.switch.played.append(text)
    yield from _pass(channel, _RECORDING_MS)
    channel.set("PLAYBACKSTATUS", "SUCCESS")


def _playtones(channel: AsteriskChannel, text: str) -> None:
    """Tones of the dialplan's own say that a code was taken."""
    channel.switch.taken = True


def _read(channel: AsteriskChannel, text: str) -> Steps:
    """Read(variable,prompt,digits,options,attempts,seconds): a person who presses 1 does so as soon as asked."""
    name, prompt, digits, options, attempts, seconds = arguments(text)
    if (digits, options, attempts) != ("1", "", "1"):
        raise ValueError("other than one digit, asked for once")
    presses = isinstance(channel, AsteriskLeg) and channel.far_end.presses
    yield from _pass(channel, _KEY_MS if presses else (_PROMPT_MS if prompt else 0) + 1000 * int(seconds))
    channel.set(name, "1" if presses else "")


def _voicemail(channel: AsteriskChannel, text: str) -> Steps:
    """``mailbox@context,options``: leave a message."""
    number, context, options = _mailbox(text)
    if options not in ("u", "b"):
        raise ValueError(f"the options {options!r}")
    if not _is_mailbox(channel, number, context):
        channel.set("VMSTATUS", "FAILED")
        return
    channel.answer()
    channel.switch.recording[channel] = (number, context)
    while not channel.gone:
        yield


def _voicemail_main(channel: AsteriskChannel, text: str) -> Steps:
    """``[mailbox]@context[,s]``: open a mailbox; without ``s`` the PIN is asked for, without mailbox its number too."""
    number, context, options = _mailbox(text)
    if options not in ("", "s"):
        raise ValueError(f"the options {options!r}")
    channel.answer()
    keys = channel.switch.case.handling.keys
    known = not number or _is_mailbox(channel, number, context)
    opened: str | None = number or "*"
    if keys and options != "s":
        opened = channel.switch.mailboxes.opens(number, context, keys)
    if opened is not None and known:
        channel.switch.opened[channel] = (opened, context)
        while not channel.gone:
            yield


def _mailbox(text: str) -> tuple[str, str, str]:
    """Number, context and options."""
    mailbox, _, options = text.partition(",")
    number, _, context = mailbox.partition("@")
    return number, context, options


def _is_mailbox(channel: AsteriskChannel, number: str, context: str) -> bool:
    known = (number, context) in channel.switch.mailboxes
    if not known:
        channel.switch.complain(f"there is no mailbox {number}@{context}")
    return known


def _originate(channel: AsteriskChannel, text: str) -> None:
    """``Local/extension@context/n,app,…,av(NAME=value^…)``: a channel of its own, which runs there at once."""
    resource, kind, _application, _data, _unused, _seconds, options = arguments(text, most=7, raw=True)
    match = _BESIDE.fullmatch(resource)
    given = _GIVEN.fullmatch(options)
    if match is None or given is None or kind != "app":
        raise ValueError("another channel, or other options")
    switch = channel.switch
    beside = AsteriskChannel(switch, switch.new_name(f"Local/{match[1]}@{match[2]};2"))
    for assigned in given[1].split("^"):
        name, _, value = assigned.partition("=")
        beside.set(name, value)
    beside.place = (match[2], match[1], 1)
    switch.start(beside)


_BESIDE = re.compile(r"Local/([^@/]+)@([^@/]+)/n")
_GIVEN = re.compile(r"av\((.*)\)")


def _soft_hangup(channel: AsteriskChannel, text: str) -> None:
    """Of a leg that rings: its dialler goes on as if it had ended by itself."""
    leg = channel.switch.channels.get(text)
    if isinstance(leg, RungChannel) and leg.waiting:
        leg.hang_up(0)
        leg.dialler.wake()


def _pjsip_hangup(channel: AsteriskChannel, text: str) -> None:
    """The final status of a caller who has not been answered."""
    if isinstance(channel, AsteriskCaller) and not channel.up:
        channel.refuse(int(text))


def _log(channel: AsteriskChannel, text: str) -> None:
    level, _, message = text.partition(",")
    if level in ("ERROR", "WARNING"):
        channel.switch.complain(message)


def _pickup(channel: AsteriskChannel, text: str) -> None:
    """There is no other call that could ring: the dialplan goes on."""
    if text:
        raise ValueError("whose call is said by the groups of the channel")


APPLICATIONS: Mapping[str, AsteriskApplication] = {
    "Goto": _goto, "GotoIf": _goto_if, "Gosub": _gosub, "Return": _return, "Set": _set, "ExecIf": _exec_if,
    "Playback": _playback, "Read": _read, "VoiceMail": _voicemail, "VoiceMailMain": _voicemail_main, "Log": _log,
    "Dial": dial, "PlayTones": _playtones,
    "Answer": lambda channel, text: channel.answer(),
    "HangupCauseClear": lambda channel, _: channel.causes.clear(),
    "Wait": lambda channel, text: _pass(channel, 1000 * int(text)),
    "Hangup": lambda channel, text: channel.hang_up(int(text or NORMAL)),
    "Originate": _originate, "SoftHangup": _soft_hangup, "PJSIPHangup": _pjsip_hangup,
    "Verbose": lambda channel, text: None,
    "Pickup": _pickup,
}  # fmt: skip
