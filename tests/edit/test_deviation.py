"""NewRule a deviation changes what it must and not a byte more."""

# ruff: noqa: E501 (texts of files read better in one piece)

from __future__ import annotations

import contextlib

import pytest
from ruamel.yaml import YAML

from pbxgen.edit.assignment import KEYS, Assignment, NewRule
from pbxgen.edit.deviation import holder, with_assignment
from pbxgen.edit.yaml_text import CannotEditError, YamlText


def edit(text: str, key: str, *to: str, after: int | None = None, section: str = "users", name: str = "101") -> str:
    file = YamlText(text)
    owner = holder(file, section, name)
    assert owner is not None
    return with_assignment(file, owner, Assignment(section, name, key, NewRule(to, after)))


CASES = {
    "a value is replaced, its comment and spacing stay": (
        'users:\n  "101":\n    deviations:\n      busy:   "120"   # Ada asked for it\n\n    name: Ada\n',
        ("busy", "102"),
        'users:\n  "101":\n    deviations:\n      busy:   "102"   # Ada asked for it\n\n    name: Ada\n',
    ),
    "single quotes stay single": (
        "users:\n  '101':\n    deviations: {busy: '120'}\n",
        ("busy", "102"),
        "users:\n  '101':\n    deviations: {busy: '102'}\n",
    ),
    "a flow-style user gets a key": (
        'users:\n  "101": {name: Ada, deviations: {unconditional: "120"}}  # x\n',
        ("busy", "voicemail:102"),
        'users:\n  "101": {name: Ada, deviations: {unconditional: "120", busy: "voicemail:102"}}  # x\n',
    ),
    "a flow-style user gets deviations": (
        'users:\n  "101": {name: Ada, }\n',
        ("operator_return.busy", "operator"),
        'users:\n  "101": {name: Ada, deviations: {operator_return: {busy: operator}}, }\n',
    ),
    "an empty flow mapping is filled": (
        'users:\n  "101": {deviations: { }}\n',
        ("busy", "102"),
        'users:\n  "101": {deviations: {busy: "102"}}\n',
    ),
    "a block user gets deviations, in its own indentation": (
        'users:\n    "101":\n        name: Ada\n        voicemail:\n            pin: {env: X}  # pin\n\n    # next\n    "102": {}\n',
        ("operator_return.busy", "operator"),
        'users:\n    "101":\n        name: Ada\n        voicemail:\n            pin: {env: X}  # pin\n'
        "        deviations:\n            operator_return:\n                busy: operator\n"
        '\n    # next\n    "102": {}\n',
    ),
    "a block mapping gets a key behind its last": (
        'users:\n  "101":\n    deviations:\n      busy: "120"  # c\n      # about what follows\n\n    name: Ada\n',
        ("unreachable", "mobile"),
        'users:\n  "101":\n    deviations:\n      busy: "120"  # c\n      unreachable: mobile\n'
        "      # about what follows\n\n    name: Ada\n",
    ),
    "the last line needs no line break": (
        'users:\n  "101":\n    name: Ada',
        ("busy", "102"),
        'users:\n  "101":\n    name: Ada\n    deviations:\n      busy: "102"',
    ),
    "comments among what goes are kept on lines of their own": (
        'users:\n  "101":\n    deviations:\n      busy:   # head\n        # why\n        - "103"  # a\n        - "104"\n      # next\n      no_answer: off\n',
        ("busy", "102"),
        'users:\n  "101":\n    deviations:\n      busy: "102"   # head\n        # why\n        # a\n      # next\n      no_answer: off\n',
    ),
    "comments before, among and behind what goes": (
        'users:\n  "101":\n    deviations:\n      busy: # head\n        to: "103"  # a\n        when: "x # y"  # b\n',
        ("busy", "102"),
        'users:\n  "101":\n    deviations:\n      busy: "102"  # b\n        # head\n        # a\n',
    ),
    "comments within brackets": (
        'users:\n  "101":\n    deviations: {busy: ["103",  # a\n        "104"], no_answer: off}  # b\n',
        ("busy", "102"),
        'users:\n  "101":\n    deviations: {busy: "102", no_answer: off}  # b\n                       # a\n',
    ),
    "off is written, so that a policy's key is hidden too": (
        'users:\n  "101": {deviations: {busy: "120"}}\n',
        ("busy",),
        'users:\n  "101": {deviations: {busy: off}}\n',
    ),
    "a rule of `to` and `after` keeps its ring time": (
        'users:\n  "101":\n    deviations:\n      no_answer:\n        after: 15  # far away\n        to: mobile  # his\n',
        ("no_answer", "102"),
        'users:\n  "101":\n    deviations:\n      no_answer:\n        after: 15  # far away\n        to: "102"  # his\n',
    ),
    "a rule with conditions is replaced as a whole": (
        'users:\n  "101":\n    deviations:\n      busy:  # why\n        when: office\n        to: "120"\n      no_answer: off\n',
        ("busy", "102"),
        'users:\n  "101":\n    deviations:\n      busy: "102"  # why\n      no_answer: off\n',
    ),
    "a list is replaced": (
        'users:\n  "101":\n    deviations:\n      busy:\n        - mobile\n        - "120"  # c\n      no_answer: off\n',
        ("busy", "102"),
        'users:\n  "101":\n    deviations:\n      busy: "102"  # c\n      no_answer: off\n',
    ),
    "a list is written": (
        'users:\n  "101": {deviations: {busy: off}}\n',
        ("busy", "mobile", "102"),
        'users:\n  "101": {deviations: {busy: [mobile, "102"]}}\n',
    ),
    "an empty value is filled": (
        'users:\n  "101":\n    deviations:  # none yet\n    name: Ada\n',
        ("busy", "102"),
        'users:\n  "101":\n    deviations: {busy: "102"}  # none yet\n    name: Ada\n',
    ),
    "what was switched off as a whole stays off": (
        'users:\n  "101":\n    deviations:\n      operator_return: off  # c\n',
        ("operator_return.no_answer", "operator"),
        'users:\n  "101":\n    deviations:\n'
        "      operator_return: {no_answer: operator, busy: off, unreachable: off}  # c\n",
    ),
    "Windows line ends and a byte order mark stay": (
        '\ufeffusers:\r\n  "101":\r\n    name: Ada\r\n',
        ("busy", "102"),
        '\ufeffusers:\r\n  "101":\r\n    name: Ada\r\n    deviations:\r\n      busy: "102"\r\n',
    ),
    "letters beyond the first plane do not shift places": (
        'users:\n  "101": {name: "🦊🦊 Ada", deviations: {busy: "120"}}  # 🦊\n',
        ("busy", "102"),
        'users:\n  "101": {name: "🦊🦊 Ada", deviations: {busy: "102"}}  # 🦊\n',
    ),
    "beside nothing but a merge": (
        'x: &x {name: A}\nusers:\n  "101":\n    <<: *x  # c\n',
        ("busy", "102"),
        'x: &x {name: A}\nusers:\n  "101":\n    <<: *x  # c\n    deviations:\n      busy: "102"\n',
    ),
    "before a merge in a flow mapping": (
        'x: &x {name: A}\nusers:\n  "101": {<<: [*x]}\n',
        ("busy", "102"),
        'x: &x {name: A}\nusers:\n  "101": {deviations: {busy: "102"}, <<: [*x]}\n',
    ),
    "before an alias in a flow mapping": (
        'x: &x {pin: {env: A}}\nusers:\n  "101": &u {voicemail: *x }  # c\n',
        ("busy", "102"),
        'x: &x {pin: {env: A}}\nusers:\n  "101": &u {deviations: {busy: "102"}, voicemail: *x }  # c\n',
    ),
    "behind a list that ends with an alias": (
        'x: &x "+390212345101"\nusers:\n  "101":\n    did:\n      - *x  # c\n',
        ("busy", "102"),
        'x: &x "+390212345101"\nusers:\n  "101":\n    did:\n      - *x  # c\n    deviations:\n      busy: "102"\n',
    ),
    "behind an alias": (
        'x: &x {pin: {env: A}}\nusers:\n  "101":\n    voicemail: *x  # c\n',
        ("busy", "102"),
        'x: &x {pin: {env: A}}\nusers:\n  "101":\n    voicemail: *x  # c\n    deviations:\n      busy: "102"\n',
    ),
}


