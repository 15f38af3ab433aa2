"""Trunks, and the routes by which outgoing calls come to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from pbxgen.diagnostics.location import Location
from pbxgen.flow.endpoint import RawSetting, Secret, Srtp
from pbxgen.flow.numbering import NumberFormat
from pbxgen.flow.pattern import Pattern


class CallerId(StrEnum):
    """Which number a call sent to a trunk shows when it was diverted."""

    ORIGINAL = "original"
    OWN = "own"


class DiversionHeader(StrEnum):
    DIVERSION = "diversion"  # RFC 5806
    HISTORY_INFO = "history_info"  # RFC 7044
    NONE = "none"


class CalledNumber(StrEnum):
    """Where an incoming call names the number it is for; the request's number counts where a header names none."""

    REQUEST = "request"
    TO = "to"
    P_CALLED_PARTY_ID = "p_called_party_id"  # RFC 7315


class FromUser(StrEnum):
    """What the user part of From is on calls over a trunk."""

    CALLER = "caller"
    ACCOUNT = "account"


class IdentityHeader(StrEnum):
    """Header that tells a carrier the caller's number, beside From."""

    NONE = "none"
    PAI = "pai"  # P-Asserted-Identity, RFC 3325
    RPID = "rpid"  # Remote-Party-ID, draft-ietf-sip-privacy


class Dtmf(StrEnum):
    """How keys travel over a trunk."""

    AUTO = "auto"  # RFC 4733 where it is offered, else in-band
    RFC4733 = "rfc4733"
    INBAND = "inband"
    INFO = "info"


DEFAULT_CODECS = ("alaw", "ulaw")


@dataclass(frozen=True, slots=True)
class Trunk:
    name: str
    host: str
    """A host name or an IP address (IPv6 without brackets)."""
    port: int | None
    transport: str
    """udp, tcp or tls."""
    username: str | None
    password: Secret | None
    register: bool
    accept_from: tuple[str, ...]
    """Further addresses or networks (CIDR) that calls of this trunk come from."""
    number: str | None
    """Main number, E.164."""
    number_format: NumberFormat
    caller_id: CallerId
    diversion: DiversionHeader
    location: Location
    called_number: CalledNumber = CalledNumber.REQUEST
    keepalive: int = 30
    """Seconds between OPTIONS that keep NAT open and tell whether the trunk is there; 0: none are sent."""
    from_user: FromUser = FromUser.CALLER
    from_domain: str | None = None
    """Host part of From; None: as the PBX has it."""
    identity: IdentityHeader = IdentityHeader.NONE
    auth_username: str | None = None
    """What the carrier knows the login by; None: ``username``."""
    expires: int = 600
    """Seconds of a registration."""
    outbound_proxy: tuple[str, int | None] | None = None
    """Host and port that everything is sent to; None: the trunk's own."""
    options: tuple[RawSetting, ...] = ()
    tls_verify: bool = True
    """Must the carrier's certificate be good?"""
    srtp: Srtp = Srtp.OFF
    codecs: tuple[str, ...] = DEFAULT_CODECS
    """Those that are offered, best first: alaw, ulaw, g722, g729, gsm, opus."""
    dtmf: Dtmf = Dtmf.AUTO
    t38: bool = False
    """May a call become a T.38 fax?"""
    max_calls: int | None = None
    """Calls at once, incoming ones too; None: no limit."""
    more_hosts: tuple[tuple[str, int | None], ...] = ()
    """Further addresses of the carrier, each with its port, which are tried in order behind the first."""

    @property
    def hosts(self) -> tuple[tuple[str, int | None], ...]:
        """Every address with its port, in the order in which calls try them."""
        return (self.host, self.port), *self.more_hosts

    @property
    def proxies(self) -> tuple[tuple[str, int | None], ...]:
        """The outbound proxy with its port, from which calls come, too; none if there is none."""
        return () if self.outbound_proxy is None else (self.outbound_proxy,)


@dataclass(frozen=True, slots=True)
class Route:
    """An outgoing route; the first of the plan whose pattern matches the E.164 number carries the call."""

    name: str
    patterns: tuple[Pattern, ...]
    trunk: str
    emergency: bool
    location: Location
    as_dialled: bool = False
    """Are its patterns of digits as they are dialled, behind the outside line? They are sent as they are."""
    backups: tuple[str, ...] = ()
    """Trunks that are tried, in order, where the ones before did not carry the call."""

    @property
    def trunks(self) -> tuple[str, ...]:
        return (self.trunk, *self.backups)

    def carries(self, number: str) -> bool:
        """Does a pattern match? A route that is ``as_dialled`` carries digits only, whatever its patterns say."""
        if self.as_dialled and not (number.isascii() and number.isdigit()):
            return False
        return any(pattern.matches(number) for pattern in self.patterns)

    def with_trunks(self, trunks: tuple[str, ...]) -> Route:
        """The route with a user's own ``trunks``, if any, instead of the route's; an emergency route keeps its
        trunks."""
        if self.emergency or not trunks:
            return self
        return replace(self, trunk=trunks[0], backups=trunks[1:])
