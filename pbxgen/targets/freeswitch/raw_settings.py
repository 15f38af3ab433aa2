"""Raw settings that FreeSWITCH is given, and those that are refused, and why."""

from __future__ import annotations

from collections.abc import Iterator

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.plan import Plan
from pbxgen.targets.raw_settings import Known, Parts, refused

_SOUND = (
    "absolute_codec_string|codec_string|ep_codec_prefer_sdp|dtmf_type|hold_music|ringback|timer_name|send_silence_when_idle|"
    "suppress_cng|media_(?:hold_)?timeout(?:_audio|_video)?|media_mix_inbound_outbound_codecs|media_webrtc|"
    "(?:rtp|rtcp|jb|jitterbuffer|fax|t38|video|srtp|spandsp)_(?!.*(?:_ip|_address)$).*"
)
_WORDS = """
    5060 5061 acl add advertised alert answer api app areacode asr att attended attxfer audio auto avmd b bda bert
    bind blind bridge bypass cache call callee caller campon cases cc cdr channel chat cid cidlookup codec
    conference confirm console context continue copy core curl current default delay deny destination detect device
    dialed dialplan dialstatus digits direct direction directory disable displace distributor dlg domain dp drop
    early easy eavesdrop effective enable ent endpoint enum ep esf event exclude exec execute exit export exten
    fail failed failure fifo filter fire flip flow force forked format forward from fs fsk generic group hangup has
    heartbeat hiredis hold holding httapi ignore import inbound inherit initial inline instant intercept is ivr js
    json jsock last lcr leg limit local log loopback lua max media member memory min monitor multicast mutex mwi
    native ndlb network nibble no nobal nolocal null number odbc origin original originate originated origination
    originator other outbound outcall page park pass passthru playback prefix presence preserve process profile
    progress proto proxy push python rdnis read record recording recovered recovery refer register remote requested
    resurrect return ring rtmp sched secondary send sensitive session signal silence sip skip sleep socket sofia
    soft sound source spy star start stream supplied suppress supress switch system temp text timer to tone total
    transfer translate tts user uuid v18 vad valet verbose verto vlc vm vmd voicemail wait write xfer xml
"""
"""First words of the variables by which FreeSWITCH leads a call."""
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
    "limit.*|timezone|(?:default_)?language": "what the source says by keys of its own",
    "advertised_media_ip|local_media_ip|rtp_.*(?:_ip|_address)": "where sound is sent",
    f"(?!(?:{_SOUND})$)(?:{'|'.join(_WORDS.split())})(?:[_-].*)?": "how FreeSWITCH leads a call",
}
_PARAMS = {
    "password|a1-hash|reverse-.*|allow-empty-password|auth-.*|cidr|acl.*": "who it is",
    "sip-forbid-register|sip-force-(?:user|extension)|sip-allow-.*|number-alias|user(?:.context)?|context|dialplan": (
        "who registers, and where calls come in"
    ),
    "dial-string|group-dial-string|sip-force-contact|register-gateway": "where calls are sent",
    "vm-.*|mwi-.*": "whose messages are told",
    "verto.*|jsonrpc.*|event.*|directory.*": "what may be asked of FreeSWITCH",
}
_HARMLESS_PARAMS = """
    max-registrations-per-extension sip-expires-max-deviation sip-force-expires sip-force-expires-max
    sip-force-expires-min user-agent-filter
"""
_GATEWAY = {
    "username|auth-username|password|realm|scheme|proxy|register(?:-proxy.*|-transport)?|sip-port|distinct-to": (
        "who registers, and where"
    ),
    "outbound-proxy|destination-prefix": "where calls are sent",
    "context|extension|extension-in-contact|contact-.*|gw-auth-acl": "where calls come in",
    "caller-id-in-from|cid-type|from-user|from-domain|sip_cid_type": "whose number is shown",
    "ping|ping-max|ping-min": "whether the trunk counts as dead",
}
_HARMLESS_GATEWAY = """
    908-retry-seconds expire-seconds ping-monitoring ping-user-agent reg-id retry-seconds retry_seconds rfc-5626
    timeout-seconds
"""
_GATEWAY_KEYS = {
    "username|realm": "username",
    "proxy": "host",
    "from-user": "from_user",
    "from-domain": "from_domain",
    "caller-id-in-from": "caller_id",
    "outbound-proxy|register-proxy": "outbound_proxy",
    "register-transport": "transport",
    "ping": "keepalive",
    **{name: name.replace("-", "_") for name in ("auth-username", "password", "register")},
}
_PHONES: Parts = {
    "params": Known(_PARAMS, _HARMLESS_PARAMS, {"password": "password", "vm-password": "voicemail"}),
    "variables": Known(_VARIABLES, None),
}
_TRUNKS: Parts = {"gateway": Known(_GATEWAY, _HARMLESS_GATEWAY, _GATEWAY_KEYS), "variables": Known(_VARIABLES, None)}


def refused_settings(plan: Plan) -> Iterator[Diagnostic]:
    return refused(plan, "freeswitch", "FreeSWITCH", _PHONES, _TRUNKS)
