"""Raw settings that are refused on FreeSWITCH, and why."""

from __future__ import annotations

from collections.abc import Iterator

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.plan import Plan
from pbxgen.targets.raw_settings import Refused, refused

_VARIABLES = {
    "pbx.*": "what the dialplan believes of a call",
    "user_context|dialplan|context|domain.*|user_name|force_transfer.*|transfer_.*|max_forwards|max_session.*": (
        "where calls come in and go"
    ),
    "effective_.*|origination_.*|outbound_caller.*|caller_id.*|sip_cid.*|sip_from.*|sip_to.*|sip_h_.*|presence_id": (
        "whose number is shown"
    ),
    "continue_on_fail|hangup_after_bridge|ignore_early_media|instant_ringback|call_timeout|leg_.*|originate_.*": (
        "what follows a ringing"
    ),
    "execute_on_.*|api_.*|exec_.*|bridge_.*|group_confirm.*|session_in_hangup.*": "what is run during a call",
    "sip-force-contact|sip_contact.*|sip_invite.*|sip_route.*|sip_redirect.*|register-gateway": "where calls are sent",
    "limit.*|timezone|default_language": "what the source says by keys of its own",
}
_PARAMS = {
    "password|a1-hash|reverse-.*|allow-empty-password|auth-.*|cidr|acl.*": "who it is",
    "sip-forbid-register|sip-force-user|number-alias|user.*|context|dialplan": "who registers, and where calls come in",
    "dial-string|group-dial-string|sip-force-contact": "where calls are sent",
    "vm-.*|mwi-.*": "whose messages are told",
    "verto.*|jsonrpc.*|event.*|directory.*": "what may be asked of FreeSWITCH",
}
_GATEWAY = {
    "username|auth-username|password|realm|proxy|register|register-proxy|sip-port": "who registers, and where",
    "context|extension|extension-in-contact|contact-in-ping": "where calls come in",
    "caller-id-in-from|cid-type|from-user|sip_cid_type": "whose number is shown",
}
_PHONES: Refused = {"params": _PARAMS, "variables": _VARIABLES}
_TRUNKS: Refused = {"gateway": _GATEWAY, "variables": _VARIABLES}


def refused_settings(plan: Plan) -> Iterator[Diagnostic]:
    return refused(plan, "freeswitch", "FreeSWITCH", _PHONES, _TRUNKS)
