"""Where a trunk is, and which addresses its calls come from."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias
from urllib.parse import quote

from pbxgen.flow.plan import Plan
from pbxgen.flow.trunk import Trunk

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def network_of(text: str) -> Network | None:
    """A lone address has its whole length; a host name has no network."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def networks(trunk: Trunk) -> list[Network]:
    """Those of ``host``, ``outbound_proxy`` and ``accept_from``."""
    hosts = [host for host, _ in (*trunk.hosts, *trunk.proxies)]
    possible = map(network_of, (*hosts, *trunk.accept_from))
    return [network for network in possible if network is not None]


def unknown_host(trunk: Trunk) -> str | None:
    """A host that is a name where no address is given that calls of the trunk come from; None: there is none."""
    if trunk.accept_from or any(network_of(host) is not None for host, _ in trunk.proxies):
        return None
    return next((host for host, _ in trunk.hosts if network_of(host) is None), None)


def by_address(trunk: Trunk) -> Iterator[Trunk]:
    """The trunk for each of its addresses, as if it had no other: ``carrier``, ``carrier.2`` (names hold no dot)."""
    for number, (host, port) in enumerate(trunk.hosts, 1):
        name = trunk.name if number == 1 else f"{trunk.name}.{number}"
        yield replace(trunk, name=name, host=host, port=port, more_hosts=())


def tried(plan: Plan, trunks: tuple[str, ...]) -> tuple[str, ...]:
    """The addresses of trunks, by their names in :func:`by_address`, in the order in which a call tries them."""
    return tuple(one.name for name in trunks for one in by_address(plan.trunks[name]))


def host_and_port(host: str, port: int | None) -> str:
    """As in a URI: an IPv6 address stands in brackets."""
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"


def address(trunk: Trunk) -> str:
    """Where a trunk is, as a SIP URI says it behind the user."""
    return f"{host_and_port(trunk.host, trunk.port)}{_way(trunk)}"


def proxy_uri(trunk: Trunk) -> str:
    """The URI that everything is sent to before the trunk's own address; empty: nothing is."""
    return "" if trunk.outbound_proxy is None else f"sip:{host_and_port(*trunk.outbound_proxy)};lr{_way(trunk)}"


def _way(trunk: Trunk) -> str:
    return "" if trunk.transport == "udp" else f";transport={trunk.transport}"


def contact_user(trunk: Trunk, plan: Plan) -> str:
    """User part of the contact that a trunk registers, which its carrier calls: the main number as it writes it.

    The account where there is none.
    """
    number = "" if trunk.number is None else plan.numbering.as_sent(trunk.number, trunk.number_format)
    return number or uri_user(trunk.username or plan.name)


def uri_user(name: str) -> str:
    """A user name as the user part of a SIP URI (RFC 3261, 25.1)."""
    return quote(name, safe="-_.!~*'()&=+$,")
