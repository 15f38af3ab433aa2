"""Compile trunks, routes, classes and contacts for the plan."""

from __future__ import annotations

import ipaddress
import re

from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.flow import plan
from pbxgen.flow.endpoint import Srtp
from pbxgen.flow.numbering import NumberFormat
from pbxgen.flow.pattern import Pattern, letters, parse
from pbxgen.flow.trunk import (
    CalledNumber,
    CallerId,
    DiversionHeader,
    Dtmf,
    FromUser,
    IdentityHeader,
    Route,
    Trunk,
)
from pbxgen.language import model_sections as model
from pbxgen.language.directory import read_number
from pbxgen.language.findings import Findings
from pbxgen.language.model_base import many
from pbxgen.language.names import Names
from pbxgen.language.numbers import Numbers, compact_pattern, is_written_number
from pbxgen.language.positions import at, each, key_of
from pbxgen.language.raw_settings import raw_settings
from pbxgen.language.rules import RESERVED
from pbxgen.language.secrets import declared
from pbxgen.language.validate import Draft
from pbxgen.source.tree import Node

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Calls from the addresses of a trunk are taken for the carrier's, without any password.
_WIDEST = {4: 16, 6: 32}
_PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10"),
    )
)
_BROADCAST = ipaddress.ip_network("255.255.255.255/32")
_IPV4_MAPPED = ipaddress.ip_network("::ffff:0:0/96")
_NOT_HOSTS = (_BROADCAST, ipaddress.ip_network("0.0.0.0/8"), ipaddress.ip_network("::/128"), _IPV4_MAPPED)
_ADDRESSES = "write the addresses that the carrier gives for its servers"
_DIGITS = frozenset("0123456789")
_PORTS = {"tls": 5061}
"""Of SIP, by transport, where it is not 5060 (RFC 3261)."""
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def trunks(draft: Draft, numbers: Numbers, findings: Findings) -> dict[str, Trunk]:
    section = draft.node("trunks")
    compiled = {
        name: _trunk(name, trunk, at(section, name), key_of(section, name), numbers, findings)
        for name, trunk in draft.source.trunks.items()
    }
    for name, trunk in compiled.items():
        written = each(draft.source.trunks[name].host, at(at(section, name), "host"))
        for (host, _), (_, item) in zip(trunk.hosts, written, strict=False):
            if draft.pbx and host.casefold() == draft.pbx.domain.casefold():
                message = f"{host} is pbx.domain, where the phones are: who calls from there would be the trunk"
                findings.add("PBX161", message, item.location, help=_ADDRESSES)
    return compiled


def _hosts(name: str, trunk: model.Trunk, node: Node, findings: Findings) -> tuple[tuple[str, int | None], ...]:
    """The addresses of a carrier in the order in which they are tried, each once."""
    usual = _PORTS.get(trunk.transport, 5060)
    addresses: list[tuple[str, int | None]] = []
    for text, item in each(trunk.host, node):
        host, port = _host(text, item, findings)
        if _is_ip(host):
            _check_trusted(ipaddress.ip_network(host), text, item.location, findings)
        if (host.casefold(), port or usual) in [(known.casefold(), its or usual) for known, its in addresses]:
            findings.add(
                "PBX193",
                f"{text} is an address of trunk {name} already",
                item.location,
                help="remove one of the two: an address is tried once a call",
            )
        addresses.append((host, port))
    return tuple(addresses)


