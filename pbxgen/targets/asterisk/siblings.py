"""Trunks of several tenants whose calls come from one address: Asterisk tells them apart by the called number only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pbxgen.flow.plan import Plan
from pbxgen.targets.networks import Network, networks

Key = tuple[str, str]
"""Name of the tenant and of the trunk."""


def siblings(plans: Iterable[Plan]) -> Mapping[Key, Key]:
    """For each trunk that shares an address with another tenant's, the next one; the last leads to the first."""
    first_with: dict[Network, Key] = {}
    group_of: dict[Key, list[Key]] = {}
    for plan in plans:
        for trunk in plan.trunks.values():
            key = (plan.name, trunk.name)
            group_of[key] = [key]
            for network in networks(trunk):
                for known in _around(network, first_with):
                    _join(group_of, first_with[known], key)
                first_with.setdefault(network, key)
    rings: dict[Key, Key] = {}
    for key, group in group_of.items():
        if len({tenant for tenant, _ in group}) > 1:
            rings[key] = group[(group.index(key) + 1) % len(group)]
    return rings


def _around(network: Network, known: Mapping[Network, Key]) -> list[Network]:
    """Networks that overlap: the same one, found at once where all tenants write the carrier alike, or others."""
    same = [network] if network in known else []
    return same + [n for n in known if n.version == network.version and n != network and n.overlaps(network)]


def _join(group_of: dict[Key, list[Key]], one: Key, other: Key) -> None:
    first, second = group_of[one], group_of[other]
    if first is not second:
        first += second
        for key in second:
            group_of[key] = first
