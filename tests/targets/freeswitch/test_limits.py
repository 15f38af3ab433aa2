"""What FreeSWITCH cannot express is an error with its place in the source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pbxgen.targets.base import Options
from pbxgen.targets.freeswitch.target import FreeSwitchTarget
from tests.support.office import HEAD, plan_of

USERS = 'users: {"101": {name: Ada}}'


def found(head: str, options: Options | None = None) -> list[tuple[str, str]]:
    plan = plan_of(USERS, head=head)
    return [(d.code, d.message) for d in FreeSwitchTarget().limits(plan, options or Options())]


def test_an_ordinary_plan_has_no_limits() -> None:
    assert found(HEAD) == []


def test_a_trunk_by_name_needs_addresses() -> None:
    head = HEAD.replace("192.0.2.1", "sip.carrier.example")
    assert [code for code, _ in found(head)] == ["PBX350"]
    assert found(head.replace("number:", 'accept_from: ["192.0.2.0/28"], number:')) == []


@pytest.mark.parametrize("name", ["phone", "{extension}{extension}", "{where}", "{extension} x", "x@{extension}"])
def test_an_endpoint_name_must_hold_the_extension_once(name: str) -> None:
    assert [code for code, _ in found(HEAD, Options(endpoint_name=name))] == ["PBX352"]


@pytest.mark.parametrize("name", ["{extension}", "{tenant}-{extension}", "{extension}@{domain}"])
def test_usual_endpoint_names_are_fine(name: str) -> None:
    assert found(HEAD, Options(endpoint_name=name)) == []


def test_a_login_must_arrive_letter_by_letter() -> None:
    plan = plan_of(USERS)
    trunk = replace(plan.trunks["carrier"], username="bell\a")
    diagnostics = FreeSwitchTarget().limits(replace(plan, trunks={"carrier": trunk}), Options())
    assert [d.code for d in diagnostics] == ["PBX351"]
