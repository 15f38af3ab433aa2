"""What the sound of a trunk is like: variables of its channels, in both directions."""

from __future__ import annotations

from collections.abc import Iterator

from pbxgen.flow.endpoint import PHONE_CODECS, PhoneSettings, Srtp
from pbxgen.flow.trunk import DEFAULT_CODECS, Dtmf, Trunk

_CODECS = {"alaw": "PCMA", "ulaw": "PCMU", "g722": "G722", "g729": "G729", "gsm": "GSM", "opus": "OPUS"}
_SECURE = {Srtp.OPTIONAL: "optional", Srtp.REQUIRED: "mandatory"}
_DTMF = {Dtmf.RFC4733: "rfc2833", Dtmf.INBAND: "none", Dtmf.INFO: "info"}


def outgoing(trunk: Trunk) -> dict[str, str]:
    """Of calls to the trunk, which its gateway sets."""
    return {"absolute_codec_string": _codecs(trunk), **_common(trunk, "outbound")}


def incoming(trunk: Trunk) -> dict[str, str]:
    """Of calls from the trunk, which the dialplan sets where they are not as in the profile."""
    codecs = {} if trunk.codecs == DEFAULT_CODECS else {"absolute_codec_string": _codecs(trunk)}
    return codecs | _common(trunk, "inbound")


def of_profile() -> str:
    """Codecs of phones about which nothing else is said."""
    return ",".join(_CODECS[codec] for codec in PHONE_CODECS)


def of_phone(phone: PhoneSettings) -> dict[str, str]:
    """Of calls from a phone, which the directory sets where they are not as in the profile."""
    variables = {}
    if phone.codecs != PHONE_CODECS:
        variables["absolute_codec_string"] = ",".join(_CODECS[codec] for codec in phone.codecs)
    if phone.srtp in _SECURE and not phone.webrtc:
        variables["rtp_secure_media_inbound"] = _SECURE[phone.srtp]
    if phone.srtp is Srtp.REQUIRED and not phone.webrtc:
        variables["pbx_encrypted"] = "required"
    return variables


def to_phone(phone: PhoneSettings) -> Iterator[str]:
    """The same for calls to it, in words of call data."""
    if phone.codecs != PHONE_CODECS:
        yield f"codecs={':'.join(_CODECS[codec] for codec in phone.codecs)}"
    if phone.srtp in _SECURE and not phone.webrtc:
        yield f"srtp={_SECURE[phone.srtp]}"


def _codecs(trunk: Trunk) -> str:
    return ",".join(_CODECS[codec] for codec in trunk.codecs)


def _common(trunk: Trunk, direction: str) -> dict[str, str]:
    settings = {}
    if trunk.srtp in _SECURE:
        settings[f"rtp_secure_media_{direction}"] = _SECURE[trunk.srtp]
    if trunk.dtmf in _DTMF:
        settings |= {"dtmf_type": _DTMF[trunk.dtmf], "pbx_dtmf": trunk.dtmf.value}
    if trunk.t38:
        settings |= {"fax_enable_t38": "true", "t38_passthru": "true"}
    return settings
