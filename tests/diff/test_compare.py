"""What changes for callers, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from pbxgen.diff import comparison
from pbxgen.diff.comparison import compare
from pbxgen.diff.output import text_lines
from pbxgen.diff.result import Result, compared
from pbxgen.diff.words import Block, blocks
from pbxgen.flow.analysis.call_sets import CallSets
from pbxgen.flow.analysis.explore import Explorer
from pbxgen.flow.analysis.places_ahead import PlacesAhead
from pbxgen.phrases import phrases
from tests.support.office import HEAD, TODAY, compiled, plan_of
from tests.support.sources import sources
from tests.support.synthetic import tangle

OFFICE = """\
schedules: {office: {weekly: {mon-fri: "08:30-18:00"}}}
operators: {reception: {number: "9", members: ["100"], overflow: "voicemail:100"}}
users:
  "100": {name: Rita, voicemail: true}
  "101": {name: Ada, did: "+390212345101", voicemail: true, deviations: {busy: voicemail}}
  "102": {name: Bob, voicemail: true}
"""


def changes(old: str, new: str) -> dict[str, tuple[str, ...]]:
    return {f"{b.sign} {b.title}": b.lines for b in differences(old, new)}


def differences(old: str, new: str) -> tuple[Block, ...]:
    return blocks(compare(plan_of(old), plan_of(new), TODAY, phrases()), phrases())


def changed(old: str, new: str, *, count: int = 1) -> str:
    assert OFFICE.count(old) >= count
    return OFFICE.replace(old, new)


def test_a_deviation_in_words_for_callers() -> None:
    new = changed("deviations: {busy: voicemail}", "deviations: {busy: voicemail, operator_return: {busy: operator}}")
    assert changes(OFFICE, new) == {
        "~ Ada (101)": ("outside calls when busy: was mailbox 101, now reception, then mailbox 101",)
    }


def test_positions_of_switches_that_are_not_compared_are_told() -> None:
    names = "abcdefghijklmn"
    switches = ", ".join(f'{name}: {{number: "*{31 + n}", operators: ["100"]}}' for n, name in enumerate(names))
    rules = ", ".join(f'{{to: "102", when: [not a, not {name}]}}' for name in names[1:])
    old = f"switches: {{{switches}}}\n" + changed("{busy: voicemail}", f"{{unconditional: [{rules}]}}")
    new = old.replace("not a, not b", "c, b, d")

    def told(before: str, after: str) -> list[str]:
        same, sections = compared({"acme": plan_of(before)}, {"acme": plan_of(after)}, TODAY, phrases())
        return text_lines(Result("old", "new", same, sections), phrases())

    assert told(old, f"{old}# a comment\n") == ["nothing changes for callers"]
    assert told(old, new)[-1] == (
        f"… not all positions of switches {', '.join(names)} are compared: each one alone, none, and all"
    )


def test_the_time_of_a_change_is_told() -> None:
    new = changed("busy: voicemail}", "busy: [{to: '102', when: office}, {to: voicemail}]}")
    (line,) = changes(OFFICE, new)["~ Ada (101)"]
    assert line == "calls during office when busy: was mailbox 101, now Bob (102), then mailbox 101"


def test_other_opening_hours_are_told_with_the_former_ones() -> None:
    old = changed("busy: voicemail}", "busy: [{to: '102', when: office}, {to: voicemail}]}")
    lines = changes(old, old.replace("18:00", "17:00"))
    assert lines["~ schedule office"] == ("was mon-fri 08:30-18:00, now mon-fri 08:30-17:00",)
    (line,) = lines["~ Ada (101)"]
    assert (
        line
        == "calls outside office, during office (before) when busy: was Bob (102), then mailbox 101, now mailbox 101"
    )


def test_who_is_rung_and_in_contacts_is_told_beside_what_changes_for_others() -> None:
    """Bob's mobile is the only number of vip: nobody else's calls go as Bob's do."""
    old = (
        changed("busy: voicemail}", "busy: voicemail, unconditional: {to: hangup, when: not office, from: vip}}")
        .replace("{busy: voicemail", "{busy: '102', no_answer: voicemail")
        .replace("name: Bob", "name: Bob, class: national, mobile: '+393335550102', deviations: {busy: mobile}")
    )
    old += "contacts: {vip: ['+393335550102']}\n"
    new = old.replace("when: not office", "when: office").replace("no_answer: voicemail", "no_answer: '100'")
    lines = changes(old, new)["~ Ada (101)"]
    assert "calls when nobody answers: was mailbox 101, now Rita (100), then mailbox 101" in lines
    assert [line for line in lines if line.startswith("outside calls from +393335550102 during office: was Ada (101)")]


