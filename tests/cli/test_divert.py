"""``pbxgen divert``: the change, the diff, the refusals."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest


def test_it_changes_one_deviation_and_prints_the_diff(invoke, small: Path) -> None:
    before = small.read_text()
    result = invoke("divert", small, "101", "busy", "voicemail")
    assert result.code == 0
    assert small.read_text() == before.replace('busy: "102"', "busy: voicemail")
    assert '-  "101": {name: Ada, password: {env: SIP_101}, deviations: {busy: "102"}}   # Ada' in result.out
    assert '+  "101": {name: Ada, password: {env: SIP_101}, deviations: {busy: voicemail}}   # Ada' in result.out


def test_the_diff_is_a_patch(invoke, small: Path, tmp_path: Path) -> None:
    before = small.read_bytes()
    diff = invoke("divert", small, "102", "operator_return.busy", "101", "--dry-run").out
    assert small.read_bytes() == before
    subprocess.run(["patch", "-s", str(small)], input=diff, text=True, check=True)
    patched = small.read_bytes()
    small.write_bytes(before)
    invoke("divert", small, "102", "operator_return.busy", "101")
    assert small.read_bytes() == patched


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_line_ends_stay(invoke, small: Path, ending: str) -> None:
    small.write_bytes(small.read_text().replace("\n", ending).encode())
    before = small.read_bytes()
    assert invoke("divert", small, "101", "unreachable", "102").code == 0
    assert small.read_bytes() == before.replace(b'busy: "102"}', b'busy: "102", unreachable: "102"}')


@pytest.mark.parametrize(
    "words",
    [
        ["101", "busy", "103"],
        ["101", "busy", "101"],
        ["101", "busy", "operator"],
        ["101", "busy", "mobile"],
        ["101", "busy", "nonsense"],
        ["101", "busy", "+999123"],
        ["101", "busy", "+4930123456"],
        ["101", "busy", "112"],
        ["101", "busy", "voicemail:999"],
        ["101", "busy", 'x"}, y: {z: "'],
        ["101", "busy", "a\nb"],
        ["101", "busy", "\u202e102"],
        ["101", "busy", "x" * 10_000],
    ],
    ids=lambda words: words[2][:20].encode("unicode_escape").decode(),
)
def test_what_check_would_refuse_is_refused(invoke, small: Path, words: list[str]) -> None:
    before = small.read_bytes()
    result = invoke("divert", small, *words)
    assert result.code == 1, result.err
    assert small.read_bytes() == before
    assert "error" in result.err
    assert result.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["101", "busy"],
        ["101", "bussy", "102"],
        ["101", "busy", "102", "103"],
        ["999", "busy", "102"],
        ["101", "busy", ""],
        ["101", "busy", "mobile,"],
        ["101", "busy", "off,102"],
        ["101", "operator_return", "102"],
        ["101", "busy", "102", "--after", "10"],
        ["101", "no_answer", "102", "--after", "4"],
        ["101", "no_answer", "102", "--after", "181"],
        ["101", "no_answer", "off", "--after", "10"],
        ["101", "busy", "102", "--policy", "x"],
        ["busy", "102", "--policy", "x"],
        ["101", "busy", "102", "--tenant", "nobody"],
    ],
    ids=" ".join,
)
def test_wrong_usage(invoke, small: Path, arguments: list[str]) -> None:
    before = small.read_bytes()
    assert invoke("divert", small, *arguments).code == 2
    assert small.read_bytes() == before


def test_the_nearest_name_is_suggested(invoke, small: Path) -> None:
    assert "busy" in invoke("divert", small, "101", "bussy", "102").err
    assert "101" in invoke("divert", small, "1011", "busy", "102").err


def test_nothing_to_change(invoke, small: Path) -> None:
    before = small.stat().st_mtime_ns
    result = invoke("divert", small, "101", "busy", "102")
    assert result.code == 0
    assert result.out == ""
    assert small.stat().st_mtime_ns == before


def test_a_policy(invoke, small: Path) -> None:
    text = small.read_text().replace("users:", "policies: {staff: {no_answer: voicemail}}\nusers:")
    small.write_text(text.replace("name: Ada,", "name: Ada, policy: staff,"))
    result = invoke("divert", small, "--policy", "staff", "no_answer", "102", "--after", "15")
    assert result.code == 0, result.err
    assert 'policies: {staff: {no_answer: {after: 15, to: "102"}}}' in small.read_text()


def test_a_folder_is_changed_in_the_file_where_the_user_stands(invoke, small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "office"
    folder.mkdir()
    head, _, users = small.read_text().partition("users:\n")
    ada, bruno, *inbound = users.splitlines(keepends=True)
    (folder / "pbx.yaml").write_text(head + "".join(inbound))
    (folder / "a.yaml").write_text("# first\nusers:\n" + ada)
    (folder / "b.yaml").write_text("# second: nothing for 101 here\nusers:\n" + bruno)
    before = {p.name: p.read_text() for p in folder.iterdir()}
    result = invoke("divert", folder, "102", "busy", "101")
    assert result.code == 0, result.err
    after = {p.name: p.read_text() for p in folder.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"b.yaml"}


def test_a_tenant_of_a_fleet(invoke, fleet: Path) -> None:
    assert invoke("divert", fleet, "101", "busy", "voicemail").code == 2
    result = invoke("divert", fleet, "101", "busy", "voicemail", "--tenant", "two")
    assert result.code == 0, result.err
    assert "busy: voicemail" in (fleet.parent / "tenants/two.yaml").read_text()
    assert "busy: voicemail" not in (fleet.parent / "tenants/one.yaml").read_text()


def test_an_anchor_that_others_share_is_refused(invoke, small: Path) -> None:
    text = small.read_text().replace('deviations: {busy: "102"}', "deviations: &shared {unreachable: voicemail}")
    small.write_text(text.replace("name: Bruno,", "name: Bruno, deviations: *shared,"))
    before = small.read_bytes()
    result = invoke("divert", small, "101", "unreachable", "off")
    assert result.code == 1
    assert "anchor" in result.err
    assert small.read_bytes() == before
    assert "alias" in invoke("divert", small, "102", "unreachable", "off").err


def test_mode_and_link_stay(invoke, small: Path, tmp_path: Path) -> None:
    small.chmod(0o600)
    link = tmp_path / "link.yaml"
    link.symlink_to(small)
    assert invoke("divert", link, "101", "busy", "voicemail").code == 0
    assert link.is_symlink()
    assert "busy: voicemail" in small.read_text()
    assert stat.S_IMODE(small.stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.yaml", "small.yaml"]


def test_a_full_disk_leaves_the_source(invoke, small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = small.read_bytes()

    def write(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", write)
    result = invoke("divert", small, "101", "busy", "voicemail")
    assert result.code == 1
    assert "No space left" in result.err
    assert small.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["small.yaml"]


@pytest.mark.parametrize("text", ["", "\x00", "users: [", "\xff", "users: 1\n"])
def test_a_source_that_is_none(invoke, tmp_path: Path, text: str) -> None:
    place = tmp_path / "x.yaml"
    place.write_bytes(text.encode("latin-1"))
    assert invoke("divert", place, "101", "busy", "102").code in (1, 2)
    assert place.read_bytes() == text.encode("latin-1")


def test_several_users_by_extension_and_by_name(invoke, small: Path) -> None:
    before = small.read_text()
    result = invoke("divert", small, "101", "bruno", "unreachable", "voicemail")
    assert result.code == 0, result.err
    after = before.replace('busy: "102"', 'busy: "102", unreachable: voicemail')
    assert small.read_text() == after.replace(
        'mobile: "+393331112222"', 'mobile: "+393331112222", deviations: {unreachable: voicemail}'
    )
    assert result.out.count("+++ ") == 1


def test_a_name_that_several_users_have_is_asked_about(invoke, small: Path) -> None:
    small.write_text(small.read_text().replace("name: Bruno", "name: Ada"))
    result = invoke("divert", small, "Ada", "busy", "voicemail")
    assert result.code == 2
    assert "101, 102" in result.err


def test_a_rule_with_conditions_is_written(invoke, small: Path) -> None:
    small.write_text(small.read_text() + 'schedules: {office: {weekly: {mon-fri: "08:00-18:00"}}}\n')
    words = ("102", "unreachable", "mobile", "--confirm", "--when", "not office", "--from", "external")
    result = invoke("divert", small, *words, "--until", "2099-12-31")
    assert result.code == 0, result.err
    rule = "{to: mobile, when: not office, from: external, until: 2099-12-31, confirm: true}"
    assert f"deviations: {{unreachable: {rule}}}" in small.read_text()
    small.write_text(small.read_text().replace("schedules: {office", "schedules: {hours"))
    assert invoke("divert", small, "101", "busy", "mobile", "--when", "not office").code == 1


@pytest.mark.parametrize("to", ["voicemail", "off", "inherit"])
def test_rules_with_conditions_are_replaced_only_when_that_is_asked_for(invoke, small: Path, to: str) -> None:
    text = small.read_text().replace(
        'busy: "102"', 'busy: [{to: "102", from: external}, {to: voicemail, until: 2099-12-31}]'
    )
    small.write_text(text)
    refused = invoke("divert", small, "101", "busy", to)
    assert refused.code == 1
    assert "from: external; until: 2099-12-31" in refused.err
    assert "--replace" in refused.err
    assert (small.read_text(), refused.out) == (text, "")
    assert invoke("divert", small, "101", "busy", to, "--replace").code == 0
    assert "external" not in small.read_text()


@pytest.mark.parametrize(
    ("key", "to", "told"),
    [
        ("busy", "voicemail", "101: busy has conditions (from: internal, of policy night)"),
        ("unreachable", "off", "101: unreachable has conditions (until: 2099-12-31, of policy staff)"),
        ("operator_return.busy", "voicemail", "(until: 2099-11-30, of policy staff)"),
        ("operator_return", "off", "101: operator_return has conditions (until: 2099-11-30, of policy staff)"),
        ("unconditional", "off", ""),
        ("no_answer", "voicemail", ""),
        ("unreachable", "inherit", ""),
    ],
)
def test_rules_with_conditions_of_a_policy_are_replaced_only_when_that_is_asked_for(
    invoke, small: Path, key: str, to: str, told: str
) -> None:
    policies = """\
