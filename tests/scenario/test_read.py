"""Scenario files: what is read, and what is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.flow.machine import EndKind
from pbxgen.scenario.read import ScenarioReading, read_scenarios
from pbxgen.scenario.run import prepare

WHOLE = """\
source: acme.yaml
scenarios:
  - name: everything at once
    at: 2026-12-24 19:00
    call: {from: "+393471112222", to: "+390212345101", transfer: {by: "100", to: "107"}, diverted: 2}
    phones: {"101": busy, "110": [ring, 404], "100": unregistered}
    outside: {"+393335550101": mailbox, "+393335550102": 503}
    expect:
      rings: ["110+100", "+393335550101+101"]
      ends: {released: 486}
      diverted: [{by: "101", reason: busy}]
"""


def reading(tmp_path: Path, text: str) -> ScenarioReading:
    path = tmp_path / "acme.test.yaml"
    path.write_text(text, encoding="utf-8")
    return read_scenarios(path)


def test_reads_everything_a_scenario_may_say(tmp_path: Path) -> None:
    file = reading(tmp_path, WHOLE).file
    assert file is not None
    assert file.source == tmp_path / "acme.yaml"
    (scenario,) = file.scenarios
    assert scenario.environment.moment.isoformat() == "2026-12-24T19:00:00"
    assert scenario.environment.phones == {"101": ("busy",), "110": ("ring", "404"), "100": ("unregistered",)}
    assert scenario.environment.outside == {"+393335550101": "mailbox", "+393335550102": "503"}
    assert scenario.call.carried == 2
    assert scenario.call.transfer is not None
    assert scenario.expect.rings == ("100+110", "+393335550101+101")
    assert scenario.expect.ending is not None
    assert (scenario.expect.ending.kind, scenario.expect.ending.value) == (EndKind.RELEASED, "486")


def test_services_that_there_are_not_and_that_give_nothing_back_are_refused(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(
        "version: 1\npbx: {name: acme, domain: pbx.acme.example, country: IT, timezone: Europe/Rome}\n"
        'services: {menu: {number: "700"}}\nusers: {"100": {}}\n',
        encoding="utf-8",
    )
    path = tmp_path / "acme.test.yaml"
    path.write_text(
        'source: acme.yaml\nscenarios:\n  - name: a menu\n    call: {from: "100", to: "700"}\n'
        "    services: {menu: return, menus: take}\n    expect: {ends: {service: menu}}\n",
        encoding="utf-8",
    )
    assert [d.message for d in prepare(path).diagnostics] == [
        "scenario 'a menu': no call comes back from the service menu",
        "scenario 'a menu': menus is not a service of acme",
    ]


@pytest.mark.parametrize("text", ["", "# later\n", "~\n", "- name: Ada\n", "scenarios\n"])
def test_what_is_no_scenario_file_is_told_how_one_begins(tmp_path: Path, text: str) -> None:
    (problem,) = reading(tmp_path, text).diagnostics
    assert problem.code == "PBX501"
    assert problem.help.startswith("begin with 'source: ")


def test_a_call_without_a_moment_is_on_a_monday_at_ten(tmp_path: Path) -> None:
    file = reading(tmp_path, WHOLE.replace("    at: 2026-12-24 19:00\n", "")).file
    assert file is not None
    assert file.scenarios[0].environment.moment.isoformat() == "2026-11-23T10:00:00"


@pytest.mark.parametrize(
    ("written", "instead", "place", "says"),
    [
        ("    expect:", "    expects:", "8:5", "'expects' is not a key here"),
        ("      rings:", "      ring:", "9:7", "'ring' is not a key here"),
        ('from: "+393471112222"', "from: 101", "5:18", "the number 101 is not quoted"),
        ('"101": busy', '"101": bussy', "6:21", "101 has a wrong value"),
        ('"101": busy', '"101": 200', "6:21", "101 has a wrong value"),
        ("mailbox,", "maibox,", "7:32", "+393335550101 has a wrong value"),
        ("released: 486", "released: 200", "10:24", "released"),
        ("released: 486", 'released: 486, voicemail: "101"', "10:13", "ends has a wrong value"),
        ("reason: busy", "reason: buzy", "11:38", "reason"),
        ("2026-12-24 19:00", "24/12/2026", "4:9", "at has a wrong value"),
        ("{released: 486}", "released", "10:13", "ends has a wrong value"),
        ("released: 486", 'released: "486"', "10:24", "released has a wrong value"),
        ("source: acme.yaml\n", "", "1:1", "the key 'source' is missing"),
    ],
)
def test_says_what_is_wrong_and_where(tmp_path: Path, written: str, instead: str, place: str, says: str) -> None:
    result = reading(tmp_path, WHOLE.replace(written, instead, 1))
    assert result.file is None
    (problem,) = [d for d in result.diagnostics if says in d.message]
    assert problem.code == "PBX501"
    assert problem.location is not None
    assert f"{problem.location.line}:{problem.location.column}" == place


@pytest.mark.parametrize(
    ("written", "instead", "help"),
    [
        ("released: 486", "released: 200", "write a whole number from 400 to 599"),
        ("reason: busy", "reason: buzy", "write one of unconditional, busy, no_answer, unreachable"),
        ("{released: 486}", "released", "write a mapping, with keys of its own"),
        ("    expect:", "    expetc:", "did you mean 'expect'?"),
        ("source: acme.yaml\n", "", "add source: a text"),
    ],
)
def test_says_what_is_expected_instead(tmp_path: Path, written: str, instead: str, help: str) -> None:
    result = reading(tmp_path, WHOLE.replace(written, instead, 1))
    assert help in [d.help for d in result.diagnostics]


@pytest.mark.parametrize(
    ("setting", "help"),
    [
        ("busy: 102", 'write "102"'),
        ("busy: 0039", 'write "0039"'),
        ("busy: {to: 102}", 'write "102"'),
        ("dnd: true", "write on"),
        ("dnd: {to: false}", "write off"),
        ("busy: null", 'write what the user would dial ("102"), or off, on, mobile or voicemail'),
    ],
)
def test_a_setting_that_is_no_text_is_told_as_it_is_written(tmp_path: Path, setting: str, help: str) -> None:
    result = reading(tmp_path, WHOLE.replace("    expect:", f'    settings: {{"101": {{{setting}}}}}\n    expect:'))
    assert [(d.code, d.help) for d in result.diagnostics] == [("PBX501", help)]


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("operator_return: {busy: '102'}", ["return_busy"]),
        ("operator_return.busy: '102'", ["return_busy"]),
        ("operator_return: off, busy: '102'", ["return_busy", "return_no_answer", "return_unreachable", "busy"]),
    ],
)
def test_the_return_to_the_operator_is_set_as_a_source_or_an_option_writes_it(
    tmp_path: Path, written: str, keys: list[str]
) -> None:
    found = reading(tmp_path, WHOLE.replace("    expect:", f'    settings: {{"101": {{{written}}}}}\n    expect:'))
    assert found.file is not None
    assert [setting.key for setting in found.file.scenarios[0].settings] == keys


@pytest.mark.parametrize(
    ("written", "place", "says", "help"),
    [
        ("buzy: '102'", 24, "'buzy' is not a key here", "did you mean 'busy'?"),
        ("operator_return: {buzy: '102'}", 23, "'return_buzy' is not a key here", "did you mean 'return_busy'?"),
    ],
)
def test_a_key_that_nobody_sets_is_told_where_it_stands(
    tmp_path: Path, written: str, place: int, says: str, help: str
) -> None:
    found = reading(tmp_path, WHOLE.replace("    expect:", f'    settings: {{"101": {{{written}}}}}\n    expect:'))
    (problem,) = found.diagnostics
    assert problem.location is not None
    assert (problem.location.column, problem.message, problem.help) == (place, says, help)


@pytest.mark.parametrize("text", ["", "[]", "a", "source: x\nscenarios: []", "scenarios: 3\nsource: [1]", "\0", "{"])
def test_anything_else_is_a_clean_error(tmp_path: Path, text: str) -> None:
    result = reading(tmp_path, text)
    assert result.file is None
    assert result.diagnostics


def test_a_file_that_is_not_there_or_a_folder_is_a_clean_error(tmp_path: Path) -> None:
    assert read_scenarios(tmp_path / "none.yaml").diagnostics
    assert read_scenarios(tmp_path).diagnostics


@pytest.mark.parametrize(
    ("scenario", "help"),
    [
        ('call: {from: "1011", to: "102"}', "did you mean '101'?"),
        ('call: {from: "101", to: "102"}, trunks: {carier: 503}', "did you mean 'carrier'?"),
        (
            'call: {from: "101", to: "102"}, settings: {"101": {busy: {to: "102", after: 10}}}',
            "remove after: only no_answer and return_no_answer have seconds, where they lead somewhere",
        ),
        (
            'call: {from: "101", to: "102"}, settings: {"101": {dnd: {to: on, after: 10}}}',
            "remove after: only no_answer and return_no_answer have seconds, where they lead somewhere",
        ),
        (
            'call: {from: "101", to: "102"}, settings: {"101": {no_answer: {to: off, after: 10}}}',
            "remove after: only no_answer and return_no_answer have seconds, where they lead somewhere",
        ),
        (
            'call: {from: "101", to: "102"}, outside: {"333 1112222": busy}',
            "write it with a plus and the country code, digits only: +39…",
        ),
        (
            'call: {from: "101", to: "102"}, outside: {"+39 333 1112222": busy}',
            "write it with a plus and the country code, digits only: +39…",
        ),
    ],
)
def test_a_number_that_the_call_could_never_meet_is_an_error(tmp_path: Path, scenario: str, help: str) -> None:
    source = tmp_path / "acme.yaml"
    source.write_text(
        "version: 1\npbx: {name: acme, domain: pbx.acme.example, country: IT, timezone: Europe/Rome}\n"
        "trunks: {carrier: {host: 192.0.2.1}}\n"
        'users: {"101": {}, "102": {}}\n',
        encoding="utf-8",
    )
    path = tmp_path / "acme.test.yaml"
    path.write_text(f"source: acme.yaml\nscenarios:\n- {{name: slip, {scenario}, expect: {{}}}}\n", encoding="utf-8")
    (problem,) = prepare(path).diagnostics
    assert (problem.code, problem.help) == ("PBX502", help)


@pytest.mark.parametrize("state", ["up", "404", "404 ", "true", "486", "480 busy"])
def test_a_trunk_is_in_a_state_in_which_it_carries_no_call(tmp_path: Path, state: str) -> None:
    text = WHOLE.replace("    expect:", f"    trunks: {{carrier: {state}}}\n    expect:")
    (problem,) = reading(tmp_path, text).diagnostics
    assert (problem.code, problem.location.line) == ("PBX501", 8)
