"""What the keys of a trunk become in the files of each PBX."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.generated import generated_from

_SOURCE = """\
version: 1
pbx: {{name: acme, domain: acme.lab, country: IT, timezone: Europe/Rome}}
trunks: {{carrier: {{host: 192.0.2.1, username: acme-1, {keys}}}}}
routes: {{world: {{match: "+.", trunk: carrier}}}}
"""


def _written(folder: Path, pbx: str, keys: str) -> str:
    files = generated_from(_SOURCE.format(keys=keys), folder, pbx)
    return "".join(file.text for file in files if "pjsip" in file.path or "sip_profiles/external" in file.path)


@pytest.mark.parametrize(
    ("keys", "asterisk", "freeswitch"),
    [
        ("expires: 90, register: true, password: p", "expiration = 90", '"expire-seconds" value="90"'),
        ("register: true, password: p", "expiration = 600", '"expire-seconds" value="600"'),
        ("auth_username: login, password: p", "username = login", '"auth-username" value="login"'),
        (
            "outbound_proxy: 192.0.2.9",
            r"outbound_proxy = sip:192.0.2.9\;lr",
            '"outbound-proxy" value="sip:192.0.2.9;lr"',
        ),
        ("from_user: account, identity: pai", "from_user = acme-1", '"caller-id-in-from" value="false"'),
        ("from_domain: a.example", "from_domain = a.example", '"from-domain" value="a.example"'),
        ("codecs: [opus, gsm]", "allow = !all,opus,gsm", '"absolute_codec_string" value="OPUS,GSM"'),
        ("dtmf: info", "dtmf_mode = info", '"dtmf_type" value="info"'),
        ("dtmf: rfc4733", "dtmf_mode = rfc4733", '"dtmf_type" value="rfc2833"'),
        ("srtp: optional", "media_encryption_optimistic = yes", '"rtp_secure_media_outbound" value="optional"'),
        ("srtp: required", "media_encryption_optimistic = no", '"rtp_secure_media_outbound" value="mandatory"'),
        ("t38: true", "t38_udptl = yes", '"fax_enable_t38" value="true"'),
        ("transport: tls", "verify_server = yes", '"tls-verify-policy" value="out|subjects_out"'),
        ("transport: tls, tls_verify: false", "transport = tls-unverified", '"tls-verify-policy" value="none"'),
    ],
)
def test_a_key_of_a_trunk_is_written_for_both_pbxs(tmp_path: Path, keys: str, asterisk: str, freeswitch: str) -> None:
    assert asterisk in _written(tmp_path, "asterisk", keys)
    assert freeswitch in _written(tmp_path, "freeswitch", keys)


@pytest.mark.parametrize("option", ["fatal_retry_interval = 120", "auth_rejection_permanent = no"])
def test_asterisk_gives_up_no_registration(tmp_path: Path, option: str) -> None:
    assert option in _written(tmp_path, "asterisk", "register: true, password: p")


def test_a_username_without_a_password_is_no_login_on_asterisk(tmp_path: Path) -> None:
    assert "outbound_auth" not in _written(tmp_path, "asterisk", "number_format: e164")
    assert "outbound_auth" in _written(tmp_path, "asterisk", "password: p")
