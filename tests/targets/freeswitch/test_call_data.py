"""Call data: one line of words for each user, group, number and trunk."""

from __future__ import annotations

import pytest

from pbxgen.flow.plan import Plan
from pbxgen.targets.freeswitch import call_data
from tests.support.office import HEAD, plan_of

BODY = """
schedules: {office: {weekly: {mon-fri: "08:30-18:00"}}}
contacts: {vip: ["+393331112222"]}
operators: {reception: {number: "9", members: ["100", "101"], overflow: [voicemail:100, "+393331110000"]}}
users:
  "100": {name: Reception, voicemail: {pin: "4711"}, dnd: true}
  "101":
    name: Ada
    did: "+390212345101"
    class: national
    mobile: "+393335550101"
    call_waiting: false
    ring_timeout: 25
    deviations:
      unconditional: {to: "102", when: not office, until: 2026-12-31}
      busy: [{to: operator, from: vip}, {to: "102", from: internal}]
      no_answer: {after: 15, to: [{to: mobile, confirm: true, timeout: 20, caller_id: own}, "102"]}
      operator_return: {unreachable: operator}
  "102": {name: Bea, follow_me: [{to: "102"}, {to: "100", delay: 8, timeout: 20}, {to: "101"}]}
inbound: {"+390212345600": {to: "announce:closed", when: not office, else: operator}}
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of(BODY)


def test_a_user_with_everything(plan: Plan) -> None:
    assert call_data.user(plan.users["101"], plan).split(" ") == [
        "user",
        "ring=25",
        "nocw",
        "own=+390212345101",
        "routes=italy",
        "needs=c.vip,s.office,u.2026-12-31",
        "unconditional=!s.office/u.2026-12-31/user:102",
        "busy=c.vip/operator:reception|internal/user:102",
        "no_answer=15~outside:+393335550101;trunk=carrier;t=20;c;own,user:102",
        "return_unreachable=operator:reception",
    ]


def test_a_mailbox_and_whether_it_has_a_pin(plan: Plan) -> None:
    assert call_data.user(plan.users["100"], plan) == "user ring=20 mailbox pin dnd"


def test_legs_carry_what_decides_whether_a_phone_rings(plan: Plan) -> None:
    record = call_data.user(plan.users["102"], plan)
    assert record.endswith(" follow=user:102,user:100;t=20;d=8;dnd,user:101;count;nocw")


def test_a_group_and_its_overflow(plan: Plan) -> None:
    assert call_data.group(plan.operators["reception"], plan) == (
        "group strategy=all ring=20 members=100;dnd,101;nocw overflow=mailbox:100,outside:+393331110000;trunk=carrier"
    )


def test_an_inbound_number(plan: Plan) -> None:
    record = call_data.inbound(plan.inbound["+390212345600"], plan)
    assert record == "inbound needs=s.office rules=!s.office/announce:closed|operator:reception"


@pytest.mark.parametrize(
    ("country", "number_format", "prefixes"),
    [
        ("IT", "e164", "form=other abroad=+"),
        ("IT", "e164_bare", "form=other abroad="),
        ("IT", "national", "form=national abroad=00"),
        ("DE", "national", "form=national abroad=00"),
        ("DE", "international", "form=other abroad=00"),
    ],
)
def test_a_trunk_says_what_stands_before_a_number(country: str, number_format: str, prefixes: str) -> None:
    head = HEAD.replace("country: IT", f"country: {country}").replace(
        "host: 192.0.2.1, ", f"host: 192.0.2.1, number_format: {number_format}, "
    )
    plan = plan_of('users: {"101": {name: Ada}}', head=head)
    assert call_data.trunk(plan.trunks["carrier"], plan) == (
        f"trunk gateway=acme.carrier at=192.0.2.1 number=+390212345000 cid=original header=diversion {prefixes}"
    )
