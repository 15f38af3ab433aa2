"""Which addresses a trunk's calls come from, as FreeSWITCH compares them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from pbxgen.flow.plan import Plan, Trunk

_NOBODY = "0.0.0.0/32"
_MOST_LISTS = 100
"""A profile applies no more."""
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


def inbound_lists(plans: Iterable[Plan]) -> tuple[str, ...]:
    """The networks that any trunk's calls come from, as lists for ``apply-inbound-acl``; nobody's if there are none.

    Of IPv4 alone, as the profile listens to no other. No list for more networks than a profile can apply: the dialplan
    asks for each trunk's anyway.
    """
    found = {ipaddress.ip_network(text) for plan in plans for trunk in plan.trunks.values() for text in networks(trunk)}
    joined = [str(n) for n in ipaddress.collapse_addresses(n for n in found if isinstance(n, ipaddress.IPv4Network))]
    lists = tuple(",".join(joined[i : i + _PER_LIST]) for i in range(0, len(joined), _PER_LIST))
    if len(lists) > _MOST_LISTS:
        return ()
    return lists or (_NOBODY,)