def test_a_secretary_is_told_that_she_does_not_reach_the_boss_any_more() -> None:
    old = changed("deviations: {busy: voicemail}", "deviations: {unconditional: '102'}")
    new = old.replace("unconditional: '102'", "unconditional: ['102', '100']")
    lines = changes(old, new)["~ Ada (101)"]
    assert lines[0].startswith("calls that nobody takes: was mailbox")
    assert [line for line in lines if line.startswith("inside calls from Bob (102): was Ada (101)")], lines


VIP = OFFICE + "contacts: {vip: ['+4420*']}\n"


@pytest.mark.parametrize(
    ("old", "new", "hours", "expected"),
    [
        ("from: vip", "from: vip, when: office", "18:00", "outside calls outside office, from vip: was Bob (102), "),
        ("from: vip, when: office", "from: vip, when: office", "18:01", None),
        (
            "until: 2027-12-31",
            "until: 2027-12-30",
            "18:00",
            "calls on 2027-12-31: was Bob (102), ",
        ),
    ],
)
def test_a_change_is_told_with_every_condition(old: str, new: str, hours: str, expected: str | None) -> None:
    sources = [
        VIP.replace("deviations: {", f'deviations: {{unconditional: {{to: "102", {rule}}}, ') for rule in (old, new)
    ]
    lines = changes(sources[0], sources[1].replace("18:00", hours))
    (line,) = lines["~ Ada (101)"]
    if expected is None:
        assert lines["~ schedule office"] == ("was mon-fri 08:30-18:00, now mon-fri 08:30-18:01",)
        expected = "outside calls during office, outside office (before), from vip: was Ada (101), then mailbox 101"
    assert line.startswith(expected)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("users:", "# a comment\n\nusers:"),
        ("deviations: {busy: voicemail}", 'deviations: {busy: "voicemail:101"}'),
        ("deviations: {busy: voicemail}", "deviations: {busy: [{to: voicemail}]}"),
        ("deviations: {busy: voicemail}", "deviations: {busy: voicemail, no_answer: off}"),
        ('"102": {name: Bob', '"102": {name: Robert'),
        ("deviations: {busy: voicemail}", ""),  # the mailbox stands behind everything anyway
        ("users:", "contacts: {vip: ['+4420*']}\nusers:"),
    ],
)
def test_what_changes_nothing_for_callers(old: str, new: str) -> None:
    assert compare(plan_of(OFFICE), plan_of(changed(old, new)), TODAY, phrases()).same


def test_a_policy_in_the_place_of_the_same_rules_changes_nothing() -> None:
    policies = "policies: {staff: {busy: voicemail}}\nusers:"
    new = changed("users:", policies).replace("deviations: {busy: voicemail}", "policy: staff")
    assert compare(plan_of(OFFICE), plan_of(new), TODAY, phrases()).same


def test_who_alone_meets_the_change_is_named() -> None:
    """Ada's calls all go to Bob, whose own calls to her are the only ones that find her phone."""
    old = changed("deviations: {busy: voicemail}", 'deviations: {unconditional: "102", no_answer: voicemail}')
    assert changes(old, old.replace("no_answer: voicemail", "no_answer: operator")) == {
        "~ Ada (101)": (
            "inside calls from Bob (102) when nobody answers: was mailbox 101, now reception, then mailbox 101",
        )
    }


def test_people_with_the_same_change_share_a_block() -> None:
    people = "".join(
        f'  "2{n:02}": {{name: N{n}, voicemail: true, did: "+3902123462{n:02}", policy: staff}}\n' for n in range(12)
    )
    old = OFFICE + people + "policies: {staff: {busy: voicemail}}\n"
    new = old.replace("{staff: {busy: voicemail}}", "{staff: {busy: [operator, voicemail]}}")
    assert changes(old, new) == {
        "~ 12 users (200-211)": ("calls when busy: was own mailbox, now reception, then own mailbox",)
    }


def test_members_of_a_position() -> None:
    lines = changes(OFFICE, changed('members: ["100"]', 'members: ["100", "102"]'))
    assert lines == {"~ operator position reception": ("who rings: was 100, now 100 + 102",)}


