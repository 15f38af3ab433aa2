"""Raw settings that Asterisk is given, those that are refused, and why; together they are all of Asterisk 22's."""

from __future__ import annotations

from collections.abc import Iterator

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.plan import Plan
from pbxgen.targets.raw_settings import Known, Parts, refused

_ENDPOINT = {
    "type": "what the section is",
    "(?:message_|subscribe_|overlap_|refer_)?context|allow_overlap|fax_detect.*": "where calls come in",
    "auth|outbound_auth|aors|identify_by|allow_unauthenticated_options": "who it is",
    # match… are settings of the section `identify`, and no endpoint's: who looks for them is told why.
    "acl|deny|permit|contact_acl|contact_deny|contact_permit|match(?:_header|_request_uri)?|srv_lookups": (
        "which addresses are believed"
    ),
    "transport|outbound_proxy|contact_user": "where calls are sent, and where replies come in",
    "media_address|bind_rtp_to_media_address|t38_bind_udptl_to_media_address": "where sound is sent",
    "dtls_.*": "which certificates are shown and believed",
    "trust_id_.*|send_pai|send_rpid|rpid_immediate|callerid.*|(?:mwi_)?from_user|from_domain|.*connected_line.*": (
        "whose number is believed and shown"
    ),
    "send_diversion|send_history_info|redirect_method|follow_redirect_methods": "where calls are diverted",
    "allow_transfer|allow_subscribe|sub_min_expiry": "who may transfer and watch calls",
    "call_group|pickup_group|named_call_group|named_pickup_group": "who may take whose calls",
    "mailboxes|incoming_mwi_mailbox|voicemail_extension|mwi_subscribe_replaces_unsolicited": "whose messages are told",
    "set_var": "variables that the dialplan believes",
    "language": "in what language prompts are",
    "device_state_busy_at|rewrite_contact|force_rport": "whether and where the phone is rung",
    "record_.*_feature|one_touch_recording": "who may record calls",
}
_HARMLESS_ENDPOINT = """
    100rel accept_multiple_sdp_answers accountcode aggregate_mwi allow asymmetric_rtp_codec bundle
    codec_prefs_incoming_answer codec_prefs_incoming_offer codec_prefs_outgoing_answer codec_prefs_outgoing_offer
    cos_audio cos_video direct_media direct_media_glare_mitigation direct_media_method disable_direct_media_on_nat
    disallow dtmf_mode follow_early_media_fork force_avp g726_non_standard geoloc_incoming_call_profile
    geoloc_outgoing_call_profile ice_support ignore_183_without_sdp inband_progress incoming_call_offer_pref
    max_audio_streams max_video_streams media_encryption media_encryption_optimistic media_use_received_transport
    moh_passthrough moh_suggest notify_early_inuse_ringing outgoing_call_offer_pref preferred_codec_only
    refer_blind_progress rtcp_mux rtp_engine rtp_ipv6 rtp_keepalive rtp_port_end rtp_port_start rtp_symmetric
    rtp_timeout rtp_timeout_hold sdp_owner sdp_session security_mechanisms security_negotiation send_aoc
    srtp_tag_32 stir_shaken stir_shaken_profile suppress_moh_on_sendonly suppress_q850_reason_headers t38_udptl
    t38_udptl_ec t38_udptl_ipv6 t38_udptl_maxdatagram t38_udptl_nat tenantid timers timers_min_se
    timers_sess_expires tone_zone tos_audio tos_video use_avpf use_ptime user_eq_phone webrtc
"""
_AOR = {
    "type": "what the section is",
    "contact|support_path|outbound_proxy": "where calls are sent",
    "authenticate_qualify": "who is told the login",
    "mailboxes|voicemail_extension": "whose messages are told",
}
_HARMLESS_AOR = """
    default_expiration maximum_expiration max_contacts minimum_expiration qualify_2xx_only qualify_frequency
    qualify_timeout remove_existing remove_unavailable
"""
_REGISTRATION = {
    "type": "what the section is",
    "outbound_auth|endpoint|line|server_uri|client_uri|transport|outbound_proxy": "who registers, and where",
    "contact_user|contact_header_params|support_outbound|support_path": "where calls come in",
    "auth_rejection_permanent|max_retries": "whether a registration is tried again",
}
_HARMLESS_REGISTRATION = """
    expiration fatal_retry_interval forbidden_retry_interval max_random_initial_delay retry_interval
    security_mechanisms security_negotiation user_agent
"""
_TRUNK_KEYS = {name: name for name in ("transport", "outbound_proxy", "from_domain", "from_user")} | {
    "auth|outbound_auth": "username",
    "send_pai|send_rpid": "identity",
    "send_diversion|send_history_info": "diversion",
    "acl|permit|identify_by|match(?:_header|_request_uri)?": "accept_from",
    "qualify_frequency": "keepalive",
    "callerid": "number",
}
_PHONES: Parts = {
    "endpoint": Known(
        _ENDPOINT,
        _HARMLESS_ENDPOINT,
        {
            "callerid": "caller_id",
            "auth": "password",
            "(?:named_)?(?:call|pickup)_group": "pickup",
            "mailboxes": "voicemail",
            "device_state_busy_at": "call_waiting",
            "language": "pbx.language",
        },
    ),
    "aor": Known(_AOR, _HARMLESS_AOR),
}
TRUNKS: Parts = {
    "endpoint": Known(_ENDPOINT, _HARMLESS_ENDPOINT, _TRUNK_KEYS),
    "aor": Known(
        # The dialplan calls a trunk without OPTIONS by its address, as Asterisk would not call one that is silent.
        _AOR | {"qualify_frequency": "whether the trunk counts as dead, for emergency calls too"},
        _HARMLESS_AOR.replace("qualify_frequency", ""),
        _TRUNK_KEYS,
    ),
    "registration": Known(_REGISTRATION, _HARMLESS_REGISTRATION, _TRUNK_KEYS),
}


def refused_settings(plan: Plan) -> Iterator[Diagnostic]:
    return refused(plan, "asterisk", "Asterisk", _PHONES, TRUNKS)
