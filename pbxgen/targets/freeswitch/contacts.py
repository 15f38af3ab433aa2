r"""Which registered contacts are rung: an expression on what ``sofia xmlstatus profile internal user …`` says.

A contact is text that a phone chose, and a dial string is a program: a comma begins another leg, ``${`` a function. And
a contact is a destination: FreeSWITCH would call any host that it names, from the address that carriers trust. So a
contact is taken only if it is written with letters that mean nothing, and leads to the address that its REGISTER came
from (or, for phones behind NAT and on websockets, FreeSWITCH's own note of where that was: ``fs_path``). And nobody
whose contacts are at a carrier's address is rung at all: a sender's address can be forged. The expression finds such
contacts among others, which it passes over. FreeSWITCH writes each registration on lines of its own::

    <registration>
        <contact>&quot;Ada&quot; &lt;sip:101@192.0.2.7:5060;transport=udp&gt;</contact>
        …
        <network-ip>192.0.2.7</network-ip>
        …
        <sip-auth-realm>pbx.example</sip-auth-realm>
        …
    </registration>
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from pbxgen.flow.plan import Plan
from pbxgen.targets.networks import networks

TOGETHER = 3
"""Contacts that one look-up finds: each takes two groups, and FreeSWITCH up to 1.10 (PCRE) counts to nine."""
MOST = 4 * TOGETHER
"""Contacts of one user that are rung: the static library looks four times at most."""
LOOKED_UP = tuple(f"{{{contacts}}}" for contacts in range(TOGETHER, MOST, TOGETHER))
"""Contacts that earlier look-ups have found where one more follows, as expressions count them."""

_OWN = "\0"
"""Where the template puts the PBX's own sockets, which FreeSWITCH's variables name and are no phone's."""
_USER = r"(?:[\w.+*=-]+|\(null\))"
"""FreeSWITCH writes (null) where a contact has no user."""
_PORT = r"(?::\d+)?"
_NAMED = r"(?![Ff][Ss]_|[Mm][Aa]|[Tt][Tt]|[Ll][Rr]|[Mm][Ee]|[Rr][Ee][Cc])"
"""Parameters that lead elsewhere (maddr, ttl, lr, method, received) or that FreeSWITCH reads are none of a phone's."""
_VALUE = r"[\w.+%*-]*(?::(?!_)[\w.+%*-]+)*"
"""Of a parameter. What FreeSWITCH parts several calls by (``:_:``) is in none."""
_PARAMS = rf"(?:;{_NAMED}[A-Za-z][\w.+-]*(?:={_VALUE})?)*"
_DIRECT = rf"\[?ADDRESS\]?{_PORT}{_PARAMS}(?:;fs_nat=yes)?"
_ENCODED = rf"(?:%3B{_NAMED}[A-Za-z][\w.+-]*(?:%3D[\w.+*-]*)?)*"
_NOTED = (
    rf"[\w.:\[\]-]+{_PARAMS}(?:;fs_nat=yes)?;fs_path=(?:%3C)?sips?%3A(?:(?:[\w.+*=-]|%2B|%3D|\(null\))+%40)?"
    rf"ADDRESS(?:%3A\d+)?(?:%3Blr)?{_ENCODED}(?:%3E)?"
)
_SELF = ipaddress.ip_network("127.0.0.1/32")
"""What runs on the PBX's own machine may be a trunk's gateway, and a phone beside it."""
_LINES = r"(?:(?! *\x3c(?:network-ip|sip-auth-realm|/registration)\x3e)[^\n]*+\n)*+"
"""Possessive, here and below: PCRE, of FreeSWITCH up to 1.10, recurses for what it may have to give back."""
_LAST = (
    r"        \x3csip-auth-realm\x3e[^\n\x3c]*\x3c/sip-auth-realm\x3e\n"
    r"        \x3cmwi-account\x3e[^\n]*\n    \x3c/registration\x3e\n"
)
_OTHER = (
    r"(?:    \x3cregistration\x3e\n(?:(?! *\x3c(?:sip-auth-realm|/registration)\x3e)[^\n]*+\n)*+"
    rf"{_LAST})*?"
)
"""Registrations that are passed over. The realm alone may hold line ends and ``<``: nothing behind it is read."""
_LONGEST = 20_000
"""Of an expression; PCRE2 compiles no more than 64 KiB."""


