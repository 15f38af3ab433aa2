"""Permitted settings, explored before anybody has made them, against every one of them made."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.analysis import permitted
from pbxgen.flow.analysis.call_sets import CallSets
from pbxgen.flow.analysis.entries import Entry, entries
from pbxgen.flow.analysis.explore import Explorer
from pbxgen.flow.analysis.findings import analyse
from pbxgen.flow.analysis.permitted import Search
from pbxgen.flow.analysis.places_ahead import PlacesAhead
from pbxgen.flow.analysis.reach import Reach
from pbxgen.flow.analysis.search import ToBeLost, best, may_be_lost
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.analysis.switches import positions
from pbxgen.flow.environment import DEFAULT_MOMENT
from pbxgen.flow.plan import Origin, PlaceKind, Plan
from pbxgen.flow.settings import DEVIATIONS, STATES, Setting, State, applied, place_of
from tests.flow.analysis.test_brute_force import THOROUGH
from tests.support.office import HEAD, TODAY, compiled, plan_of
from tests.support.sources import EXTENSIONS, sources

OTHER_KEYS = ["operator_return", "dnd", "dnd", "follow_me"]
SETTERS = ("101", "102")
"""Who may set something in the random sources; all settings together of more take too long to try."""


@st.composite
def settable_sources(draw: st.DrawFn) -> str:
    """Users without mailboxes, of whom two may set a key or two (of `operator_return`: its ``return_busy`` counts)."""
    source: dict[str, Any] = json.loads(draw(sources()))
    source["defaults"]["max_diversions"] = draw(st.integers(1, 3))
    keys = ["unconditional", "busy", "no_answer", "unreachable"]
    kinds = ["extensions", "operators", "groups", "mobile", "voicemail", "outside"]
    source["self_service"] = {
        "profiles": {
            name: {
                "may": draw(st.lists(st.sampled_from([*keys, *OTHER_KEYS]), min_size=1, max_size=2, unique=True)),
                "to": draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3, unique=True)),
            }
            for name in ("a", "b")
        }
    }
    for extension, profile in zip(SETTERS, "ab", strict=True):
        user = source["users"][extension]
        user["self_service"] = profile
        if draw(st.booleans()):
            user.pop("voicemail", None)
    for extension in EXTENSIONS:
        if draw(st.booleans()):
            outcome = st.sampled_from([e for e in EXTENSIONS if e != extension] + ["operator", "announce:closed"])
            source["users"][extension]["deviations"] = {key: draw(outcome) for key in keys[1:]}
    mailboxes = {e for e, user in source["users"].items() if user.get("voicemail")}
    text = json.dumps(source)
    for extension in {"101", "103"} - mailboxes:
        text = text.replace(f"voicemail:{extension}", "announce:closed")
    return text


def settable(text: str) -> Plan | None:
    """None: a mailbox is gone that something else led to."""
    plan = compiled(text, head="").plan
    if plan is None:
        return None
    users = dict(plan.users)
    for extension in SETTERS:
        user = users[extension]
        assert user.self_service is not None
        may = user.self_service.may - {"return_no_answer", "return_unreachable"}
        users[extension] = replace(user, self_service=replace(user.self_service, may=may))
    return replace(plan, users=users)


def states(plan: Plan) -> Iterator[State]:
    """Every combination of permitted settings."""
    options: list[list[tuple[str, str, str | None]]] = []
    for extension in SETTERS:
        user = plan.users[extension]
        assert user.self_service is not None
        texts = ["off", "v", "m", *(f"x{e}" for e in plan.users), "p9", "g600", "n+390298765432"]
        for key in (k for k in DEVIATIONS if k in user.self_service.may):
            permitted = [to for to in texts if to == "off" or place_of(plan, user, to) is not None]
            options.append([(extension, key, to) for to in (None, *permitted)])
        options += [
            [(extension, key, to) for to in (None, "on", "off")] for key in STATES if key in user.self_service.may
        ]
    for chosen in itertools.product(*options):
        state = State()
        for extension, key, to in chosen:
            if to is not None:
                state = state.with_user(extension, {**state.users.get(extension, {}), key: Setting(to)})
        yield state


def fixed(plan: Plan, state: State) -> Plan:
    """The plan while this is set, in which nobody may set anything."""
    now = applied(plan, state, DEFAULT_MOMENT)
    return replace(now, users={e: replace(user, self_service=None) for e, user in now.users.items()})


def told_lost(plan: Plan, state: State) -> set[tuple[str, str]]:
    """Places to which calls from outside can be lost while this is set, by the whole analysis."""
    return {d.subject for d in analyse(fixed(plan, state), TODAY) if d.code == "PBX210" and d.subject is not None}


class Losses:
    """Which calls can be lost, state by state; an entry whose calls meet the same settings is looked at once.

    Schedules and contacts are the source's in every state, so that their moments and callers are found once, too.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._situations = Situations(plan, TODAY)
        self._known: dict[Hashable, bool] = {}

    def with_(self, state: State) -> set[tuple[str, str]]:
        now = fixed(self._plan, state)
        reach, ahead = Reach(now), PlacesAhead(now)
        return {entry.place.key for entry in entries(now) if self._loses(now, reach, ahead, entry)}

    def _loses(self, now: Plan, reach: Reach, ahead: PlacesAhead, entry: Entry) -> bool:
        if not entry.takes_outside_calls or not may_be_lost(now, (entry.place,)):
            return False
        flow = reach.flow_of(entry.place)
        met = {*flow.along, *(target for kind, target in flow.keys if kind == PlaceKind.USER.value)}
        setters = [now.users[extension] for extension in SETTERS if extension in met]
        key = (entry.place.key, tuple((user.extension, user.deviations, user.dnd, user.follow_me) for user in setters))
        if key not in self._known:
            calls = CallSets.of_flow(self._situations, flow)
            explorer = Explorer(ahead, calls)
            roots = [(explorer.begin(flow.entry), calls.of(Origin.EXTERNAL))]
            self._known[key] = best(explorer, roots, ToBeLost(now, calls.calling_from(flow.outside))) is not None
        return self._known[key]


