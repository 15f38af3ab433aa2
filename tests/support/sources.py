"""Random valid sources, small enough for every one of their calls to be tried."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

EXTENSIONS = ("101", "102", "103", "104")
OUTSIDE_NUMBERS = ("+393335550101", "+393335550102")
CALLERS = ("+393471112222", "+442079460000", *OUTSIDE_NUMBERS)
DIDS = {"101": "+390212345101", "102": "+390212345102"}
MAIN = "+390212345000"
MAILBOXES = ("101", "103")

_HEAD: dict[str, Any] = {
    "version": 1,
    "pbx": {
        "name": "acme",
        "domain": "pbx.acme.example",
        "country": "IT",
        "timezone": "Europe/Rome",
        "language": "it",
    },
    "trunks": {"carrier": {"host": "192.0.2.1", "number": MAIN}, "line": {"host": "192.0.2.2", "caller_id": "own"}},
    "routes": {
        "emergency": {"match": ["112"], "trunk": "carrier", "emergency": True},
        "italy": {"match": "+39[03]X.", "trunk": "carrier"},
    },
    "classes": {"national": ["italy"]},
    "services": {"queue": {"number": "750", "returns": True}, "menu": {"number": "751"}},
}

_OFFICE: list[dict[str, Any]] = [
    {"weekly": {"mon-fri": ["08:30-13:00", "14:00-18:00"]}, "holidays": "IT"},
    {"weekly": {"mon-sat": "06:00-22:00"}, "closed": ["2026-11-23..2027-06-30"]},
    {"weekly": {"fri-mon": "00:00-24:00"}, "open": ["2027-01-06 09:00-12:00"]},
]
_NIGHT: list[dict[str, Any]] = [
    {"weekly": {"mon-sun": "22:00-06:00"}, "open": ["2026-12-26 09:00-12:00"]},
    {"weekly": {"sun": "20:00-09:00"}, "holidays": "IT", "closed": ["2027-03-01"]},
    {"open": ["2027-08-15 10:00-11:00"]},
]
"""Windows begin and end with half hours."""
_FRIENDS = [["+39347*"], ["+!"], ["+44X.", "+3934711122", "anonymous"]]
_FAMILY = [["+393335550101", "+3934711."], ["+39333555010Z", "104"], ["+44*", "102", "anonymous"]]


def _destination(own: str | None) -> st.SearchStrategy[str]:
    """``own``: the extension or inbound number that it stands on; None: a position or group."""
    choices = ["operator", "group:sales", "announce:closed", "busy", "hangup", *OUTSIDE_NUMBERS]
    choices += ["service:queue", "service:menu"]
    choices += [n for n in (MAIN, *DIDS.values()) if n not in (own, DIDS.get(own or ""))]
    choices += [e for e in EXTENSIONS if e != own]
    choices += [f"voicemail:{m}" for m in MAILBOXES]
    if own in EXTENSIONS:
        choices.append("mobile")
        if own in MAILBOXES:
            choices.append("voicemail")
    return st.sampled_from(choices)


def _option(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(st.just({}), st.just({}), values.map(lambda v: {name: v}))


def _long(own: str | None) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(
        _destination(own).map(lambda d: {"to": d}),
        _option("timeout", st.integers(5, 40)),
        _option("confirm", st.booleans()),
    ).map(lambda parts: _sensible({k: v for part in parts for k, v in part.items()}))


def _sensible(destination: dict[str, Any]) -> dict[str, Any]:
    """Without options that only something that rings may have."""
    rings = not destination["to"].startswith(("voicemail", "service", "announce", "busy", "hangup"))
    return {k: v for k, v in destination.items() if rings or k == "to"}


def _places(own: str | None) -> st.SearchStrategy[Any]:
    one = st.one_of(_destination(own), _destination(own), _long(own))
    return st.one_of(one, st.lists(one, min_size=1, max_size=3))


def _one_or_two(choices: list[str]) -> st.SearchStrategy[Any]:
    one = st.sampled_from(choices)
    return st.one_of(one, one, st.lists(one, min_size=1, max_size=2))


def _conditions() -> st.SearchStrategy[dict[str, Any]]:
    when = _one_or_two(["office", "not office", "night", "not night"])
    caller = _one_or_two(["internal", "external", "friends", "family", "anonymous", "not friends", "not anonymous"])
    parts = st.tuples(
        _option("when", when),
        _option("from", caller),
        _option("until", st.sampled_from(["2026-11-22", "2026-12-31", "2027-06-29", "2027-06-30"])),
        _option("enabled", st.sampled_from([True, True, False])),
    )
    return parts.map(lambda conditions: {k: v for part in conditions for k, v in part.items()})


def _rule(own: str, *, outside_only: bool, after: bool) -> st.SearchStrategy[dict[str, Any]]:
    conditions = _conditions()
    if outside_only:
        conditions = conditions.map(lambda c: {k: v for k, v in c.items() if k != "from" or "internal" not in v})
    times = _option("after", st.integers(5, 60)) if after else st.just({})
    return st.tuples(_destination(own).map(lambda d: {"to": d}), conditions, times).map(
        lambda parts: {k: v for part in parts for k, v in part.items()}
    )


def _deviation(own: str, *, outside_only: bool = False, after: bool = False) -> st.SearchStrategy[Any]:
    rule = _rule(own, outside_only=outside_only, after=after)
    return st.one_of(_places(own), _places(own), rule, st.lists(rule, min_size=1, max_size=3))


def _deviations(own: str) -> st.SearchStrategy[dict[str, Any]]:
    returns = st.fixed_dictionaries(
        {},
        optional={
            "busy": _deviation(own, outside_only=True),
            "no_answer": _deviation(own, outside_only=True, after=True),
            "unreachable": _deviation(own, outside_only=True),
        },
    )
    return st.fixed_dictionaries(
        {},
        optional={
            "unconditional": _deviation(own),
            "busy": _deviation(own),
            "no_answer": _deviation(own, after=True),
            "unreachable": _deviation(own),
            "operator_return": returns,
        },
    )


def _user(own: str) -> st.SearchStrategy[dict[str, Any]]:
    fixed: dict[str, Any] = {"name": st.just(f"User {own}"), "class": st.just("national")}
    fixed["mobile"] = st.just(OUTSIDE_NUMBERS[0])
    if own in DIDS:
        fixed["did"] = st.just(DIDS[own])
    if own in MAILBOXES:
        fixed["voicemail"] = st.just(True)
    legs = st.lists(
        st.fixed_dictionaries(
            {"to": st.sampled_from([own, "mobile", *(e for e in EXTENSIONS if e != own)])},
            optional={
                "delay": st.sampled_from([0, 5, 9]),
                "timeout": st.integers(5, 30),
                "confirm": st.booleans(),
            },
        ),
        min_size=1,
        max_size=3,
    )
    optional: dict[str, Any] = {
        "deviations": _deviations(own),
        "ring_timeout": st.integers(5, 60),
        "dnd": st.booleans(),
        "call_waiting": st.booleans(),
        "trunk": st.sampled_from(["carrier", "line", ["line", "carrier"]]),
    }
    return st.one_of(
        st.fixed_dictionaries(fixed, optional=optional),
        st.fixed_dictionaries(fixed, optional=optional),
        st.fixed_dictionaries({**fixed, "follow_me": legs}, optional=optional),
    )


def _group() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"members": st.lists(st.sampled_from(EXTENSIONS), min_size=1, max_size=3, unique=True)},
        optional={
            "strategy": st.sampled_from(["all", "linear"]),
            "ring_timeout": st.integers(5, 30),
            "overflow": _places(None),
        },
    )


def _inbound() -> st.SearchStrategy[Any]:
    hours = st.fixed_dictionaries(
        {"to": _destination(MAIN), "when": st.sampled_from(["office", "not night"])},
        optional={"else": _places(MAIN)},
    )
    return st.one_of(_places(MAIN), hours)


@st.composite
def sources(draw: st.DrawFn) -> str:
    """The text of a source (JSON, which is YAML) without errors but, perhaps, a loop."""
    source = dict(_HEAD)
    source["defaults"] = {
        "max_diversions": draw(st.integers(1, 5)),
        "sip_480": draw(st.sampled_from(["busy", "no_answer", "unreachable"])),
    }
    source["schedules"] = {"office": draw(st.sampled_from(_OFFICE)), "night": draw(st.sampled_from(_NIGHT))}
    source["contacts"] = {"friends": draw(st.sampled_from(_FRIENDS)), "family": draw(st.sampled_from(_FAMILY))}
    source["users"] = {e: draw(_user(e)) for e in EXTENSIONS}
    source["operators"] = {"reception": {"number": "9", **draw(_group())}}
    source["groups"] = {"sales": {"number": "600", **draw(_group())}}
    source["inbound"] = {MAIN: draw(_inbound())}
    return json.dumps(source, indent=1)
