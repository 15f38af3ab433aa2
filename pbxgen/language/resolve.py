"""Rules as written -> the plan's rules of one user, by the user's mailbox, mobile and class of service."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pbxgen.diagnostics.diagnostic import Related
from pbxgen.diagnostics.location import Location
from pbxgen.flow.plan import Deviations, Leg, Place, PlaceKind, Rule
from pbxgen.language.destinations import DestinationReader
from pbxgen.language.findings import Findings, Subject
from pbxgen.language.rules import WrittenDeviations, WrittenRule, WrittenRules
from pbxgen.language.unresolved import Problem, WrittenDestination

_SHOWN = 5
_OF_LEGS = (PlaceKind.USER, PlaceKind.OUTSIDE)


@dataclass(frozen=True, slots=True)
class Rights:
    """What a user brings to a destination. ``undecided_keys`` names keys whose own errors are reported already."""

    extension: str
    location: Location
    mailbox: bool
    mobile: str | None
    class_name: str | None
    routes: frozenset[str] | None
    trunks: tuple[str, ...] = ()
    """By which the user's diversions leave; empty: those of the route."""
    undecided_keys: frozenset[str] = frozenset()

    @property
    def subject(self) -> Subject:
        return ("user", self.extension)

    def over_own_trunks(self, place: Place) -> Place:
        """An outside place by the user's trunks, where they have their own."""
        if place.kind is not PlaceKind.OUTSIDE or not self.trunks:
            return place
        return replace(place, trunk=self.trunks[0], backups=self.trunks[1:])


MergedDeviations = dict[str, tuple[str | None, WrittenRules]]
"""A user's deviations by key, with the policy that they come from; None: the user's own."""


def merge(
    policies: list[tuple[str, WrittenDeviations]], own: WrittenDeviations, hidden: frozenset[str] = frozenset()
) -> MergedDeviations:
    """Key by key: a later policy over an earlier one, the user's own over all; ``hidden`` keys are off."""
    merged: MergedDeviations = {key: (name, rules) for name, written in policies for key, rules in written.items()}
    merged.update((key, (None, rules)) for key, rules in own.items())
    merged.update((key, (None, ())) for key in hidden)
    return merged


