"""Trees of calls in words, each line with the place in the source that causes it."""

from __future__ import annotations

from collections.abc import Iterator

from pbxgen.diagnostics.location import Location
from pbxgen.flow.behaviour import Attempt, End, Node
from pbxgen.flow.cases import Case
from pbxgen.flow.explain import Teller
from pbxgen.flow.plan import Leg, Outcome, Place, PlaceKind, Strategy
from pbxgen.flow.wording import When


class TreeTeller(Teller):
    """Tells trees of calls: their conditions, their nodes, and the whole tree."""

    def title(self, case: Case) -> str:
        """``Calls from outside, during office``"""
        return f"{self.calls(case)}, {self.when(case.when)}"

    def calls(self, case: Case) -> str:
        """Whose calls a case is about."""
        if case.caller is None:
            return self.say(f"calls_of.{case.origin}")
        return self.say("tree.calls_from", who=self.party(case.caller))

    def when(self, when: When) -> str:
        """``during office, from vip``; always and otherwise have words too."""
        if not when:
            return self.say("tree.always")
        return self.say("tree.or").join(
            ", ".join(self.say(f"when.{one.kind}", name=one.name) for one in together) or self.say("tree.otherwise")
            for together in when
        )

    def outcomes(self, outcomes: tuple[Outcome, ...]) -> str:
        return self.say("list.or").join(self.say(f"outcome.{outcome}") for outcome in outcomes)

    def node(self, node: Node) -> str:
        return self.end(node) if isinstance(node, End) else self.attempt(node)

    def end(self, end: End) -> str:
        return self.say(f"end.{'lost' if end.lost else end.kind}", name=self.party(end.value), target=end.value)

    def attempt(self, attempt: Attempt) -> str:
        """Who rings and for how long."""
        if attempt.answered is not None:
            return self.say("tree.answers", text=self.who(attempt), who=self.party(attempt.answered))
        if attempt.kind is PlaceKind.SERVICE:
            text = self.say("tree.service", place=self.who(attempt))
        elif attempt.seconds:
            text = self.say("tree.rings", place=self.who(attempt), seconds=attempt.seconds)
        else:
            dnd = self.has_do_not_disturb(_place(attempt))
            text = self.say("tree.dnd" if dnd else "tree.silent", place=self.who(attempt))
        return self.say("tree.goes_on", text=text) if attempt.cut else text

    def who(self, attempt: Attempt) -> str:
        """``operator position reception (100 + 110)``"""
        text = self.called(_place(attempt))
        details = [self.say("ringing.confirm")] if attempt.confirm else []
        details += self._inside(attempt)
        if attempt.shows not in (None, "original"):
            name = "shows.trunk" if attempt.shows == "trunk" else "shows.own"
            details.append(self.say(name, name=self.party(attempt.shows)))
        return f"{text} ({'; '.join(details)})" if details else text

    def _inside(self, attempt: Attempt) -> list[str]:
        """Who rings in a group, and the legs of follow_me."""
        if attempt.kind is PlaceKind.USER:
            legs = self.plan.users[attempt.target].follow_me
            told = [self._leg(leg) for leg in sorted(legs, key=lambda leg: (leg.delay, leg.place.target))]
            return [" + ".join(told)] if told else []
        if attempt.kind not in (PlaceKind.OPERATOR, PlaceKind.GROUP):
            return []
        group = self.plan.group_at((attempt.kind, attempt.target))
        if group.strategy is Strategy.LINEAR:
            return [self.say("list.then").join(group.members)]
        return [" + ".join(sorted(group.members))]

    def _leg(self, leg: Leg) -> str:
        who = leg.place.target
        text = self.say("ringing.delay", who=who, seconds=leg.delay) if leg.delay else who
        return ", ".join([text, *self.options(leg.place)])

    def outline(self, root: Node) -> list[tuple[str, Location | None]]:
        """The tree from ``root`` down, drawn with lines; what has been told once is not told again."""
        return list(self._lines(root, "", "", "", set()))

    def _lines(
        self, node: Node, label: str, stem: str, below: str, told: set[int]
    ) -> Iterator[tuple[str, Location | None]]:
        """``stem`` is drawn before the node, ``below`` before the nodes that follow it."""
        text = f"{label}: {self.node(node)}" if label else self.node(node)
        is_told = isinstance(node, Attempt) and id(node) in told
        yield stem + (self.say("tree.as_above", text=text) if is_told else text), node.location
        if is_told or isinstance(node, End):
            return
        if node.branches and not isinstance(node.next, End):  # a short one is told each time
            told.add(id(node))
        for number, (outcomes, child) in enumerate(node.branches, 1):
            name = self.say("tree.then") if len(node.branches) == 1 else self.outcomes(outcomes)
            stem, onward = ("└─ ", "   ") if number == len(node.branches) else ("├─ ", "│  ")
            yield from self._lines(child, name, below + stem, below + onward, told)


def _place(attempt: Attempt) -> Place:
    return Place(attempt.kind, attempt.target, Location("", 0, 0, 0, 0))
