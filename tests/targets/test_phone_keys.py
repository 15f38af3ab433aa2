"""What the keys of `phones` and `phone` become in the files of each PBX."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.pipeline import compile_path
from pbxgen.targets import load_target
from pbxgen.targets.base import Options
from tests.support.calls import plan_of
from tests.support.generated import generated_from

_SOURCE = """\
version: 1
pbx: {{name: acme, domain: acme.lab, country: IT, timezone: Europe/Rome}}
phones: {{{common}}}
users:
  "101": {{password: p, phone: {{{own}}}}}
  "102": {{password: p}}
groups: {{all: {{number: "600", members: ["101", "102"]}}}}
"""


def _written(folder: Path, pbx: str, own: str = "", common: str = "") -> str:
    return "".join(file.text for file in generated_from(_SOURCE.format(own=own, common=common), folder, pbx))


def _endpoint(text: str, extension: str) -> str:
    return text.split(f"[{extension}](pbxgen-phone)\n")[1].split(f"[{extension}](pbxgen-phone-auth)")[0]


def _entry(text: str, extension: str) -> str:
    return next(part for part in text.split(f'<user id="{extension}"') if "<params>" in part[:200]).split("</user>")[0]


@pytest.mark.parametrize(
    ("own", "asterisk", "freeswitch"),
    [
        ("codecs: [opus, gsm]", "allow = !all,opus,gsm", '"absolute_codec_string" value="OPUS,GSM"'),
        ("srtp: optional", "media_encryption_optimistic = yes", '"rtp_secure_media_inbound" value="optional"'),
        ("srtp: required", "media_encryption_optimistic = no", '"rtp_secure_media_inbound" value="mandatory"'),
        ("max_contacts: 3", "max_contacts = 3", '"max-registrations-per-extension" value="3"'),
    ],
)
def test_a_key_of_a_phone_is_that_of_one_user(tmp_path: Path, own: str, asterisk: str, freeswitch: str) -> None:
    text = _written(tmp_path, "asterisk", own)
    assert asterisk in _endpoint(text, "101")
    assert asterisk not in _endpoint(text, "102")
    text = _written(tmp_path, "freeswitch", own)
    assert freeswitch in _entry(text, "101")
    assert freeswitch not in _entry(text, "102")
    text = _written(tmp_path, "freeswitch", common=own)
    assert freeswitch in _entry(text, "102")


def test_freeswitch_knows_of_calls_to_a_phone_what_it_sounds_like_wherever_it_rings(tmp_path: Path) -> None:
    text = _written(tmp_path, "freeswitch", "codecs: [g722, alaw], srtp: required")
    assert "user ring=20 codecs=G722:PCMA srtp=mandatory" in text
    assert "members=101;codecs=G722:PCMA;srtp=mandatory,102" in text


def test_phones_have_the_languages_codecs_on_freeswitch_where_nothing_is_said(tmp_path: Path) -> None:
    text = _written(tmp_path, "freeswitch")
    assert '"outbound-codec-prefs" value="G722,PCMA,PCMU"' in text
    assert "pbx_encrypted" not in text


def test_tls_is_listened_to_where_a_phone_needs_it(tmp_path: Path) -> None:
    assert "[tls]\n" in _written(tmp_path, "asterisk", "transport: tls")
    assert "[tls]\n" not in _written(tmp_path, "asterisk")
    assert '<param name="tls" value="true"/>' in _written(tmp_path, "freeswitch", "transport: tls")
    assert '<param name="tls" value="true"/>' not in _written(tmp_path, "freeswitch")


def test_webrtc_is_there_where_a_phone_needs_it(tmp_path: Path) -> None:
    text = _written(tmp_path, "asterisk", "transport: wss, srtp: required")
    assert "[wss]\ntype = transport\nprotocol = wss\n" in text
    assert "webrtc = yes" in _endpoint(text, "101")
    assert "media_encryption" not in _endpoint(text, "101")
    assert "webrtc" not in _endpoint(text, "102")
    assert "[wss]\n" not in _written(tmp_path, "asterisk")
    text = _written(tmp_path, "freeswitch", "transport: wss, srtp: required")
    assert '<param name="wss-binding" value=":7443"/>' in text
    assert "rtp_secure_media" not in _entry(text, "101")
    assert "wss-binding" not in _written(tmp_path, "freeswitch")


def test_more_contacts_than_freeswitch_rings_are_an_error_there_alone(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(_SOURCE.format(own="max_contacts: 13", common=""), encoding="utf-8")
    codes = {d.code for d in compile_path(path, targets=("freeswitch",)).diagnostics}
    assert "PBX357" in codes
    assert "PBX357" not in {d.code for d in compile_path(path, targets=("asterisk",)).diagnostics}
    path.write_text(_SOURCE.format(own="max_contacts: 12", common=""), encoding="utf-8")
    assert "PBX357" not in {d.code for d in compile_path(path, targets=("freeswitch",)).diagnostics}


@pytest.mark.parametrize(
    ("own", "common", "lines"),
    [
        ("", "max_contacts: 13", [3]),
        ("max_contacts: 12", "max_contacts: 13", [3]),
        ("max_contacts: 13", "max_contacts: 12", [5]),
        ("max_contacts: 14", "max_contacts: 13", [3, 5]),
        ("max_contacts: 13", "max_contacts: 13", [3, 5]),
    ],
)
def test_they_are_told_once_where_the_number_is_written(
    tmp_path: Path, own: str, common: str, lines: list[int]
) -> None:
    path = tmp_path / "acme.yaml"
    text = _SOURCE.format(own=own, common=common)
    path.write_text(text, encoding="utf-8")
    diagnostics = [d for d in compile_path(path, targets=("freeswitch",)).diagnostics if d.code == "PBX357"]
    places = [d.location for d in diagnostics if d.location is not None]
    assert sorted(place.line for place in places) == lines
    for place in places:
        assert text.splitlines()[place.line - 1][place.column - 1 :].startswith(("13", "14"))


def test_so_is_a_number_of_contacts_in_a_fleet_as_freeswitch_counts_none_there(tmp_path: Path) -> None:
    (tmp_path / "fleet.yaml").write_text('version: 1\ntenants: ["tenants/*"]\n')
    (tmp_path / "tenants").mkdir()
    for name, own in (("acme", "max_contacts: 3"), ("beta", "")):
        text = _SOURCE.format(own=own, common="").replace("acme", name)
        (tmp_path / "tenants" / f"{name}.yaml").write_text(text, encoding="utf-8")
    fleet = tmp_path / "fleet.yaml"
    diagnostics = [d for d in compile_path(fleet, targets=("freeswitch",)).diagnostics if d.code == "PBX357"]
    assert len(diagnostics) == 1
    assert "fleet" in diagnostics[0].message
    alone = compile_path(fleet, tenant="acme", targets=("freeswitch",)).diagnostics
    assert "PBX357" not in {d.code for d in alone}


def test_beside_an_installation_its_profile_is_told_to_listen_for_the_phones(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(_SOURCE.format(own="transport: wss", common="transport: tls"), encoding="utf-8")
    lines = "\n".join(load_target("freeswitch").include_lines((plan_of(path),), Options(beside=True)))
    assert 'wss-binding=":7443"' in lines
    assert 'tls="true"' in lines
    path.write_text(_SOURCE.format(own="", common=""), encoding="utf-8")
    assert "profile internal" not in "\n".join(
        load_target("freeswitch").include_lines((plan_of(path),), Options(beside=True))
    )
    path.write_text(_SOURCE.format(own="transport: wss", common="transport: tls"), encoding="utf-8")
    assert "tcp, tls, udp, wss" in "\n".join(
        load_target("asterisk").include_lines((plan_of(path),), Options(beside=True))
    )
