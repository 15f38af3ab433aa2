"""A plan as the page carries it: everything the engine needs and no secrets, equal lists of rules once."""

from __future__ import annotations

import json
from typing import Any

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow import LONGEST_RING, SHORTEST_RING
from pbxgen.flow.environment import REPLIES
from pbxgen.flow.numbering import AREA_15_NUMBER, FOREIGN, readings
from pbxgen.flow.plan import Condition, Contacts, Outcome, Place, Plan, RingGroup, Rule, Rules, User
from pbxgen.flow.ringer import CONFIRM_SECONDS, NOT_HANDED_ON, outcome_of_status
from pbxgen.flow.schedule import Schedule
from pbxgen.flow.settings import AFTER, DEVIATIONS, LONGEST_NUMBER, STATES, State, emergency_spellings
from pbxgen.flow.simulate import DIRECT_RING_SECONDS


def plan_data(plan: Plan) -> dict[str, Any]:
    """Plain values; what is false, empty or absent is left out of users, places and rules."""
    lists = _Lists()
    return {
        "name": plan.name,
        "domain": plan.domain,
        "timezone": plan.timezone,
        "digest": plan.digest,
        "max": plan.max_diversions,
        "recall": plan.recall,
        "outsideTimeout": plan.outside_timeout,
        "replies": dict(REPLIES),
        "outcomes": _outcomes(plan.sip_480),
        "notHandedOn": sorted(NOT_HANDED_ON),
        "confirmSeconds": CONFIRM_SECONDS,
        "directRingSeconds": DIRECT_RING_SECONDS,
        "numbers": {
            "readings": [
                [r.expression, None if r.none else r.before, r.drop, r.area] for r in readings(plan.numbering)
            ],
            "areaDigits": AREA_15_NUMBER,
            "foreign": FOREIGN,
            "line": plan.numbering.outside_line,
        },
        "routes": [
            {
                "name": r.name,
                "patterns": [p.regex for p in r.patterns],
                "emergency": r.emergency,
                "asDialled": r.as_dialled,
                "several": plan.tries(r.trunks) > 1,
            }
            for r in plan.routes.values()
        ],
        "features": {
            "ownMailbox": plan.features.own_mailbox,
            "anyMailbox": plan.features.any_mailbox,
            "pickup": plan.features.pickup,
            "pickupOf": plan.features.pickup_of,
        },
        "emergency": {number: plan.tries(trunks) > 1 for number, trunks in plan.emergency.items()},
        "schedules": {name: _schedule(schedule) for name, schedule in plan.schedules.items()},
        "contacts": {name: _contacts(contacts) for name, contacts in plan.contacts.items()},
        "operators": {name: _group(group) for name, group in plan.operators.items()},
        "groups": {name: _group(group) for name, group in plan.groups.items()},
        "services": {
            s.name: {"number": s.number, "returns": s.returns, "at": s.location.short} for s in plan.services.values()
        },
        "inbound": {n: {"rules": lists.index(i.rules), "at": i.location.short} for n, i in plan.inbound.items()},
        "ranges": [[i.number, i.pattern.regex] for i in plan.ranges if i.pattern is not None],
        "dids": dict(plan.dids),
        "users": [_user(plan, user, lists) for user in plan.users.values()],
        "lists": lists.values,
        "switches": {name: switch.on for name, switch in plan.switches.items()},
        "settable": _settable(plan),
    }


def state_data(state: State) -> dict[str, Any]:
    """What is set, as the page's engine takes it."""
    return {
        "users": {
            extension: {
                key: {"to": one.to} | ({"after": one.after} if one.after else {}) for key, one in settings.items()
            }
            for extension, settings in state.users.items()
        },
        "switches": dict(state.switches),
    }


def _settable(plan: Plan) -> dict[str, Any]:
    """What is the same for all who may set something."""
    service = plan.self_service
    return {
        "keys": list(DEVIATIONS),
        "states": list(STATES),
        "after": sorted(AFTER),
        "seconds": [SHORTEST_RING, LONGEST_RING],
        "longestNumber": LONGEST_NUMBER,
        "costly": [] if service is None else [rf"\+{code}(?:{pattern})" for code, pattern in service.costly],
        "never": [] if service is None else list(emergency_spellings(plan)),
    }


