"""Registrations at mod_sofia, and its mapping between SIP statuses and hangup causes."""

from __future__ import annotations

from collections.abc import Mapping

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.call import FreeSwitchCall

_CAUSES: Mapping[int, str] = {
    **dict.fromkeys((401, 402, 403, 407, 603, 608), "CALL_REJECTED"), 607: "UNWANTED", 404: "UNALLOCATED_NUMBER",
    **dict.fromkeys((485, 604), "NO_ROUTE_DESTINATION"), **dict.fromkeys((408, 504), "RECOVERY_ON_TIMER_EXPIRE"),
    410: "NUMBER_CHANGED", **dict.fromkeys((413, 414, 416, 420, 421, 423, 505, 513), "INTERWORKING"),
    480: "NO_USER_RESPONSE", **dict.fromkeys((400, 481, 500, 503), "NORMAL_TEMPORARY_FAILURE"),
    **dict.fromkeys((486, 600), "USER_BUSY"), 484: "INVALID_NUMBER_FORMAT",
    **dict.fromkeys((488, 606), "INCOMPATIBLE_DESTINATION"), 502: "NETWORK_OUT_OF_ORDER", 405: "SERVICE_UNAVAILABLE",
    **dict.fromkeys((406, 415, 501), "SERVICE_NOT_IMPLEMENTED"),
    **dict.fromkeys((482, 483), "EXCHANGE_ROUTING_ERROR"), 487: "ORIGINATOR_CANCEL", 428: "NO_IDENTITY",
    429: "BAD_IDENTITY_INFO", 437: "UNSUPPORTED_CERTIFICATE", 438: "INVALID_IDENTITY",
}  # fmt: skip
"""sofia_glue_sip_cause_to_freeswitch."""

_STATUSES: Mapping[str, int] = {
    "NORMAL_CLEARING": 480, "NORMAL_UNSPECIFIED": 480, "NO_ANSWER": 480, "NO_ROUTE_DESTINATION": 404,
    "UNALLOCATED_NUMBER": 404, "USER_BUSY": 486, "CALL_REJECTED": 603, "NO_USER_RESPONSE": 408,
    "ORIGINATOR_CANCEL": 487, "EXCHANGE_ROUTING_ERROR": 483, "ALLOTTED_TIMEOUT": 480, "PROGRESS_TIMEOUT": 480,
    "NORMAL_TEMPORARY_FAILURE": 503, "REQUESTED_CHAN_UNAVAIL": 503, "RECOVERY_ON_TIMER_EXPIRE": 504,
}  # fmt: skip
"""hangup_cause_to_sip of mod_sofia."""


def cause_of(status: int) -> str:
    """The cause that a leg ends with when its far end replies ``status`` (400-699)."""
    return _CAUSES.get(status, "NORMAL_UNSPECIFIED")


def status_of(cause: str) -> int:
    """The status that an unanswered caller gets when hung up with ``cause``."""
    if cause not in _STATUSES:
        raise NotUnderstoodError(f"the caller is hung up with {cause}")
    return _STATUSES[cause]


def registration(user: str, domain: str, extension: str, index: int) -> str:
    """A registered contact in ``sofia xmlstatus``."""
    return (
        f"    <registration>\n        <call-id>{extension}.{index}</call-id>\n        <user>{user}@{domain}</user>\n"
        f"        <contact>&quot;&quot; &lt;sip:phone.{extension}.{index}@127.0.0.1:5062&gt;</contact>\n"
        "        <agent>unknown</agent>\n        <status>Registered(UDP)(unknown) exp(unknown) expsecs(600)</status>\n"
        "        <ping-status>Reachable</ping-status>\n        <ping-time>0.00</ping-time>\n        <host>pbx</host>\n"
        "        <network-ip>127.0.0.1</network-ip>\n        <network-port>5062</network-port>\n"
        f"        <sip-auth-user>{user}</sip-auth-user>\n        <sip-auth-realm>{domain}</sip-auth-realm>\n"
        f"        <mwi-account>{user}@{domain}</mwi-account>\n    </registration>\n"
    )


def registered_as(call: FreeSwitchCall, profile: str, user: str, domain: str) -> str | None:
    """The extension whose phones register as ``user@domain`` at a profile; None: none do."""
    plan, installation = call.case.plan, call.installation
    if installation.profiles and profile not in installation.profiles:
        raise NotUnderstoodError(f"there is no SIP profile {profile}")
    if domain.lower() != registration_domain(call).lower():
        return None
    entry = installation.directory.registered(user, domain)
    if entry is None and installation.directory.user(user, domain) is not None:
        return None
    extension = user if entry is None else entry.alias or entry.id
    return extension if extension in plan.users else None


def registration_domain(call: FreeSwitchCall) -> str:
    """The SIP domain under which the tenant's phones are registered."""
    internal = call.installation.profiles.get("internal")
    forced = None if internal is None else internal.settings.get("force-register-db-domain")
    return forced or call.case.plan.domain
