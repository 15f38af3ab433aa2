"""What the template of a tenant's phones and trunks prints."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from pbxgen.flow.plan import Plan, Secret, Trunk
from pbxgen.targets.asterisk import features, names
from pbxgen.targets.asterisk.names import EndpointNames
from pbxgen.targets.networks import host_and_port, network_of, networks

FLEET_REALM = "pbxgen"
"""Where one PBX serves several domains."""
_FEW_ADDRESSES = 16


def phones(plan: Plan, naming: EndpointNames, secrets: Mapping[Secret, str]) -> list[dict[str, object]]:
    """A user without a password gets no endpoint: there is never one without authentication."""
    return [
        {
            "endpoint": naming.of(user.extension),
            "extension": user.extension,
            "title": user.name,
            "where": user.location.short,
            "password": secrets[user.password],
            "mailbox": f"{user.extension}@{plan.name}" if user.mailbox is not None else "",
            "busy_at": not user.call_waiting,
            "call_groups": features.call_groups(plan, user),
            "pickup_groups": features.pickup_groups(plan, user),
        }
        for user in names.in_order(plan.users)
        if user.password is not None
    ]


def trunks(plan: Plan, secrets: Mapping[Secret, str]) -> list[dict[str, object]]:
    return [_trunk(plan, trunk, secrets) for trunk in plan.trunks.values()]


def addresses(trunk: Trunk) -> tuple[str, ...]:
    """Where calls of a trunk come from; empty where only a name is known.

    A UDP port of its own belongs to the address: other hosts' phones may stand behind it. TCP connections come from
    any port.
    """
    matches = list(trunk.accept_from)
    if network_of(trunk.host) is not None:
        port = trunk.port if trunk.transport == "udp" else None
        matches.insert(0, trunk.host if port is None else host_and_port(trunk.host, port))
    return tuple(dict.fromkeys(matches))


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


def _trunk(plan: Plan, trunk: Trunk, secrets: Mapping[Secret, str]) -> dict[str, object]:
    host = host_and_port(trunk.host, None)
    way = "" if trunk.transport == "udp" else f";transport={trunk.transport}"
    # The main number as this carrier writes it: what it calls where the account has one number only.
    number = "" if trunk.number is None else plan.numbering.as_sent(trunk.number, trunk.number_format)
    user = _uri_user(trunk.username or number or plan.name)
    return {
        "endpoint": names.context(plan, "trunk", trunk.name),
        "name": trunk.name,
        "where": trunk.location.short,
        "transport": trunk.transport,
        "uri": f"sip:{host_and_port(trunk.host, trunk.port)}{way}",
        "addresses": addresses(trunk),
        "username": trunk.username or "",
        "password": "" if trunk.password is None else secrets[trunk.password],
        "register": trunk.register,
        "host": host,
        "client_uri": f"sip:{user}@{host}",
        "contact_user": number or user,
    }


def _uri_user(name: str) -> str:
    """A user name as the user part of a SIP URI (RFC 3261, 25.1)."""
    return quote(name, safe="-_.!~*'()&=+$,")
