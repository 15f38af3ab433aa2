"""Which addresses a trunk's calls come from, as FreeSWITCH compares them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence

from pbxgen.flow.plan import Plan
from pbxgen.flow.trunk import Trunk
from pbxgen.targets.networks import networks

_NOBODY = "0.0.0.0/32"
_MOST_LISTS = 100
"""A profile applies no more."""
_PER_LIST = 50
"""FreeSWITCH reads at most 100 networks of one list."""


def access_lists(trunk: Trunk) -> tuple[str, ...]:
    """The networks as lists for ``acl``: a list that mixed the versions of IP would compare nonsense."""
    ordered = sorted(set(networks(trunk)), key=lambda n: (n.version, n.network_address.packed, n.prefixlen))
    by_version = ([str(n) for n in ordered if n.version == version] for version in (4, 6))
    return tuple(text for members in by_version for text in _lists(members))


def inbound_lists(plans: Iterable[Plan]) -> tuple[str, ...]:
    """The networks that any trunk's calls come from, as lists for ``apply-inbound-acl``; nobody's if there are none.

    Of IPv4 alone, as the profile listens to no other. No list for more networks than a profile can apply: the dialplan
    asks for each trunk's anyway.
    """
    every = {network for plan in plans for trunk in plan.trunks.values() for network in networks(trunk)}
    joined = [str(n) for n in ipaddress.collapse_addresses(n for n in every if isinstance(n, ipaddress.IPv4Network))]
    lists = tuple(_lists(joined))
    if len(lists) > _MOST_LISTS:
        return ()
    return lists or (_NOBODY,)


def _lists(members: Sequence[str]) -> Iterator[str]:
    for first in range(0, len(members), _PER_LIST):
        yield ",".join(members[first : first + _PER_LIST])
