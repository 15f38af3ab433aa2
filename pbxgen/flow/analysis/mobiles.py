"""PBX217: mobiles whose own mailbox would take the calls that another place stands ready for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.flow.plan import ENDS_CALL, Place, PlaceKind, Plan, User
from pbxgen.source.location import Location

_HELP = (
    "write {to: mobile, confirm: true}: who answers must then press 1, which a mailbox does not; a phone that is off "
    "would otherwise take the call with its own greeting, and nobody would find the message here"
)


def unconfirmed_mobiles(plan: Plan) -> Iterator[Diagnostic]:
    """One finding for each destination as written, whoever uses it."""
    found: dict[Location, tuple[Place, str, Location, set[tuple[str, str]]]] = {}

    def note(place: Place, behind: str, mailbox: Location, subject: tuple[str, str]) -> None:
        found.setdefault(place.location, (place, behind, mailbox, set()))[3].add(subject)

    for user in plan.users.values():
        subject = ("user", user.extension)
        for _, rules in user.deviations.lists():
            for rule in rules:
                for place, behind, mailbox in _in_list(rule.places, user):
                    note(place, behind, mailbox, subject)
        if user.mailbox is not None:
            for leg in user.follow_me:
                if _unconfirmed(leg.place, user):
                    note(leg.place, user.extension, user.mailbox.location, subject)
    for groups, kind in ((plan.operators, "operator"), (plan.groups, "group")):
        for group in groups.values():
            for place, behind, mailbox in _in_list(group.overflow, None):
                note(place, behind, mailbox, (kind, group.name))
    for inbound in plan.inbound.values():
        for rule in inbound.rules:
            for place, behind, mailbox in _in_list(rule.places, None):
                note(place, behind, mailbox, ("inbound", inbound.number))
    for location, (place, behind, mailbox, subjects) in found.items():
        several = len(subjects) > 1
        yield make(
            "PBX217",
            f"{'a mobile' if several else place.target} is called without `confirm`, and "
            f"{'a mailbox' if several else 'mailbox ' + behind} stands behind it",
            location,
            help=_HELP,
            related=[Related("this mailbox would not get the message", mailbox)] if mailbox != location else [],
            subject=None if several else next(iter(subjects)),
        )


def _in_list(places: tuple[Place, ...], user: User | None) -> Iterator[tuple[Place, str, Location]]:
    """Mobiles with the mailbox that stands behind them: later in the list, or the diverting user's own."""
    behind = next(((p.target, p.location) for p in places if p.kind is PlaceKind.MAILBOX), None)
    if behind is None and user is not None and user.mailbox is not None:
        behind = (user.extension, user.mailbox.location)
    for place in places:
        if place.kind in ENDS_CALL:
            return  # nothing behind it is ever tried
        if behind is not None and _unconfirmed(place, user):
            yield place, *behind


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
