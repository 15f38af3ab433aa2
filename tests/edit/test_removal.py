"""Taking a deviation out leaves every other byte, and every comment."""

# ruff: noqa: E501 (texts of files read better in one piece)

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from pbxgen.edit.assignment import Assignment, Flag, Inherit, NewRule
from pbxgen.edit.deviation import holder, with_assignment
from pbxgen.edit.yaml_text import CannotEditError, YamlText


def edit(text: str, key: str, wanted: NewRule | Flag | Inherit) -> str:
    file = YamlText(text)
    owner = holder(file, "users", "101")
    assert owner is not None
    return with_assignment(file, owner, Assignment("users", "101", key, wanted))


def without(text: str, key: str) -> str:
    return edit(text, key, Inherit())


CASES = {
    "a line of a block goes": (
        'users:\n  "101":\n    deviations:\n      busy: "102"\n      no_answer: mobile\n    name: Ada\n',
        "busy",
        'users:\n  "101":\n    deviations:\n      no_answer: mobile\n    name: Ada\n',
    ),
    "its comments stay on lines of their own": (
        'users:\n  "101":\n    deviations:\n      # first\n      busy:   # why\n        - "102"  # Bruno\n      no_answer: mobile  # his\n',
        "busy",
        'users:\n  "101":\n    deviations:\n      # first\n      # why\n      # Bruno\n      no_answer: mobile  # his\n',
    ),
    "what only held it goes too": (
        'users:\n  "101":\n    name: Ada\n    deviations:\n      operator_return:\n        busy: operator  # c\n  "102": {}\n',
        "operator_return.busy",
        'users:\n  "101":\n    name: Ada\n    # c\n  "102": {}\n',
    ),
    "a user of whom nothing else is written stays": (
        'users:\n  "101":  # Ada\n    deviations:\n      busy: "102"  # c\n  "102": {}\n',
        "busy",
        'users:\n  "101": {}  # Ada\n    # c\n  "102": {}\n',
    ),
    "in brackets the comma goes along": (
        'users:\n  "101": {deviations: {busy: "102", no_answer: mobile}}  # c\n',
        "busy",
        'users:\n  "101": {deviations: {no_answer: mobile}}  # c\n',
    ),
    "the last in brackets": (
        'users:\n  "101": {deviations: {busy: "102", no_answer: mobile}, name: Ada}\n',
        "no_answer",
        'users:\n  "101": {deviations: {busy: "102"}, name: Ada}\n',
    ),
    "alone in brackets": (
        'users:\n  "101": {name: Ada, deviations: {busy: "102"}}  # c\n',
        "busy",
        'users:\n  "101": {name: Ada}  # c\n',
    ),
    "alone in all brackets": (
        'users:\n  "101": {deviations: {busy: "102"}}  # c\n',
        "busy",
        'users:\n  "101": {}  # c\n',
    ),
    "comments within brackets": (
        'users:\n  "101": {name: Ada,  # a\n    deviations: {busy: "102",  # b\n      no_answer: mobile}}  # c\n',
        "busy",
        'users:\n  "101": {name: Ada,  # a\n    deviations: {no_answer: mobile}}  # c\n                # b\n',
    ),
    "all three of the operator return": (
        'users:\n  "101":\n    deviations:\n      operator_return: off\n      busy: "102"\n',
        "operator_return",
        'users:\n  "101":\n    deviations:\n      busy: "102"\n',
    ),
    "the last line without a line break": (
        'users:\n  "101":\n    name: Ada\n    deviations:\n      busy: "102"',
        "busy",
        'users:\n  "101":\n    name: Ada',
    ),
    "Windows line ends stay": (
        'users:\r\n  "101":\r\n    deviations:\r\n      busy: "102"\r\n      unreachable: off\r\n',
        "busy",
        'users:\r\n  "101":\r\n    deviations:\r\n      unreachable: off\r\n',
    ),
    "what is not there stays so": (
        'users:\n  "101": {name: Ada}\n',
        "busy",
        'users:\n  "101": {name: Ada}\n',
    ),
}


