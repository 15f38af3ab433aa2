"""What `phones` and a user's `phone` say, together, and what is wrong with it."""

from __future__ import annotations

from pbxgen.diagnostics.location import Location
from pbxgen.flow.endpoint import PhoneSettings, Srtp
from pbxgen.language.findings import Findings
from pbxgen.language.model_sections import Phone, Phones
from pbxgen.language.positions import at
from pbxgen.source.tree import Node

_OF_BROWSERS = {"opus", "g722", "alaw", "ulaw"}
_READABLE = ("udp", "tcp")


def common_settings(phones: Phones, node: Node, findings: Findings) -> PhoneSettings:
    """Those of all phones."""
    settings = PhoneSettings(
        phones.transport,
        tuple(dict.fromkeys(phones.codecs)),
        Srtp(phones.srtp),
        phones.max_contacts if "max_contacts" in phones.model_fields_set else None,
        at(node, "max_contacts").location if "max_contacts" in phones.model_fields_set else None,
    )
    _check("all phones", settings, phones.model_fields_set, node, findings)
    return settings


def own_settings(extension: str, phone: Phone, node: Node, common: PhoneSettings, findings: Findings) -> PhoneSettings:
    """Those of a user's phones: the user's own keys over those of all."""
    settings = PhoneSettings(
        phone.transport or common.transport,
        common.codecs if phone.codecs is None else tuple(dict.fromkeys(phone.codecs)),
        common.srtp if phone.srtp is None else Srtp(phone.srtp),
        common.max_contacts if phone.max_contacts is None else phone.max_contacts,
        common.max_contacts_at if phone.max_contacts is None else at(node, "max_contacts").location,
    )
    _check(f"the phone of {extension}", settings, phone.model_fields_set, node, findings)
    return settings


def _check(owner: str, settings: PhoneSettings, written: set[str], node: Node, findings: Findings) -> None:
    """``written``: the keys that stand at ``node``; what stands elsewhere alone is told there."""
    if not settings.webrtc:
        if settings.srtp is not Srtp.OFF and settings.transport in _READABLE and written & {"srtp", "transport"}:
            findings.add(
                "PBX191",
                f"the sound of {owner} is encrypted, and its keys travel readable over {settings.transport}",
                _place(node, "srtp", "transport"),
                help="add transport: tls",
            )
        return
    if "srtp" in written and settings.srtp is Srtp.OFF:
        findings.add(
            "PBX194",
            f"srtp cannot be off for {owner}: over wss come browsers, and they encrypt the sound of every call",
            at(node, "srtp").location,
            help="remove srtp, or the transport wss",
        )
    if not _OF_BROWSERS & set(settings.codecs) and written & {"codecs", "transport"}:
        findings.add(
            "PBX194",
            f"browsers have none of the codecs of {owner}: {', '.join(settings.codecs)}",
            _place(node, "codecs", "transport"),
            help="add opus, g722, alaw or ulaw to its codecs",
        )


def _place(node: Node, *keys: str) -> Location:
    """Where the first of ``keys`` that is written stands."""
    return next((item.location for item in (at(node, key) for key in keys) if item is not node), node.location)
