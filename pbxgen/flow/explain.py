"""A call's story in words, each step with the source line that caused it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pbxgen.flow.machine import EndKind, Event, EventKind
from pbxgen.flow.phrases import Phrasebook
from pbxgen.flow.plan import Place, PlaceKind, Plan
from pbxgen.flow.simulate import Call, Story, caller_of
from pbxgen.source.location import Location


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
        kind = f"{place.kind.value}:{place.target}" if place.kind is PlaceKind.RELEASE else place.kind.value
        text = self._words.places[kind].format(target=place.target, name=self.party(place.target))
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
            case EventKind.ENTERED | EventKind.OUTCOME:
                return None
            case EventKind.REACHED:
                told_next = following is not None and following.kind in (EventKind.RANG, EventKind.ENDED)
                return None if told_next else words.events["reached"].format(place=self._of(event))
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
                    places=self.places(event.places),
                    reason=words.reasons[event.reason.value] if event.reason else "",
                )

    def _of(self, event: Event) -> str:
        return self.place(event.place) if event.place is not None else self.party(event.subject)

    def _rang(self, event: Event) -> str:
        who = ", ".join(" + ".join(self.party(n) for n in entry) for entry in event.dialled)
        if event.outcome is None:
            return self._words.events["rang_answered"].format(who=who)
        outcome = self._words.outcomes[event.outcome.value]
        if not event.dialled:
            return self._words.events["not_rung"].format(who=self.party(event.subject), outcome=outcome)
        key = "rang" if event.seconds else "rang_at_once"
        return self._words.events[key].format(who=who, seconds=event.seconds, outcome=outcome)

    def _ended(self, event: Event) -> str:
        key = event.detail
        if key == EndKind.RELEASED and event.location is not None:
            key = "released_rule"
        if key == EndKind.MAILBOX and event.subject == "*":
            key = "mailbox_any"
        return self._words.endings[key].format(name=self.party(event.subject), target=event.subject)
