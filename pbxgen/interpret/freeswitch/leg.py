"""A leg of a bridge: an outgoing channel, its far end, and its timers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pbxgen.calls.attempts import Attempt, number_sent
from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.far_ends import TIMER_B_MS, FarEnd, contacts, outside, trunk_and_address
from pbxgen.interpret.freeswitch.call import FreeSwitchCall
from pbxgen.interpret.freeswitch.channel import FreeSwitchChannel
from pbxgen.interpret.freeswitch.dialstring import DialDestination
from pbxgen.interpret.freeswitch.expansion import refers
from pbxgen.interpret.freeswitch.text import atoi, is_true

_HEADER = "sip_h_"
_SETVAR = re.compile(r"uuid_setvar (\S+) (\S+) (\S+)")
_CONTACT = re.compile(r"sofia/internal/sip:phone\.([^.@]+)\.(\d+)@127\.0\.0\.1:5062")
_GATEWAY = re.compile(r"sofia/gateway/([^/]+)/(.+)")
_ADDRESS = re.compile(r"sofia/external/([^/@]+)@(.+)")
_KNOWN = frozenset({
    "absolute_codec_string", "api_on_pre_answer", "api_on_ring", "execute_on_answer", "execute_on_originate",
    "force_transfer_context", "force_transfer_dialplan", "group_confirm_file", "group_confirm_key",
    "group_confirm_timeout", "hangup_after_bridge", "ignore_early_media", "ignore_q850_reason", "leg_delay_start",
    "leg_progress_timeout", "leg_timeout", "limit_ignore_transfer", "origination_caller_id_name",
    "origination_caller_id_number", "origination_channel_name", "origination_uuid", "outbound_redirect_fatal",
    "rtp_secure_media_outbound", "sip_ignore_remote_cid", "sip_invite_domain",
    "sip_route_uri", "sip_use_gateway",
})  # fmt: skip
"""Variables of FreeSWITCH's own that a leg may be given."""


@dataclass(eq=False, slots=True)
class FreeSwitchLeg:
    """Seconds count from the start of the bridge, in whole seconds of the clock."""

    channel: FreeSwitchChannel
    far: FarEnd | None
    """None: a channel that waits for a call pickup, which never comes."""
    request_user: str
    index: int
    """Which of its phone's contacts it is: earlier ones answer first."""
    delay: int
    """It begins when more than these seconds have passed; 0: it has begun."""
    limit: int
    """It rings until more than these seconds have passed; 0: without end."""
    progress_limit: int
    """The same for a far end that has not replied at all."""
    attempt: Attempt | None = None
    replies_at: float | None = None
    """When the far end's final reply comes; None: it has come, or none will."""
    rings: bool = False
    """The far end has sent 180 or 183."""
    decided_at: float | None = None
    """When the person who is asked to press 1 has done so, or has not."""
    cause: str | None = None
    """Why it is over; None: it is not."""
    won: bool = False

    @property
    def answered(self) -> bool:
        return self.attempt is not None and self.attempt.status == 200

    @property
    def final(self) -> int | None:
        """The reply that will come; a far end that says nothing at all counts as 408."""
        if self.far is None:
            return None
        return 408 if self.far.deaf else self.far.final


def new_leg(call: FreeSwitchCall, caller: FreeSwitchChannel, destination: DialDestination) -> FreeSwitchLeg:
    """A leg of a bridge, not yet begun."""
    far, index, request_user = _far_end(call, _by_name(call, destination))
    given = destination.variables
    for name, value in given.items():
        known = name in _KNOWN or name.startswith(("pbx_", _HEADER))
        if not known or refers(value):
            raise NotUnderstoodError(f"a leg with {name}={value}")
    copied = caller.get("sip_copy_custom_headers")
    headers = {} if copied is not None and not is_true(copied) else _headers_of(caller)
    number = given.get("origination_caller_id_number") or caller.get("effective_caller_id_number")
    shown = given.get("origination_caller_id_name") or caller.get("effective_caller_id_name")
    profile = replace(
        caller.hunted or caller.profile,
        destination_number=request_user,
        caller_id_number=number or caller.field("caller_id_number"),
        caller_id_name=shown or caller.field("caller_id_name"),
        uuid=given.get("origination_uuid") or call.uuid(),
    )
    channel = call.channel(profile, inbound=False, variables=headers | given)
    channel.name = given.get("origination_channel_name", "")
    if far is not None and far.presses:
        channel.keys = "1"
    timers = ("leg_delay_start", "leg_timeout", "leg_progress_timeout")
    delay, *limits = (atoi(given.get(name, "")) for name in timers)
    limit, progress_limit = (seconds + delay if seconds > 0 else 0 for seconds in limits)
    return FreeSwitchLeg(channel, far, request_user, index, max(delay, 0), limit, progress_limit)


