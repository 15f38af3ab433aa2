"""Reading the messages that pass on the wire."""

from __future__ import annotations

from pbxgen.calls.headers import last_diversion
from pbxgen.flow.plan import Reason
from pbxgen.flow.trunk import DiversionHeader
from pbxgen.lab import sip

_INVITE = (
    "INVITE sip:acme-3.101.0@127.0.0.1:5070;line=x SIP/2.0\r\n"
    "v: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1\r\n"
    'f: "Ada" <sip:121@acme-3.lab>;tag=a\r\n'
    "To: <sip:101@acme-3.lab>\r\n"
    "i: abc@127.0.0.1\r\n"
    "CSeq: 7 INVITE\r\n"
    "X-Long: one,\r\n two\r\n"
    "\r\n"
    "v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 40000 RTP/AVP 9 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)


def _read(text: str) -> sip.Message:
    message = sip.parse(text.encode())
    assert message is not None
    return message


def test_compact_and_folded_headers_are_read() -> None:
    message = _read(_INVITE)
    assert (message.method, message.status, message.call_id) == ("INVITE", None, "abc@127.0.0.1")
    assert message.header("x-long") == "one, two"


def test_the_user_of_a_request_uri_has_no_parameters() -> None:
    assert _read(_INVITE).uri_user == "acme-3.101.0"
    assert sip.user_of("<sip:+390212345101;phone-context=x@192.0.2.1>") == "+390212345101"


def test_a_response_is_named_after_the_method_of_its_cseq() -> None:
    message = _read("SIP/2.0 486 Busy Here\r\nCSeq: 2 INVITE\r\nCall-ID: x\r\n\r\n")
    assert (message.method, message.status, message.start_line) == ("INVITE", 486, "486 Busy Here")


def test_keep_alives_are_no_messages() -> None:
    assert sip.parse(b"\r\n\r\n") is None
    assert sip.parse(b"\0\0\0\0") is None


def test_the_first_g711_codec_of_an_sdp_is_taken() -> None:
    assert sip.audio_of(_read(_INVITE).body) == sip.Audio("127.0.0.1", 40000, 8, 101)
    assert sip.audio_of("c=IN IP4 127.0.0.1\r\nm=audio 4 RTP/AVP 9\r\n") is None


def test_the_key_of_encrypted_sound_is_taken_with_its_tag() -> None:
    """Of several ways to encrypt, the one that the laboratory knows."""
    crypto = sip.Crypto(3, bytes(range(30)))
    offer = (
        "c=IN IP4 127.0.0.1\r\nm=audio 40000 RTP/SAVP 8\r\na=crypto:1 AEAD_AES_256_GCM inline:AAAA\r\n"
        f"{crypto.line}|2^31|1:1\r\n"
    )
    audio = sip.audio_of(offer)
    assert audio is not None
    assert audio.crypto == crypto


def test_the_topmost_diversion_is_the_last_and_counters_add_up() -> None:
    headers = (
        ("diversion", '"Ada, R" <sip:+390212345101@x>;reason=user-busy;counter=2, <sip:9@x>;reason=no-answer'),
        ("diversion", "<sip:8@x>;reason=unconditional;counter=3"),
    )
    last = last_diversion(headers, DiversionHeader.DIVERSION)
    assert last is not None
    assert (last.number, last.reason, last.count) == ("+390212345101", Reason.BUSY, 6)


def test_history_info_names_the_diverting_user_before_its_last_entry() -> None:
    headers = (
        ("history-info", "<sip:+390212345101@x?Reason=SIP%3Bcause%3D486>;index=1"),
        ("history-info", "<sip:+393331110102@x;cause=486>;index=1.1"),
    )
    last = last_diversion(headers, DiversionHeader.HISTORY_INFO)
    assert last is not None
    assert (last.number, last.reason, last.count) == ("+390212345101", Reason.BUSY, 1)


def test_a_call_that_was_not_diverted_tells_of_none() -> None:
    assert last_diversion((("from", "x"),), DiversionHeader.DIVERSION) is None