def passed() -> list[str]:
    r"""Begins an expression: a contact that may be rung, to be passed over as often as the ``{n}`` behind it says.

    ``\x3c`` and the like are letters that XML would read. In parts: between any two the template names the PBX's own
    sockets, as FreeSWITCH's variables.
    """
    return rf"^(?:[^\n]*\n){{3}}(?:{_contact(1)})".split(_OWN)


def wanted() -> list[str]:
    """Ends it: up to ``TOGETHER`` contacts, of which ``FOUND`` is made."""
    return "".join(f"(?:{_contact(2 * number + 1)})?" for number in range(1, TOGETHER + 1)).split(_OWN)


FOUND = "".join(f"${2 * number + 2}>" for number in range(1, TOGETHER + 1))
"""Contacts, each with a ``>``, which stands in none, behind it: where fewer were found, several ``>`` at the end."""


def _contact(group: int) -> str:
    """A registration that may be rung, and those passed over before it. Groups: the address it came from, its contact.

    Registrations are kept by Call-ID: a phone that has begun anew is there twice, and its later one counts.
    """
    leads = "|".join(text.replace("ADDRESS", rf"\{group}") for text in (_DIRECT, _NOTED))
    contact = r"        \x3ccontact\x3e(?:[^\n]*? )?\x26lt;"
    return (
        rf"{_OTHER}    \x3cregistration\x3e\n        \x3ccall-id\x3e[^\n]*\n        \x3cuser\x3e[^\n]*\n"
        rf"(?={_LINES}        \x3cnetwork-ip\x3e([0-9A-Fa-f.:]+)\x3c/network-ip\x3e\n)"
        rf"{contact}(sips?:{_USER}@(?!{_OWN})(?:{leads}))\x26gt;\x3c/contact\x3e\n"
        rf"(?![\s\S]*?\n{contact}\{group + 1}\x26gt;\x3c/contact\x3e\n{_LINES}"
        rf"        \x3cnetwork-ip\x3e\{group}\x3c/network-ip\x3e)"
        rf"{_LINES}        \x3cnetwork-ip\x3e[^\n]*\n{_LINES}{_LAST}"
    )


def carriers(plans: Iterable[Plan]) -> str:
    """Finds a contact, or a path to one (with a user or without), at a carrier's address.

    Of a fleet with thousands of carriers it knows the first.
    """
    known: list[str] = []
    left = _LONGEST
    for text in sorted({text for plan in plans for text in _carriers(plan)}):
        left -= len(text) + 1
        if left < 0:
            break
        known.append(text)
    return rf"(?:@|%40|sips?(?::|%3[Aa]))\[?(?:{'|'.join(known)})(?:[\]:;%\x3e]|\z)" if known else "(?!)"


def _carriers(plan: Plan) -> Iterable[str]:
    """Expressions for the addresses of a plan's carriers: a phone that seems to be there is none."""
    for trunk in plan.trunks.values():
        for network in networks(trunk):
            if network == _SELF:
                continue
            if isinstance(network, ipaddress.IPv4Network):
                yield _ipv4(network)
            elif network.prefixlen == network.max_prefixlen:
                yield re.escape(str(network.network_address))


def _ipv4(network: ipaddress.IPv4Network) -> str:
    parts = []
    for low, high in zip(network.network_address.packed, network.broadcast_address.packed, strict=True):
        if low == high:
            parts.append(str(low))
        elif (low, high) == (0, 255):
            parts.append(r"\d+")
        else:
            parts.append(f"(?:{'|'.join(map(str, range(low, high + 1)))})")
    return "[.]".join(parts)
