"""A call's story in words, each step with the source line that caused it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pbxgen.diagnostics.location import Location
from pbxgen.flow.machine import EndKind, Event, EventKind, Sent
from pbxgen.flow.phrases import Phrasebook
from pbxgen.flow.plan import Outcome, Place, PlaceKind, Plan
from pbxgen.flow.simulate import Call, Story, caller_of


@dataclass(frozen=True, slots=True)
class Sentence:
    """One step: what it says, what kind of step it is, and where it comes from."""

    text: str
    kind: EventKind
    location: Location | None


class Teller:
    """Tells stories of calls into ``plan`` in the words of ``phrases``."""

    def __init__(self, plan: Plan, phrases: Phrasebook) -> None:
        self._plan = plan
        self._words = phrases

    def headline(self, call: Call, moment: dt.datetime) -> str:
        origin = caller_of(self._plan, call).origin
        return self._words.headline.format(
            caller=self.party(call.caller),
            origin=self._words.origins[origin.value],
            called=self.party(call.called),
            weekday=self._words.weekdays[moment.weekday()],
            moment=moment.strftime("%Y-%m-%d %H:%M"),
        )

    def tell(self, story: Story, call: Call) -> tuple[Sentence, ...]:
        return self.tell_events(story.events, call)

    def tell_events(self, events: tuple[Event, ...], call: Call) -> tuple[Sentence, ...]:
        sentences = []
        for event, following in zip(events, (*events[1:], None), strict=True):
            text = self._sentence(event, following, call)
            if text is not None:
                sentences.append(Sentence(text, event.kind, event.location))
        return tuple(sentences)

    def party(self, number: str) -> str:
        """A user by name and extension; any other number as it is."""
        user = self._plan.users.get(number)
        return number if user is None else f"{user.name} ({number})"

    def place(self, place: Place) -> str:
        return self._with_options(self.called(place), place)

    def called(self, place: Place) -> str:
        """A place without its options."""
        kind = f"{place.kind.value}:{place.target}" if place.kind is PlaceKind.RELEASE else place.kind.value
        return self._words.places[kind].format(target=place.target, name=self.party(place.target))

    def _where(self, event: Event) -> str:
        """Where the call is, behind a verb."""
        place = event.place
        if place is None:
            return self.party(event.subject)
        words = self._words.arrivals.get(place.kind.value, "{name}")
        return self._with_options(words.format(target=place.target, name=self.party(place.target)), place)

    def _with_options(self, text: str, place: Place) -> str:
        options = self.options(place)
        return f"{text} ({', '.join(options)})" if options else text

    def options(self, place: Place) -> list[str]:
        """How it rings, where that is written."""
        options = []
        if place.timeout is not None:
            options.append(self._words.options["timeout"].format(seconds=place.timeout))
        if place.confirm:
            options.append(self._words.options["confirm"])
        return options

    def places(self, places: tuple[Place, ...]) -> str:
        return self._words.then.join(self.place(p) for p in places)

    def _sentence(self, event: Event, following: Event | None, call: Call) -> str | None:
        words = self._words
        match event.kind:
            case EventKind.OUTCOME:
                return None
            case EventKind.ENTERED:
                return None if event.sent is None else self._sent(event.sent)
            case EventKind.REACHED:
                told_next = following is not None and following.kind in (EventKind.RANG, EventKind.ENDED)
                return None if told_next else words.events["reached"].format(where=self._where(event))
            case EventKind.SKIPPED_VISITED:
                key = "skipped_caller" if event.subject == call.caller else "skipped_visited"
                return words.events[key].format(place=self._of(event))
            case EventKind.RANG:
                return self._rang(event)
            case EventKind.NO_RULE:
                user = event.subject in self._plan.users
                return words.events["no_rule_user" if user else "no_rule_inbound"].format(
                    name=self.party(event.subject), target=event.subject
                )
            case EventKind.REFUSED:
                return words.refusals[event.detail]
            case EventKind.ENDED:
                return self._ended(event)
            case EventKind.TRANSFERRED:
                return words.events["transferred"].format(name=self.party(event.subject), target=event.detail)
            case _:
                return words.events[event.kind.value].format(
                    name=self.party(event.subject),
                    place=self._of(event),
                    where=self._where(event),
                    places=self.places(event.places),
                    reason=words.reasons[event.reason.value] if event.reason else "",
                )

    def _of(self, event: Event) -> str:
        return self.place(event.place) if event.place is not None else self.party(event.subject)

    def _rang(self, event: Event) -> str:
        words = self._words
        who = ", ".join(" + ".join(self.party(n) for n in entry) for entry in event.dialled)
        rings = words.ring if sum(map(len, event.dialled)) > 1 else words.rings
        if event.outcome is None:
            return words.events["rang_answered"].format(who=who, rings=rings)
        outcome = words.outcomes[event.outcome.value]
        if not event.dialled:
            why = self._why_not_rung(event)
            if why is not None:
                outcome = f"{outcome} ({words.not_rung[why]})"
            who = self.party(event.subject) if event.place is None else self.called(event.place)
            return words.events["not_rung"].format(who=who, outcome=outcome)
        if not event.seconds:
            return words.events["rang_at_once"].format(who=who, outcome=outcome)
        # A phone that had rung for some time would be no answer, whatever the others replied.
        key = "rang" if event.outcome is Outcome.NO_ANSWER else "silent"
        return words.events[key].format(who=who, rings=rings, seconds=event.seconds, outcome=outcome)

    def _sent(self, sent: Sent) -> str:
        text = self._words.events["sent" if sent.shown is not None else "sent_anonymous"]
        return text.format(number=sent.number, route=sent.route.name, trunk=sent.route.trunk, shown=sent.shown)

    def _why_not_rung(self, event: Event) -> str | None:
        """What keeps every phone of the place from ringing; None where that cannot be said in a word."""
        if event.place is None:
            return None
        if self.has_do_not_disturb(event.place):
            return "dnd"
        if event.place.kind is not PlaceKind.USER or self._plan.users[event.place.target].follow_me:
            return None
        return "occupied" if event.outcome is Outcome.BUSY else "unregistered"

    def has_do_not_disturb(self, place: Place) -> bool:
        """Do all phones there want not to be disturbed?"""
        users = self._plan.users
        if place.kind is PlaceKind.USER:
            return users[place.target].dnd
        if place.kind not in (PlaceKind.OPERATOR, PlaceKind.GROUP):
            return False
        return all(users[member].dnd for member in self._plan.group_at(place.key).members)

    def _ended(self, event: Event) -> str:
        key = event.detail
        if key == EndKind.RELEASED and event.location is not None:
            key = "released_rule"
        if key == EndKind.MAILBOX and event.subject == "*":
            key = "mailbox_any"
        return self._words.endings[key].format(name=self.party(event.subject), target=event.subject)