@pytest.mark.parametrize(("before", "arguments", "expected"), CASES.values(), ids=CASES.keys())
def test_edit(before: str, arguments: tuple[str, ...], expected: str) -> None:
    assert edit(before, *arguments) == expected


def test_a_ring_time_is_set() -> None:
    text = 'users:\n  "101": {deviations: {no_answer: "120"}}\n'
    assert 'no_answer: {after: 9, to: "102"}' in edit(text, "no_answer", "102", after=9)


@pytest.mark.parametrize("rule", ['{after: 15, to: "120"}', '{to: "120", after: 15}'])
def test_a_ring_time_and_a_destination_are_replaced_in_place(rule: str) -> None:
    text = f'users:\n  "101": {{deviations: {{no_answer: {rule}  }}}}  # c\n'
    changed = edit(text, "no_answer", "mobile", after=9)
    assert changed == text.replace("15", "9").replace('"120"', "mobile")


def test_a_policy_is_edited_in_its_own_section() -> None:
    text = "policies:\n  front:\n    busy: operator # c\n"
    assert edit(text, "busy", "mobile", section="policies", name="front") == text.replace("operator", "mobile")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('x: &d {busy: "120"}\nusers:\n  "101": {deviations: *d}\n', "alias"),
        ('x: &d {busy: "120"}\nusers:\n  "101": *d\n', "alias"),
        ('x: &d {deviations: {busy: "120"}}\nusers:\n  "101": {<<: *d, name: Ada}\n', "<<"),
        ('x: &d {deviations: {busy: "120"}}\ny: &e {}\nusers:\n  "101": {<<: [*e, *d], name: Ada}\n', "<<"),
        ('users:\n  "101": {deviations: [1]}\n', "not a mapping"),
        ('users:\n  "101": Ada\n', "not a mapping"),
    ],
)
def test_what_cannot_be_edited_alone_is_refused(text: str, why: str) -> None:
    with pytest.raises(CannotEditError, match=why):
        edit(text, "busy", "102")