@THOROUGH
@given(settable_sources(), st.randoms(use_true_random=False))
def test_finds_exactly_the_calls_that_some_permitted_setting_can_lose(text: str, any_of: random.Random) -> None:
    plan = settable(text)
    if plan is None:
        return
    search = Search(plan, Situations(plan, TODAY))
    losses_by_key = {entry.place.key: (entry, search.all_of(entry)) for entry in entries(plan)}
    losses = Losses(plan)
    by_source = losses.with_(State())
    every = list(states(plan))
    # The losses themselves are those that the whole analysis tells of a plan in which all this is written.
    one_of_them = any_of.choice(every)
    assert losses.with_(one_of_them) == told_lost(plan, one_of_them), text
    lost: set[tuple[str, str]] = set()
    by_one: set[tuple[tuple[str, str], tuple[str, str]]] = set()
    for state in every:
        lost_now = losses.with_(state)
        lost |= lost_now
        one = [(extension, key) for extension, keys in state.users.items() for key in keys]
        if len(one) == 1:
            by_one |= {(place, one[0]) for place in lost_now - by_source}
    assert {place for place, (_, ways) in losses_by_key.items() if ways} | by_source == lost, text
    assert {place for place, (_, ways) in losses_by_key.items() if any(not one.chosen for one in ways)} <= by_source, (
        text
    )
    told = {
        (place, key)
        for place, (entry, ways) in losses_by_key.items()
        for loss in ways
        for key in replace(loss, chosen=search.own_names(entry, loss)).keys
        if len(loss.keys) == 1
    }
    assert told == by_one, text


@THOROUGH
@given(settable_sources())
def test_an_example_that_is_told_loses_its_call(text: str) -> None:
    plan = settable(text)
    if plan is None:
        return
    for finding in analyse(plan, TODAY):
        if finding.code == "PBX220" and finding.example is not None:
            assert finding.example.steps[-1].text.startswith("Nothing is left to try"), (finding, text)


CARA = (
    "self_service: {profiles: {staff: {may: [unreachable], to: [operators]}}}\n"
    "users:\n"
    '  "101": {voicemail: true}\n'
    '  "102": {name: Cara, did: "+390212345102", self_service: staff, deviations: {busy: "101", no_answer: "101", '
    'unreachable: "101"}}\n'
)


