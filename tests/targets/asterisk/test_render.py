"""What the generated layer holds: data only, in a stable order, with names and places above it."""

from __future__ import annotations

import re

import pytest

from pbxgen.flow.plan import Plan
from pbxgen.targets.asterisk.names import endpoint_names
from pbxgen.targets.asterisk.text import LINE_LIMIT
from pbxgen.targets.base import Part
from tests.support.asterisk import hostile_users, rendered
from tests.support.office import HEAD, plan_of

DEVIATIONS = """
schedules: {office: {weekly: {mon-fri: "08:30-18:00"}}}
contacts: {vip: ["+393331112222", "+4420*"]}
operators: {reception: {number: "9", members: ["101"], overflow: voicemail:101}}
groups: {sales: {number: "600", members: ["101", "102"], strategy: linear, ring_timeout: 15}}
users:
  "101":
    name: Ada Rossi
    password: {env: SIP_101}
    did: "+390212345101"
    mobile: "+393335550101"
    voicemail: {pin: {env: VM_101}}
    class: national
    ring_timeout: 25
    call_waiting: false
    deviations:
      unconditional: {to: "102", when: not office, from: vip, until: 2026-12-31}
      busy: [{to: mobile, confirm: true, timeout: 20}, "102"]
      no_answer: {after: 15, to: operator}
      operator_return: {busy: group:sales}
    follow_me: [{to: "101"}, {to: mobile, delay: 8, timeout: 20, confirm: true}]
  "102": {name: Bo}
inbound:
  "+390212345000": {to: operator, when: office, else: "announce:closed"}
"""


def dialplan(plan: Plan) -> str:
    return rendered(plan, parts=frozenset({Part.DIALPLAN}))[f"pbxgen/{plan.name}/extensions.conf"].text


def test_a_user_is_a_line_of_data_and_an_extension_for_each_deviation() -> None:
    text = dialplan(plan_of(DEVIATIONS))
    block = text[text.index("; Ada Rossi") :].splitlines()[:10]
    assert block[1].startswith(";   unconditional: when not office, from vip, until 2026-12-31 (")
    assert block[2:] == [
        "exten => 101,1,Return(25,no,no,pin,+390212345101,italy)",
        "exten => 101_unconditional,1,Gosub(pbxgen-when,s,1(office,closed,,vip,20261231))",
        " same => n,ExecIf(${GOSUB_RETVAL}?Return(user/102))",
        " same => n,Return()",
        "exten => 101_busy,1,Return(outside/+393335550101/20/confirm/carrier//101/busy|user/102)",
        "exten => 101_no_answer,1,Return(after/15|operator/9)",
        "exten => 101_return_busy,1,Return(group/600)",
        "exten => 101_follow_me,1,Return(0/user/101|8/outside/+393335550101/20/confirm/carrier)",
    ]


def test_the_name_and_the_source_line_stand_above_each_block() -> None:
    assert re.search(r"^; Ada Rossi  \(\S*acme\.yaml:\d+\)$", dialplan(plan_of(DEVIATIONS)), re.MULTILINE)


def many_users(rule: str) -> str:
    users = (
        f'  "{n}": {{name: U{n}, mobile: "+39333555{n:04d}", class: national, voicemail: true, policy: all}}\n'
        for n in range(101, 112)
    )
    return f"policies: {{all: {{{rule}}}}}\nusers:\n{''.join(users)}"


def test_deviations_that_many_users_share_stand_once() -> None:
    text = dialplan(plan_of(many_users("busy: [mobile, voicemail], no_answer: {after: 15, to: voicemail}")))
    assert text.count("Return(outside/${PBX_U_MOBILE}/30//carrier//${PBX_USER}/busy|mailbox/${PBX_USER})") == 1
    assert text.count("Return(after/15|mailbox/${PBX_USER})") == 1
    name = re.search(r"^exten => (d[0-9a-f]{8})_busy,1,", text, re.MULTILINE)
    assert name is not None
    assert f"exten => 103,1,Return(20,yes,no,open,,italy,+393335550103,{name[1]})" in text