@pytest.mark.parametrize("text", ["", "a: [", "\t", "a: *b", "%YAML 9", "--- a\n--- b\n"])
def test_text_that_holds_no_such_user(text: str) -> None:
    with contextlib.suppress(CannotEditError):
        assert holder(YamlText(text), "users", "101") is None


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("destination", ["102", "+393331234567", "333 1234567", "mobile", "voicemail:102", "busy"])
@pytest.mark.parametrize("before", [case[0] for case in CASES.values()], ids=CASES.keys())
def test_what_is_written_is_what_is_read_back(before: str, key: str, destination: str) -> None:
    read = YAML(typ="safe", pure=True)
    value = read.load(edit(before, key, destination))["users"]["101"]["deviations"]
    for step in key.split("."):
        value = value[step]
    assert (value["to"] if isinstance(value, dict) else value) == destination
    gone = read.load(edit(edit(before, key, destination), key))
    value = gone["users"]["101"]["deviations"]
    for step in key.split("."):
        value = value[step]
    assert value == "off"


@pytest.mark.parametrize(
    "key", ["? busy\n      : voicemail", "? busy # x\n      : voicemail", '? "busy"\n      : "102"']
)
def test_a_key_written_with_a_question_mark_is_refused(key: str) -> None:
    with pytest.raises(CannotEditError):
        edit(f'users:\n  "101":\n    deviations:\n      {key}\n', "busy", "103")