policies:
  staff:
    busy: {to: "102", from: external}
    unreachable: {to: "102", until: 2099-12-31}
    no_answer: {to: "102", until: 2099-12-31}
    operator_return: {busy: {to: "102", until: 2099-11-30}, no_answer: {to: "102", until: 2099-12-31}}
  night: {busy: [{to: "102", from: internal}, voicemail], unconditional: off}
users:
"""
    own = "policy: [staff, night], password: {env: SIP_101}, "
    own += 'deviations: {no_answer: "102", operator_return: {no_answer: off}}'
    text = small.read_text().replace("users:\n", policies).replace(', deviations: {busy: "102"}', "")
    text = text.replace("password: {env: SIP_101}", own)
    small.write_text(text)
    result = invoke("divert", small, "101", key, to)
    if not told:
        assert result.code == 0, result.err
        return
    assert result.code == 1
    assert told in result.err
    assert "--replace" in result.err
    assert (small.read_text(), result.out) == (text, "")
    assert invoke("divert", small, "101", key, to, "--replace").code == 0
    assert small.read_text() != text


def test_conditions_of_the_whole_operator_return_count(invoke, small: Path) -> None:
    small.write_text(
        small.read_text().replace('busy: "102"', 'operator_return: {busy: {to: "102", until: 2099-12-31}}')
    )
    assert "until: 2099-12-31" in invoke("divert", small, "101", "operator_return", "off").err


def test_inherit_brings_back_what_the_policy_says(invoke, small: Path) -> None:
    text = small.read_text().replace("users:", "policies: {staff: {busy: voicemail}}\nusers:")
    small.write_text(text.replace("name: Ada,", "name: Ada, policy: staff,"))
    result = invoke("divert", small, "101", "busy", "inherit")
    assert result.code == 0, result.err
    assert '"101": {name: Ada, policy: staff, password: {env: SIP_101}}   # Ada\n' in small.read_text()
    again = invoke("divert", small, "101", "busy", "inherit")
    assert (again.code, again.out) == (0, "")
    assert "already so" in again.err
    assert invoke("divert", small, "--policy", "staff", "busy", "inherit").code == 2


def test_what_check_finds_new_is_shown_and_what_it_found_before_is_not(invoke, small: Path) -> None:
    small.write_text(small.read_text().replace("voicemail: true}", "voicemail: false}"))
    assert "PBX210" in invoke("check", small).out
    result = invoke("divert", small, "102", "busy", "101", "--until", "2020-01-01")
    assert result.code == 0
    assert "2020-01-01" in result.err
    assert "PBX210" not in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["101", "busy", "102", "--until", "tomorrow"],
        ["101", "busy", "102", "--until", "2026-02-30"],
        ["101", "busy", "102", "--when", " "],
        ["101", "busy", "off", "--confirm"],
        ["101", "busy", "inherit", "--until", "2026-12-31"],
        ["101", "busy", "inherit,102"],
        ["101", "Nobody", "busy", "102"],
    ],
    ids=" ".join,
)
def test_wrong_usage_of_conditions(invoke, small: Path, arguments: list[str]) -> None:
    before = small.read_bytes()
    assert invoke("divert", small, *arguments).code == 2
    assert small.read_bytes() == before


def test_a_name_that_is_nearly_right_is_told_as_it_is_written(invoke, small: Path) -> None:
    result = invoke("divert", small, "brunno", "busy", "102")
    assert result.code == 2
    assert "did you mean 'Bruno'?" in result.err
