"""What the template of a tenant's phones and trunks prints."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from pbxgen.flow.plan import Plan, Secret, Trunk, User
from pbxgen.targets.asterisk import names
from pbxgen.targets.asterisk.names import EndpointNames

FLEET_REALM = "pbxgen"
"""Where one PBX serves several domains."""
_FEW_ADDRESSES = 16


@dataclass(frozen=True, slots=True)
class PhoneView:
    endpoint: str
    extension: str
    title: str
    where: str
    password: str
    mailbox: str
    busy_at: bool


@dataclass(frozen=True, slots=True)
class TrunkView:
    endpoint: str
    name: str
    where: str
    transport: str
    uri: str
    addresses: tuple[str, ...]
    username: str
    password: str
    register: bool
    host: str
    server_uri: str
    client_uri: str
    contact_user: str


def phones(plan: Plan, naming: EndpointNames, secrets: Mapping[Secret, str]) -> tuple[PhoneView, ...]:
    """A user without a password gets no endpoint: there is never one without authentication."""
    ordered = sorted(plan.users.values(), key=lambda u: (len(u.extension), u.extension))
    return tuple(_phone(plan, user, naming, secrets[user.password]) for user in ordered if user.password is not None)


def trunks(plan: Plan, secrets: Mapping[Secret, str]) -> tuple[TrunkView, ...]:
    return tuple(_trunk(plan, trunk, secrets) for trunk in plan.trunks.values())


def is_address(host: str) -> bool:
    """Is ``host`` an IP address (and no name)?"""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def addresses(trunk: Trunk) -> tuple[str, ...]:
    """Where calls of a trunk come from; empty where only a name is known.

    A UDP port of its own belongs to the address: other hosts' phones may stand behind it. TCP connections come from
    any port.
    """
    found = list(trunk.accept_from)
    if is_address(trunk.host):
        found.insert(0, _at(trunk.host, trunk.port if trunk.transport == "udp" else None))
    return tuple(dict.fromkeys(found))


def realm(plans: tuple[Plan, ...]) -> str:
    """What every login is asked for, also one that does not exist: a fleet's tenants cannot be told apart by it."""
    return plans[0].domain if len(plans) == 1 else FLEET_REALM


def carriers(plans: tuple[Plan, ...]) -> tuple[str, ...]:
    """Where trunks are: no phone may register a contact there.

    Asterisk looks at what the phone wrote, and a phone behind NAT writes its private address: of private networks only
    small ones are left out.
    """
    hosts = (host for plan in plans for trunk in plan.trunks.values() for host in (trunk.host, *trunk.accept_from))
    networks = (ipaddress.ip_network(host, strict=False) for host in hosts if _is_network(host))
    wanted = (n for n in networks if n.prefixlen and (n.is_global or n.num_addresses <= _FEW_ADDRESSES))
    return tuple(dict.fromkeys(map(str, wanted)))


def _is_network(host: str) -> bool:
    try:
        ipaddress.ip_network(host, strict=False)
    except ValueError:
        return False
    return True


def _at(host: str, port: int | None) -> str:
    if port is None:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _phone(plan: Plan, user: User, naming: EndpointNames, password: str) -> PhoneView:
    return PhoneView(
        endpoint=naming.of(user.extension),
        extension=user.extension,
        title=user.name,
        where=user.location.short,
        password=password,
        mailbox=f"{user.extension}@{plan.name}" if user.mailbox is not None else "",
        busy_at=not user.call_waiting,
    )


def _trunk(plan: Plan, trunk: Trunk, secrets: Mapping[Secret, str]) -> TrunkView:
    shown = f"[{trunk.host}]" if ":" in trunk.host else trunk.host
    server = shown if trunk.port is None else f"{shown}:{trunk.port}"
    way = "" if trunk.transport == "udp" else f";transport={trunk.transport}"
    user = trunk.username or _bare_number(plan, trunk) or plan.name
    return TrunkView(
        endpoint=names.trunk(plan, trunk.name),
        name=trunk.name,
        where=trunk.location.short,
        transport=trunk.transport,
        uri=f"sip:{server}{way}",
        addresses=addresses(trunk),
        username=trunk.username or "",
        password="" if trunk.password is None else secrets[trunk.password],
        register=trunk.register,
        host=shown,
        server_uri=f"sip:{server}{way}",
        client_uri=f"sip:{_uri_user(user)}@{shown}",
        contact_user=_bare_number(plan, trunk) or _uri_user(user),
    )


def _uri_user(name: str) -> str:
    """A user name as the user part of a SIP URI (RFC 3261, 25.1)."""
    return quote(name, safe="-_.!~*'()&=+$,")


def _bare_number(plan: Plan, trunk: Trunk) -> str:
    """The main number as this carrier writes it: what it calls where the account has one number only."""
    return "" if trunk.number is None else plan.as_sent(trunk.number, trunk)
