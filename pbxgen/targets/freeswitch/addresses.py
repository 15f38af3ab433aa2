"""Which addresses a trunk's calls come from, as FreeSWITCH compares them."""

from __future__ import annotations

import ipaddress

from pbxgen.flow.plan import Trunk


def networks(trunk: Trunk) -> tuple[str, ...]:
    """Networks in CIDR, a lone address with its whole length; IPv4 first. A host name has none of its own."""
    found: set[ipaddress.IPv4Network | ipaddress.IPv6Network] = set()
    for text in (trunk.host, *trunk.accept_from):
        try:
            found.add(ipaddress.ip_network(text, strict=False))
        except ValueError:
            continue
    return tuple(str(n) for n in sorted(found, key=lambda n: (n.version, n.network_address.packed, n.prefixlen)))


def access_lists(trunk: Trunk) -> tuple[str, ...]:
    """The networks as lists for ``acl``, one for each version of IP: a mixed list would compare nonsense."""
    found = networks(trunk)
    lists = [[n for n in found if ":" not in n], [n for n in found if ":" in n]]
    return tuple(",".join(members) for members in lists if members)