def test_a_finding_says_who_may_do_what() -> None:
    diagnostics = [d for d in analyse(plan_of(CARA), TODAY) if d.code == "PBX220"]
    assert [d.message for d in diagnostics] == [
        "Cara (102) may switch `unreachable` off: a call from outside to Cara (102) can then be lost"
    ]
    assert diagnostics[0].subject == ("user", "102")


OFTEN_BUSY = (
    "self_service: {profiles: {staff: {may: [dnd, follow_me]}}}\n"
    'users:\n  "100": {voicemail: true}\n'
    '  "101": {name: Ada, did: "+390212345101", self_service: staff, RINGS, deviations: {busy: "100"}}\n'
    '  "102": {name: Bob, dnd: true, self_service: OTHER, deviations: '
    '{busy: "100", no_answer: "100", unreachable: "100"}}\n'
)


def test_a_phone_that_is_not_to_be_disturbed_may_be_again() -> None:
    body = OFTEN_BUSY.replace("RINGS", "dnd: true").replace("OTHER", "null")
    assert losses(body) == ["Ada (101) may switch `dnd` off: a call from outside to Ada (101) can then be lost"]
    diagnostics = [d for d in analyse(plan_of(body), TODAY) if d.code == "PBX220"]
    assert diagnostics[0].example is not None
    assert diagnostics[0].example.steps[0].text == "Ada (101): rings for 20 s, no answer."


def test_who_rings_along_may_be_disturbed_again() -> None:
    along = 'follow_me: [{to: "102"}]'
    assert losses(OFTEN_BUSY.replace("RINGS", along).replace("OTHER", "null")) == [
        "Ada (101) may switch `follow_me` off: a call from outside to Ada (101) can then be lost"
    ]
    body = OFTEN_BUSY.replace("RINGS", along).replace("OTHER", "staff").replace("self_service: staff, f", "f", 1)
    assert losses(body) == ["Bob (102) may switch `dnd` off: a call from outside to Ada (101) can then be lost"]


def test_each_of_two_who_may_let_a_call_be_lost_is_told() -> None:
    along = 'dnd: true, follow_me: [{to: "102"}]'
    body = OFTEN_BUSY.replace("RINGS", 'follow_me: [{to: "102"}]').replace("OTHER", "staff")
    assert losses(body) == [
        "Ada (101) may switch `follow_me` off: a call from outside to Ada (101) can then be lost",
        "Bob (102) may switch `dnd` off: a call from outside to Ada (101) can then be lost",
    ]
    # Of what must be switched off together neither is told alone.
    both = losses(OFTEN_BUSY.replace("RINGS", along).replace("OTHER", "staff"))
    assert "Ada (101) may switch `dnd` off and switch `follow_me` off" in both[0]


def test_users_alike_of_whom_one_is_not_to_be_disturbed_are_told_apart() -> None:
    quiet = OFTEN_BUSY.replace("RINGS", "dnd: true").replace("OTHER", "null")
    loud = '  "103": {name: Cy, did: "+390212345103", self_service: staff, deviations: {busy: "100"}}\n'
    told = "Ada (101) may switch `dnd` off: a call from outside to Ada (101) can then be lost"
    assert losses(quiet + loud) == [told]
    assert losses(quiet.replace('  "101"', loud + '  "101"')) == [told]


def test_each_key_that_loses_a_call_is_told_and_none_by_a_call_from_where_it_leads() -> None:
    body = (
        CARA.replace("[unreachable]", "[unconditional, busy, no_answer, unreachable]")
        .replace("[operators]", "[operators, outside]")
        .replace("name: Cara,", "name: Cara, class: full,")
    )
    diagnostics = [d for d in analyse(plan_of(body), TODAY) if d.code == "PBX220"]
    assert [d.message.partition(":")[0] for d in diagnostics] == [
        "Cara (102) may switch `busy` off",
        "Cara (102) may switch `no_answer` off",
        "Cara (102) may switch `unreachable` off",
        "Cara (102) may set `unconditional` to +39000",
    ]
    assert all(d.example is not None and d.example.headline.startswith("somebody outside calls") for d in diagnostics)


