"""Calls told whole: every event of some stories, with all that it says and the place in the source that it names.

What a call does, other tests say; these notice when a step is told wrongly.
"""

from __future__ import annotations

from pbxgen.diagnostics.location import Location
from pbxgen.flow.machine import Event, EventKind
from pbxgen.flow.plan import Place, Plan
from pbxgen.flow.simulate import Story, Transfer
from tests.support.office import HEAD, OUTSIDE, call, plan_of

DID = "+390212345101"
TWO_TRUNKS = HEAD.replace(
    "trunks: {carrier:", 'trunks: {second: {host: 192.0.2.2, number: "+390212345200"}, carrier:'
).replace('germany: {match: "+49.", trunk: carrier}', 'germany: {match: "+49.", trunk: [carrier, second]}')
MOBILE = "+393335550101"
OFFICE = f"""
defaults: {{max_diversions: 2, outside_timeout: 40}}
schedules: {{night: {{weekly: {{mon-sun: "22:00-06:00"}}}}}}
operators:
  po: {{number: "9", members: ["108", "109"], ring_timeout: 18, overflow: ["group:sales", "voicemail:101"]}}
groups:
  sales: {{number: "600", members: ["102", "109", "103"], strategy: linear, ring_timeout: 7}}
inbound:
  "+390212345000": {{to: "announce:closed", when: night, else: ["110", operator]}}
  "+390212345001": {{to: "announce:closed", when: night}}
users:
  "101":
    name: A
    did: "{DID}"
    mobile: "{MOBILE}"
    class: national
    voicemail: true
    ring_timeout: 21
    deviations:
      busy: [{{to: mobile, timeout: 15, confirm: true}}, mobile, "102"]
      no_answer: {{to: "102", after: 12}}
      operator_return: {{busy: "103", no_answer: {{to: ["103", "106"], timeout: 5, after: 9}}}}
  "102": {{name: B, class: national, deviations: {{busy: "103", unreachable: hangup}}}}
  "103": {{name: C, class: national, deviations: {{unconditional: "104", busy: "110", unreachable: "101"}}}}
  "104": {{name: D, deviations: {{unconditional: "105"}}}}
  "105": {{name: E, voicemail: true, deviations: {{unconditional: "106", no_answer: "106"}}}}
  "106": {{name: F, class: national, deviations: {{busy: "{MOBILE}"}}}}
  "107": {{name: G, dnd: true, deviations: {{unconditional: "111", busy: busy}}}}
  "108": {{name: H}}
  "109": {{name: I, call_waiting: false, follow_me: [{{to: "109"}}, {{to: "108", delay: 4, timeout: 6}}]}}
  "110": {{name: J, deviations: {{unreachable: "101"}}}}
  "111": {{name: K, class: full}}
services: {{queue: {{number: "700", returns: true}}}}
"""


def _stories(plan: Plan) -> dict[str, Story]:
    return {
        "a diversion too many, then the own mailbox": call(plan, "102", "103", _105="ring", _106="ring"),
        "both rules of a call from outside": call(plan, OUTSIDE, DID, _101="busy", _105="ring", _102="busy"),
        "operator return with its own seconds": call(plan, OUTSIDE, DID, _101="ring", _105="ring", _106="busy"),
        "to a mobile, which is tried once": call(
            plan, "108", "101", _101="busy", out_393335550101="mailbox", _102="unregistered"
        ),
        "a mobile without its own limit": call(plan, "108", "106", _106="busy", out_393335550101="fail"),
        "too often back from outside": call(plan, OUTSIDE, DID, _101="busy", _104="busy", carried=2),
        "an operator position, its overflow and a caller who is a member": call(
            plan, "103", "9", _108="ring", _109="in_call", _102="busy"
        ),
        "follow-me, and one leg is the caller's": call(plan, "108", "109", _109="ring"),
        "an inbound number and its second place": call(plan, OUTSIDE, "+390212345000", _110="ring"),
        "an inbound number at night": call(plan, OUTSIDE, "+390212345000", at="2026-11-23 23:00"),
        "an inbound number without a rule": call(plan, "anonymous", "+390212345001"),
        "back to the caller": call(plan, "111", "107"),
        "written: hangup": call(plan, "108", "102", _102="unregistered"),
        "dialled out": call(plan, "101", "0212345999"),
        "dialled out, busy": call(plan, "101", "0212345999", out_390212345999="busy"),
        "dialled out, no answer": call(plan, "101", "0212345999", out_390212345999="ring"),
        "carried by the second trunk": call(plan, "111", "+49301234567", trunk_carrier="503"),
        "an emergency": call(plan, "108", "112"),
        "not allowed": call(plan, "108", "0212345999"),
        "no such number": call(plan, "108", "*43"),
        "no route": call(plan, "108", "+3312345678"),
        "not inbound": call(plan, OUTSIDE, "+390212345999"),
        "the own mailbox": call(plan, "105", "*97"),
        "no mailbox": call(plan, "108", "*97"),
        "any mailbox": call(plan, "108", "*98"),
        "transferred": call(plan, OUTSIDE, "+390212345000", transfer=Transfer("110", "108"), _108="busy"),
        "transferred to mailbox access": call(plan, OUTSIDE, DID, transfer=Transfer("101", "*98")),
        "a service that gives the call back": call(plan, "108", "700", service_queue="return"),
        "transferred by the caller": call(plan, "111", "110", transfer=Transfer("111", "104"), _106="answer"),
    }


def test_every_step_of_a_call_is_told(snapshot: object) -> None:
    stories = _stories(plan_of(OFFICE, head=TWO_TRUNKS))
    told = {name: [_line(event) for event in story.events] for name, story in stories.items()}
    missing = set(EventKind) - {event.kind for story in stories.values() for event in story.events}
    assert not missing
    snapshot.assert_match(told)  # type: ignore[attr-defined]


def _line(event: Event) -> str:
    parts = [event.kind.value, event.subject]
    if event.place is not None:
        parts.append(f"place={_place(event.place)}")
    if event.reason is not None:
        parts.append(f"reason={event.reason.value}")
    if event.outcome is not None:
        parts.append(f"outcome={event.outcome.value}")
    if event.seconds is not None:
        parts.append(f"seconds={event.seconds}")
    if event.places:
        parts.append(f"places={'>'.join(_place(place) for place in event.places)}")
    if event.dialled:
        parts.append(f"dialled={','.join('+'.join(together) for together in event.dialled)}")
    if event.detail:
        parts.append(f"detail={event.detail}")
    return " ".join([*parts, _where(event.location)])


def _place(place: Place) -> str:
    options = [str(option) for option in (place.timeout, place.confirm or None) if option is not None]
    return "/".join([f"{place.kind.value}:{place.target}", *options]) + _where(place.location)


def _where(location: Location | None) -> str:
    return "@" if location is None else f"@{location.line}:{location.column}"