def test_the_name_of_shared_deviations_is_made_of_their_text() -> None:
    """Calls that are up during a reload must not find another policy under the name of theirs."""
    first, second = (dialplan(plan_of(many_users(f"busy: {to}"))) for to in ("voicemail", "mobile"))
    names = [re.findall(r"^exten => (d[0-9a-f]{8})_busy,", text, re.MULTILINE) for text in (first, second)]
    assert len(names[0]) == len(names[1]) == 1
    assert names[0] != names[1]


def test_numbers_from_outside_lead_to_users_and_places() -> None:
    text = dialplan(plan_of(DEVIATIONS))
    assert "[acme.inbound.+3902123451xx]" in text
    assert "exten => +390212345101,1,Return(user/101)" in text
    assert "exten => +390212345000,1,Return(inbound/+390212345000)" in text
    assert "exten => +390212345000_inbound,1,Gosub(pbxgen-when,s,1(office,open,,,))" in text


def test_whatever_blocks_stands_in_the_library_only() -> None:
    """A reload replaces generated extensions: a call must never wait inside one."""
    allowed = {"Return", "Gosub", "ExecIf", "GotoIf", "Set"}
    applications = re.findall(
        r"^(?:exten => [^,]+,1|[ ]same => n(?:\(\w+\))?),(\w+)", dialplan(plan_of(DEVIATIONS)), re.M
    )
    assert set(applications) <= allowed


def test_two_runs_give_the_same_bytes() -> None:
    plan = plan_of(DEVIATIONS)
    assert rendered(plan) == rendered(plan)


def test_the_build_is_in_the_head_and_readable_at_run_time() -> None:
    plan = plan_of(DEVIATIONS)
    text = rendered(plan)["extensions.conf"].text
    assert f"build {plan.digest}" in text
    assert f"PBXGEN_BUILD_acme={plan.digest}" in text


def test_only_files_with_passwords_or_pins_are_secret() -> None:
    files = rendered(plan_of(DEVIATIONS))
    assert {path for path, file in files.items() if file.secret} == {
        "pbxgen/acme/pjsip.conf",
        "pbxgen/acme/voicemail.conf",
    }
    assert not any("VM_101" in file.text or "SIP_101" in file.text for file in files.values() if not file.secret)


@pytest.mark.parametrize(
    ("part", "tops"),
    [
        (Part.DIALPLAN, {"extensions.conf", "pbxgen/library.conf"}),
        (Part.ENDPOINTS, {"pjsip.conf"}),
        (Part.VOICEMAIL, {"voicemail.conf", "modules.conf"}),
    ],
)
def test_each_part_stands_alone(part: Part, tops: set[str]) -> None:
    files = rendered(plan_of(DEVIATIONS), parts=frozenset({part}))
    assert {path for path in files if not path.startswith("pbxgen/acme/")} == tops
    assert len([path for path in files if path.startswith("pbxgen/acme/")]) == 1


def test_a_user_without_password_has_no_endpoint() -> None:
    text = rendered(plan_of(DEVIATIONS))["pbxgen/acme/pjsip.conf"].text
    assert "[101](pbxgen-phone)" in text
    assert "[102]" not in text


def test_a_mailbox_without_pin_has_one_that_no_telephone_dials() -> None:
    text = rendered(plan_of('users: {"101": {name: Ada, voicemail: true}}'))["pbxgen/acme/voicemail.conf"].text
    assert "\n101 = -none,Ada,," in text


