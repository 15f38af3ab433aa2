"""What the template of a tenant's phones and trunks prints."""

from __future__ import annotations

from collections.abc import Mapping

from pbxgen.flow.endpoint import PHONE_CODECS, PhoneSettings, Secret, Srtp
from pbxgen.flow.plan import Plan
from pbxgen.flow.trunk import DEFAULT_CODECS, Dtmf, FromUser, Trunk
from pbxgen.targets.asterisk import features, hints, names
from pbxgen.targets.asterisk.names import EndpointNames
from pbxgen.targets.networks import (
    address,
    by_address,
    contact_user,
    host_and_port,
    network_of,
    networks,
    proxy_uri,
    uri_user,
)
from pbxgen.targets.raw_settings import settings_of

FLEET_REALM = "pbxgen"
"""Where one PBX serves several domains."""
_FEW_ADDRESSES = 16
_PARTS = ("endpoint", "aor", "registration")
ONLY_THOSE = "prefer:configured,operation:only_preferred,keep:all,transcode:allow"
"""No codec is offered but those of the endpoint, whatever the other side of the call has."""
UNVERIFIED = "tls-unverified"
"""The transport of trunks whose certificate is not looked at."""


def phones(plan: Plan, naming: EndpointNames, secrets: Mapping[Secret, str]) -> list[dict[str, object]]:
    """A user without a password gets no endpoint: there is never one without authentication."""
    subscribed = hints.contexts(plan)
    return [
        {
            "endpoint": naming.of(user.extension),
            "extension": user.extension,
            "title": user.name,
            "where": user.location.short,
            "password": secrets[user.password],
            "mailbox": f"{user.extension}@{plan.name}" if user.mailbox is not None else "",
            "busy_at": not user.call_waiting,
            "options": {part: settings_of(user.options, "asterisk", part) for part in ("endpoint", "aor")},
            "media": _media_of_phone(user.phone),
            "max_contacts": user.phone.max_contacts or "",
            "call_groups": features.call_groups(plan, user),
            "pickup_groups": features.pickup_groups(plan, user),
            "subscribes": subscribed[user.extension],
        }
        for user in names.in_order(plan.users)
        if user.password is not None
    ]


def trunks(plan: Plan, secrets: Mapping[Secret, str]) -> list[dict[str, object]]:
    """Each address of a trunk has an endpoint, of which the first is that of all calls from the carrier."""
    every = [(trunk, one) for trunk in plan.trunks.values() for one in by_address(trunk)]
    return [_trunk(plan, one, secrets, addresses(trunk) if one.name == trunk.name else ()) for trunk, one in every]


def addresses(trunk: Trunk) -> tuple[str, ...]:
    """Where calls of a trunk come from; empty where only a name is known.

    A UDP port of its own belongs to the address: other hosts' phones may stand behind it. TCP connections come from
    any port.
    """
    matches = list(trunk.accept_from)
    sent_to = [*trunk.hosts, *(() if trunk.outbound_proxy is None else (trunk.outbound_proxy,))]
    for host, its_port in reversed(sent_to):
        if network_of(host) is not None:
            port = its_port if trunk.transport == "udp" else None
            matches.insert(0, host if port is None else host_and_port(host, port))
    return tuple(dict.fromkeys(matches))


def transport(trunk: Trunk) -> str:
    """The transport that a trunk's calls and registrations are sent over."""
    name = UNVERIFIED if trunk.transport == "tls" and not trunk.tls_verify else trunk.transport
    to = network_of(trunk.host if trunk.outbound_proxy is None else trunk.outbound_proxy[0])
    return f"{name}6" if to is not None and to.version == 6 else name


def _addresses(plans: tuple[Plan, ...]) -> list[Trunk]:
    return [one for plan in plans for trunk in plan.trunks.values() for one in by_address(trunk)]


def _of_phones(plans: tuple[Plan, ...]) -> set[str]:
    return {user.phone.transport for plan in plans for user in plan.users.values() if user.password is not None}


def transports_used(plans: tuple[Plan, ...]) -> set[str]:
    """Names of the transports that trunks are called over and phones come by."""
    return {transport(trunk) for trunk in _addresses(plans)} | _of_phones(plans)