def test_a_position_or_group_of_another_name_is_the_same() -> None:
    old = changed("busy: voicemail}", "busy: [operator, group:sales]}")
    old += 'groups: {sales: {number: "600", members: ["102"], overflow: "operator:reception"}}\n'
    old += 'inbound: {"+390212345600": {to: "group:sales", when: office}}\n'
    new = old.replace("sales", "vendite").replace("reception", "reception-desk")
    assert compare(plan_of(old), plan_of(new), TODAY, phrases()).same
    assert changes(old, new.replace('members: ["102"]', 'members: ["102", "100"]')) == {
        "~ group vendite": ("who rings: was 102, now 102 + 100",)
    }


def test_what_follows_from_a_position_is_told_at_the_position() -> None:
    old = changed("busy: voicemail}", "busy: operator}")
    lines = changes(old, old.replace('number: "9",', 'number: "9", ring_timeout: 40,'))
    assert lines == {"~ operator position reception": ("calls: rings for 20 s, now for 40 s",)}


def test_of_phones_what_is_written_counts_and_not_where() -> None:
    def source(most: int, user: str = "") -> str:
        return f"phones: {{max_contacts: {most}}}\n" + changed("name: Bob", f"name: Bob{user}")

    assert changes(source(3), f"# a comment\n{source(3)}") == {}
    own = ", phone: {max_contacts: 5}"
    assert changes(source(3, own), f"# a comment\n{source(3, own)}") == {}
    lines = {line for told in changes(source(3), source(4)).values() for line in told}
    assert lines == {"phone: was max_contacts: 3, now max_contacts: 4"}


def test_people_come_and_go_and_numbers_move() -> None:
    new = changed('"101": {name: Ada', '"103": {name: Ada')
    assert changes(OFFICE, new) == {
        "+ Ada (103)": ("calls: Ada (103), then mailbox 103",),
        "- Ada (101)": ("calls to 101 are refused (404)",),
        "~ number +390212345101": ("reaches: was user 101, now user 103",),
    }


def test_rights_and_the_number_that_is_shown() -> None:
    new = changed("name: Bob,", 'name: Bob, class: full, did: "+390212345102",')
    lines = changes(OFFICE, new)
    assert lines["~ Bob (102)"] in (
        ("number shown outside: was the main number, now +390212345102",),
        ("may dial: was nothing, now italy, germany",),
    )
    assert "+ number +390212345102" in lines


def test_the_trunk_by_which_a_user_s_calls_leave() -> None:
    new = changed("name: Bob,", "name: Bob, trunk: carrier,")
    assert changes(OFFICE, new) == {"~ Bob (102)": ("calls leave by trunk: was the route's, now carrier",)}
    assert changes(new, OFFICE) == {"~ Bob (102)": ("calls leave by trunk: was carrier, now the route's",)}


@pytest.mark.parametrize(
    ("new", "line"),
    [
        ('{weekly: {mon: "08:00-24:00", tue-wed: "08:00-12:00"}}', "wed 08:00-12:00 added"),
        ('{weekly: {tue: "08:00-12:00"}}', "mon 08:00-24:00 removed"),
        ('{weekly: {mon: "08:00-24:00", tue: ["08:00-12:00", "22:00-02:00"]}}', "tue 22:00-02:00 added"),
        ('{weekly: {mon: "08:00-24:00", tue: "08:00-12:00"}, closed: ["2027-01-04"]}', "closed 2027-01-04 added"),
        (
            '{weekly: {mon: "08:00-24:00", tue: "08:00-12:00"}, open: ["2027-01-03 09:00-12:00"], '
            'closed: ["2027-01-04..2027-01-12", "2027-01-18"]}',
            "closed 2027-01-04..2027-01-12, 2027-01-18; open 2027-01-03 09:00-12:00 added",
        ),
    ],
)
def test_what_is_different_in_a_schedule(new: str, line: str) -> None:
    hours = '{weekly: {mon: "08:00-24:00", tue: "08:00-12:00"}}'
    old = changed('{weekly: {mon-fri: "08:30-18:00"}}', hours)
    old = old.replace("busy: voicemail}", "busy: [{to: '102', when: office}, {to: voicemail}]}")
    assert changes(old, old.replace(hours, new))["~ schedule office"] == (line,)


def test_what_is_different_in_contacts() -> None:
    old = VIP.replace("busy: voicemail}", "busy: {to: '102', from: vip}}")
    assert changes(old, old.replace("'+4420*'", "'+4420*', '+33.'"))["~ contacts vip"] == ("+33. added",)
    numbers = ", ".join(f"'+33{n}'" for n in range(100, 110))
    line = "was +4420*, now +33100, +33101, +33102, +33103 and 6 more"
    assert changes(old, old.replace("'+4420*'", numbers))["~ contacts vip"] == (line,)


