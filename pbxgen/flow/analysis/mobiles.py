"""PBX217: mobiles without `confirm` before a mailbox: the mobile's own mailbox would answer instead."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.diagnostics.location import Location
from pbxgen.flow.analysis.choices import Choices, Places
from pbxgen.flow.analysis.places_ahead import PlacesAhead
from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.plan import Origin, Place, PlaceKind, Plan, User


@dataclass(slots=True)
class _Finding:
    """One destination as it is written."""

    place: Place
    by: User | None
    mailbox: Place
    """The first mailbox found after it."""
    via: Place | None
    """The destination by which calls reach the user with this rule, if the mailbox is another user's."""
    subjects: dict[Key, None] = field(default_factory=dict)


def unconfirmed_mobiles(plan: Plan, start: dt.date) -> Iterator[Diagnostic]:
    """One finding for each written destination (of all users who have it) in rules that may apply from ``start`` on."""
    every: dict[Location, _Finding] = {}
    for origin in (Origin.EXTERNAL, Origin.INTERNAL):
        _Follower(plan, Choices(plan, start, origin), every).follow()
    for finding in every.values():
        several = len(finding.subjects) > 1
        what = "a mobile" if several else finding.place.target
        behind = "a mailbox" if several else f"mailbox {finding.mailbox.target}"
        related = [Related("calls come this way", finding.via.location)] if finding.via is not None else []
        if finding.mailbox.location != finding.place.location:
            related.append(Related("this mailbox would not get the message", finding.mailbox.location))
        mobile = finding.by is not None and finding.place.target == finding.by.mobile
        written = "mobile" if mobile else f'"{finding.place.target}"'
        yield make(
            "PBX217",
            f"{what} is called without `confirm`, and {behind} comes after it",
            finding.place.location,
            help=f"write {{to: {written}, confirm: true}}: the person who answers must then press 1. A mobile that is "
            "off is answered by the mailbox of its network, and the message would not be found here",
            related=related,
            subjects=finding.subjects,
        )


class _Follower:
    """Follows rules for calls of one origin, with the place that ends the call; ignores visited places and hours."""

    def __init__(self, plan: Plan, choices: Choices, findings: dict[Location, _Finding]) -> None:
        self._plan = plan
        self._choices = choices
        self._ahead = PlacesAhead(plan)
        self._found = findings
        self._seen: set[tuple[Key, PlaceKind | None]] = set()
        self._queue: deque[tuple[Key, Place | None, Place | None]] = deque()

    def follow(self) -> None:
        """Follow calls to every user, position, group and inbound number."""
        for extension in self._plan.users:
            self._come_to((PlaceKind.USER.value, extension), None, None)
        for place, group in self._plan.positions():  # an overflow is tried when nothing is left that ends the call
            self._try(place.key, None, group.overflow, None, None)
        for number in self._plan.inbound:
            self._come_to((PlaceKind.INBOUND.value, number), None, None)
        while self._queue:
            key, behind, via = self._queue.popleft()
            if key[0] == PlaceKind.USER.value:
                self._user(self._plan.users[key[1]], behind, via)
            else:
                for rule in self._choices.of(self._plan.inbound[key[1]].rules)[0]:
                    self._try(key, None, rule.places, behind, via)

    def _come_to(self, key: Key, behind: Place | None, via: Place | None) -> None:
        same = (key, None if behind is None else behind.kind)
        if same not in self._seen:
            self._seen.add(same)
            self._queue.append((key, behind, via))

    def _user(self, user: User, behind: Place | None, via: Place | None) -> None:
        key = (PlaceKind.USER.value, user.extension)
        unconditional, always = self._choices.diverting(user)
        for rule in unconditional:
            self._try(key, user, rule.places, behind, via)
        if always:
            return
        ends = [self._try(key, user, places, behind, via) for places in self._choices.answers(user)]
        mailbox = next((end for end in ends if end is not None and end.kind is PlaceKind.MAILBOX), None)
        for leg in user.follow_me if mailbox is not None else ():
            self._note(key, user, leg.place, mailbox, via if mailbox is behind else None)

    def _try(
        self, key: Key, user: User | None, places: Places, behind: Place | None, via: Place | None
    ) -> Place | None:
        """Try the places in order; gives the first place that ends the call, if any."""
        cut = next((n for n, p in enumerate(places, 1) if p.ends_call), len(places))
        own = None if user is None else user.mailbox
        if behind is None and user is not None and own and not any(p.kind is PlaceKind.MAILBOX for p in places):
            behind, via = Place(PlaceKind.MAILBOX, user.extension, own.location), None
        ends = places[cut - 1] if places and places[cut - 1].ends_call else behind
        for at, place in enumerate(places[:cut]):
            end = ends or self._left_by(places[:at])
            if place.kind is PlaceKind.OUTSIDE:
                self._note(key, user, place, end, via if end is behind else None)
            elif place.kind in (PlaceKind.USER, PlaceKind.INBOUND):
                self._come_to(place.key, end, place)
            elif place.kind in (PlaceKind.OPERATOR, PlaceKind.GROUP) and end is None:
                later = self._left_by(places[at + 1 : cut])
                if later is not None:
                    self._try(place.key, None, self._plan.group_at(place.key).overflow, later, place)
        return ends

    def _left_by(self, places: Places) -> Place | None:
        """The mailbox that is tried last if nobody at ``places`` takes the call."""
        called = [p.key for p in places if p.kind in (PlaceKind.USER, PlaceKind.INBOUND)]
        ahead = self._ahead.of(called, self._plan.max_diversions) if called else ()
        for kind, target in (*called, *sorted(ahead)):
            mailbox = self._plan.users[target].mailbox if kind == PlaceKind.USER.value else None
            if mailbox is not None:
                return Place(PlaceKind.MAILBOX, target, mailbox.location)
        return None

    def _note(self, key: Key, user: User | None, place: Place, end: Place | None, via: Place | None) -> None:
        if end is None or end.kind is not PlaceKind.MAILBOX or not _unconfirmed(place, user):
            return
        finding = self._found.setdefault(place.location, _Finding(place, user, end, via))
        finding.subjects[key] = None


def _unconfirmed(place: Place, user: User | None) -> bool:
    if place.kind is not PlaceKind.OUTSIDE or place.confirm:
        return False
    return (user is not None and place.target == user.mobile) or _is_mobile(place.target)


@cache
def _is_mobile(number: str) -> bool:
    """By the ranges of its country; where mobiles share ranges with fixed lines (US), no."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