def test_who_has_a_mailbox_loses_nothing_by_any_setting() -> None:
    plan = plan_of(CARA.replace("name: Cara,", "name: Cara, voicemail: true,"))
    assert not [d for d in analyse(plan, TODAY) if d.code == "PBX220"]


def test_what_the_source_loses_by_itself_is_told_once() -> None:
    plan = plan_of(CARA.replace(', unreachable: "101"', ""))
    assert [d.code for d in analyse(plan, TODAY) if d.code in ("PBX210", "PBX220")] == ["PBX210"]


def test_two_who_send_their_calls_round_are_told_together() -> None:
    body = (
        "defaults: {max_diversions: 1}\n"
        "self_service: {profiles: {staff: {may: [unconditional], to: [extensions]}}}\n"
        'users:\n  "100": {voicemail: true}\n'
        '  "101": {did: "+390212345101", self_service: staff, deviations: {busy: "100", no_answer: "100", '
        'unreachable: "100"}}\n'
        '  "102": {did: "+390212345102", self_service: staff, deviations: {busy: "100", no_answer: "100", '
        'unreachable: "100"}}\n'
    )
    diagnostics = [d for d in analyse(plan_of(body), TODAY) if d.code == "PBX220"]
    assert {d.message.partition(":")[0] for d in diagnostics} == {
        "101 (101) may set `unconditional` to 102",
        "102 (102) may set `unconditional` to 101",
    }


def test_the_switches_are_looked_at_in_every_position() -> None:
    body = (
        'switches: {night: {number: "*28", operators: ["101"]}}\n'
        'users: {"101": {did: "+390212345101", deviations: {unconditional: {to: "voicemail:102", when: not night}}}, '
        '"102": {voicemail: true}}\n'
    )
    diagnostics = [d for d in analyse(plan_of(body), TODAY) if d.code == "PBX210"]
    assert [d.message for d in diagnostics] == ["a call from outside to 101 (101) can be lost (night on)"]


NAMES = "abcdefghijklmn"
FIVE = (
    "switches: {SWITCHES}\n"
    'users: {"100": {voicemail: true}, "101": {did: "+390212345101", deviations: {unconditional: '
    '[{to: "100", when: not a}, {to: "100", when: not b}, {to: "100", when: c}, {to: "100", when: d}]}}}\n'
)


def switches(count: int) -> str:
    return ", ".join(f'{name}: {{number: "*{31 + n}", operators: ["100"]}}' for n, name in enumerate(NAMES[:count]))


def test_five_switches_that_decide_together_are_looked_at_in_every_combination() -> None:
    rules = FIVE.replace("SWITCHES", switches(5)).replace("when: d}", 'when: d}, {to: "100", when: e}')
    diagnostics = analyse(plan_of(rules), TODAY)
    assert [(d.code, d.message) for d in diagnostics] == [
        ("PBX210", "a call from outside to 101 (101) can be lost (a on, b on, c off, d off, e off)")
    ]


def test_switches_that_no_call_meets_together_stand_side_by_side() -> None:
    more = "".join(
        f', "{200 + n}": {{did: "+39021234520{n}", deviations: {{unconditional: {{to: "100", when: not {name}}}, '
        'busy: "100", no_answer: "100", unreachable: "100"}}'
        for n, name in enumerate(NAMES[4:])
    )
    plan = plan_of(FIVE.replace("SWITCHES", switches(14)).replace("}}}\n", f"}}}}{more}}}\n"))
    ways = positions(plan)
    assert (len(ways.every), ways.left_out) == (16, ())
    assert [d.code for d in analyse(plan, TODAY)] == ["PBX210"]