def _outcomes(sip_480: Outcome) -> list[list[Any]]:
    """What each final status means: [first, last, outcome] of statuses in sequence that mean the same."""
    ranges: list[list[Any]] = []
    for status in range(300, 700):
        outcome = outcome_of_status(status, sip_480).value
        if ranges and ranges[-1][2] == outcome:
            ranges[-1][1] = status
        else:
            ranges.append([status, status, outcome])
    return ranges


def finding_data(diagnostic: Diagnostic) -> dict[str, Any]:
    example = diagnostic.example
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "at": None if diagnostic.location is None else diagnostic.location.short,
        "subject": diagnostic.subject,
        "example": None
        if example is None
        else {
            "headline": example.headline,
            "steps": [[s.text, None if s.location is None else s.location.short] for s in example.steps],
        },
    }


class _Lists:
    """Lists of rules by number; equal ones have one number."""

    def __init__(self) -> None:
        self.values: list[list[dict[str, Any]]] = []
        self._known: dict[str, int] = {}

    def index(self, rules: Rules) -> int:
        value = [_rule(r) for r in rules]
        text = json.dumps(value)
        if text not in self._known:
            self._known[text] = len(self.values)
            self.values.append(value)
        return self._known[text]


def _user(plan: Plan, user: User, lists: _Lists) -> dict[str, Any]:
    deviations = {name: lists.index(rules) for name, rules in user.deviations.lists() if rules}
    legs = [{"place": _place(leg.place), "delay": leg.delay} for leg in user.follow_me]
    optional: dict[str, Any] = {
        "dids": list(user.dids),
        "mobile": user.mobile,
        "mailbox": None if user.mailbox is None else user.mailbox.location.short,
        "routes": list(user.routes or ()),
        "trunks": plan.tries(user.trunks),
        "dnd": user.dnd,
        "deviations": deviations,
        "legs": legs,
        "may": [] if user.self_service is None else sorted(user.self_service.may),
        "to": [] if user.self_service is None else sorted(user.self_service.to),
        "ownMobile": None if user.own_mobile is None else _place(user.own_mobile),
    }
    given = {key: value for key, value in optional.items() if value}
    head = {"extension": user.extension, "name": user.name, "at": user.location.short, "ring": user.ring_timeout}
    return head | {"waiting": user.call_waiting} | given


def _group(group: RingGroup) -> dict[str, Any]:
    return {
        "number": group.number,
        "members": list(group.members),
        "linear": group.strategy.value == "linear",
        "ring": group.ring_timeout,
        "overflow": [_place(p) for p in group.overflow],
        "at": group.location.short,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    value: dict[str, Any] = {"places": [_place(p) for p in rule.places], "at": rule.location.short}
    if not rule.condition.always:
        value["when"] = _condition(rule.condition)
    if rule.after is not None:
        value["after"] = rule.after
    return value


def _condition(condition: Condition) -> dict[str, Any]:
    parts = {
        "hours": condition.hours,
        "callers": condition.callers,
        "until": condition.until and condition.until.isoformat(),
        "switches": condition.switches,
    }
    return {key: value for key, value in parts.items() if value}


def _contacts(contacts: Contacts) -> dict[str, Any]:
    extensions = sorted(contacts.extensions)
    return {
        "patterns": [p.regex for p in contacts.patterns],
        "extensions": extensions,
        "anonymous": contacts.anonymous,
    }


def _place(place: Place) -> dict[str, Any]:
    value: dict[str, Any] = {"kind": place.kind.value, "target": place.target, "at": place.location.short}
    if place.timeout is not None:
        value["timeout"] = place.timeout
    if place.confirm:
        value["confirm"] = True
    if place.returns:
        value["returns"] = True
    return value


def _schedule(schedule: Schedule) -> dict[str, Any]:
    return {
        "weekly": [[w.weekday, w.start, w.end] for w in schedule.weekly],
        "closed": [[r.first.isoformat(), r.last.isoformat()] for r in schedule.closed],
        "opened": [[w.date.isoformat(), w.start, w.end] for w in schedule.opened],
    }
