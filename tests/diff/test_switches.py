"""What changes for callers, in every position of the switches and as long as nobody has set one."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app

OFFICE = """\
version: 1
pbx: {name: acme, domain: pbx.acme.example, country: IT, timezone: Europe/Rome, language: it}
trunks: {carrier: {host: 192.0.2.10, number: "+390212345000"}}
routes: {emergency: {match: ["112"], trunk: carrier, emergency: true}}
self_service: {codes: etsi, profiles: {staff: {may: [busy], to: [extensions]}}}
switches: {night: {number: "*28", operators: ["100"], default: off}}
operators: {reception: {number: "9", members: ["100"], overflow: "voicemail:100"}}
users:
  "100": {name: Reception, voicemail: true}
  "101": {name: Ada, voicemail: true, self_service: staff, deviations: {busy: voicemail}}
inbound:
  "+390212345000": {to: "announce:closed", when: night, else: operator}
"""
SAME = "nothing changes for callers\n"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.yaml"
    path.write_text(OFFICE, encoding="utf-8")
    return path


def new(old: Path, before: str, after: str) -> Path:
    assert before in OFFICE
    path = old.with_name("new.yaml")
    path.write_text(OFFICE.replace(before, after), encoding="utf-8")
    return path


def run(*words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["diff", *map(str, words)])
    assert result.exit_code == code, result.output
    return result.output


def test_another_default_of_a_switch_changes_calls_while_nobody_has_set_it(old: Path) -> None:
    told = run(old, new(old, "default: off", "default: on"), "--exit-code", code=1)
    assert told.splitlines()[0] == "acme (while no switch is set):"
    assert told.count("acme (") == 1
    assert "was reception, then mailbox 100, now" in told


def test_switches_whose_default_stays_are_told_in_every_position_alone(old: Path) -> None:
    told = run(old, new(old, "announce:closed", "voicemail:100"))
    assert told.splitlines()[0] == "acme (night on):"
    assert "while no switch is set" not in told


def test_of_many_switches_the_defaults_are_one_position_more(old: Path) -> None:
    """Of so many not all positions are looked at; that in which two are on is none of them."""
    text = old.read_text(encoding="utf-8").replace(
        "deviations: {busy: voicemail}", "deviations: {unconditional: {to: voicemail, when: s1}}"
    )
    switch = '{{number: "*4{n:02}", operators: ["100"], default: {stands}}}'
    more = "".join(f", s{n}: " + switch.format(n=n, stands="on" if n < 2 else "off") for n in range(13))
    old.write_text(text.replace("default: off}}", f"default: off}}{more}}}"), encoding="utf-8")
    other = old.with_name("other.yaml")
    other.write_text(old.read_text(encoding="utf-8").replace("{to: voicemail", '{to: "100"'), encoding="utf-8")
    assert "acme (while no switch is set):" in run(old, other)


@pytest.mark.parametrize("switch", ["on", "off"])
def test_calls_are_compared_as_they_go_while_a_switch_stands_so(switch: str, old: Path) -> None:
    told = run(old, new(old, "announce:closed", "voicemail:100"), "--switch", f"night={switch}")
    if switch == "off":
        assert told == SAME
    else:
        assert told.splitlines()[0] == "~ +390212345000"
    # A default that nobody relies on is no difference.
    assert run(old, new(old, "default: off", "default: on"), "--switch", f"night={switch}") == SAME


def test_calls_are_compared_with_what_users_have_set(old: Path) -> None:
    changed = new(old, "busy: voicemail", 'busy: "100"')
    assert "~ Ada (101)" in run(old, changed)
    assert run(old, changed, "--set", "101.busy=100") == SAME


def test_a_setting_is_judged_by_each_side(old: Path) -> None:
    """Old permits it, new does not."""
    told = run(old, new(old, "may: [busy]", "may: [dnd]"), "--set", "101.busy=100")
    assert "was Reception (100)" in told


def test_what_only_one_side_has_may_be_set(old: Path) -> None:
    changed = new(old, '"101": {', '"102": {name: Cara, voicemail: true, self_service: staff}\n  "101": {')
    assert "+ Cara (102)" in run(old, changed, "--set", "102.busy=100")
    run(old, changed, "--set", "102.busy=109", code=2)


@pytest.mark.parametrize("words", [("--set", "109.busy=100"), ("--set", "x"), ("--switch", "day=on")])
def test_what_neither_side_has_is_wrong_usage(words: tuple[str, str], old: Path) -> None:
    run(old, old, *words, code=2)


def test_of_a_fleet_one_tenant_is_set() -> None:
    fleet = Path(__file__).resolve().parents[2] / "examples/fleet"
    run(fleet, fleet, "--set", "101.busy=100", code=2)