def test_positions_that_are_not_looked_at_are_told_and_no_rule_is_called_dead_for_them() -> None:
    rules = ", ".join(f'{{to: "100", when: [not a, not {name}]}}' for name in NAMES[1:])
    twice = '{to: "100", from: internal}, {to: "100", from: internal}'
    dead = f'"102": {{deviations: {{no_answer: [{twice}]}}}}'
    body = f'switches: {{{switches(14)}}}\nusers: {{"100": {{voicemail: true}}, "101": {{voicemail: true, deviations: '
    body += f"{{unconditional: [{rules}]}}}}, {dead}}}\n"
    assert [d.message for d in analyse(plan_of(body), TODAY)] == [
        "this rule can never apply: another one always applies instead",
        f"switches {', '.join(NAMES)} have too many combinations: checked are each one alone on, all off and all "
        "on; whether a call can be lost in the others is not known",
    ]


def test_thousands_of_users_who_may_all_set_everything_are_looked_at_as_one() -> None:
    users = "".join(
        f'  "{n}": {{did: "+3902{n:07}", self_service: staff, deviations: {{busy: "99", no_answer: "99", '
        'unreachable: "99"}}\n'
        for n in range(20000, 22000)
    ).replace('unreachable: "99"}\n', 'unreachable: "99"}}\n')
    body = (
        "self_service: {profiles: {staff: {may: [unconditional, busy, no_answer, unreachable, dnd], "
        "to: [extensions, operators, groups, voicemail, mobile, outside]}}}\n"
        f'users:\n  "99": {{voicemail: true}}\n{users}'
    )
    plan = plan_of(body)
    search = Search(plan, Situations(plan, TODAY))
    assert all(search.of(entry) is not None for entry in entries(plan) if entry.number is not None)
    assert len(search.forms) <= 8


MANY_KINDS = (
    "self_service: {profiles: {staff: {may: [unconditional], to: [extensions]}}}\n"
    'users:\n  "100": {voicemail: true}\n'
    '  "101": {did: "+390212345101", self_service: staff, deviations: {busy: "voicemail:100", '
    'no_answer: "voicemail:100", unreachable: "voicemail:100"}}\n'
)


def of_kinds(count: int) -> str:
    """Extensions that lose no call, each diverting by other hours."""
    lists = (
        f'  "{200 + n}": {{deviations: {{busy: "voicemail:100", unreachable: "voicemail:100", '
        f'no_answer: [{{to: "voicemail:100", when: not h{n}}}, "voicemail:100"]}}}}\n'
        for n in range(count)
    )
    hours = ", ".join(f'h{n}: {{weekly: {{mon: "{n:02}:00-{n + 1:02}:00"}}}}' for n in range(count))
    return f"schedules: {{{hours}}}\n{MANY_KINDS}{''.join(lists)}"


def losses(body: str) -> list[str]:
    return [d.message for d in analyse(plan_of(body), TODAY) if d.code == "PBX220"]


def test_a_place_at_which_calls_are_lost_is_found_among_however_many_kinds() -> None:
    assert losses(of_kinds(20) + '  "300": {}\n') == [
        "101 (101) may set `unconditional` to 300: a call from outside to 101 (101) can then be lost"
    ]


def test_how_long_phones_ring_makes_no_kind_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permitted, "_MOST_KINDS", 2)
    timed = "".join(
        f'  "{200 + n}": {{ring_timeout: {10 + n}, deviations: {{busy: "voicemail:100", unreachable: "voicemail:100", '
        f'no_answer: {{to: "voicemail:100", after: {10 + n}}}}}}}\n'
        for n in range(8)
    )
    assert losses(MANY_KINDS + timed) == []


NOT_KNOWN = [
    "101 (101) may set more combinations than can be checked: whether a call from outside to 101 (101) can then be "
    "lost is not known"
]


def test_what_has_not_been_looked_at_is_told_and_what_has_is_not() -> None:
    assert losses(of_kinds(20)) == NOT_KNOWN
    assert losses(of_kinds(5)) == []


def test_a_search_that_is_given_up_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert losses(of_kinds(3)) == []
    monkeypatch.setattr(permitted, "_MOST_STEPS", 1)
    assert losses(of_kinds(3)) == NOT_KNOWN