def transports(plans: tuple[Plan, ...]) -> dict[str, object]:
    """Which transports there are beside UDP and TCP over IPv4."""
    trunks = _addresses(plans)
    used = {transport(trunk) for trunk in trunks}
    of_phones = _of_phones(plans)
    # Where a carrier's calls come from over IPv6 something must listen.
    six = any(network.version == 6 for trunk in trunks for network in networks(trunk))
    return {
        "six": six,
        "tls": "tls" in of_phones
        or bool(used & {"tls", "tls6"})
        or any(trunk.transport == "tls" and trunk.tls_verify for trunk in trunks),
        "wss": "wss" in of_phones,
        "unverified": UNVERIFIED if used & {UNVERIFIED, f"{UNVERIFIED}6"} else "",
    }


def realm(plans: tuple[Plan, ...]) -> str:
    """What every login is asked for, also one that does not exist: a fleet's tenants cannot be told apart by it."""
    return plans[0].domain if len(plans) == 1 else FLEET_REALM


def carriers(plans: tuple[Plan, ...]) -> tuple[str, ...]:
    """Where trunks are: no phone may register a contact there.

    Asterisk looks at what the phone wrote, and a phone behind NAT writes its private address: of private networks only
    small ones are left out.
    """
    every = (network for plan in plans for trunk in plan.trunks.values() for network in networks(trunk))
    wanted = (n for n in every if n.prefixlen and (n.is_global or n.num_addresses <= _FEW_ADDRESSES))
    return tuple(dict.fromkeys(map(str, wanted)))


def _trunk(plan: Plan, trunk: Trunk, secrets: Mapping[Secret, str], known_by: tuple[str, ...]) -> dict[str, object]:
    host = host_and_port(trunk.host, None)
    contact = contact_user(trunk, plan)
    user = uri_user(trunk.username) if trunk.username else contact
    return {
        "endpoint": names.context(plan, "trunk", trunk.name),
        "name": trunk.name,
        "where": trunk.location.short,
        "transport": transport(trunk),
        "uri": f"sip:{address(trunk)}",
        "addresses": known_by,
        "keepalive": trunk.keepalive,
        # Asterisk refuses to read a login without a password; without one there is nothing to answer a challenge with.
        "login": (trunk.auth_username or trunk.username or "") if trunk.password is not None else "",
        "password": "" if trunk.password is None else secrets[trunk.password],
        "register": trunk.register,
        "from_user": uri_user(trunk.username or "") if trunk.from_user is FromUser.ACCOUNT else "",
        "from_domain": trunk.from_domain or (host if trunk.username else ""),
        "client_uri": f"sip:{user}@{host}",
        "contact_user": contact,
        "expires": trunk.expires,
        "outbound_proxy": proxy_uri(trunk),
        "options": {part: settings_of(trunk.options, "asterisk", part) for part in _PARTS},
        "media": _media(trunk),
    }


def _media_of_phone(phone: PhoneSettings) -> dict[str, str]:
    """Options of the endpoint that are not as in the template of all phones."""
    options = {}
    if phone.codecs != PHONE_CODECS:
        options["allow"] = ",".join(["!all", *phone.codecs])
        options["codec_prefs_outgoing_offer"] = ONLY_THOSE
    if phone.webrtc:
        options["webrtc"] = "yes"
    elif phone.srtp is not Srtp.OFF:
        options["media_encryption"] = "sdes"
        options["media_encryption_optimistic"] = "yes" if phone.srtp is Srtp.OPTIONAL else "no"
    return options


def _media(trunk: Trunk) -> dict[str, str]:
    """Options of the endpoint that are not as in the template of all trunks."""
    options = {}
    if trunk.codecs != DEFAULT_CODECS:
        options["allow"] = ",".join(["!all", *trunk.codecs])
    if trunk.dtmf is not Dtmf.AUTO:
        options["dtmf_mode"] = trunk.dtmf.value
    if trunk.srtp is not Srtp.OFF:
        options["media_encryption"] = "sdes"
        options["media_encryption_optimistic"] = "yes" if trunk.srtp is Srtp.OPTIONAL else "no"
    if trunk.t38:
        options |= {"t38_udptl": "yes", "t38_udptl_ec": "redundancy", "t38_udptl_maxdatagram": "400"}
    return options
