"""What Asterisk cannot express is an error with its place, never a silent difference."""

from __future__ import annotations

import json

import pytest

from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Plan
from pbxgen.targets.asterisk.target import AsteriskTarget
from pbxgen.targets.base import Options, Part
from tests.support.office import HEAD, plan_of


def reported_codes(plan: Plan, **options: object) -> list[str]:
    target, chosen = AsteriskTarget(), Options(**options)  # type: ignore[arg-type]
    return [d.code for d in (*target.limits(plan, chosen), *target.refused_secrets(plan, chosen))]


def test_an_ordinary_office_has_no_problem() -> None:
    assert reported_codes(plan_of('users: {"101": {name: Ada, did: "+390212345101"}}')) == []


def test_a_trunk_known_by_name_only_is_refused() -> None:
    plan = plan_of("", head=HEAD.replace("192.0.2.1", "sip.carrier.example"))
    assert reported_codes(plan) == ["PBX300"]
    assert reported_codes(plan, parts=frozenset({Part.DIALPLAN})) == []


def test_a_trunk_known_by_name_and_addresses_is_fine() -> None:
    head = HEAD.replace("host: 192.0.2.1,", "host: sip.carrier.example, accept_from: 192.0.2.0/28,")
    assert reported_codes(plan_of("", head=head)) == []


def test_a_name_that_does_not_fit_into_a_context_is_refused() -> None:
    name = "s" * 40
    head = HEAD.replace("name: acme", f"name: {'a' * 40}")
    assert reported_codes(
        plan_of(f"schedules: {{{name}: {{weekly: {{mon: '08:00-12:00'}}, holidays: IT}}}}", head=head)
    ) == ["PBX301"]


def test_more_members_than_one_call_can_ring_are_refused() -> None:
    members = [str(2000 + n) for n in range(151)]
    users = json.dumps({member: {"name": member} for member in members})
    group = f'number: "600", members: {json.dumps(members)}'
    assert reported_codes(plan_of(f"users: {users}\ngroups: {{all: {{{group}}}}}")) == ["PBX302"]
    assert reported_codes(plan_of(f"users: {users}\ngroups: {{all: {{{group}, strategy: linear}}}}")) == []


def test_a_list_longer_than_a_line_is_refused() -> None:
    numbers = [f"+3933355{n:05d}" for n in range(250)]
    deviations = f"deviations: {{busy: {json.dumps(numbers)}}}"
    assert reported_codes(plan_of(f'users: {{"101": {{name: Ada, class: national, {deviations}}}}}')) == ["PBX302"]


def test_lists_that_do_not_fit_into_one_call_together_are_refused() -> None:
    numbers = json.dumps([f"+3933355{n:05d}" for n in range(40)])
    users = ", ".join(
        f'"{n}": {{name: Ada, class: national, deviations: {{busy: {numbers}}}}}' for n in range(101, 105)
    )
    assert reported_codes(plan_of(f"users: {{{users}}}")) == ["PBX302"]


def test_more_routes_than_asterisk_searches_are_refused() -> None:
    routes = "".join(f'  r{n}: {{match: "+3903{n:04d}.", trunk: carrier}}\n' for n in range(101))
    assert reported_codes(plan_of("", head=HEAD.replace("  italy:", routes + "  italy:"))) == ["PBX303"]


def test_an_endpoint_name_must_hold_the_extension_once() -> None:
    assert reported_codes(plan_of(""), endpoint_name="phone") == ["PBX304"]
    assert reported_codes(plan_of(""), endpoint_name="{extension}-{extension}") == ["PBX304"]
    assert reported_codes(plan_of(""), endpoint_name="phone-{extension}") == []


def test_a_password_that_asterisk_would_shorten_is_refused() -> None:
    plan = plan_of('users: {"101": {name: Ada, password: {env: SIP_101}}}')
    secret = plan.users["101"].password
    assert isinstance(secret, Secret)
    assert reported_codes(plan, secrets={secret: "x "}) == ["PBX305"]
    assert reported_codes(plan, secrets={secret: "x y"}) == []


def test_a_name_longer_than_asterisk_shows_is_warned_of() -> None:
    assert reported_codes(plan_of(f'users: {{"101": {{name: {"N" * 80}}}}}')) == ["PBX306"]
    assert reported_codes(plan_of(f'users: {{"101": {{name: {"N" * 79}}}}}')) == []


@pytest.mark.parametrize(
    "other",
    [
        'groups: {g: {number: "*8", members: ["101"]}}\n',
        'switches: {night: {number: "*8", operators: ["101"]}}\n',
        'self_service: {codes: {dnd: {on: "*8#"}}, profiles: {staff: {may: [dnd]}}}\n',
    ],
)
def test_what_asterisk_takes_for_pickup_is_no_other_number(other: str) -> None:
    assert reported_codes(plan_of('features: {pickup: "*7"}\nusers: {"101": {}}\n' + other)) == ["PBX319"]


def test_the_code_for_pickup_may_be_another_one() -> None:
    assert reported_codes(plan_of('features: {pickup: "*7"}\nusers: {"101": {pickup: front}}\n')) == []
