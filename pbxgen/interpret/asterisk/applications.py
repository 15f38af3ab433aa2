"""The dialplan applications that the templates use, except Dial.

Each is given its data with all values put in; one that takes time stops at each ``yield``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pbxgen.interpret.asterisk.channel import AsteriskChannel, Place
from pbxgen.interpret.asterisk.dial import dial
from pbxgen.interpret.asterisk.functions import WRITE
from pbxgen.interpret.asterisk.legs import AsteriskLeg
from pbxgen.interpret.asterisk.text import arguments, holds
from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.clock import Steps

AsteriskApplication = Callable[[AsteriskChannel, str], "Steps | None"]

_PROMPT_MS, _RECORDING_MS, _KEY_MS = 5_000, 2_000, 500
_PRIORITY = re.compile(r"\s*([0-9]+)")


# -- going places -----------------------------------------------------------------------------------------------------


def target(channel: AsteriskChannel, text: str) -> Place | None:
    """``[[context,]extension,]priority or label``; None if there is no such label, which Asterisk complains of."""
    parts = text.split(",")
    context, extension, _ = channel.place
    if len(parts) > 2:
        context, extension = parts[0], parts[1]
    elif len(parts) > 1:
        extension = parts[0]
    written = parts[-1] if len(parts) < 4 else parts[2]
    number = _PRIORITY.match(written)
    priority = int(number[1]) if number else channel.switch.dialplan.label(context, extension, written)
    if not priority:
        channel.switch.complain(f"{text}: {written!r} is no label of {extension} in [{context}]")
        return None
    return context, extension, priority


def _goto(channel: AsteriskChannel, text: str) -> None:
    place = target(channel, text)
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
    place = target(channel, label)
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
    if not equals:
        raise NotUnderstoodError(f"Set({text}) sets nothing")
    function, bracket, rest = name.partition("(")
    if not bracket:
        channel.set(name, value)
    elif function in WRITE:
        WRITE[function](channel, rest[: rest.rfind(")")], value)
    else:
        raise NotUnderstoodError(f"Set({name}=…) is not known")


def _exec_if(channel: AsteriskChannel, text: str) -> Steps | None:
    condition, *rest = arguments(text, "?", 2, raw=True)
    branches = arguments(rest[0], ":", 2, raw=True) if rest else ()
    chosen = branches[:1] if holds(condition) else branches[1:]
    if not chosen:
        return None
    name, _, data = chosen[0].partition("(")
    if name not in APPLICATIONS:
        raise NotUnderstoodError(f"ExecIf({text}): the application {name} is not known")
    return APPLICATIONS[name](channel, data[: data.rfind(")")])


def _clear_causes(channel: AsteriskChannel, text: str) -> None:
    channel.causes.clear()


# -- the call ---------------------------------------------------------------------------------------------------------


def _hang_up(channel: AsteriskChannel, text: str) -> None:
    channel.hang_up(int(text or 16))


def _wait(channel: AsteriskChannel, text: str) -> Steps:
    assert channel.thread is not None
    until = channel.switch.clock.now + 1000 * int(text)
    channel.thread.wake_after(1000 * int(text))
    while channel.switch.clock.now < until and not channel.gone:
        yield


def _playback(channel: AsteriskChannel, text: str) -> Steps:
    if "," in text:
        raise NotUnderstoodError(f"Playback({text}): no template gives options")
    channel.answer()
    channel.switch.played.append((channel, text))
    yield from _pass(channel, _RECORDING_MS)
    channel.set("PLAYBACKSTATUS", "SUCCESS")


def _pass(channel: AsteriskChannel, milliseconds: int) -> Steps:
    assert channel.thread is not None
    until = channel.switch.clock.now + milliseconds
    channel.thread.wake_after(milliseconds)
    while channel.switch.clock.now < until and not channel.gone:
        yield


def _read(channel: AsteriskChannel, text: str) -> Steps:
    """Read(variable,prompt,digits,options,attempts,seconds): a person who presses 1 does so as soon as asked."""
    name, prompt, digits, options, attempts, seconds = arguments(text)
    if (digits, options, attempts) != ("1", "", "1"):
        raise NotUnderstoodError(f"Read({text})")
    presses = isinstance(channel, AsteriskLeg) and channel.far_end.presses
    yield from _pass(channel, _KEY_MS if presses else (_PROMPT_MS if prompt else 0) + 1000 * int(seconds))
    channel.set(name, "1" if presses else "")


def _voicemail(channel: AsteriskChannel, text: str) -> Steps | None:
    mailbox, _, options = text.partition(",")
    number, _, context = mailbox.partition("@")
    if options not in ("u", "b"):
        raise NotUnderstoodError(f"VoiceMail({text})")
    if (number, context) not in channel.switch.mailboxes:
        channel.switch.complain(f"there is no mailbox {mailbox}")
        channel.set("VMSTATUS", "FAILED")
        return None
    return _record(channel, number, context)


def _record(channel: AsteriskChannel, number: str, context: str) -> Steps:
    channel.answer()
    channel.switch.recording[channel] = (number, context)
    while not channel.gone:
        yield


def _voicemail_main(channel: AsteriskChannel, text: str) -> Steps:
    mailbox, _, options = text.partition(",")
    number, _, context = mailbox.partition("@")
    if options not in ("", "s"):
        raise NotUnderstoodError(f"VoiceMailMain({text})")
    channel.answer()
    keys = channel.switch.case.handling.keys
    known = not number or (number, context) in channel.switch.mailboxes
    if not known:
        channel.switch.complain(f"there is no mailbox {mailbox}")
    asked = options != "s"
    opened = number if not asked else channel.switch.mailboxes.opens(number, context, keys) if keys else number or "*"
    if opened is not None and known:
        channel.switch.opened[channel] = (opened, context)
        while not channel.gone:
            yield


def _say_nothing(channel: AsteriskChannel, text: str) -> None:
    """Verbose."""


def _log(channel: AsteriskChannel, text: str) -> None:
    level, _, message = text.partition(",")
    if level in ("ERROR", "WARNING"):
        channel.switch.complain(message)


APPLICATIONS: Mapping[str, AsteriskApplication] = {
    "Goto": _goto, "GotoIf": _goto_if, "Gosub": _gosub, "Return": _return, "Set": _set, "ExecIf": _exec_if,
    "HangupCauseClear": _clear_causes, "Hangup": _hang_up, "Wait": _wait, "Playback": _playback, "Read": _read,
    "VoiceMail": _voicemail, "VoiceMailMain": _voicemail_main, "Verbose": _say_nothing, "Log": _log, "Dial": dial,
}  # fmt: skip
