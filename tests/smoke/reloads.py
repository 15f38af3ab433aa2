"""Two plans of one office, and fifty calls that are up while the second takes the place of the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pbxgen.calls.case import Case, Handling
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Transfer, simulate
from pbxgen.lab.call import LabCall
from tests.smoke.offices import OUTSIDE, call, office

There = Callable[[LabCall], bool]
States = dict[str, str | list[str]]

GREETING_SECONDS = 18.0
"""Of the mailbox 105."""

_HEAD = """
version: 1
pbx: {{name: office, domain: pbx.office.example, country: IT, timezone: Europe/Rome}}
defaults: {{ring_timeout: {ring}, outside_timeout: {ring}, class: full}}
trunks:
  carrier: {{host: 127.0.0.1, number: "+390212345000", caller_id: {caller_id}}}
{trunk}
routes:
  emergency: {{match: ["112"], trunk: carrier, emergency: true}}
  italy: {{match: "+39[03]X.", trunk: carrier}}
  abroad: {{match: "+49.", trunk: {abroad}}}
classes: {{full: [italy, abroad]}}
"""
_RING = 32
"""Long enough for fifty calls to come into their stages."""
_OLD = (
    _HEAD.format(ring=_RING, caller_id="original", trunk="", abroad="carrier")
    + """
operators: {reception: {number: "9", members: ["100", "110"], overflow: "voicemail:100"}}
groups:
  sales: {number: "600", members: ["131", "132"], overflow: "120"}
  in-turn: {number: "601", members: ["131", "132"], strategy: linear, overflow: "120"}
users:
  "100": {voicemail: true}
  "101": {did: "+390212345101", deviations: {no_answer: "120"}}
  "102": {did: "+390212345102", deviations: {no_answer: "group:sales", unreachable: "group:sales", busy: "120"}}
  "103": {did: "+390212345103", follow_me: [{to: "103"}, {to: "131", delay: 25}], deviations: {no_answer: "120"}}
  "104": {did: "+390212345104", deviations: {unconditional: ["+393331110104", "120"]}}
  "105": {did: "+390212345105", voicemail: true, deviations: {unconditional: voicemail}}
  "106": {did: "+390212345106", deviations: {unconditional: [{to: "+393331110106", confirm: true}, "120"]}}
  "107": {did: "+390212345107", deviations: {no_answer: "120", operator_return: {no_answer: operator}}}
  "108": {did: "+390212345108", deviations: {no_answer: "120"}}
  "109": {did: "+390212345109", deviations: {no_answer: "122"}}
  "110": {}
  "120": {}
  "121": {did: "+390212345121"}
  "122": {deviations: {unconditional: "120"}}
  "130": {}
  "131": {}
  "132": {}
  "141": {deviations: {busy: "announce:closed"}}
"""
)
_MORE = "".join(f'  "{number}": {{name: New {number}}}\n' for number in range(140, 150))
_NEW = (
    _HEAD.format(
        ring=_RING, caller_id="own", trunk='  second: {host: 127.0.0.2, number: "+390298765000"}', abroad="second"
    )
    + """
operators: {reception: {number: "9", members: ["110", "141"], overflow: "announce:closed"}}
groups:
  first: {number: "599", members: ["140"]}
  sales: {number: "600", members: ["141"], overflow: "130"}
  in-turn: {number: "601", members: ["141", "132"], strategy: linear, overflow: "130"}
users:
  "090": {}
  "091": {voicemail: true}
  "100": {voicemail: true}
  "101": {did: "+390212345101", deviations: {no_answer: "130"}}
  "102": {did: "+390212345102", voicemail: true, deviations: {unconditional: "+4930123456", no_answer: "130"}}
  "103": {did: "+390212345103", deviations: {no_answer: "130"}}
  "104": {did: "+390212345104", deviations: {no_answer: "130"}}
  "105": {did: "+390212345105", voicemail: true}
  "106": {did: "+390212345106", deviations: {unconditional: "130"}}
  "107": {did: "+390212345107", deviations: {no_answer: "130", operator_return: {no_answer: "130"}}}
  "109": {did: "+390212345109", deviations: {no_answer: "122"}}
  "110": {}
  "120": {}
  "121": {did: "+390212345121"}
  "122": {deviations: {unconditional: "120"}}
  "130": {did: "+390212345130"}
  "131": {}
  "132": {}
