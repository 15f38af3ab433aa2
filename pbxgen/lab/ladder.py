"""The SIP messages of a call as a ladder, beside the steps of the model."""

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
class Rung:
    """One message: between the PBX and a party."""

    at: float
    """Seconds after the first message."""
    party: str
    """Who speaks or is spoken to: "caller", or whoever was invited."""
    to_pbx: bool
    text: str


def ladder(trace: Sequence[SeenMessage]) -> tuple[Rung, ...]:
    """Every message once, without repeats, challenges and 100 Trying."""
    rungs: list[Rung] = []
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
        rungs.append(Rung(seen.at - start, party, not seen.from_pbx, _text(seen)))
    return tuple(rungs)


def _party(seen: SeenMessage) -> str:
    """Who is at our end of a call, by its first message."""
    if not seen.from_pbx:
        return "consult" if seen.message.call_id.endswith("-consult") else "caller"
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


def drawn(rungs: Iterable[Rung]) -> list[str]:
    """The ladder as lines of text: caller on the left of the PBX, everybody else on its right."""
    lines = []
    for rung in rungs:
        text = rung.text if len(rung.text) <= 34 else f"{rung.text[:33]}…"
        if rung.party in ("caller", "consult"):
            arrow = f"──{text}──▶" if rung.to_pbx else f"◀──{text}──"
            lines.append(f"{rung.at:7.2f}  {rung.party} {arrow} PBX")
        else:
            arrow = f"◀──{text}──" if rung.to_pbx else f"──{text}──▶"
            lines.append(f"{rung.at:7.2f}            PBX {arrow} {rung.party}")
    return lines


def failure(result: Result, language: str = "en") -> str:
    """One failed call for people: what differs, and the ladder beside the model's steps."""
    say = phrases(language)
    lines = [
        say("test.heading", call=result.case.name, pbx=result.pbx),
        *(f"  ✗ {difference}" for difference in result.differences),
        "",
    ]
    if result.before is not None:
        lines[-1:] = [f"  {say('test.first')}", *(f"  ✗ {told}" for told in result.before.differences), ""]
    left = [say("test.did", pbx=result.pbx), *drawn(ladder(result.trace))]
    right = [say("test.model_says"), *model_steps(result.case, language)]
    for one, other in zip_longest(left, right, fillvalue=""):
        lines.append(f"  {one:<{_COLUMN}}  {other}".rstrip())
    return "\n".join(lines)
