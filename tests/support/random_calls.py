"""Random sources with random calls into them, short enough to be placed for real; a seed gives the same ones always."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from pbxgen.calls.case import Case
from pbxgen.flow.environment import DEFAULT_MOMENT, Environment
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call, simulate
from pbxgen.language.compile import compile_source
from pbxgen.source.load import load_source

LONGEST_SECONDS = 30
"""Ringing of one call, all in all."""
_EXTENSIONS = ("101", "102", "103", "104", "105")
_OUTSIDE = ("+393335550101", "+393335550102")
_CALLERS = ("+393471112222", "+442079460000", *_OUTSIDE, "anonymous")
_DIDS = {"101": "+390212345101", "102": "+390212345102", "103": "+390212345103"}
_MAIN = "+390212345000"
_MAILBOXES = ("101", "103")
_PHONES = (
    "answer", "ring", "ring", "ring", "busy", "busy", "busy", "reject", "dnd", "unregistered", "unregistered", "dead",
    "error", "early", "in_call", "404", "403", "302", "503",
)  # fmt: skip
_NUMBERS = ("answer", "ring", "busy", "fail", "mailbox", "early", "404")
_HEAD: dict[str, Any] = {
    "version": 1,
    "pbx": {"name": "acme", "domain": "pbx.acme.example", "country": "IT", "timezone": "Europe/Rome"},
    "trunks": {"carrier": {"host": "192.0.2.1", "number": _MAIN}},
    "routes": {
        "emergency": {"match": ["112"], "trunk": "carrier", "emergency": True},
        "italy": {"match": "+39[03]X.", "trunk": "carrier"},
    },
    "classes": {"national": ["italy"]},
    "schedules": {"office": {"weekly": {"mon-fri": "08:30-18:00"}}, "night": {"weekly": {"mon-sun": "22:00-06:00"}}},
    "contacts": {"friends": ["+39347*", "103"], "family": ["+393335550101", "anonymous"]},
}


@dataclass(frozen=True)
class RandomCall:
    """A call into a source of its own, as plain data."""

    name: str
    source: dict[str, Any]
    call: Call
    phones: dict[str, list[str]]
    outside: dict[str, str]

    @property
    def environment(self) -> Environment:
        phones = {extension: tuple(states) for extension, states in self.phones.items()}
        return Environment(DEFAULT_MOMENT, phones, self.outside)

    def case(self) -> Case | None:
        """The call to be placed; None where the source is not sound."""
        text = json.dumps(self.source, indent=1)
        plan = _plan(text)
        told = f"{self.name}\n{_told(self.call, self.environment)}\n{text}"
        return None if plan is None else Case(told, plan, self.call, self.environment)


def random_calls(number: int, seed: int, longest: int = LONGEST_SECONDS) -> list[RandomCall]:
    """``number`` calls, each into a source of its own; ``longest``: seconds of ringing, all in all."""
    random = Random(seed)
    calls: list[RandomCall] = []
    while len(calls) < number:
        source = _source(random)
        plan = _plan(json.dumps(source, indent=1))
        for _ in range(6 if plan else 0):
            call, environment = _call(random), _environment(random)
            assert plan is not None
            story = simulate(plan, call, environment)
            seconds = sum(event.seconds or 0 for event in story.events)
            eventful = len(story.diverted) > 1 or len(story.rings) > 1 or random.random() < 0.1
            if eventful and seconds <= longest:
                phones = {extension: list(states) for extension, states in environment.phones.items()}
                name = f"seed {seed}, call {len(calls) + 1}"
                calls.append(RandomCall(name, source, call, phones, dict(environment.outside)))
                break
    return calls


def _maybe(random: Random, chance: float, name: str, value: Any) -> dict[str, Any]:
    return {name: value} if random.random() < chance else {}


def _destination(random: Random, own: str | None) -> str:
    choices = ["operator", "group:sales", "announce:closed", "busy", "hangup", *_OUTSIDE]
    choices += [e for e in _EXTENSIONS if e != own] * 2
    choices += [f"voicemail:{m}" for m in _MAILBOXES]
    if own is not None:
        choices.append("mobile")
        if own in _MAILBOXES:
            choices.append("voicemail")
    return random.choice(choices)


def _long(random: Random, own: str | None) -> Any:
    to = _destination(random, own)
    options = _maybe(random, 0.3, "timeout", random.randint(5, 8))
    if not to.startswith(("voicemail", "announce", "busy", "hangup")):
        options |= _maybe(random, 0.2, "confirm", True)
    elif options:
        options = {}
    return {"to": to, **options} if options else to


def _places(random: Random, own: str | None) -> Any:
    places = [_long(random, own) for _ in range(random.choice((1, 1, 2, 3)))]
    return places if len(places) > 1 else places[0]


_HOURS: tuple[Any, ...] = ("office", "not office", "night", "not night", ["office", "not night"])


def _callers(random: Random) -> Any:
    words = ("internal", "external", "friends", "family", "not friends", "anonymous")
    return random.choice((*words, ["family", "not anonymous"], ["internal", "anonymous"]))


def _rule(random: Random, own: str, *, outside_only: bool, after: bool) -> dict[str, Any]:
    rule: dict[str, Any] = {"to": _destination(random, own)}
    rule |= _maybe(random, 0.4, "when", random.choice(_HOURS))
    if not outside_only:
        rule |= _maybe(random, 0.4, "from", _callers(random))
    if after:
        rule |= _maybe(random, 0.5, "after", random.randint(5, 9))
    return rule


def _deviation(random: Random, own: str, *, outside_only: bool = False, after: bool = False) -> Any:
    if random.random() < 0.6:
        return _places(random, own)
    rules = [_rule(random, own, outside_only=outside_only, after=after) for _ in range(random.choice((1, 2, 3)))]
    return rules if len(rules) > 1 else rules[0]


def _deviations(random: Random, own: str) -> dict[str, Any]:
    outcomes = ("busy", "no_answer", "unreachable")
    deviations = _maybe(random, 0.25, "unconditional", _deviation(random, own))
    for key in outcomes:
        deviations |= _maybe(random, 0.7, key, _deviation(random, own, after=key == "no_answer"))
    returns: dict[str, Any] = {}
    for key in outcomes:
        returns |= _maybe(random, 0.5, key, _deviation(random, own, outside_only=True, after=key == "no_answer"))
    return deviations | _maybe(random, 0.5, "operator_return", returns)


def _user(random: Random, own: str) -> dict[str, Any]:
    user: dict[str, Any] = {"name": f"User {own}", "class": "national", "mobile": _OUTSIDE[0]}
    if own in _DIDS:
        user["did"] = _DIDS[own]
    if own in _MAILBOXES:
        user["voicemail"] = True
    user |= _maybe(random, 0.9, "deviations", _deviations(random, own))
    user |= _maybe(random, 0.4, "ring_timeout", random.randint(5, 8))
    user |= _maybe(random, 0.1, "dnd", True)
    user |= _maybe(random, 0.4, "call_waiting", False)
    if random.random() < 0.2:
        others = random.sample(["mobile", *(e for e in _EXTENSIONS if e != own)], random.choice((1, 2)))
        legs = [{"to": own}, *({"to": o, **_maybe(random, 0.5, "delay", 3)} for o in others)]
        user["follow_me"] = [leg | _maybe(random, 0.3, "timeout", random.randint(5, 8)) for leg in legs]
    return user


def _group(random: Random) -> dict[str, Any]:
    return {
        "members": random.sample(_EXTENSIONS, random.choice((1, 2, 3))),
        "strategy": random.choice(("all", "linear")),
        "ring_timeout": random.randint(5, 6),
        **_maybe(random, 0.6, "overflow", _places(random, None)),
    }


def _source(random: Random) -> dict[str, Any]:
    number = random.choice(({"to": _destination(random, None), "when": "office"}, _places(random, None)))
    defaults = {"max_diversions": random.randint(1, 5), "ring_timeout": 6, "outside_timeout": 6}
    defaults |= _maybe(random, 0.2, "sip_480", random.choice(("no_answer", "unreachable")))
    return {
        **_HEAD,
        "defaults": defaults,
        "users": {e: _user(random, e) for e in _EXTENSIONS},
        "operators": {"reception": {"number": "9", **_group(random)}},
        "groups": {"sales": {"number": "600", **_group(random)}},
        "inbound": {_MAIN: number},
    }


def _call(random: Random) -> Call:
    if random.random() < 0.4:
        return Call(random.choice(_EXTENSIONS), random.choice((*_EXTENSIONS, "9", "600", _MAIN)))
    called = random.choice((*_DIDS.values(), *_DIDS.values(), _MAIN))
    return Call(random.choice(_CALLERS), called, None, random.choice((0, 0, 0, 0, 1, 3)))


def _states(random: Random) -> Sequence[str]:
    count = random.choice((1, 1, 1, 2))
    states = [random.choice(_PHONES) for _ in range(count)]
    return states if "in_call" not in states else ["in_call"]


def _environment(random: Random) -> Environment:
    phones = {extension: tuple(_states(random)) for extension in _EXTENSIONS}
    return Environment(DEFAULT_MOMENT, phones, {number: random.choice(_NUMBERS) for number in _OUTSIDE})


def _plan(text: str) -> Plan | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "random.yaml"
        path.write_text(text, encoding="utf-8")
        return compile_source(load_source(path)).plan


def _told(call: Call, environment: Environment) -> str:
    return f"{call}\nphones: {dict(environment.phones)}\noutside: {dict(environment.outside)}"
