"""Calls placed on generated files for FreeSWITCH."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pbxgen.calls.case import Case
from pbxgen.calls.headers import number_of
from pbxgen.calls.observed import CallRecord, Observed, cannot_transfer, observed
from pbxgen.calls.verdict import wrong_code
from pbxgen.flow.endpoint import Srtp
from pbxgen.flow.simulate import Transfer
from pbxgen.interpret.base import Interpreter, NotUnderstoodError, Trace
from pbxgen.interpret.far_ends import trunk_address
from pbxgen.interpret.freeswitch.applications import APPLICATIONS
from pbxgen.interpret.freeswitch.call import FreeSwitchCall
from pbxgen.interpret.freeswitch.channel import CallerProfile, FreeSwitchChannel
from pbxgen.interpret.freeswitch.endpoints import registration_domain
from pbxgen.interpret.freeswitch.execution import FreeSwitchCore
from pbxgen.interpret.freeswitch.expansion import refers
from pbxgen.interpret.freeswitch.installation import FreeSwitchInstallation, install
from pbxgen.targets.base import GeneratedFile

_PARKING = "*" + "0" * 32
"""What a phone `in_call` dials: no source has such a number. The call counts, as its release is left out."""
_SDP = "v=0\r\nm=audio 4000 RTP/AVP 8\r\na=sendrecv\r\n"
"""What a caller offers."""
_KEY = f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{'A' * 40}\r\n"
"""What it adds where its sound must be encrypted (RFC 4568)."""
_LISTED = {
    "diversion": "sip_i_diversion",
    "history-info": "sip_i_history_info",
    "p-asserted-identity": "sip_i_p_asserted_identity",
}
_KEPT = {
    "p-asserted-identity": "sip_P-Asserted-Identity",
    "p-preferred-identity": "sip_P-Preferred-Identity",
    "privacy": "sip_Privacy",
    "remote-party-id": "sip_Remote-Party-ID",
}


def load(files: Sequence[GeneratedFile]) -> Interpreter:
    """An interpreter of the files that the target ``freeswitch`` renders. Raises NotUnderstoodError."""
    return Interpreter("freeswitch", partial(_play, install(files)))


def _play(installation: FreeSwitchInstallation, case: Case, trace: Trace | None) -> Observed:
    """The call, and the codes that are dialled before it: what they leave in the database is there for the next."""
    database: dict[tuple[str, str], str] | None = None
    for code in case.codes:
        before = FreeSwitchCall.of(installation, code, database)
        told = _placed(before, trace)
        database = before.database
        if (wrong := wrong_code(code, told)) is not None:
            return wrong
    return _placed(FreeSwitchCall.of(installation, case, database), trace)


def _placed(call: FreeSwitchCall, trace: Trace | None) -> Observed:
    case = call.case
    switch = FreeSwitchCore(call, APPLICATIONS, trace)
    for extension, states in case.environment.phones.items():
        if "in_call" in states and extension in case.plan.users:
            _occupy(switch, extension)
    handling = case.handling
    dialled = case.requested
    if case.call.caller in case.plan.users:
        caller = _from_phone(call, case.call.caller, dialled)
    else:
        caller = _from_trunk(call, dialled)
    caller.keys = handling.keys or None
    switch.run(caller)
    transfer = case.call.transfer
    if transfer is not None and call.talking is not None:
        _transferred(switch, caller, transfer)
    return _observed(call, caller)


def _from_phone(call: FreeSwitchCall, extension: str, dialled: str) -> FreeSwitchChannel:
    """A call of an authenticated phone; without a login in the files it has the one that the documentation asks for."""
    plan = call.case.plan
    domain = registration_domain(call)
    entry = call.installation.directory.user(extension, domain)
    variables = {} if entry is None else dict(entry.variables)
    context = variables.get("user_context", f"{plan.name}.phones")
    variables |= {"user_name": extension if entry is None else entry.id, "domain_name": domain}
    variables["switch_r_sdp"] = _offer(plan.users[extension].phone.srtp)
    shown = extension
    if (extension, dialled) == (call.case.call.caller, call.case.requested):
        variables |= _announced(call.case.sent_headers("192.0.2.1"))
        shown = call.case.handling.caller_shows or extension
    return _incoming(call, shown, dialled, context, "127.0.0.1", variables)


def _from_trunk(call: FreeSwitchCall, dialled: str) -> FreeSwitchChannel:
    case = call.case
    source = None if case.trunk is None else trunk_address(case.plan.trunks[case.trunk])
    if source is None:
        raise NotUnderstoodError(f"{case.plan.name} has no trunk that a call could come in on, or none with an address")
    address, _ = source
    external = call.installation.profiles.get("external")
    context = "pbxgen.trunks" if external is None else external.settings["context"]
    announced = _announced(case.sent_headers("192.0.2.1"))
    sender = case.handling.caller_shows or case.call.caller
    asserted = announced.get("sip_P-Asserted-Identity", "")
    shown = number_of(announced.get("sip_P-Preferred-Identity", "")) or asserted
    shown = shown or number_of(announced.get("sip_Remote-Party-ID", "")) or sender
    offer = Srtp.OFF if case.trunk is None else case.plan.trunks[case.trunk].srtp
    told = {"switch_r_sdp": _offer(offer), "sip_from_user": sender, "sip_to_user": case.to_user}
    return _incoming(call, shown, dialled, context, address, announced | told)


def _offer(srtp: Srtp) -> str:
    """What a caller offers who encrypts its sound where it must."""
    return _SDP if srtp is not Srtp.REQUIRED else f"{_SDP.replace('AVP', 'SAVP')}{_KEY}"


def _incoming(
    call: FreeSwitchCall, shown: str, dialled: str, context: str, address: str, variables: dict[str, str]
) -> FreeSwitchChannel:
    profile = CallerProfile(dialled, context, shown, shown, address, call.uuid())
    return call.channel(profile, inbound=True, variables=variables)


def _announced(headers: list[str]) -> dict[str, str]:
    """What mod_sofia makes of the caller's headers: the last Diversion, all of History-Info, and nothing with ``${``;

    with ``parse-all-invite-headers`` also all there is, in lists.
    """
    every: dict[str, list[str]] = {}
    variables: dict[str, str] = {}
    for header in headers:
        name, _, value = (part.strip() for part in header.partition(":"))
        if name.lower() in _LISTED:
            every.setdefault(_LISTED[name.lower()], []).append(value)
        if refers(value):
            continue
        if name.lower() in _KEPT:
            variables[_KEPT[name.lower()]] = value if name.lower() != "p-asserted-identity" else number_of(value)
        elif name.lower().startswith("p-"):
            variables[f"sip_h_{name}"] = value
        elif name.lower() == "diversion":
            variables["sip_h_Diversion"] = value
        elif name.lower() == "history-info":
            before = variables.get("sip_history_info")
            variables["sip_history_info"] = value if before is None else f"{before}, {value}"
    for name, values in every.items():
        variables[name] = values[0] if len(values) == 1 else "ARRAY::" + "|:".join(values)
    return variables


def _occupy(switch: FreeSwitchCore, extension: str) -> None:
    """The phone places a call, which goes on."""
    channel = _from_phone(switch.call, extension, _PARKING)
    channel.parks = True
    switch.run(channel)
    if channel.cause is not None:
        raise NotUnderstoodError(f"{extension} is to be in a call, and the plan has nothing for {_PARKING}")


def _transferred(switch: FreeSwitchCore, caller: FreeSwitchChannel, transfer: Transfer) -> None:
    """The caller or the answering party transfers the other one."""
    call = switch.call
    assert call.talking is not None
    peer, target = call.talking
    if transfer.by == target:
        party, other = caller, peer
    elif transfer.by == call.case.call.caller:
        party, other = peer, caller
    else:
        call.faults.append(cannot_transfer(transfer.by))
        return
    call.talking = None
    if transfer.attended:
        switch.run(_from_phone(call, transfer.by, transfer.to))
        return
    switch.hang_up(other, "BLIND_TRANSFER")
    # FreeSWITCH keeps a party alive that is taken out of a bridge.
    party.set("hangup_after_bridge", "false")
    party.set("bridge_channel", other.name)
    party.set("bridge_uuid", other.profile.uuid)
    party.set("blind_transfer_uuid", other.profile.uuid)
    switch.transfer(party, transfer.to, None)
    party.keys = None
    switch.run(party)


def _observed(call: FreeSwitchCall, caller: FreeSwitchChannel) -> Observed:
    return observed(
        call.case,
        CallRecord(
            rang=tuple(call.attempts),
            status=caller.status,
            answered_at=call.answered_at if caller.answered else None,
            in_call=() if call.talking is None else (call.talking[1],),
            stored=call.stored,
            announced=call.announced,
            mailbox=call.mailbox,
            taken=call.taken,
            rings_on=call.rings_on,
            faults=tuple(call.faults),
        ),
    )
