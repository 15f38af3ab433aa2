"""Raw settings in the files of each PBX, and those that are refused."""

from __future__ import annotations

import pytest

from pbxgen.diagnostics.diagnostic import Diagnostic
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
    trunk = _files("asterisk", _with('{endpoint: {sdp_session: "a;b"}}', trunk=True))
    assert "sdp_session = a\\;b" in trunk


def test_freeswitch_is_given_the_settings_last_each_with_its_source_line() -> None:
    text = _files("freeswitch", _with("{}", '{params: {sip-force-expires: "600"}, variables: {rtp_timer_name: soft}}'))
    assert '<param name="sip-force-expires" value="600"/>\n            </params>' in text
    assert '<variable name="rtp_timer_name" value="soft"/>\n            </variables>' in text
    trunk = _files("freeswitch", _with("{}", '{gateway: {retry-seconds: "30"}, variables: {a: "<b>"}}', trunk=True))
    assert '<param name="retry-seconds" value="30"/>\n    <variables>' in trunk
    assert '<variable name="a" value="&lt;b&gt;" direction="outbound"/>' in trunk


_REFUSED_ENDPOINT = (
    "acl", "allow_overlap", "allow_subscribe", "allow_transfer", "allow_unauthenticated_options", "aors", "auth",
    "bind_rtp_to_media_address", "callerid", "callerid_privacy", "connected_line_method", "contact_acl", "contact_deny",
    "contact_permit", "contact_user", "context", "Context", "deny", "dtls_auto_generate_cert", "dtls_ca_file",
    "dtls_verify", "fax_detect", "follow_redirect_methods", "from_domain", "from_user", "identify_by",
    "incoming_mwi_mailbox", "language", "mailboxes", "match", "match_header", "media_address", "message_context",
    "named_pickup_group",
    "one_touch_recording", "outbound_auth", "outbound_proxy", "overlap_context", "permit", "redirect_method",
    "rewrite_contact", "send_diversion", "send_history_info", "send_pai", "send_rpid", "set_var", "subscribe_context",
    "transport", "trust_connected_line", "trust_id_inbound", "trust_id_outbound", "type",
)  # fmt: skip
_REFUSED_VARIABLES = (
    "advertised_media_ip", "api_hangup_hook", "bridge_pre_execute_data", "bypass_media", "campon", "continue_on_fail",
    "dialplan", "effective_caller_id_number", "exec_after_bridge_app", "execute_on_answer", "fifo_music",
    "force_transfer_context", "group_confirm_key", "hangup_after_bridge", "hold_hangup_xfer_exten", "language",
    "loopback_export", "max_forwards", "outbound_redirect_fatal", "park_after_bridge", "pbx_origin", "PBX_origin",
    "presence_id", "record_post_process_exec_api", "register-gateway", "rtp_auto_adjust_ip", "session_in_hangup_hook",
    "sip-force-contact", "sip_h_X-FS-Display-Name", "sip_invite_domain", "sip_redirect_context", "sip_route_uri",
    "sofia_session_timeout", "system_on_fax_success", "transfer_after_bridge", "transfer_fallback_extension",
    "user_context", "voicemail_authorized",
)  # fmt: skip
_REFUSED_PARAMS = (
    "a1-hash", "allow-empty-password", "auth-acl", "dial-string", "jsonrpc-allowed-methods", "mwi-account", "password",
    "register-gateway", "reverse-auth-user", "sip-force-contact", "sip-force-extension", "sip-force-user",
    "user_context", "verto-context", "vm-password",
)  # fmt: skip
_REFUSED_GATEWAY = (
    "auth-username", "caller-id-in-from", "contact-host", "contact-params", "context", "destination-prefix",
    "distinct-to", "extension", "extension-in-contact", "from-domain", "from-user", "gw-auth-acl", "outbound-proxy",
    "password", "ping", "proxy", "realm", "register", "register-proxy", "register-transport", "username",
)  # fmt: skip