class Resolver:
    """Turns written rules into the plan's, for one user after the other; :meth:`report` says what was wrong."""

    def __init__(self, destinations: DestinationReader, findings: Findings) -> None:
        self._destinations = destinations
        self._findings = findings
        self._shared: dict[tuple[str, str, str | None, tuple[str, ...]], tuple[tuple[Rule, ...], frozenset[str]]] = {}
        self._policy_problems: dict[tuple[str, Location], tuple[Problem, list[Rights]]] = {}
        """By code and line of a policy, with the users for whom it is a problem."""

    def deviations(self, effective: MergedDeviations, user: Rights) -> Deviations:
        resolved = {}
        for key, (policy, rules) in effective.items():
            plan_rules = (
                self._of_policy(policy, key, rules, user) if policy is not None else self._rules(rules, user, False)
            )
            if plan_rules:
                resolved[key] = plan_rules
        return Deviations(**resolved)

    def _of_policy(self, policy: str, key: str, rules: WrittenRules, user: Rights) -> tuple[Rule, ...]:
        """Rules that are the same for everybody of one class and the same trunks are made once."""
        shared = self._shared.get((policy, key, user.class_name, user.trunks))
        if shared is not None and user.extension not in shared[1]:
            return shared[0]
        before = len(self._policy_problems)
        plan_rules = self._rules(rules, user, True)
        written = [w for rule in rules for w in rule.destinations]
        clean = len(self._policy_problems) == before and not user.undecided_keys and not self._has_problem(rules)
        if shared is None and clean and all(w.place for w in written):
            targets = frozenset(w.place.target for w in written if w.place and w.place.kind is PlaceKind.USER)
            self._shared[policy, key, user.class_name, user.trunks] = (plan_rules, targets)
        return plan_rules

    def _has_problem(self, rules: WrittenRules) -> bool:
        places = {w.location for rule in rules for w in rule.destinations}
        return any(location in places for _, location in self._policy_problems)

    def _rules(self, rules: WrittenRules, user: Rights, shared: bool) -> tuple[Rule, ...]:
        """The rules that are switched on. A rule that is switched off is validated too."""
        every = [(rule.enabled, self._rule(rule, user, shared)) for rule in rules]
        return tuple(rule for enabled, rule in every if enabled)

    def _rule(self, rule: WrittenRule, user: Rights, shared: bool) -> Rule:
        places = (self.place(written, user, shared=shared) for written in rule.destinations)
        return Rule(tuple(p for p in places if p is not None), rule.location, rule.condition, rule.after)

    def place(self, written: WrittenDestination, user: Rights, *, shared: bool, leg: bool = False) -> Place | None:
        """The place that ``written`` is for ``user``; None where it is wrong (and noted)."""
        if written.is_own_mobile and user.mobile is not None:
            known, problems = self._destinations.outside(user.mobile, written.text, written.location, written.options)
            for problem in problems:
                named = Problem(problem.code, f"{problem.message}, the mobile of user {user.extension}", problem.help)
                self._wrong(named, written, user, shared)
            return None if known is None else self.place(known, user, shared=shared, leg=leg)
        if written.place is None and not written.is_own_mobile and user.mailbox:
            return Place(PlaceKind.MAILBOX, user.extension, written.location)
        if written.is_own_mobile and "mobile" in user.undecided_keys:
            return None
        refusal = _refusal(written, user, leg)
        if refusal is not None:
            self._wrong(refusal, written, user, shared)
            return None
        return None if written.place is None else user.over_own_trunks(written.place)

    def legs(self, written: tuple[tuple[WrittenDestination, int], ...], user: Rights) -> tuple[Leg, ...]:
        """``follow_me``: destinations with their delays in seconds."""
        legs = []
        for destination, delay in written:
            rings = destination.kind in _OF_LEGS
            place = self.place(destination, user, shared=False, leg=True) if rings else None
            if rings and (place is None or place.kind in _OF_LEGS):
                legs += [] if place is None else [Leg(place, delay)]
                continue
            problem = Problem(
                "PBX125",
                f"{destination.text} cannot ring in follow_me",
                "write an extension, a number or mobile; mailboxes and positions belong under deviations",
            )
            self._wrong(problem, destination, user, False)
        return tuple(legs)

    def _wrong(self, problem: Problem, written: WrittenDestination, user: Rights, shared: bool) -> None:
        if not shared:
            self._findings.about(user.subject).add(problem.code, problem.message, written.location, help=problem.help)
            return
        self._policy_problems.setdefault((problem.code, written.location), (problem, []))[1].append(user)

    def report(self) -> None:
        """One finding for each line of a policy that is wrong for its users."""
        for (code, location), (problem, users) in self._policy_problems.items():
            others = [user.extension for user in users[1:]]
            more = len(others) - _SHOWN
            also = f"; the same for {', '.join(others[:_SHOWN])}" if others else ""
            also += f" and {more} more" if more > 0 else ""
            self._findings.about(None if others else users[0].subject).add(
                code,
                problem.message + also,
                location,
                help=problem.help,
                related=[Related(f"user {u.extension} uses it", u.location) for u in users[:_SHOWN]],
            )


def _refusal(written: WrittenDestination, user: Rights, leg: bool) -> Problem | None:
    place, who = written.place, f"user {user.extension}"
    another = "or choose another destination"
    if written.is_own_mobile:
        return Problem("PBX117", f"{who} has no mobile", f"give the user a 'mobile', {another}")
    if place is None:
        return Problem("PBX116", f"{who} has no mailbox", f"give the user 'voicemail: true', {another}")
    if place.kind is PlaceKind.USER and place.target == user.extension and not leg:
        return Problem("PBX115", f"{who} would divert to themselves", "choose another destination")
    if place.kind is not PlaceKind.OUTSIDE or "class" in user.undecided_keys:
        return None
    if user.routes is None:
        message = f"{who} has no class of service: no diversion to {place.target}"
        return Problem("PBX119", message, f"give the user (or defaults) a 'class' that lists the route {written.route}")
    if written.route in user.routes:
        return None
    message = f"class {user.class_name} of {who} does not allow {place.target} (route {written.route})"
    return Problem("PBX119", message, f"give the user a class that lists {written.route}, {another}")