def test_what_all_forms_together_leave_no_steps_for_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permitted, "_MOST_STEPS", 0)
    assert losses(of_kinds(3)) == NOT_KNOWN
    (told,) = losses(
        "self_service: {profiles: {staff: {may: [unconditional], to: [extensions]}}}\n"
        'users:\n  "100": {did: "+390212345100", self_service: staff}\n'
        '  "101": {did: "+390212345101", self_service: staff, deviations: {busy: "100"}}\n'
        '  "102": {did: "+390212345102", self_service: staff, deviations: {busy: "101"}}\n'
    )
    assert told.endswith("whether a call from outside to 100 (100) can then be lost is not known, nor to 2 others")


def test_all_positions_of_the_switches_share_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permitted, "_MOST_STEPS_OF_POSITIONS", 80)
    monkeypatch.setattr(permitted, "_MOST_STEPS", 50)
    budget = permitted.Budget(4)
    assert budget.of_next() == 50
    budget.take(30)
    assert budget.of_next() == 40
    budget.take(40)
    assert budget.of_next() == 5
    budget.take(5)
    assert budget.of_next() == 5


def test_one_point_from_which_very_many_ways_lead_is_given_up_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may each divert every call to dozens of places make dozens of ways to the fifth power, at one point."""
    monkeypatch.setattr(permitted, "_MOST_STEPS", 19)
    assert losses(of_kinds(3)) == NOT_KNOWN


RECEPTION = (
    "self_service: {profiles: {staff: {may: [MAY], to: [TO]}}}\n"
    'operators: {reception: {number: "9", members: ["100", "101"], overflow: "voicemail:102"}}\n'
    'users:\n  "100": {name: Ada, self_service: staff}\n  "101": {name: Bob, OTHER}\n'
    '  "102": {voicemail: true}\n'
)


def empty(may: str, to: str = "extensions", other: str = "self_service: staff") -> list[str]:
    body = RECEPTION.replace("MAY", may).replace("TO", to).replace("OTHER", other)
    return [d.message for d in analyse(plan_of(body), TODAY) if d.code == "PBX218"]


CAN_BE = ["operator position reception can be empty at all times"]


def test_a_position_that_all_members_may_leave_can_be_empty() -> None:
    assert empty("dnd") == CAN_BE
    assert empty("unconditional") == CAN_BE
    assert empty("unconditional", "groups") == []
    assert empty("unconditional", "operators") == []
    assert empty("busy") == []


def test_a_position_that_somebody_may_not_leave_cannot() -> None:
    assert empty("dnd", other="self_service: null, voicemail: false") == []
    assert empty("dnd", other="dnd: true") == CAN_BE


def test_a_position_that_is_empty_by_the_source_is_told_as_before() -> None:
    body = RECEPTION.replace("MAY", "dnd").replace("TO", "extensions").replace("OTHER", "dnd: true")
    messages = [
        d.message for d in analyse(plan_of(body.replace("Ada,", "Ada, dnd: true,")), TODAY) if d.code == "PBX218"
    ]
    assert messages == ["operator position reception is empty at all times"]


PREMIUM = (
    "self_service: {profiles: {staff: {may: [MAY], to: [TO]}}}\n"
    'groups: {sales: {number: "600", members: ["100"], overflow: "104"}}\n'
    'users:\n  "100": {voicemail: true}\n'
    '  "101": {name: Ada, did: "+390212345101", self_service: staff}\n'
    '  "102": {name: Bob, voicemail: true, self_service: staff, deviations: {busy: "100", no_answer: "104"}}\n'
    '  "104": {name: Dan, class: premium, deviations: {unconditional: {to: "+39899123456", allow_premium: true}}}\n'
)
COSTLY_HEAD = HEAD.replace("full: [italy, germany]}", "premium: [special]}").replace(
    "  italy:", '  special: {match: "+39899X.", trunk: carrier}\n  italy:'
)


def costly(may: str, to: str, *, more: str = "") -> list[str]:
    body = PREMIUM.replace("MAY", may).replace("TO", to) + more
    return [d.message for d in analyse(plan_of(body, head=COSTLY_HEAD), TODAY) if d.code == "PBX215"]


def test_a_setting_that_leads_to_somebody_who_diverts_to_a_premium_number_is_told() -> None:
    by_source = "calls to Bob (102), group sales can end at +39899123456, a premium-rate number, by way of user 104"
    told = "can then end at +39899123456, a premium-rate number, by way of user 104"
    assert costly("unconditional", "extensions") == [
        by_source,
        f"Ada (101) may set `unconditional` to 104: calls to them {told}",
    ]
    assert costly("busy", "extensions") == [by_source, f"Ada (101) may set `busy` to 104: calls to them {told}"]
    assert costly("busy", "groups") == [by_source, f"Ada (101) may set `busy` to 600: calls to them {told}"]


def test_a_setting_that_leads_elsewhere_costs_nothing() -> None:
    assert len(costly("unconditional", "voicemail")) == 1
    assert len(costly("unconditional", "operators")) == 1


def test_switching_a_rule_off_can_let_calls_come_to_a_premium_number() -> None:
    rules = 'deviations: {unconditional: "voicemail:100", busy: "104"}'
    away = f'  "105": {{name: Eve, voicemail: true, self_service: staff, {rules}}}\n'
    assert [m for m in costly("unconditional", "voicemail", more=away) if "Eve" in m] == [
        "Eve (105) may switch `unconditional` off: calls to them can then end at +39899123456, a premium-rate number, "
        "by way of user 104"
    ]


def test_a_phone_that_may_be_disturbed_again_can_let_calls_come_to_a_premium_number() -> None:
    quiet = '  "105": {name: Eve, voicemail: true, dnd: true, self_service: staff, deviations: {no_answer: "104"}}\n'
    assert [m for m in costly("dnd", "voicemail", more=quiet) if "Eve" in m] == [
        "Eve (105) may switch `dnd` off: calls to them can then end at +39899123456, a premium-rate number, "
        "by way of user 104"
    ]


ABROAD = (
    "defaults: {class: national, voicemail: true}\n"
    "self_service:\n  profiles:\n    out: {may: [unconditional], to: [outside]}\n"
    "    in: {may: [no_answer], to: [extensions]}\n"
    'users:\n  "101": {name: Ada, did: "+390212345101", self_service: in, deviations: DEVIATIONS}\n'
    '  "102": {name: Boss, class: BOSS, self_service: out}\n'
)


def abroad(deviations: str, boss: str = "full") -> list[Diagnostic]:
    body = ABROAD.replace("DEVIATIONS", deviations).replace("BOSS", boss)
    return [d for d in analyse(plan_of(body), TODAY) if d.code == "PBX216"]


MAY_SET = "Boss (102) may set `unconditional` to +490: calls to"
BEYOND = "can then end there, at a number abroad beyond their class"


def test_a_number_abroad_that_somebody_may_set_is_beyond_the_class_of_whose_calls_come_there() -> None:
    diagnostics = abroad('{busy: "102"}')
    assert [d.message for d in diagnostics] == [f"{MAY_SET} Ada (101) {BEYOND}"]
    assert diagnostics[0].subject == ("user", "102")
    assert diagnostics[0].example is not None
    assert diagnostics[0].example.steps[-1].text.endswith("+490.")
    assert abroad('{busy: "102"}', boss="national") == []


def test_a_number_abroad_is_reached_by_two_settings_together() -> None:
    diagnostics = abroad("{}")
    assert [d.message for d in diagnostics] == [f"Ada (101) may set `no_answer` to 102, and {MAY_SET} them {BEYOND}"]
    assert diagnostics[0].example is not None
    assert diagnostics[0].example.steps[-1].text.endswith("+490.")
    assert abroad("{}", boss="national") == []


def test_who_may_do_so_themselves_comes_to_no_number_abroad_beyond_their_class() -> None:
    body = ABROAD.replace("DEVIATIONS", '{busy: "102"}').replace("BOSS", "full").replace("Ada,", "Ada, class: full,")
    assert [d.code for d in analyse(plan_of(body), TODAY) if d.code == "PBX216"] == []


def test_the_way_to_a_premium_number_is_shown() -> None:
    body = PREMIUM.replace("MAY", "busy").replace("TO", "extensions")
    diagnostics = [
        d for d in analyse(plan_of(body, head=COSTLY_HEAD), TODAY) if "Ada" in d.message and d.code == "PBX215"
    ]
    assert diagnostics[0].example is not None
    assert len(diagnostics[0].example.steps) > 2