def test_tenants_of_a_fleet_share_nothing_but_the_library() -> None:
    head = HEAD.replace("acme", "bolt").replace("2345000", "9" * 7).replace("192.0.2.1", "192.0.2.2")
    other = plan_of('users: {"101": {name: Bo, password: y}}', head=head)
    files = rendered(plan_of(DEVIATIONS), other)
    assert "[101@pbx.acme.example](pbxgen-phone)" in files["pbxgen/acme/pjsip.conf"].text
    assert "[101@pbx.bolt.example](pbxgen-phone)" in files["pbxgen/bolt/pjsip.conf"].text
    for tenant, stranger in (("acme", "bolt"), ("bolt", "acme")):
        lines = files[f"pbxgen/{tenant}/extensions.conf"].text.splitlines()
        assert not any(stranger in line for line in lines if not line.startswith(";") and "  ; " not in line)
        contexts = re.findall(r"^\[([^\]]+)\]", files[f"pbxgen/{tenant}/extensions.conf"].text, re.MULTILINE)
        assert all(context.startswith(f"{tenant}.") for context in contexts)


@pytest.mark.parametrize(
    "pattern", ["{extension}", "phone-{extension}", "{extension}@{domain}", "{tenant}-{extension}-x"]
)
def test_the_extension_is_read_back_from_an_endpoints_name(pattern: str) -> None:
    names = endpoint_names(plan_of(""), pattern)
    match = re.fullmatch(r"\$\{ARG1(?::(\d+))?(?::-(\d+))?\}", names.expression)
    assert match is not None
    name = names.of("4711")
    assert name[int(match[1] or 0) : len(name) - int(match[2] or 0)] == "4711"


def test_no_line_is_longer_than_asterisk_reads() -> None:
    for file in rendered(plan_of(hostile_users())).values():
        assert max(len(line.encode()) for line in file.text.splitlines()) < LINE_LIMIT


def test_a_trunk_is_known_by_its_addresses() -> None:
    head = HEAD.replace("host: 192.0.2.1,", 'host: "192.0.2.1:5080", accept_from: ["198.51.100.0/24"],')
    text = rendered(plan_of("", head=head))["pbxgen/acme/pjsip.conf"].text
    assert "match = 192.0.2.1:5080\nmatch = 198.51.100.0/24\n" in text
    assert "contact = sip:192.0.2.1:5080\n" in text


def test_the_path_of_a_tcp_trunk_is_escaped_in_its_uri() -> None:
    head = HEAD.replace("host: 192.0.2.1,", "host: 192.0.2.1, transport: tcp,")
    text = rendered(plan_of("", head=head))["pbxgen/acme/pjsip.conf"].text
    assert "contact = sip:192.0.2.1\\;transport=tcp\n" in text
    assert "match = 192.0.2.1\n" in text


def fleet_of(*hosts: str) -> list[Plan]:
    plans = []
    for number, host in enumerate(hosts):
        head = HEAD.replace("acme", f"t{number}").replace("192.0.2.1", host).replace("0212345000", f"021234500{number}")
        plans.append(plan_of("", head=head))
    return plans


def test_trunks_of_several_tenants_at_one_address_ask_each_other_in_a_ring() -> None:
    files = rendered(*fleet_of("192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.1"))
    following = {}
    for number in range(4):
        match = re.search(r"exten => sibling,1,Return\((.+)\)", files[f"pbxgen/t{number}/extensions.conf"].text)
        following[number] = match[1] if match else None
    assert following == {0: "t2/carrier", 1: None, 2: "t3/carrier", 3: "t0/carrier"}


def test_an_address_inside_anothers_network_makes_siblings_too() -> None:
    head = HEAD.replace("acme", "t1").replace("0212345000", "0212345001")
    inner = plan_of("", head=head.replace("host: 192.0.2.1,", "host: sip.example, accept_from: 192.0.2.0/24,"))
    files = rendered(*fleet_of("192.0.2.7"), inner)
    assert "exten => sibling,1,Return(t1/carrier)" in files["pbxgen/t0/extensions.conf"].text
    assert "exten => sibling,1,Return(t0/carrier)" in files["pbxgen/t1/extensions.conf"].text