def _trunk(
    name: str, trunk: model.Trunk, node: Node, location: Location, numbers: Numbers, findings: Findings
) -> Trunk:
    (host, port), *more_hosts = _hosts(name, trunk, at(node, "host"), findings)
    accepted = []
    if trunk.accept_from:
        for text, item in each(trunk.accept_from, at(node, "accept_from")):
            network = _network(text, item, findings)
            if network is not None:
                accepted.append(network)
    if trunk.register_ and not trunk.username:
        findings.add(
            "PBX132",
            f"trunk {name} is to register, but has no username",
            key_of(node, "register"),
            help="add username (and password)",
        )
    proxy = None
    if trunk.outbound_proxy is not None:
        proxy = _host(trunk.outbound_proxy, at(node, "outbound_proxy"), findings)
        if _is_ip(proxy[0]):
            place = at(node, "outbound_proxy").location
            _check_trusted(ipaddress.ip_network(proxy[0]), trunk.outbound_proxy, place, findings)
        if more_hosts:
            findings.add(
                "PBX195",
                f"all addresses of trunk {name} are reached by way of {trunk.outbound_proxy}: where it does not carry "
                "a call, it is asked again for each of them",
                at(node, "outbound_proxy").location,
                help="write one host, or remove outbound_proxy; a second proxy needs a trunk of its own",
            )
    if trunk.auth_username is not None and trunk.password is None:
        findings.add(
            "PBX132",
            f"trunk {name} has an auth_username and no password: there is nothing to log in with",
            key_of(node, "auth_username"),
            help="add password, or remove auth_username",
        )
    if trunk.srtp != "off" and trunk.transport != "tls":
        findings.add(
            "PBX191",
            f"trunk {name} encrypts the sound, and its keys travel readable over {trunk.transport}",
            at(node, "srtp").location,
            help="add transport: tls, if the carrier has it",
        )
    if not trunk.tls_verify:
        findings.add(
            "PBX192",
            f"whoever answers at {' or '.join(many(trunk.host))} is taken for the carrier of trunk {name}: "
            "no certificate is asked for",
            at(node, "tls_verify").location,
            help="remove tls_verify: false, and have the PBX know the authority of the carrier's certificate",
        )
    _who_calls(name, trunk, node, findings)
    number = None
    if trunk.number is not None:
        number = read_number(trunk.number, at(node, "number"), numbers, findings)
    return Trunk(
        name=name,
        host=host,
        port=port,
        transport=trunk.transport,
        username=trunk.username,
        password=None if trunk.password is None else declared(trunk.password, at(node, "password"), findings),
        register=trunk.register_,
        accept_from=tuple(dict.fromkeys(accepted)),
        number=number,
        number_format=NumberFormat(trunk.number_format),
        caller_id=CallerId(trunk.caller_id),
        diversion=DiversionHeader(trunk.diversion),
        location=location,
        called_number=CalledNumber(trunk.called_number),
        keepalive=trunk.keepalive,
        from_user=FromUser(trunk.from_user),
        from_domain=trunk.from_domain,
        identity=IdentityHeader(trunk.identity),
        auth_username=trunk.auth_username,
        expires=trunk.expires,
        outbound_proxy=proxy,
        options=raw_settings(trunk.options, at(node, "options")),
        tls_verify=trunk.tls_verify,
        srtp=Srtp(trunk.srtp),
        codecs=tuple(dict.fromkeys(trunk.codecs)),
        dtmf=Dtmf(trunk.dtmf),
        t38=trunk.t38,
        max_calls=trunk.max_calls,
        more_hosts=tuple(more_hosts),
    )


def _who_calls(name: str, trunk: model.Trunk, node: Node, findings: Findings) -> None:
    if trunk.from_user != "account":
        return
    if not trunk.username:
        findings.add(
            "PBX132",
            f"calls of trunk {name} are to come from the account, but it has no username",
            key_of(node, "from_user"),
            help="add username, or remove from_user",
        )
    elif trunk.identity == "none":
        findings.add(
            "PBX190",
            f"no header of trunk {name} tells the caller's number: every call shows the account alone",
            at(node, "from_user").location,
            help="add identity: pai (or rpid), as the carrier wants it",
        )