@pytest.mark.parametrize(("before", "key", "after"), CASES.values(), ids=CASES.keys())
def test_what_is_taken_out(before: str, key: str, after: str) -> None:
    text = without(before, key)
    assert text == after
    assert "101" in YAML(typ="safe", pure=True).load(text)["users"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('users:\n  "101": {deviations: {operator_return: off}}\n', "operator_return.busy"),
        ('x: &d {busy: "102"}\nusers:\n  "101": {deviations: *d}\n', "busy"),
        ('x: &d {busy: "102"}\nusers:\n  "101":\n    deviations:\n      <<: *d\n', "busy"),
        ('x: &d ["102"]\nusers:\n  "101": {deviations: {busy: "102", unreachable: *d}}\n', "busy"),
        ('users:\n  "101":\n    deviations:\n      ? busy\n      : "102"\n      unreachable: off\n', "busy"),
    ],
)
def test_what_cannot_be_taken_out_alone_is_refused(text: str, key: str) -> None:
    with pytest.raises(CannotEditError):
        without(text, key)


RULES = {
    "conditions, in the order of the language": (
        NewRule(("102",), when="not office", origin="vip", until="2031-12-31", confirm=True),
        '{to: "102", when: not office, from: vip, until: 2031-12-31, confirm: true}',
    ),
    "a list with a condition": (NewRule(("mobile", "102"), confirm=True), '{to: [mobile, "102"], confirm: true}'),
    "a name that a parser may take for something else": (NewRule(("mobile",), when="on"), '{to: mobile, when: "on"}'),
    "a name of digits": (NewRule(("mobile",), origin="12"), '{to: mobile, from: "12"}'),
    "a time before it": (NewRule(("mobile",), 15, confirm=True), "{after: 15, to: mobile, confirm: true}"),
}


@pytest.mark.parametrize(("wanted", "value"), RULES.values(), ids=RULES.keys())
def test_how_a_rule_is_written(wanted: NewRule, value: str) -> None:
    text = 'users:\n  "101": {deviations: {no_answer: "120"}}\n'
    assert edit(text, "no_answer", wanted) == text.replace('"120"', value)


def test_a_time_before_it_is_kept_unless_it_is_to_go() -> None:
    text = 'users:\n  "101": {deviations: {no_answer: {after: 15, to: "120"}}}\n'
    kept = edit(text, "no_answer", NewRule(("102",), confirm=True))
    assert kept == text.replace('to: "120"', 'to: "102", confirm: true')
    gone = edit(text, "no_answer", NewRule(("102",), keeps_options=False))
    assert gone == text.replace('{after: 15, to: "120"}', '"102"')


@pytest.mark.parametrize(
    ("rule", "wanted", "after"),
    [
        ("{to: mobile, confirm: true}", NewRule(("102",)), '{to: "102", confirm: true}'),
        ("{to: mobile, confirm: true}", NewRule(("voicemail",)), "voicemail"),
        ("{to: mobile, confirm: true}", NewRule(("mobile", "voicemail")), "{to: [mobile, voicemail], confirm: true}"),
        ("{to: mobile, confirm: true}", NewRule(()), "off"),
        ("{to: mobile, confirm: true}", NewRule(("102",), keeps_options=False), '"102"'),
        ("{to: mobile, confirm: true}", NewRule(("102",), 20, keeps_options=False), '{after: 20, to: "102"}'),
        ("{to: mobile, confirm: true}", NewRule(("102",), 20), '{after: 20, to: "102", confirm: true}'),
        ("{to: mobile, after: 9, confirm: true}", NewRule(("102",)), '{to: "102", after: 9, confirm: true}'),
        ("{to: mobile, after: 9, confirm: true}", NewRule(("102",), 20), '{to: "102", after: 20, confirm: true}'),
        ("{to: mobile, after: 9, confirm: true}", NewRule(("busy",)), "{after: 9, to: busy}"),
        ("{to: mobile, after: 9, from: vip}", NewRule(("102",)), '{after: 9, to: "102"}'),
        (
            "{to: mobile, after: 9, confirm: true}",
            NewRule(("102",), until="2099-12-31"),
            '{after: 9, to: "102", until: 2099-12-31, confirm: true}',
        ),
    ],
)
def test_what_a_single_rule_says_of_its_time_and_of_confirming_is_kept(rule: str, wanted: NewRule, after: str) -> None:
    text = f'users:\n  "101": {{deviations: {{no_answer: {rule}}}}}  # c\n'
    assert edit(text, "no_answer", wanted) == text.replace(rule, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('users:\n  "101": {name: Ada}  # c\n', 'users:\n  "101": {name: Ada, dnd: true}  # c\n'),
        ('users:\n  "101":\n    dnd: false  # c\n', 'users:\n  "101":\n    dnd: true  # c\n'),
        ('users:\n  "101":\n', 'users:\n  "101": {dnd: true}\n'),
    ],
)
def test_do_not_disturb_stands_beside_the_deviations(before: str, after: str) -> None:
    assert edit(before, "dnd", Flag(on=True)) == after