FOLLOW_ME = OFFICE.replace(
    "deviations: {busy: voicemail}",
    'mobile: "+393335550101", class: national, ring_timeout: 40, '
    'follow_me: ["101", {to: mobile, delay: 8, timeout: 40, confirm: true}]',
)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "ring_timeout: 40",
            "ring_timeout: 5",
            "calls: rings for 48 s (101 for 40 s + +393335550101 after 8 s for 40 s), "
            "now for 48 s (101 for 5 s + +393335550101 after 8 s for 40 s)",
        ),
        (
            ", confirm: true}",
            "}",
            "who rings: was 101 + +393335550101 after 8 s for 40 s with confirmation, "
            "now 101 + +393335550101 after 8 s for 40 s",
        ),
        (
            'follow_me: ["101", {to: mobile, delay: 8, timeout: 40,',
            'follow_me: ["101", {to: mobile, delay: 8, timeout: 30,',
            "who rings: was 101 + +393335550101 after 8 s for 40 s with confirmation, "
            "now 101 + +393335550101 after 8 s for 30 s with confirmation",
        ),
    ],
)
def test_every_leg_of_follow_me_counts(old: str, new: str, expected: str) -> None:
    assert old in FOLLOW_ME
    assert expected in changes(FOLLOW_ME, FOLLOW_ME.replace(old, new))["~ Ada (101)"]


def test_a_change_of_ones_own_is_told_behind_somebody_who_changes_too() -> None:
    old = changed("busy: voicemail}", 'busy: ["102", "100"]}').replace(
        "{name: Bob,", "{name: Bob, deviations: {busy: off},"
    )
    new = old.replace('["102", "100"]', '["102", operator]').replace("{busy: off}", '{busy: "announce:later"}')
    old = old.replace("{busy: off}", '{busy: "announce:sorry"}')
    assert changes(old, new)["~ Ada (101)"] == (
        "calls when busy behind Bob (102) (busy): was announcement sorry, now announcement later",
        "calls when busy behind Bob (102) (no answer or unreachable): was Rita (100) for 20 s, then mailbox 101, "
        "now reception for 20 s, then mailbox 101",
    )


def test_how_a_group_ends_in_which_nobody_rings_is_no_difference() -> None:
    """Bob's own call finds nobody else in the group; now somebody who does not want to be disturbed."""
    old = OFFICE.replace("{name: Bob,", "{name: Bob, dnd: true,").replace("{name: Rita,", "{name: Rita, dnd: true,")
    rules = 'deviations: {unconditional: "group:sales", busy: ["102", "100"]}'
    old = old.replace("deviations: {busy: voicemail}", rules)
    old += 'groups: {sales: {number: "600", members: ["102"]}}\n'
    assert changes(old, old.replace('members: ["102"]', 'members: ["100"]')).keys() == {"~ group sales"}
    comparison = compare(plan_of(old), plan_of(old.replace('members: ["102"]', 'members: ["100"]')), TODAY, phrases())
    assert [e.place.target for e in comparison.entries] == ["sales"]


def test_people_with_other_mobiles() -> None:
    people = "".join(
        f'  "20{n}": {{name: N{n}, class: national, mobile: "+39333555010{n}", deviations: {{busy: mobile}}}}\n'
        for n in range(2)
    )
    assert changes(OFFICE + people, OFFICE + people.replace("+39333", "+39334")) == {
        "~ 200 and 201": (
            "calls when busy: was own former mobile, then released (lost), now own new mobile, then released (lost)",
        )
    }


def test_a_trunk_is_named_where_a_call_comes_to_it_at_once() -> None:
    old = OFFICE + 'inbound: {"+390212345600": "+393335550101"}\n'
    head = HEAD.replace("trunks: {", "trunks: {second: {host: 192.0.2.2}, ")
    moved = head.replace('italy: {match: "+39[03]X.", trunk: carrier}', 'italy: {match: "+39[03]X.", trunk: second}')
    lines = {
        b.title: b.lines
        for b in blocks(compare(plan_of(old, head=head), plan_of(old, head=moved), TODAY, phrases()), phrases())
    }
    (line,) = lines["+390212345600"]
    assert "over carrier" in line.split(", now ")[0]
    assert "over second" in line.split(", now ")[1]