def _host(text: str, node: Node, findings: Findings) -> tuple[str, int | None]:
    """``host``, ``host:port``, ``2001:db8::1`` or ``[2001:db8::1]:5060``."""
    try:
        return str(ipaddress.ip_address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)), None
    except ValueError:
        host, _, port_text = text.rpartition(":")
    if not host:
        host, port_text = text, ""
    if host.startswith("[") and host.endswith("]"):
        try:
            host = str(ipaddress.IPv6Address(host[1:-1]))
        except ValueError:
            host = ""
    elif not _HOST.fullmatch(host) or (host.replace(".", "").isdigit() and not _is_ip(host)):
        host = ""
    port = int(port_text) if port_text.isdigit() and len(port_text) < 6 else 0
    if not host or (":" in text and not 0 < port < 65536):
        what = "the port must be 1 to 65535" if host else "this is neither a host name nor an address"
        findings.add(
            "PBX132",
            f"the host cannot be {text!r}: {what}",
            node.location,
            help="write a host or host:port, such as sip.carrier.example:5060",
        )
    return host or text, port or None


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _network(text: str, node: Node, findings: Findings) -> str | None:
    """An address or a network in CIDR notation, in its usual spelling."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        findings.add(
            "PBX132",
            f"{text!r} is neither an IP address nor a network",
            node.location,
            help='write an address such as "192.0.2.7" or a network such as "192.0.2.0/28"',
        )
        return None
    _check_trusted(network, text, node.location, findings)
    alone = network.num_addresses == 1 and "/" not in text
    return str(network.network_address) if alone else str(network)


def _check_trusted(network: Network, written: str, place: Location, findings: Findings) -> None:
    """Report a ``network`` (or single address) of a trunk that is no host's, or that phones may have too."""
    if network.prefixlen == 0:
        findings.add(
            "PBX161", f"{written} is every address: any stranger would be taken for the trunk", place, help=_ADDRESSES
        )
    elif network.is_multicast or any(_overlap(network, other) and _within(network, other) for other in _NOT_HOSTS):
        findings.add("PBX161", f"{written} is not an address that calls can come from", place, help=_ADDRESSES)
    elif network.prefixlen < _WIDEST[network.version]:
        wide = f"{written} is wider than /{_WIDEST[network.version]}"
        findings.add("PBX162", f"{wide}: every caller from it is taken for the trunk", place, help=_ADDRESSES)
    elif network.num_addresses > 1 and any(_overlap(network, private) for private in _PRIVATE):
        message = f"{written} is a network of private addresses: phones in it would be taken for the trunk"
        findings.add("PBX162", message, place, help=f"{_ADDRESSES}; one private address alone is fine")


def _overlap(one: Network, other: Network) -> bool:
    return one.version == other.version and one.overlaps(other)


def _within(one: Network, other: Network) -> bool:
    return one.prefixlen >= other.prefixlen


def routes(draft: Draft, names: Names, findings: Findings) -> tuple[dict[str, Route], bool]:
    """The routes in the order of the source, and whether all of them could be read."""
    routes = {}
    sound = names.complete and not draft.has_broken("routes")
    section = draft.node("routes")
    for name, route in draft.source.routes.items():
        node = at(section, name)
        first, *backups = trunk_names(route.trunk, at(node, "trunk"), names, findings)
        patterns = []
        for text, item in each(route.match, at(node, "match")):
            pattern = _pattern(text, item, findings, _SHORT if route.as_dialled else _OUTGOING)
            if pattern is None:
                sound = False
                continue
            patterns.append(pattern)
            if draft.is_broken("routes", name, "emergency") or draft.is_broken("routes", name, "as_dialled"):
                continue
            if route.as_dialled:
                _is_dialled(pattern, item, findings)
            elif not route.emergency:
                _can_match(pattern, text, item, findings)
        if route.emergency and route.as_dialled:
            findings.add(
                "PBX171",
                f"route {name} is an emergency route: its numbers are as they are dialled anyway",
                key_of(node, "as_dialled"),
                help="remove as_dialled, or emergency where these are no emergency numbers",
            )
        location = key_of(section, name)
        routes[name] = Route(name, tuple(patterns), first, route.emergency, location, route.as_dialled, tuple(backups))
    return routes, sound


def trunk_names(written: str | list[str], node: Node, names: Names, findings: Findings) -> tuple[str, ...]:
    """Trunks in the order in which they are tried, each once."""
    in_order: list[str] = []
    for name, item in each(written, node):
        if name in in_order:
            findings.add(
                "PBX180",
                f"trunk {name} is in the list twice",
                item.location,
                help="remove one of the two: a trunk is tried once a call",
            )
            continue
        in_order.append(name)
        names.use("trunks", name, item.location, findings)
    return tuple(in_order)


