"""Which addresses a trunk may have: calls from there are taken for the carrier's, without any password."""

from __future__ import annotations

import ipaddress

from pbxgen.diagnostics.location import Location
from pbxgen.language.findings import Findings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_WIDEST = {4: 16, 6: 32}
_PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10"),
    )
)
_BROADCAST = ipaddress.ip_network("255.255.255.255/32")
_NOT_HOSTS = (_BROADCAST, ipaddress.ip_network("0.0.0.0/8"), ipaddress.ip_network("::/128"))
_CURE = "write the addresses that the carrier gives for its servers"


def check(network: Network, written: str, place: Location, findings: Findings) -> None:
    """Report a ``network`` (or single address) of a trunk that is nobody's, or that phones may be in."""
    if network.prefixlen == 0:
        findings.add("PBX161", f"{written} is everybody: any stranger would be the trunk", place, help=_CURE)
    elif network.is_multicast or any(_overlap(network, other) and _within(network, other) for other in _NOT_HOSTS):
        findings.add("PBX161", f"{written} is no address that calls come from", place, help=_CURE)
    elif network.prefixlen < _WIDEST[network.version]:
        wide = f"{written} is wider than /{_WIDEST[network.version]}"
        findings.add("PBX162", f"{wide}: whoever is in it is taken for the trunk", place, help=_CURE)
    elif network.num_addresses > 1 and any(_overlap(network, private) for private in _PRIVATE):
        message = f"{written} is a network of private addresses: phones in it would be taken for the trunk"
        findings.add("PBX162", message, place, help=f"{_CURE}; one private address alone is fine")


def _overlap(one: Network, other: Network) -> bool:
    return one.version == other.version and one.overlaps(other)


def _within(one: Network, other: Network) -> bool:
    return one.prefixlen >= other.prefixlen
