"""Which addresses a trunk's calls come from."""

from __future__ import annotations

import ipaddress
from typing import TypeAlias
from urllib.parse import quote

from pbxgen.flow.plan import Trunk

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def network_of(text: str) -> Network | None:
    """A lone address has its whole length; a host name has no network."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def networks(trunk: Trunk) -> list[Network]:
    """Those of ``host`` and ``accept_from``."""
    possible = map(network_of, (trunk.host, *trunk.accept_from))
    return [network for network in possible if network is not None]


def host_and_port(host: str, port: int | None) -> str:
    """As in a URI: an IPv6 address stands in brackets."""
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"


def uri_user(name: str) -> str:
    """A user name as the user part of a SIP URI (RFC 3261, 25.1)."""
    return quote(name, safe="-_.!~*'()&=+$,")
