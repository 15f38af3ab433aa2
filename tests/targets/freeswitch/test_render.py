"""The files of a plan: which there are, what parts hold, and that they are XML that says where it comes from."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from pbxgen.flow.plan import Plan
from pbxgen.interpret.freeswitch.directory import FreeSwitchDirectory
from pbxgen.interpret.freeswitch.preprocess import FreeSwitchLine
from pbxgen.targets.base import Options, Part
from pbxgen.targets.freeswitch import contacts
from pbxgen.targets.freeswitch.target import FreeSwitchTarget
from pbxgen.targets.freeswitch.template_values import bucket_digits
from tests.support.freeswitch import BODY, rendered
from tests.support.office import HEAD, plan_of

DIALPLAN = frozenset({Part.DIALPLAN})


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of(BODY)


def test_the_files_of_one_plan(plan: Plan) -> None:
    paths = [path for path in rendered(plan) if "/library/" not in path]
    assert paths == [
        "autoload_configs/sofia.conf.xml",
        "autoload_configs/voicemail.conf.xml",
        "dialplan/pbxgen.xml",
        "dialplan/pbxgen/tenants/acme.xml",
        "directory/default.xml",
        "directory/pbxgen.xml",
        "directory/pbxgen/acme.calls.xml",
        "directory/pbxgen/acme.phones.xml",
        "freeswitch.xml",
        "sip_profiles/external.xml",
        "sip_profiles/external/acme.xml",
        "sip_profiles/internal.xml",
    ]


def test_no_expression_has_more_groups_than_freeswitch_1_10_counts(plan: Plan) -> None:
    expressions = ["".join((*contacts.passed(), "{0}", *contacts.wanted()))]
    for path, file in rendered(plan).items():
        if path.startswith("dialplan/pbxgen/"):
            expressions += [node.get("expression", "") for node in ElementTree.fromstring(file.text).iter()]
    groups = {expression: len(re.findall(r"(?<!\\)\((?!\?)", expression)) for expression in expressions}
    assert groups[expressions[0]] == 8
    assert [expression for expression, count in groups.items() if count > 9] == []


def test_only_files_with_passwords_and_pins_are_secret(plan: Plan) -> None:
    files = rendered(plan)
    assert [path for path, file in files.items() if file.secret] == [
        "directory/pbxgen/acme.phones.xml",
        "sip_profiles/external/acme.xml",
    ]
    assert not any("987612" in file.text or "se&lt;c" in file.text for file in files.values() if not file.secret)


def test_the_dialplan_alone_needs_no_secret_and_touches_no_endpoint(plan: Plan) -> None:
    files = FreeSwitchTarget().render((plan,), Options(parts=DIALPLAN))
    assert {file.path.partition("/")[0] for file in files} == {"dialplan", "directory"}
    assert not any(file.secret for file in files)


def test_endpoints_configured_elsewhere_have_the_names_that_were_asked_for(plan: Plan) -> None:
    text = rendered(plan, parts=DIALPLAN, endpoint_name="{tenant}-{extension}")["dialplan/pbxgen/tenants/acme.xml"].text
    assert "pbx_phone=acme- pbx_phone_end=@pbx.acme.example" in text
    assert 'field="${user_name}" expression="^acme\\-(\\d+)\\z"' in text


def test_thousands_of_phones_are_read_in_groups_and_all_are_found() -> None:
    numbers = [str(number) for number in range(2000, 4001)]
    plan = plan_of("users:\n" + "".join(f'  "{number}": {{password: p{number}}}\n' for number in numbers))
    text = rendered(plan)["directory/pbxgen/acme.phones.xml"].text
    groups = list(ElementTree.fromstring(text.encode("utf-8")).iter("group"))
    assert [len(list(group.iter("user"))) for group in groups] == [1000, 1000, 1]
    inside = text.partition("<include>")[2].partition("</include>")[0]
    directory = FreeSwitchDirectory(
        [FreeSwitchLine(line, "phones", number) for number, line in enumerate(inside.splitlines(), 1)]
    )
    assert all(directory.user(number, "pbx.acme.example") for number in numbers)


def test_phones_are_kept_unless_they_may_name_their_domain(plan: Plan) -> None:
    # FreeSWITCH keeps them by name and domain in one word: 101 at pbx.example could call itself 10 at 1pbx.example.
    other = plan_of('users: {"10": {password: b1}}', head=HEAD.replace("pbx.acme.", "1.pbx.").replace("acme", "bolt"))
    alone, fleet = (
        {
            user.get("cacheable")
            for path, file in rendered(*plans).items()
            if path.endswith(".phones.xml")
            for user in ElementTree.fromstring(file.text.encode("utf-8")).iter("user")
        }
        for plans in ((plan,), (plan, other))
    )
    assert alone == {"1800000"}
    assert fleet == {None}


def test_two_runs_give_the_same_bytes(plan: Plan) -> None:
    assert rendered(plan) == rendered(plan)


def test_every_file_is_xml(plan: Plan) -> None:
    for file in rendered(plan).values():
        ElementTree.fromstring(file.text.encode("utf-8"))


@pytest.mark.skipif(shutil.which("xmllint") is None, reason="xmllint is not installed")
def test_xmllint_agrees(plan: Plan, tmp_path: Path) -> None:
    paths = []
    for file in rendered(plan).values():
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
        paths.append(str(path))
    subprocess.run(["xmllint", "--noout", *paths], check=True)


def test_a_hostile_name_is_only_a_name(plan: Plan) -> None:
    files = rendered(plan)
    calls = files["directory/pbxgen/acme.calls.xml"].text
    assert "X-PRE-PROCESS" not in calls
    assert "$${" not in calls
    root = ElementTree.fromstring(calls.encode("utf-8"))
    assert [user.get("id") for user in root.iter("user")] == [
        "bucket", "operator:reception", "trunk:carrier", "100", "101", "102", "+390212345100", "+390212345000", "9",
    ]  # fmt: skip
    assert all("$" not in (v.get("value") or "") for v in root.iter("variable"))


def test_no_line_of_the_tenants_files_is_dropped_or_run_by_the_pre_processor(plan: Plan) -> None:
    for path, file in rendered(plan).items():
        for line in file.text.splitlines():
            if "x-pre-process" in line.lower():
                assert line.strip().startswith("<X-PRE-PROCESS cmd="), (path, line)
                assert 'cmd="include"' in line or 'data="pbxgen_acme=' in line or path == "dialplan/pbxgen.xml"


def test_the_build_is_readable_at_run_time_and_in_the_head(plan: Plan) -> None:
    files = rendered(plan)
    tenant = files["dialplan/pbxgen/tenants/acme.xml"].text
    assert f'<X-PRE-PROCESS cmd="set" data="pbxgen_acme={plan.digest}"/>' in tenant
    assert f"build {plan.digest}" in tenant.splitlines()[1]
    assert f"acme {plan.digest}" in files["dialplan/pbxgen.xml"].text.splitlines()[1]


def test_the_name_and_the_line_of_the_source_stand_above_a_user(plan: Plan) -> None:
    calls = rendered(plan)["directory/pbxgen/acme.calls.xml"].text
    where = plan.users["100"].location.short
    assert f"<!-- 100 Reception ({where}) -->\n" in calls


def test_who_has_no_password_cannot_register(plan: Plan) -> None:
    files = rendered(plan)
    root = ElementTree.fromstring(files["directory/pbxgen/acme.phones.xml"].text.encode("utf-8"))
    params = {user.get("id"): {p.get("name"): p.get("value") for p in user.iter("param")} for user in root.iter("user")}
    assert params["100"]["password"] == "se<c>r&t"
    assert params["100"]["vm-password"] == "987612"
    assert params["102"] == {"sip-forbid-register": "true"}
    assert "101" not in params
    calls = ElementTree.fromstring(files["directory/pbxgen/acme.calls.xml"].text.encode("utf-8"))
    for domain in calls.iter("domain"):
        assert [p.get("name") for p in domain.iter("param")] == ["sip-forbid-register"]


def test_one_plan_takes_any_sip_domain_and_a_fleet_tells_tenants_by_it(plan: Plan) -> None:
    head = HEAD.replace("acme", "bolt").replace("+390212345000", "+390298765000")
    other = plan_of('users: {"101": {name: Bo}}', head=head)
    assert 'name="force-register-domain" value="pbx.acme.example"' in rendered(plan)["sip_profiles/internal.xml"].text
    fleet = rendered(plan, other)
    assert "force-register-domain" not in fleet["sip_profiles/internal.xml"].text
    assert 'presence-hosts"' not in fleet["sip_profiles/internal.xml"].text
    assert {"dialplan/pbxgen/tenants/acme.xml", "dialplan/pbxgen/tenants/bolt.xml"} <= set(fleet)
    contexts = [
        context.get("name")
        for file in fleet.values()
        for context in ElementTree.fromstring(file.text.encode("utf-8")).iter("context")
    ]
    assert len(contexts) == len(set(contexts))


def test_no_profile_keeps_a_table_of_calls_that_any_phone_could_join(plan: Plan) -> None:
    head = HEAD.replace("acme", "bolt").replace("+390212345000", "+390298765000")
    other = plan_of('users: {"101": {name: Bo}}', head=head)
    for files in (rendered(plan), rendered(plan, other)):
        for name in ("internal", "external"):
            text = files[f"sip_profiles/{name}.xml"].text
            assert re.findall(r'name="(manage-(?:presence|shared-appearance))" value="(.*)"', text) == [
                ("manage-presence", "false")
            ]


def test_many_entries_are_spread_over_domains_by_their_last_digits() -> None:
    users = "\n".join(f'  "{extension}": {{name: U}}' for extension in range(10_000, 11_200))
    plan = plan_of(f"users:\n{users}\n")
    assert bucket_digits(plan) == 2
    root = ElementTree.fromstring(rendered(plan)["directory/pbxgen/acme.calls.xml"].text.encode("utf-8"))
    domains = {d.get("name"): [u.get("id") for u in d.iter("user")] for d in root.iter("domain")}
    assert len(domains) == 101
    assert domains["calls07:acme"][:2] == ["10007", "10107"]


def test_mailbox_flag_of_a_user_without_one_is_off(plan: Plan) -> None:
    body = 'users: {"101": {name: Ada, password: "x"}}'
    text = rendered(plan_of(body))["directory/pbxgen/acme.phones.xml"].text
    assert '<param name="vm-enabled" value="false"/>' in text