def is_thought_dead(call: FreeSwitchCall, destination: DialDestination) -> bool:
    """Is it a gateway that has left OPTIONS unanswered? FreeSWITCH makes no leg to it."""
    gateway = _GATEWAY.fullmatch(destination.endpoint)
    params = None if gateway is None else call.installation.gateway(gateway[1])
    if gateway is None or params is None or "ping" not in params:
        return False
    trunk, _ = trunk_and_address(gateway[1].removeprefix(f"{call.case.plan.name}."))
    return call.case.environment.trunks.get(trunk) == "down"


def _by_name(call: FreeSwitchCall, destination: DialDestination) -> str:
    """The endpoint; what is dialled at a gateway's address is as if it were dialled by its name.

    It must have the gateway's account, and be sent to its proxy, if there is one.
    """
    address = _ADDRESS.fullmatch(destination.endpoint)
    if address is None:
        return destination.endpoint
    name = destination.variables.get("sip_use_gateway", "")
    params = call.installation.gateway(name)
    at, _, transport = address[2].partition(";transport=")
    if params is None or (params["proxy"], params["register-transport"]) != (at, transport or "udp"):
        raise NotUnderstoodError(f"{destination.endpoint} is not at the gateway {name}")
    if destination.variables.get("sip_route_uri") != params.get("outbound-proxy"):
        raise NotUnderstoodError(f"{destination.endpoint} does not go by the proxy of the gateway {name}")
    return f"sofia/gateway/{name}/{address[1]}"


def _far_end(call: FreeSwitchCall, endpoint: str) -> tuple[FarEnd | None, int, str]:
    """The far end, which of its phone's contacts it is, and the user part of the request URI."""
    if endpoint.startswith("pickup/"):
        return None, 0, endpoint.removeprefix("pickup/")
    if (contact := _CONTACT.fullmatch(endpoint)) is not None:
        extension, index = contact[1], int(contact[2])
        return contacts(call.case, extension)[index], index, extension
    if (gateway := _GATEWAY.fullmatch(endpoint)) is None:
        raise NotUnderstoodError(f"bridge to {endpoint}")
    name, digits = gateway.groups()
    params = call.installation.gateway(name)
    if call.installation.profiles and params is None:
        raise NotUnderstoodError(f"there is no gateway {name}")
    plan = call.case.plan
    trunk, address = trunk_and_address(name.removeprefix(f"{plan.name}."))
    if not name.startswith(f"{plan.name}.") or trunk not in plan.trunks:
        raise NotUnderstoodError(f"the gateway {name} is none of {plan.name}'s trunks")
    return outside(call.case, number_sent(plan, trunk, digits), trunk, address), 0, digits


def told_of_ringing(call: FreeSwitchCall, leg: FreeSwitchLeg) -> None:
    """What a leg runs when it rings (180) or sends early media (183). Raises NotUnderstoodError for another command."""
    assert leg.far is not None
    command = leg.channel.get("api_on_ring" if leg.far.provisional == 180 else "api_on_pre_answer")
    if command is None:
        return
    match = _SETVAR.fullmatch(command)
    channel = next((c for c in call.channels if match is not None and c.profile.uuid == match[1]), None)
    if match is None or channel is None:
        raise NotUnderstoodError(f"a leg that runs {command} when it rings")
    channel.set(match[2], match[3])


def silent_seconds(call: FreeSwitchCall, leg: FreeSwitchLeg) -> float:
    """After how long a far end that says nothing at all counts as 408 (RFC 3261: 64 * T1)."""
    profile = call.installation.profiles.get("external")
    at_trunk = leg.far is not None and leg.far.trunk is not None and profile is not None
    return int(profile.settings.get("timer-T1X64", TIMER_B_MS) if at_trunk and profile else TIMER_B_MS) / 1000


def _headers_of(channel: FreeSwitchChannel) -> dict[str, str]:
    """Header variables, which FreeSWITCH copies to the legs of a call unless told not to."""
    return {name: value for key, (name, value) in channel.variables.items() if key.startswith(_HEADER)}


def _account(call: FreeSwitchCall, leg: FreeSwitchLeg) -> str:
    """User part of From where a gateway does not show the caller there; empty where it does."""
    trunk = None if leg.far is None else leg.far.trunk
    params = call.installation.gateway(f"{call.case.plan.name}.{trunk}") if trunk is not None else None
    return "" if params is None or params.get("caller-id-in-from") == "true" else params["from-user"]


def invite(call: FreeSwitchCall, leg: FreeSwitchLeg) -> None:
    """Send its INVITE."""
    if leg.far is None:
        return
    profile, domain = leg.channel.profile, leg.channel.get("sip_invite_domain") or "127.0.0.1"
    headers = [("from", f'"{profile.caller_id_name}" <sip:{_account(call, leg) or profile.caller_id_number}@{domain}>')]
    headers += [(name.lower().removeprefix(_HEADER), value) for name, value in _headers_of(leg.channel).items()]
    far = leg.far
    leg.attempt = Attempt(
        far.target, call.clock.now, None, None, tuple(headers), leg.request_user, far.trunk, far.address
    )
    call.attempts.append(leg.attempt)