def test_the_trunk_is_named_where_it_alone_differs() -> None:
    old = changed("busy: voicemail}", 'busy: "+393335550101"}, class: national')
    head = HEAD.replace("trunks: {", "trunks: {second: {host: 192.0.2.2}, ")
    moved = head.replace('italy: {match: "+39[03]X.", trunk: carrier}', 'italy: {match: "+39[03]X.", trunk: second}')
    told = blocks(compare(plan_of(old, head=head), plan_of(old, head=moved), TODAY, phrases()), phrases())
    assert told[0].lines == (
        "calls when busy: was +393335550101 for 30 s over carrier, then mailbox 101, "
        "now +393335550101 for 30 s over second, then mailbox 101",
    )


@pytest.mark.parametrize(
    ("key", "old", "new", "title"),
    [
        ("timezone", "Europe/Rome", "Europe/Lisbon", "time zone"),
        ("country", "IT", "DE", "country"),
        ("language", "it", "de", "language"),
    ],
)
def test_what_is_said_of_the_whole_pbx(key: str, old: str, new: str, title: str) -> None:
    body = OFFICE.replace("busy: voicemail", "busy: [{to: operator, when: office}]")
    head = HEAD.replace(f"{key}: {old}", f"{key}: {new}")
    (block,) = blocks(compare(plan_of(body), plan_of(body, head=head), TODAY, phrases()), phrases())
    assert block.title == title
    assert block.lines[0].endswith(f"was {old}, now {new}")


def test_whether_who_transferred_is_rung_is_told_of_the_whole_pbx() -> None:
    new = "defaults: {recall: false}\n" + OFFICE
    for language, line in (
        ("en", "in the end: was ring at who transferred, now are released"),
        ("it", "alla fine: prima squilla chi ha trasferito, ora la chiamata si chiude"),
    ):
        say = phrases(language)
        (block,) = blocks(compare(plan_of(OFFICE), plan_of(new), TODAY, say), say)
        assert block.lines == (line,)


def test_a_time_zone_by_which_nothing_is_decided_is_no_difference() -> None:
    head = HEAD.replace("Europe/Rome", "Europe/Lisbon")
    assert compare(plan_of(OFFICE), plan_of(OFFICE, head=head), TODAY, phrases()).same


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources())
def test_a_random_source_is_the_same_as_itself_in_another_spelling(text: str) -> None:
    old, new = compiled(text, head="").plan, compiled("# spelled\n\n" + text.replace("\n ", "\n"), head="").plan
    assert old is not None
    assert new is not None
    assert old.digest != new.digest
    assert compare(old, new, TODAY, phrases()).same


def test_where_nearly_everything_changes_the_exceptions_are_told() -> None:
    some = "{to: '102', from: vip, when: office, until: 2027-12-31}, {to: '102', when: lunch, until: 2027-06-30}"
    old = VIP.replace("{office:", '{lunch: {weekly: {sat: "12:00-13:00"}}, office:')
    old = old.replace("busy: voicemail", f"unconditional: [{some}, {{to: '102', enabled: false}}]")
    lines = changes(old, old.replace(", enabled: false", ""))["~ Ada (101)"]
    assert lines[0] == (
        "outside calls at all times except during lunch, until 2027-06-30, "
        "or during office, from vip, until 2027-12-31: was Ada (101), then mailbox 101, now Bob (102), then mailbox 101"
    )


def test_of_a_tangle_what_changes_at_once_is_told_and_that_not_all_is_followed() -> None:
    changed = tangle(60, _230='deviations: {busy: "233"}')
    old, new = (compiled("".join(lines), head="").plan for lines in (tangle(60), changed))
    assert old is not None
    assert new is not None
    comparison = compare(old, new, TODAY, phrases())
    assert comparison.more > 0
    assert not comparison.same
    assert [e.place.target for e in comparison.entries if e.itself] == ["230"]
    assert any(
        "when busy: was User 31 (231)" in line for block in blocks(comparison, phrases()) for line in block.lines
    )


def test_of_a_tangle_no_more_states_are_explored_than_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    explorers: list[Explorer] = []

    class Counted(Explorer):
        def __init__(self, ahead: PlacesAhead, calls: CallSets, *, written: bool = False) -> None:
            super().__init__(ahead, calls, written=written)
            explorers.append(self)

    monkeypatch.setattr(comparison, "Explorer", Counted)
    old, new = (
        plan_of("".join(lines), head="") for lines in (tangle(60), tangle(60, _230='deviations: {busy: "233"}'))
    )
    assert compare(old, new, TODAY, phrases()).more > 0
    assert len(explorers) > 60
    assert sum(explorer.taken for explorer in explorers) < 5_000