def _is_dialled(pattern: Pattern, node: Node, findings: Findings) -> None:
    """Of what is dialled only digits are sent as they are, and a pattern without one would take every number."""
    fixed, _ = letters(pattern)
    if not fixed or not all("".join(allowed).isdigit() for allowed in fixed):
        findings.add(
            "PBX127",
            f"{pattern.text!r} is not a pattern of what is dialled: it begins with a digit, and holds nothing else",
            node.location,
            help=f"{_SHORT}; numbers with + stand in a route that is not as_dialled",
        )


def contacts(draft: Draft, numbers: Numbers, names: Names, findings: Findings) -> dict[str, plan.Contacts]:
    contacts = {}
    section = draft.node("contacts")
    for name, texts in draft.source.contacts.items():
        location = key_of(section, name)
        if name in RESERVED:
            findings.add(
                "PBX105",
                f"a contacts set cannot be called {name}",
                location,
                help=f"'from: {name}' means every {name} call: choose another name",
            )
        patterns, extensions, anonymous = [], set(), False
        for written, item in each(texts, at(section, name)):
            text = written.strip()
            if text == plan.ANONYMOUS:
                anonymous = True
            elif text in names.of("users"):
                extensions.add(text)
            elif is_written_number(text) and (e164 := numbers.read(text).e164) is not None:
                patterns.append(Pattern(e164))
            else:
                pattern = _caller(text, item, findings)
                if pattern is not None:
                    _can_match(pattern, text, item, findings, contact=True)
                    patterns.append(pattern)
        contacts[name] = plan.Contacts(name, tuple(patterns), location, frozenset(extensions), anonymous)
    return contacts


_OUTGOING = 'such as "+39[03]X."'
_SHORT = 'such as "4XXX" or "12XX"'
_CONTACT = 'such as "+39[03]X." or "+4420*", an extension, or anonymous'


def _pattern(text: str, node: Node, findings: Findings, help: str) -> Pattern | None:
    try:
        return parse(text)
    except ValueError as problem:
        findings.add("PBX127", f"{text!r} is not a pattern: {problem}", node.location, help=help)
        return None


def _caller(text: str, node: Node, findings: Findings) -> Pattern | None:
    """A pattern of `contacts`, perhaps with what only makes numbers readable."""
    try:
        return parse(compact_pattern(text), star_is_any_ending=True)
    except ValueError as problem:
        help = did_you_mean(text, (plan.ANONYMOUS,)) or _CONTACT
        findings.add("PBX127", f"{text!r} is not a pattern: {problem}", node.location, help=help)
        return None


def _can_match(pattern: Pattern, text: str, node: Node, findings: Findings, *, contact: bool = False) -> None:
    """Numbers are matched in E.164, so whatever does not begin with a plus matches nothing, nor what has more than
    digits behind it."""
    fixed, _ = letters(pattern)
    if not all(allowed & _DIGITS for allowed in fixed[1:]):
        findings.add(
            "PBX159",
            f"{text!r} can never match: numbers are compared in E.164, which has only digits behind its +",
            node.location,
            help="a closing * stands for any ending"
            if contact
            else "a closing . stands for one or more of anything, ! for none or more",
        )
    elif pattern.text[0] not in "+.!":
        findings.add(
            "PBX159",
            f"{text!r} can never match: numbers are compared in E.164, which begins with +",
            node.location,
            help='write the pattern with + and country code, such as "+39[03]X."'
            + (", or an extension that a user has" if contact else ""),
        )


def classes(draft: Draft, names: Names, findings: Findings) -> dict[str, frozenset[str]]:
    """Class name to the routes it opens."""
    classes = {}
    for name, listed in draft.source.classes.items():
        for route, node in each(listed, draft.node("classes", name)):
            names.use("routes", route, node.location, findings)
        classes[name] = frozenset(many(listed))
    return classes
