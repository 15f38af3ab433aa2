"""A scenario becomes a tenant: its plan, with the laboratory's addresses and secrets in place of the source's.

Phones and trunks are reached over what the source says, and their sound is encrypted where it says ``required``.
Browsers (wss) are played as phones over UDP: the laboratory knows neither websockets nor DTLS.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pbxgen.calls.case import Case
from pbxgen.calls.observed import SERVICE
from pbxgen.calls.phone_states import PIN
from pbxgen.diagnostics.location import Location
from pbxgen.flow.endpoint import PhoneSettings, Secret, Srtp
from pbxgen.flow.plan import Mailbox, PlaceKind, Plan, User
from pbxgen.flow.trunk import Trunk
from pbxgen.lab.ports import Address, loopback_network
from pbxgen.lab.scripts import PLAIN, UDP, Way

TRUNK_PORT = 5060
_SOON = 10
"""Seconds; OPTIONS at longer intervals are left out: calls are over before they tell anything, and Asterisk takes a
trunk that it has not asked yet for dead."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One case, ready to be put on a PBX."""

    case: Case
    """The case as it was given; the model uses its plan."""
    plan: Plan
    """The plan with the laboratory's name, domain, addresses and secrets; the PBX is given this one."""
    trunks: dict[str, Address]
    """Far end of each trunk."""
    recordings: dict[str, int]
    """Announcements and services: the tone (Hz) that stands for each."""
    parking: str | None
    """An extension of the laboratory's own that phones `in_call` talk with."""
    registered_seconds: int = 7200
    """How long the registrations of its phones last."""
    further: Mapping[Address, tuple[str, int]] = field(default_factory=dict)
    """Further far ends of trunks that have several addresses: the trunk of each, and which address (2, 3, …) it is."""
    passwords: Mapping[str, str] | None = None
    """By extension, of the phones that take part, on a PBX that is not the laboratory's; None: all do, with its own."""

    def way(self, extension: str) -> Way:
        """How a user's phones and the PBX reach each other; a PBX that is not the laboratory's is reached over UDP."""
        return PLAIN if self.passwords is not None else _way(self.plan.users[extension].phone)

    def way_over(self, trunk: str) -> Way:
        """How a trunk's far ends and the PBX reach each other."""
        return _way(self.plan.trunks[trunk])

    @property
    def ways_of_phones(self) -> set[Way]:
        return {self.way(extension) for extension in self.plan.users}

    @property
    def ways(self) -> set[Way]:
        """Of phones and of the far ends of trunks, if the laboratory plays them."""
        return self.ways_of_phones | {self.way_over(trunk) for trunk in self.trunks}

    @property
    def trunk_at(self) -> dict[Address, str]:
        """The trunk of each far end."""
        further = {address: name for address, (name, _) in self.further.items()}
        return {address: name for name, address in self.trunks.items()} | further

    @property
    def phones(self) -> Collection[str]:
        """Extensions whose phones register; on a PBX that somebody else runs not the caller's, who is not called."""
        if self.passwords is None:
            return self.plan.users
        return [extension for extension in self.passwords if extension != self.case.call.caller]

    def password(self, extension: str) -> str:
        return password(self.plan, extension) if self.passwords is None else self.passwords[extension]


def _way(settings: PhoneSettings | Trunk) -> Way:
    return Way(settings.transport, settings.srtp is Srtp.REQUIRED)


def in_browsers(cases: Iterable[Case]) -> tuple[str, ...]:
    """Users whose phones are browsers, each once."""
    users = (user for case in cases for user in case.plan.users.values())
    return tuple(dict.fromkeys(user.extension for user in users if user.phone.webrtc))


def password(plan: Plan, extension: str) -> str:
    return f"lab-{plan.name}-{extension}"


def contact_user(plan: Plan, extension: str, index: int) -> str:
    """User part of a contact's URI: tells whose phone an INVITE is for."""
    return f"{plan.name}.{extension}.{index}"


def prepare(cases: Iterable[Case]) -> tuple[tuple[Tenant, ...], dict[Secret, str]]:
    """Tenants of one fleet, and every secret that rendering them needs."""
    secrets: dict[Secret, str] = {}
    addresses = _addresses()
    return tuple(_tenant(number, case, addresses, secrets) for number, case in enumerate(cases, 1)), secrets


def _addresses() -> Iterator[Address]:
    while True:
        network = loopback_network()
        for host in range(2, 254):
            yield f"{network}.{host}", TRUNK_PORT


def _tenant(number: int, case: Case, addresses: Iterator[Address], secrets: dict[Secret, str]) -> Tenant:
    plan = case.plan
    name = f"{plan.name}-{number}"
    where = Location("laboratory", 1, 1, 1, 1)

    def secret(text: str) -> Secret:
        made = Secret("inline", text, where)
        secrets[made] = text
        return made

    trunks: dict[str, Trunk] = {}
    ends: dict[str, Address] = {}
    further: dict[Address, tuple[str, int]] = {}
    for key, trunk in plan.trunks.items():
        host, port = ends[key] = next(addresses)
        login = secret(f"trunk-{name}") if trunk.password is not None else None
        proxy = None if trunk.outbound_proxy is None else (host, port)
        placed = replace(
            trunk, host=host, port=port, accept_from=(), password=login, outbound_proxy=proxy, srtp=_played(trunk.srtp)
        )
        more = tuple(next(addresses) for _ in trunk.more_hosts)
        further |= {address: (key, number) for number, address in enumerate(more, 2)}
        placed = replace(placed, more_hosts=more)
        trunks[key] = replace(placed, keepalive=trunk.keepalive if trunk.keepalive < _SOON else 0)
    named = replace(plan, name=name, domain=f"{name}.lab")
    users = {extension: _user(named, user, secret) for extension, user in plan.users.items()}
    parking = None
    if any("in_call" in states for states in case.environment.phones.values()):
        parking = _unused(plan)
        users[parking] = User(
            extension=parking, name="Laboratory", location=where, password=secret(password(named, parking))
        )
    heard = (*sorted(announcements(plan)), *(f"{SERVICE}{name}" for name in sorted(plan.services)))
    recordings = {name: 600 + 70 * i for i, name in enumerate(heard)}
    return Tenant(case, replace(named, trunks=trunks, users=users), ends, recordings, parking, further=further)


def _user(plan: Plan, user: User, secret: Callable[[str], Secret]) -> User:
    mailbox = user.mailbox
    if mailbox is not None and mailbox.pin is not None:
        mailbox = Mailbox(secret(PIN), mailbox.email, mailbox.location)
    browser = user.phone.webrtc
    transport, srtp = (UDP, Srtp.OFF) if browser else (user.phone.transport, _played(user.phone.srtp))
    phone = replace(user.phone, transport=transport, srtp=srtp)
    return replace(user, password=secret(password(plan, user.extension)), mailbox=mailbox, phone=phone)


def _played(srtp: Srtp) -> Srtp:
    """Sound whose encryption is optional is not encrypted."""
    return srtp if srtp is Srtp.REQUIRED else Srtp.OFF


def _unused(plan: Plan) -> str:
    taken = {*plan.users, *plan.numbers, *plan.emergency, *(s.number for s in plan.services.values())}
    return next(number for number in map(str, range(88880000, 88890000)) if number not in taken)


def announcements(plan: Plan) -> set[str]:
    """Names of all recordings a plan plays."""
    places = [place for _, _, rules in plan.rules() for rule in rules for place in rule.places]
    places += [place for group in plan.numbers.values() for place in group.overflow]
    return {place.target for place in places if place.kind is PlaceKind.ANNOUNCE}
