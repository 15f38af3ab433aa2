"""The verdict on a call: differences between observation, model and scenario."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from pbxgen.calls import identity
from pbxgen.calls.attempts import Attempt, ring_together
from pbxgen.calls.case import Case
from pbxgen.calls.headers import AnnouncedDiversion, last_diversion
from pbxgen.calls.observed import Observed
from pbxgen.flow.machine import Ending, EndKind, Event, EventKind
from pbxgen.flow.plan import Outcome, Plan, Reason
from pbxgen.flow.simulate import Diverted, Story, simulate
from pbxgen.flow.trunk import DiversionHeader
from pbxgen.phrases import Phrases, phrases

TIMING_SECONDS = 1.5
"""Tolerance of a ring time in seconds."""
_QUIET = 300
"""Mean amplitude below which a stored message holds no speech."""


def judge(case: Case, observed: Observed, language: str = "en") -> tuple[str, ...]:
    """Every difference as a sentence; empty if the call went as the model and the scenario say."""
    story, say = simulate(case.plan, case.meant, case.environment), phrases(language)
    compare = _given_up if case.handling.give_up_at is not None else _to_its_end
    late = (say("verdict.late", target=target) for target in observed.late)
    return (*observed.faults, *late, *compare(case, story, observed, say))


def _to_its_end(case: Case, story: Story, observed: Observed, say: Phrases) -> Iterator[str]:
    rings = case.expected.rings if case.expected.rings is not None else story.rings
    if observed.rings != rings:
        yield say("verdict.rings", seen=_list(observed.rings, say), wanted=_list(rings, say))
    ending = case.expected.ending or story.ending
    if not _same_ending(case, observed.ending, ending):
        yield say("verdict.ending", seen=observed.ending or _list((), say), status=observed.status, wanted=ending)
    via = case.expected.via or story.via
    if observed.rings == rings and via is not None and via not in observed.via:
        yield say("verdict.via", seen=", ".join(observed.via) or say("verdict.no_trunk"), wanted=via)
    if observed.rings == rings:
        yield from _timing(case, story, observed, say)
        yield from _trunk_headers(case, story, observed, say)
        yield from _shown_numbers(case, story, observed, say)
    for extension, (seconds, loudness) in observed.stored.items():
        if loudness < _QUIET:
            yield say("verdict.silent_message", target=extension, seconds=f"{seconds:.1f}", loudness=loudness)


def wrong_code(code: Case, seen: Observed) -> Observed | None:
    """Where a code dialled before the call does not do what it should: what was observed, with that as its fault."""
    differences = judge(code, seen)
    if not differences:
        return None
    return replace(seen, faults=tuple(f"{code.call.called}, dialled before: {text}" for text in differences))


def _list(rings: tuple[str, ...], say: Phrases) -> str:
    return ", ".join(rings) or say("verdict.nobody")


def _same_ending(case: Case, seen: Ending | None, wanted: Ending) -> bool:
    if seen is None or seen.kind is not wanted.kind:
        return False
    # After a transfer there is no status to see; mailbox access and codes show themselves by what is heard.
    if seen.kind in (EndKind.MAILBOX, EndKind.SET) or (
        seen.kind is EndKind.RELEASED and case.call.transfer is not None
    ):
        return True
    return seen.value == wanted.value


def _given_up(case: Case, story: Story, observed: Observed, say: Phrases) -> Iterator[str]:
    entry = case.handling.give_up_at
    assert entry is not None
    if len(story.rings) <= entry:
        return
    wanted = story.rings[: entry + 1]
    if observed.rings != wanted:
        yield say("verdict.rings_until_given_up", seen=_list(observed.rings, say), wanted=_list(wanted, say))
    if observed.stored:
        yield say("verdict.message_stored")


def _rung(story: Story, observed: Observed) -> Iterator[tuple[int, Event, list[Attempt]]]:
    """Each ringing of the story: its position, its event and the attempts observed.

    The observed rings must be those of the model: their attempts are then the same, in the same order.
    """
    legs = list(observed.rang)
    for number, event in enumerate(story.events):
        if event.kind is EventKind.RANG:
            yield number, event, [leg for together in event.dialled for leg in _take(legs, together)]


def _timing(case: Case, story: Story, observed: Observed, say: Phrases) -> Iterator[str]:
    """Compare the ring times of unanswered attempts with the model."""
    for _, event, legs in _rung(story, observed):
        cancelled = any(leg.status is None and leg.ended is not None for leg in legs)
        # A leg that answered and was asked in vain to press 1 ends by BYE, which tells no ring time.
        asked = any(leg.status == 200 for leg in legs)
        if event.seconds is None or event.outcome is not Outcome.NO_ANSWER or not cancelled or asked:
            continue
        ended = [leg.ended for leg in legs if leg.ended is not None]  # the last to end may be one that refuses
        seconds = max(ended) - min(leg.at for leg in legs) + _delay(case.plan, event)
        if seconds < event.seconds and _may_be_sooner(case, event):
            continue
        if abs(seconds - event.seconds) > TIMING_SECONDS:
            targets = ", ".join("+".join(entry) for entry in event.dialled)
            yield say("verdict.time", targets=targets, seen=f"{seconds:.1f}", wanted=event.seconds)


def _may_be_sooner(case: Case, event: Event) -> bool:
    """Does the time depend on a phone of which the wire says nothing?

    A PBX may give a silent one up early; phones that ring together for one time end together, silent ones too. One that
    is not rung at all when its turn comes (do not disturb) may end a ringing later than the last that rang.
    """
    user = case.plan.users.get(event.subject)
    follow_me = () if user is None else user.follow_me
    rung = {target for entry in event.dialled for target in entry}
    if any(leg.place.target not in rung for leg in follow_me):
        return True
    phones = rung & set(case.plan.users)
    silent = any(_is_silent(case.environment.phone(target)) for target in phones)
    return silent and (len(event.dialled) > 1 or bool(follow_me))


def _is_silent(contacts: Collection[str]) -> bool:
    """Does a phone end last, of which nothing is heard? Who refuses beside it ended before."""
    return set(contacts) <= {"dead", "unregistered"} or ("dead" in contacts and not {"ring", "early"} & set(contacts))


def _delay(plan: Plan, event: Event) -> int:
    """Seconds from the beginning of a ringing to its first INVITE: all legs of a follow_me may have a delay."""
    user = plan.users.get(event.subject)
    legs = user.follow_me if user is not None else ()
    return min((leg.delay for leg in legs if leg.place.target in event.dialled[0]), default=0)


def _take(legs: list[Attempt], together: Collection[str]) -> list[Attempt]:
    """Take the attempts of the next entry from the front of ``legs``.

    They are told by target, as no message tells when a silent phone was given up.
    """
    entry: list[Attempt] = []
    while legs and legs[0].target in together:
        if entry and not ring_together(entry[0], legs[0]):
            break
        entry.append(legs.pop(0))
    return entry


def _trunk_headers(case: Case, story: Story, observed: Observed, say: Phrases) -> Iterator[str]:
    """Compare the diversion that each carrier was told of with the last one of the story."""
    for number, _, legs in _rung(story, observed):
        for leg in legs:
            if leg.target in case.plan.users or leg.target in case.plan.emergency:
                continue
            trunk = case.plan.trunks.get(leg.trunk or "")
            if trunk is None or trunk.diversion is DiversionHeader.NONE:
                continue
            before = story.events[:number]
            expected = _diversion_before(before, leg, attended=_is_attended(case))
            announced = last_diversion(leg.headers, trunk.diversion)
            if expected is None and announced is not None and not case.call.carried and not _inbound(case, before):
                yield say("verdict.no_diversion", target=leg.target, seen=announced)
            if expected is not None:
                yield from _compare(case, leg, expected, announced, say)


def _shown_numbers(case: Case, story: Story, observed: Observed, say: Phrases) -> Iterator[str]:
    """Compare the caller that each carrier sees with the model."""
    for _, event, legs in _rung(story, observed):
        told = dict(event.shown)
        for leg in legs:
            trunk = case.plan.trunks.get(leg.trunk or "")
            if leg.target not in told or trunk is None:
                continue
            for header, seen, wanted in identity.differences(case.plan, trunk, told[leg.target], leg.headers):
                name = "verdict.shown" if header == "From" else "verdict.identity"
                yield say(name, target=leg.target, header=header, seen=seen, wanted=wanted)


def _is_attended(case: Case) -> bool:
    return case.call.transfer is not None and case.call.transfer.attended


def _diversion_before(events: Sequence[Event], leg: Attempt, *, attended: bool) -> Diverted | None:
    """The diversion to the number; the last one before a number that no rule diverts to (overflow, follow_me)."""
    of_number: Diverted | None = None
    last: Diverted | None = None
    for event in events:
        if event.kind is EventKind.TRANSFERRED:
            # The transferred party begins anew; what leaves then is a diversion of who transferred blindly.
            of_number, last = None, None if attended else Diverted(event.subject, Reason.UNCONDITIONAL)
        elif event.kind is EventKind.DIVERTED and event.reason is not None:
            last = Diverted(event.subject, event.reason)
            if any(place.target == leg.target for place in event.places):
                of_number = last
    return of_number or last


def _inbound(case: Case, before: Sequence[Event]) -> bool:
    """Was an outside number called that leads outside again? Then it stands for who diverts, until a transfer."""
    if any(event.kind is EventKind.TRANSFERRED for event in before):
        return False
    numbers = case.plan.numbering.called_by_trunk(case.call.called)
    return any(n in case.plan.inbound or case.plan.in_range(n) is not None for n in numbers)


def _compare(
    case: Case, leg: Attempt, expected: Diverted, announced: AnnouncedDiversion | None, say: Phrases
) -> Iterator[str]:
    if announced is None:
        yield say("verdict.not_told", target=leg.target, by=expected.by)
        return
    if announced.reason is not expected.reason:
        yield say("verdict.reason", target=leg.target, seen=announced.reason, wanted=expected.reason)
    diverter = case.plan.users[expected.by]
    own = None if diverter.withheld else diverter.own_number
    if own and announced.number not in identity.written_forms(case.plan, own):
        yield say("verdict.diverter", target=leg.target, seen=announced.number, wanted=own)
