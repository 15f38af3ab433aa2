"""Raw settings in the files of each PBX, and those that are refused."""

from __future__ import annotations

import pytest

from pbxgen.targets import load_target
from pbxgen.targets.base import Options
from tests.support.office import HEAD, plan_of

_CARRIER = 'carrier: {host: 192.0.2.1, number: "+390212345000"'


def _with(asterisk: str = "{}", freeswitch: str = "{}", *, trunk: bool = False) -> str:
    options = f"options: {{asterisk: {asterisk}, freeswitch: {freeswitch}}}"
    return HEAD.replace(_CARRIER, f"{_CARRIER}, {options}") if trunk else f"{HEAD}phones: {{{options}}}\n"


def _files(pbx: str, head: str) -> str:
    plan = plan_of('users: {"101": {name: Ada, password: {env: P}}}\n', head=head)
    secret = plan.users["101"].password
    assert secret is not None
    return "\n".join(file.text for file in load_target(pbx).render((plan,), Options(secrets={secret: "s3cret"})))


def test_asterisk_is_given_the_settings_last_each_with_its_source_line() -> None:
    text = _files("asterisk", _with('{endpoint: {rtp_timeout: "60"}, aor: {qualify_timeout: "5"}}'))
    endpoint, aor = text.split("[101](pbxgen-phone)")[1].split("[101](pbxgen-phone-aor)")
    assert endpoint.rstrip().splitlines()[-1] == "rtp_timeout = 60"
    assert endpoint.rstrip().splitlines()[-2].startswith("; ")
    assert aor.split("[101]")[0].rstrip().endswith("qualify_timeout = 5")
    trunk = _files("asterisk", _with('{endpoint: {outbound_proxy: "sip:192.0.2.7;lr"}}', trunk=True))
    assert "outbound_proxy = sip:192.0.2.7\\;lr" in trunk


def test_freeswitch_is_given_the_settings_last_each_with_its_source_line() -> None:
    text = _files("freeswitch", _with("{}", '{params: {sip-force-expires: "600"}, variables: {rtp_timer_name: soft}}'))
    assert '<param name="sip-force-expires" value="600"/>\n            </params>' in text
    assert '<variable name="rtp_timer_name" value="soft"/>\n            </variables>' in text
    trunk = _files("freeswitch", _with("{}", '{gateway: {retry-seconds: "30"}, variables: {a: "<b>"}}', trunk=True))
    assert '<param name="retry-seconds" value="30"/>\n    <variables>' in trunk
    assert '<variable name="a" value="&lt;b&gt;" direction="outbound"/>' in trunk


@pytest.mark.parametrize(
    ("pbx", "part", "name", "trunk"),
    [
        *(("asterisk", "endpoint", name, trunk) for trunk in (False, True) for name in (
            "context", "auth", "aors", "identify_by", "allow_transfer", "trust_id_inbound", "set_var",
            "message_context", "outbound_auth", "contact_deny", "callerid", "send_pai", "redirect_method", "Context",
        )),
        ("asterisk", "aor", "contact", False),
        ("asterisk", "registration", "server_uri", True),
        *(("freeswitch", "variables", name, trunk) for trunk in (False, True) for name in (
            "user_context", "pbx_origin", "PBX_origin", "execute_on_answer", "effective_caller_id_number",
            "api_hangup_hook",
        )),
        *(("freeswitch", "params", name, False) for name in ("password", "a1-hash", "dial-string", "vm-password")),
        *(("freeswitch", "gateway", name, True) for name in ("proxy", "username", "context", "extension", "password")),
    ],
)  # fmt: skip
def test_settings_that_promises_stand_on_are_refused_with_the_reason(
    pbx: str, part: str, name: str, trunk: bool
) -> None:
    settings = f'{{{part}: {{{name}: "x"}}}}'
    head = _with(**{pbx: settings}, trunk=trunk)
    plan = plan_of('users: {"101": {name: Ada}, "102": {name: Bea}}\n', head=head)
    (found,) = load_target(pbx).limits(plan, Options())
    assert found.code == "PBX390"
    assert "it decides" in found.message
    assert found.location is not None
    other = "freeswitch" if pbx == "asterisk" else "asterisk"
    assert load_target(other).limits(plan, Options()) == []
