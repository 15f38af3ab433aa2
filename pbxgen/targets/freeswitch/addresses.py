"""Which addresses a trunk's calls come from, as FreeSWITCH compares them."""

from __future__ import annotations

import ipaddress

from pbxgen.flow.plan import Trunk

_PER_LIST = 50
"""FreeSWITCH reads at most 100 networks of one list."""


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
    """The networks as lists for ``acl``: a list that mixed the versions of IP would compare nonsense."""
    found = networks(trunk)
    lists = []
    for members in ([n for n in found if ":" not in n], [n for n in found if ":" in n]):
        lists += [members[i : i + _PER_LIST] for i in range(0, len(members), _PER_LIST)]
    return tuple(",".join(members) for members in lists)
