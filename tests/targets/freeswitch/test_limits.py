"""What FreeSWITCH cannot express is an error with its place in the source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pbxgen.targets.base import Options
from pbxgen.targets.freeswitch.target import FreeSwitchTarget
from tests.support.office import HEAD, plan_of

USERS = 'users: {"101": {name: Ada}}'


def reported(head: str, options: Options | None = None) -> list[tuple[str, str]]:
    plan = plan_of(USERS, head=head)
    return [(d.code, d.message) for d in FreeSwitchTarget().limits(plan, options or Options())]


def test_an_ordinary_plan_has_no_limits() -> None:
    assert reported(HEAD) == []


def test_a_trunk_by_name_needs_addresses() -> None:
    head = HEAD.replace("192.0.2.1", "sip.carrier.example")
    assert [code for code, _ in reported(head)] == ["PBX350"]
    assert reported(head.replace("number:", 'accept_from: ["192.0.2.0/28"], number:')) == []


@pytest.mark.parametrize("name", ["phone", "{extension}{extension}", "{where}", "{extension} x", "x@{extension}"])
def test_an_endpoint_name_must_hold_the_extension_once(name: str) -> None:
    assert [code for code, _ in reported(HEAD, Options(endpoint_name=name))] == ["PBX352"]


@pytest.mark.parametrize("name", ["{extension}", "{tenant}-{extension}", "{extension}@{domain}"])
def test_usual_endpoint_names_are_fine(name: str) -> None:
    assert reported(HEAD, Options(endpoint_name=name)) == []


def test_a_login_must_arrive_letter_by_letter() -> None:
    plan = plan_of(USERS)
    trunk = replace(plan.trunks["carrier"], username="bell\a")
    diagnostics = FreeSwitchTarget().limits(replace(plan, trunks={"carrier": trunk}), Options())
    assert [d.code for d in diagnostics] == ["PBX351"]


def test_a_password_is_judged_once_it_is_known() -> None:
    plan = plan_of('users: {"101": {name: Ada, password: {env: SIP_101}}}')
    secret = plan.users["101"].password
    assert secret is not None
    target = FreeSwitchTarget()
    assert target.limits(plan, Options()) == []
    assert target.refused_secrets(plan, Options(secrets={secret: "pass<w>ord & ${x} ü"})) == []
    assert [d.code for d in target.refused_secrets(plan, Options(secrets={secret: "bell\a"}))] == ["PBX351"]


def test_names_that_differ_in_case_only_would_be_one() -> None:
    body = 'groups: {x: {number: "600", members: ["101"]}, X: {number: "601", members: ["101"]}}\n' + USERS
    plan = plan_of(body)
    assert [(d.code, d.subject) for d in FreeSwitchTarget().limits(plan, Options())] == [("PBX353", ("group", "X"))]


def test_a_hundred_members_ring_together_and_not_more() -> None:
    def codes(count: int, strategy: str) -> list[str]:
        members = [str(1000 + i) for i in range(count)]
        users = "".join(f'  "{m}": {{name: U}}\n' for m in members)
        listed = ", ".join(f'"{m}"' for m in members)
        plan = plan_of(f'groups: {{x: {{number: "600", strategy: {strategy}, members: [{listed}]}}}}\nusers:\n{users}')
        return [d.code for d in FreeSwitchTarget().limits(plan, Options())]

    assert codes(100, "all") == []
    assert codes(101, "all") == ["PBX354"]
    assert codes(101, "linear") == []
