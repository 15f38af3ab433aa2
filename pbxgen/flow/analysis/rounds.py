"""Users who may divert every call to each other by settings.

No call goes round: where both divert everything to each other, the second rule does not apply, and the second phone
rings. The finding tells an administrator where such a call ends; PBX220 tells whether it can be lost. Two users of each
profile stand for all who may do the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.analysis.call_sets import CallSets
from pbxgen.flow.analysis.entries import of_user
from pbxgen.flow.analysis.examples import ExampleTeller, untaken
from pbxgen.flow.analysis.reach import Reach
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.machine import Ending, EndKind
from pbxgen.flow.plan import Origin, Plan, User
from pbxgen.flow.settings import Setting, State, applied
from pbxgen.phrases import Phrases

_KEY = "unconditional"


def rounds_by_settings(plan: Plan, situations: Situations, say: Phrases) -> Iterator[Diagnostic]:
    """PBX221: once for each profile whose users may divert every call to extensions."""
    told: set[frozenset[str]] = set()
    for one, other in _pairs(plan):
        pair = frozenset((one.extension, other.extension))
        if pair not in told:
            told.add(pair)
            yield _round(plan, situations, say, one, other)


def _pairs(plan: Plan) -> Iterator[tuple[User, User]]:
    """Of each profile the first whom an outside number reaches, and somebody who may send calls back."""
    by_profile: dict[str, list[User]] = {}
    for user in sorted(plan.users.values(), key=lambda user: not user.dids):
        profile = user.self_service
        if profile is not None and _KEY in profile.may and "extensions" in profile.to:
            by_profile.setdefault(profile.name, []).append(user)
    firsts = [users[0] for users in by_profile.values()]
    for users in by_profile.values():
        other = next((u for u in (*users[1:2], *firsts) if u is not users[0]), None)
        if other is not None:
            yield users[0], other


def _round(plan: Plan, situations: Situations, say: Phrases, one: User, other: User) -> Diagnostic:
    entry = of_user(one)
    state = State()
    for user, to in ((one, other), (other, one)):
        state = state.with_user(user.extension, {_KEY: Setting(f"x{to.extension}")})
    now = applied(plan, state, dt.datetime.combine(situations.start, dt.time()))
    flow = Reach(now).flow_of(entry.place)
    calls = CallSets.of_flow(situations, flow)
    origin = Origin.INTERNAL if entry.number is None else Origin.EXTERNAL
    situation = calls.situation(calls.of(origin))
    way, ending = untaken(now, situation, entry.place)
    lost = ending.kind is EndKind.RELEASED and not ending.by_rule
    return make(
        "PBX221",
        f"{_named((one, other))} may send each other's calls round: {_ends(now, ending)}",
        one.location,
        help="PBX220 says who can lose such a call" if lost else "nothing needs to be done: a call comes to each once",
        subjects=(("user", one.extension), ("user", other.extension)),
        example=ExampleTeller(now, say).example(entry, flow.atoms, situation, way, lost=lost),
    )


def _named(users: Iterable[User]) -> str:
    return " and ".join(f"{user.name} ({user.extension})" for user in users)


def _ends(plan: Plan, ending: Ending) -> str:
    match ending.kind:
        case EndKind.VOICEMAIL:
            return f"ends in {plan.users[ending.value].name}'s mailbox"
        case EndKind.ANNOUNCED:
            return f"ends with the announcement {ending.value}"
        case EndKind.SERVICE:
            return f"ends at service {ending.value}"
        case _:
            return f"is released with {ending.value} if nobody answers"
