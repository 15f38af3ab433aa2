"""A call's story in words, each step with the source line that caused it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pbxgen.diagnostics.location import Location
from pbxgen.flow.machine import EndKind, Event, EventKind, Sent
from pbxgen.flow.plan import Outcome, Place, PlaceKind, Plan
from pbxgen.flow.ringer import TRUNK_FULL
from pbxgen.flow.simulate import Call, caller_of
from pbxgen.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Sentence:
    """One step: what it says, what kind of step it is, and where it comes from."""

    text: str
    kind: EventKind
    location: Location | None


class Teller:
    """Tells calls into ``plan`` in the words of ``say``."""

    def __init__(self, plan: Plan, say: Phrases) -> None:
        self.plan = plan
        self.say = say

    def headline(self, call: Call, moment: dt.datetime) -> str:
        return self.say(
            "call.headline",
            caller=self.party(call.caller),
            origin=self.say(f"origin.{caller_of(self.plan, call).origin}"),
            called=self.party(call.called),
            weekday=weekday(moment, self.say),
            moment=moment.strftime("%Y-%m-%d %H:%M"),
        )

    def tell(self, events: tuple[Event, ...], call: Call) -> tuple[Sentence, ...]:
        sentences = []
        for event, following in zip(events, (*events[1:], None), strict=True):
            text = self._sentence(event, following, call)
            if text is not None:
                sentences.append(Sentence(text, event.kind, event.location))
        return tuple(sentences)

    def party(self, number: str) -> str:
        """A user by name and extension; any other number as it is."""
        user = self.plan.users.get(number)
        return number if user is None else f"{user.name} ({number})"

    def place(self, place: Place) -> str:
        return self._with_options(self.called(place), place)

    def called(self, place: Place) -> str:
        """A place without its options."""
        kind = f"{place.kind}_{place.target}" if place.kind is PlaceKind.RELEASE else place.kind.value
        return self.say(f"place.{kind}", target=place.target, name=self.party(place.target))

    def _where(self, event: Event) -> str:
        """The place of the call, as the object of a verb."""
        place = event.place
        if place is None or place.kind in (PlaceKind.MAILBOX, PlaceKind.ANNOUNCE, PlaceKind.RELEASE):
            return self.party(event.subject)
        where = self.say(f"at.{place.kind}", target=place.target, name=self.party(place.target))
        return self._with_options(where, place)

    def _with_options(self, text: str, place: Place) -> str:
        options = self.options(place)
        return f"{text} ({', '.join(options)})" if options else text

    def options(self, place: Place) -> list[str]:
        """The written options of a place: how long it rings, and whether the answer must be confirmed."""
        options = []
        if place.timeout is not None:
            options.append(self.say("ringing.timeout", seconds=place.timeout))
        if place.confirm:
            options.append(self.say("ringing.confirm"))
        return options

    def places(self, places: tuple[Place, ...]) -> str:
        return self.say("list.then").join(self.place(p) for p in places)

    def _sentence(self, event: Event, following: Event | None, call: Call) -> str | None:
        match event.kind:
            case EventKind.OUTCOME:
                return None
            case EventKind.ENTERED:
                return None if event.sent is None else self._sent(event.sent)
            case EventKind.REACHED:
                told_next = following is not None and following.kind in _TELLS_WHERE
                return None if told_next else self.say("event.reached", where=self._where(event))
            case EventKind.RANG:
                return self._rang(event)
            case EventKind.NOT_CARRIED:
                return self._not_carried(event)
            case EventKind.REFUSED:
                return self.say(f"refused.{event.detail}")
            case EventKind.ENDED:
                return self._ended(event)
            case EventKind.SKIPPED_VISITED if event.subject == call.caller:
                name = "skipped_caller"
            case EventKind.NO_RULE:
                name = "no_rule_user" if event.subject in self.plan.users else "no_rule_inbound"
            case _:
                name = event.kind.value
        return self.say(
            f"event.{name}",
            name=self.party(event.subject),
            target=event.detail or event.subject,
            place=self.place(event.place) if event.place is not None else self.party(event.subject),
            where=self._where(event),
            places=self.places(event.places),
            reason=self.say(f"reason.{event.reason}") if event.reason else "",
        )

    def _rang(self, event: Event) -> str:
        say = self.say
        who = ", ".join(" + ".join(self.party(n) for n in entry) for entry in event.dialled)
        rings = say("ringing.several" if sum(map(len, event.dialled)) > 1 else "ringing.one")
        if event.outcome is None:
            return say("event.rang_answered", who=who, rings=rings)
        outcome = say(f"outcome.{event.outcome}")
        if not event.dialled:
            why = self._why_not_rung(event)
            if why is not None:
                outcome = f"{outcome} ({say(f'not_rung.{why}')})"
            who = self.party(event.subject) if event.place is None else self.called(event.place)
            return say("event.not_rung", who=who, outcome=outcome)
        if not event.seconds:
            return say("event.rang_at_once", who=who, outcome=outcome)
        # If a phone had rung, the outcome would be no answer, whatever the others replied.
        name = "event.rang" if event.outcome is Outcome.NO_ANSWER else "event.silent"
        return say(name, who=who, rings=rings, seconds=event.seconds, outcome=outcome)

    def _sent(self, sent: Sent) -> str:
        name = "event.sent" if sent.shown is not None else "event.sent_anonymous"
        trunks = self.say("list.else").join(sent.route.trunks)
        return self.say(name, number=sent.number, route=sent.route.name, trunk=trunks, shown=sent.shown)

    def _not_carried(self, event: Event) -> str:
        """A trunk that did not carry the call, and why."""
        if event.seconds is not None:
            return self.say("event.not_carried_silent", trunk=event.subject, seconds=event.seconds)
        status = TRUNK_FULL if event.detail == "full" else event.detail
        return self.say("event.not_carried", trunk=event.subject, status=status)

    def _why_not_rung(self, event: Event) -> str | None:
        """Why no phone of the place rings; None if the phones have different reasons."""
        if event.place is None:
            return None
        if self.has_do_not_disturb(event.place):
            return "dnd"
        if event.place.kind is not PlaceKind.USER or self.plan.users[event.place.target].follow_me:
            return None
        return "occupied" if event.outcome is Outcome.BUSY else "unregistered"

    def has_do_not_disturb(self, place: Place) -> bool:
        """Does everybody at the place have do not disturb?"""
        users = self.plan.users
        if place.kind is PlaceKind.USER:
            return users[place.target].dnd
        if place.kind not in (PlaceKind.OPERATOR, PlaceKind.GROUP):
            return False
        return all(users[member].dnd for member in self.plan.group_at(place.key).members)

    def _ended(self, event: Event) -> str:
        name = event.detail
        if name == EndKind.RELEASED and event.location is not None:
            name = "released_rule"
        if name == EndKind.MAILBOX and event.subject == "*":
            name = "mailbox_any"
        return self.say(f"ending.{name}", name=self.party(event.subject), target=event.subject)


_TELLS_WHERE = frozenset({EventKind.RANG, EventKind.CAME_BACK, EventKind.ENDED})
"""Events that tell where the call has come to."""


def weekday(moment: dt.datetime, say: Phrases) -> str:
    return say("call.weekdays").split()[moment.weekday()]
