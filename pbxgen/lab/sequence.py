"""The SIP messages of a call in sequence (a ladder diagram), beside the steps of the model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from pbxgen.calls.model_steps import model_steps
from pbxgen.lab.result import Result
from pbxgen.lab.wire import SeenMessage
from pbxgen.phrases import phrases

_COLUMN = 74
_QUIET = frozenset({"OPTIONS", "REGISTER", "PRACK"})


@dataclass(frozen=True, slots=True)
class SequenceStep:
    """One message: between the PBX and a party."""

    at: float
    """Seconds after the first message."""
    party: str
    """"caller", or the target that was invited: the sender or the receiver."""
    to_pbx: bool
    text: str


def message_sequence(trace: Sequence[SeenMessage]) -> tuple[SequenceStep, ...]:
    """Every message once, without repeats, challenges and 100 Trying."""
    steps: list[SequenceStep] = []
    shown: set[tuple[str, bool, str, str]] = set()
    parties: dict[str, str] = {}
    start = trace[0].at if trace else 0.0
    for seen in trace:
        message = seen.message
        party = parties.setdefault(message.call_id, _party(seen))
        key = (message.call_id, seen.from_pbx, message.start_line, message.cseq)
        if key in shown or message.method in _QUIET or message.status == 100 or _challenge(seen):
            continue
        shown.add(key)
        steps.append(SequenceStep(seen.at - start, party, not seen.from_pbx, _text(seen)))
    return tuple(steps)


def _party(seen: SeenMessage) -> str:
    """The party at our end of a call, by its first message."""
    if not seen.from_pbx:
        return "consultation" if seen.message.call_id.endswith("-consultation") else "caller"
    user = seen.message.uri_user
    return user.rsplit(".", 2)[1] if user.count(".") >= 2 else user


def _challenge(seen: SeenMessage) -> bool:
    message = seen.message
    first = message.cseq.startswith("1 ")
    return message.status in (401, 407) or (message.status is None and message.method == "ACK" and first)


def _text(seen: SeenMessage) -> str:
    message = seen.message
    if message.status is not None:
        media = " (SDP)" if message.body and message.status < 200 else ""
        return f"{message.status} {message.reason}{media}"
    notes = {"REFER": message.header("refer-to"), "NOTIFY": message.body.strip()}
    return f"{message.method} {notes.get(message.method, '')}".strip()


def sequence_lines(steps: Iterable[SequenceStep]) -> list[str]:
    """The sequence as lines of text: the caller on the left of the PBX, all others on its right."""
    lines = []
    for step in steps:
        text = step.text if len(step.text) <= 34 else f"{step.text[:33]}…"
        if step.party in ("caller", "consultation"):
            arrow = f"──{text}──▶" if step.to_pbx else f"◀──{text}──"
            lines.append(f"{step.at:7.2f}  {step.party} {arrow} PBX")
        else:
            arrow = f"◀──{text}──" if step.to_pbx else f"──{text}──▶"
            lines.append(f"{step.at:7.2f}            PBX {arrow} {step.party}")
    return lines


def failure(result: Result, language: str = "en") -> str:
    """One failed call in words: what differs, and the messages beside the model's steps."""
    say = phrases(language)
    lines = [
        say("test.heading", call=result.case.name, pbx=result.pbx),
        *(f"  ✗ {difference}" for difference in result.differences),
        "",
    ]
    if result.before is not None:
        lines[-1:] = [f"  {say('test.first')}", *(f"  ✗ {told}" for told in result.before.differences), ""]
    left = [say("test.did", pbx=result.pbx), *sequence_lines(message_sequence(result.trace))]
    right = [say("test.model_says"), *model_steps(result.case, language)]
    for one, other in zip_longest(left, right, fillvalue=""):
        lines.append(f"  {one:<{_COLUMN}}  {other}".rstrip())
    return "\n".join(lines)