"""
    + _MORE
)
"""Users before, between and behind; other rules, groups, hours, a trunk and a route; GONE is gone."""
GONE = "108"
GROWN = _NEW + "".join(f'  "{number}": {{}}\n' for number in range(2000, 3100))
"""More users than are looked for in one place."""


@dataclass(frozen=True)
class Up:
    """A call that is in a stage when the plan changes."""

    case: Case
    changed: Plan
    tried: tuple[str, ...]
    """Users and groups whose turn has come: their data may be the old ones, whatever follows may be of the new plan."""
    there: There
    """Is it in its stage?"""
    lasts: float
    """How many seconds it stays there."""

    @property
    def right(self) -> list[Case]:
        """The call as it may go: by the old plan, by the new one, or by the new one from the next place on."""
        old, new, tried = self.case.plan, self.changed, self.tried
        entered = {user: old.users[user] for user in (*tried, self.case.call.called[-3:]) if user in old.users}
        plans = [old, new, replace(new, users={**new.users, **entered})]
        for kind in ("groups", "operators"):
            for name in set(tried) & set(getattr(old, kind)):
                before, after = getattr(old, kind)[name], getattr(new, kind)
                for one in (before, replace(before, overflow=after[name].overflow)):
                    plans += [replace(plan, **{kind: {**after, name: one}}) for plan in plans[1:3]]
        return [replace(self.case, plan=plan) for plan in plans]

    @property
    def short(self) -> bool:
        return self.lasts < 15


def _rings(*targets: str) -> There:
    """Exactly these are rung now."""
    return lambda placed: sorted(leg.target for leg in placed.legs.values() if leg.waiting) == sorted(targets)


def _talks(target: str) -> There:
    return lambda placed: placed.caller.up and any(leg.up and leg.target == target for leg in placed.legs.values())


def _asked(placed: LabCall) -> bool:
    """Somebody has answered and is asked to press 1."""
    return placed.caller.waiting and any(leg.up for leg in placed.legs.values())


def _greeted(placed: LabCall) -> bool:
    return placed.caller.up and not placed.legs and not placed.testbed.pbx.is_recording(placed.plan)


def _transferred(target: str) -> There:
    def there(placed: LabCall) -> bool:
        return any(leg.target == target and leg.waiting for leg in placed.legs.values())

    return there


def calls(folder: Path) -> tuple[list[Up], list[tuple[Case, Case]]]:
    """The calls that are up, and those placed afterwards: each as of the old plan (not placed) and of the new one."""
    old, new, grown = office(folder, _OLD), office(folder, _NEW), office(folder, GROWN)
    up: list[Up] = []

    def one(
        what: str,
        called: str,
        there: There,
        *,
        tried: str = "",
        changed: Plan = new,
        lasts: float = _RING,
        handling: Handling | None = None,
        outside: dict[str, str] | None = None,
        transfer: Transfer | None = None,
        callers: tuple[str, ...] = ("121", OUTSIDE),
        **phones: str,
    ) -> None:
        for caller in callers:
            did = caller == OUTSIDE and called.startswith("10")
            placed = call(
                old,
                caller,
                f"+390212345{called}" if did else called,
                name=f"{caller}: {what}",
                phones={name[1:]: state for name, state in phones.items()},
                outside=outside,
                transfer=transfer,
                handling=handling,
            )
            up.append(_sparse(Up(placed, changed, (tried or called,), there, lasts)))

    slow = Handling(answer_after=25)
    long = Handling(talk_for=27)
    one("a phone that nobody answers", "101", _rings("101"), _101="ring")
    one("a phone before one that diverts, the plan grows much", "109", _rings("109"), changed=grown,
        callers=(OUTSIDE,), _109="ring")  # fmt: skip
    one("a phone answered later", "101", _rings("101"), handling=slow)
    one("a phone whose user is gone", "108", _rings("108"), _108="ring")
    one("a phone answered later whose user is gone", "108", _rings("108"), handling=slow)
    one(
        "a group, nobody answers",
        "102",
        _rings("131", "132"),
        tried="sales",
        _102="unregistered",
        _131="ring",
        _132="ring",
    )
    one("a phone before a group", "102", _rings("102"), _102="ring", _131="busy", _132="busy")
    one("a colleague after busy", "102", _rings("120"), _102="busy", _120="ring")
    one(
        "the first of a group in turn",
        "601",
        _rings("131"),
        tried="in-turn",
        callers=("121",),
        _131="ring",
        _132="ring",
    )
    one(
        "a group dialled, answered later",
        "600",
        _rings("131", "132"),
        tried="sales",
        callers=("121",),
        handling=slow,
        _132="ring",
    )
    one("a colleague of a group, called as such", "9", _rings("100", "110"), tried="reception", callers=("121",),
        _100="ring", _110="ring")  # fmt: skip
    one("a delay of follow_me", "103", _rings("103"), _103="ring")
    one("a delay of follow_me, nobody answers", "103", _rings("103"), _103="ring", _131="ring")
    one("an outside number that nobody answers", "104", _rings("+393331110104"), outside={"+393331110104": "ring"})
    one("an outside number answered later", "104", _rings("+393331110104"), handling=slow)
    one("an outside number dialled", "+393331110199", _rings("+393331110199"), callers=("121",), handling=slow)
    one("the emergency number", "112", _rings("112"), callers=("121",), handling=slow)
    one("a greeting", "105", _greeted, lasts=GREETING_SECONDS - 2)
    one("talking to a phone", "101", _talks("101"), handling=long, lasts=27)
    one("talking to a phone whose user is gone", "108", _talks("108"), handling=long, lasts=27)
    one("talking to an outside number", "104", _talks("+393331110104"), handling=long, lasts=27)
    one(
        "talking to a colleague after busy",
        "102",
        _talks("120"),
        handling=replace(long, callee_ends=True),
        lasts=27,
        _102="busy",
    )
    one(
        "transferred, nobody answers",
        "101",
        _transferred("107"),
        tried="107",
        transfer=Transfer("101", "107"),
        _107="ring",
    )
    one("transferred, answered later", "101", _transferred("107"), transfer=Transfer("101", "107"), handling=slow)
    one("transferred to a group", "101", _rings("131", "132"), tried="sales", transfer=Transfer("101", "600"),
        _131="ring", _132="ring")  # fmt: skip
    one("transferred to an outside number", "101", _transferred("+393331110198"),
        transfer=Transfer("101", "+393331110198"), outside={"+393331110198": "ring"})  # fmt: skip
    one("asked to press 1, does not", "106", _asked, outside={"+393331110106": "mailbox"}, lasts=9)
    one("asked to press 1, and does", "106", _asked, handling=Handling(press_after=8), lasts=7)
    return up, _after(old, new, grown)


def _sparse(up: Up) -> Up:
    """Only phones that some right course of the call rings are there: a thousand of them are much to answer for."""
    case, transfer = up.case, up.case.call.transfer
    needed = {case.call.caller, *([transfer.by, transfer.to] if transfer is not None else [])}
    for right in up.right:
        story = simulate(right.plan, right.call, right.environment)
        needed |= {number for entry in story.rings for number in entry.split("+")}
    absent = {extension: ("unregistered",) for extension in case.plan.users if extension not in needed}
    return replace(
        up, case=replace(case, environment=replace(case.environment, phones={**case.environment.phones, **absent}))
    )


def _after(old: Plan, new: Plan, grown: Plan) -> list[tuple[Case, Case]]:
    ways: list[tuple[str, str, States, Plan]] = [
        ("121", "102", {}, new),
        (OUTSIDE, "+390212345102", {}, new),
        (OUTSIDE, "+390212345104", {}, new),
        (OUTSIDE, "+390212345130", {}, new),
        (OUTSIDE, "+390212345106", {}, new),
        (OUTSIDE, "+390212345108", {}, new),
        ("121", "108", {}, new),
        ("121", "090", {}, new),
        ("121", "599", {}, new),
        ("121", "9", {"110": "busy"}, new),
        ("121", "+4930123456", {}, new),
        ("140", "101", {}, new),
        (OUTSIDE, "+390212345103", {"103": "busy"}, new),
        (OUTSIDE, "+390212345101", {"101": "busy"}, new),
    ]
    absent: States = dict.fromkeys((str(number) for number in range(142, 150)), "unregistered")
    return [
        (
            call(old, "121", "120"),
            call(plan, caller, to, name=f"{caller} calls {to} afterwards", phones={**absent, **states}),
        )
        for caller, to, states, plan in ways
    ]
