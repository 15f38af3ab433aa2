"""Raw settings that are refused on Asterisk, and why."""

from __future__ import annotations

from collections.abc import Iterator

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.plan import Plan
from pbxgen.targets.raw_settings import Refused, refused

_BOTH = {
    "type": "what the section is",
    "context|message_context|subscribe_context|overlap_context|refer_context": "where calls come in",
    "auth|outbound_auth|aors|identify_by|allow_unauthenticated_options": "who it is",
    "acl|deny|permit|contact_acl|contact_deny|contact_permit": "which addresses are believed",
    "trust_id_.*|send_pai|send_rpid|callerid.*|from_user": "whose number is believed and shown",
    "send_diversion|redirect_method|allow_overlap": "where calls are diverted",
    "allow_transfer|allow_subscribe|sub_min_expiry": "who may transfer and watch calls",
    "call_group|pickup_group|named_call_group|named_pickup_group": "who may take whose calls",
    "mailboxes|incoming_mwi_mailbox|voicemail_extension": "whose messages are told",
    "set_var": "variables that the dialplan believes",
    "device_state_busy_at|rewrite_contact|force_rport": "whether and where the phone is rung",
    "record_.*_feature|one_touch_recording": "who may record calls",
}
_AOR = {
    "type": "what the section is",
    "contact|support_path|outbound_proxy": "where calls are sent",
    "mailboxes|voicemail_extension": "whose messages are told",
}
_REGISTRATION = {
    "type": "what the section is",
    "outbound_auth|endpoint|line|server_uri|client_uri|contact_user": "who registers, and where",
    "support_outbound|support_path": "where calls come in",
}
_PHONES: Refused = {"endpoint": _BOTH, "aor": _AOR}
_TRUNKS: Refused = {"endpoint": _BOTH, "aor": _AOR, "registration": _REGISTRATION}


def refused_settings(plan: Plan) -> Iterator[Diagnostic]:
    return refused(plan, "asterisk", "Asterisk", _PHONES, _TRUNKS)