@pytest.mark.parametrize(
    ("pbx", "part", "name", "trunk"),
    [
        *(("asterisk", "endpoint", name, trunk) for trunk in (False, True) for name in _REFUSED_ENDPOINT),
        *(
            ("asterisk", "aor", name, trunk)
            for trunk in (False, True)
            for name in (
                "authenticate_qualify",
                "contact",
                "mailboxes",
                "outbound_proxy",
                "support_path",
                "voicemail_extension",
            )
        ),
        ("asterisk", "aor", "qualify_frequency", True),
        *(
            ("asterisk", "registration", name, True)
            for name in (
                "auth_rejection_permanent",
                "client_uri",
                "contact_header_params",
                "contact_user",
                "endpoint",
                "line",
                "max_retries",
                "outbound_auth",
                "outbound_proxy",
                "server_uri",
                "transport",
            )
        ),
        *(("freeswitch", "variables", name, trunk) for trunk in (False, True) for name in _REFUSED_VARIABLES),
        *(("freeswitch", "params", name, False) for name in _REFUSED_PARAMS),
        *(("freeswitch", "gateway", name, True) for name in _REFUSED_GATEWAY),
    ],
)
def test_settings_that_promises_stand_on_are_refused_with_the_reason(
    pbx: str, part: str, name: str, trunk: bool
) -> None:
    (diagnostic,) = _found(pbx, part, name, trunk)
    assert diagnostic.code == "PBX390"
    assert "it decides" in diagnostic.message
    assert diagnostic.location is not None


@pytest.mark.parametrize(
    ("pbx", "part", "name", "near", "trunk"),
    [
        ("asterisk", "endpoint", "rtp_timout", "rtp_timeout", False),
        ("asterisk", "endpoint", "trust_everybody", None, True),
        ("asterisk", "aor", "qualify_timeouts", "qualify_timeout", True),
        ("asterisk", "registration", "of_another_version", None, True),
        ("freeswitch", "params", "sip-force-expire", "sip-force-expires", False),
        ("freeswitch", "params", "anything", None, False),
        ("freeswitch", "gateway", "of-another-version", None, True),
    ],
)
def test_settings_of_which_is_not_known_what_they_decide_are_refused(
    pbx: str, part: str, name: str, near: str | None, trunk: bool
) -> None:
    (diagnostic,) = _found(pbx, part, name, trunk)
    assert diagnostic.code == "PBX391"
    assert diagnostic.help == ("correct the name, or remove it" if near is None else f"did you mean {near}?")


@pytest.mark.parametrize(
    ("pbx", "part", "name", "trunk"),
    [
        *(("asterisk", "endpoint", name, trunk) for trunk in (False, True) for name in (
            "allow", "direct_media", "dtmf_mode", "ice_support", "media_encryption", "rtp_symmetric",
            "T38_UDPTL", "timers", "tos_audio", "webrtc",
        )),
        ("asterisk", "aor", "qualify_frequency", False),
        ("asterisk", "registration", "retry_interval", True),
        *(("freeswitch", "variables", name, trunk) for trunk in (False, True) for name in (
            "absolute_codec_string", "accountcode", "dtmf_type", "fax_enable_t38", "hold_music", "jitterbuffer_msec",
            "media_timeout", "rtp_secure_media", "t38_passthru", "toll_allow", "of_my_own_menu", "popular",
        )),
        ("freeswitch", "params", "max-registrations-per-extension", False),
        ("freeswitch", "gateway", "expire-seconds", True),
    ],
)  # fmt: skip
def test_settings_that_decide_nothing_of_it_are_taken(pbx: str, part: str, name: str, trunk: bool) -> None:
    assert _found(pbx, part, name, trunk) == []


def test_who_sets_what_has_a_key_is_told_the_key() -> None:
    (diagnostic,) = _found("asterisk", "endpoint", "outbound_proxy", True)
    assert diagnostic.help == "remove it, and say it by `outbound_proxy`"


def _found(pbx: str, part: str, name: str, trunk: bool) -> list[Diagnostic]:
    """What is found of one setting; the other PBX never minds."""
    head = _with(**{pbx: f'{{{part}: {{{name}: "x"}}}}'}, trunk=trunk)
    plan = plan_of('users: {"101": {name: Ada}, "102": {name: Bea}}\n', head=head)
    other = "freeswitch" if pbx == "asterisk" else "asterisk"
    assert load_target(other).limits(plan, Options()) == []
    return list(load_target(pbx).limits(plan, Options()))
