"""Which addresses a trunk's calls come from."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TypeAlias

from pbxgen.flow.plan import Trunk

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(trunk: Trunk) -> Iterator[Network]:
    """``host`` and ``accept_from``, a lone address with its whole length. A host name has no network."""
    for text in (trunk.host, *trunk.accept_from):
        try:
            yield ipaddress.ip_network(text, strict=False)
        except ValueError:
            continue


def host_and_port(host: str, port: int | None) -> str:
    """As in a URI: an IPv6 address stands in brackets."""
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"
