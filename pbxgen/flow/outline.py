"""Trees of calls in words: lines below lines, each with the place in the source that caused it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pbxgen.diagnostics.location import Location
from pbxgen.flow.behaviour import Attempt, End, Node
from pbxgen.flow.cases import Case
from pbxgen.flow.explain import Teller
from pbxgen.flow.plan import Leg, Outcome, Place, PlaceKind, Strategy
from pbxgen.flow.wording import When


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an outline. ``depth`` 0 is the root; ``last``: it is the last of its siblings."""

    text: str
    location: Location | None
    depth: int
    last: bool


class TreeTeller(Teller):
    """Tells trees of calls: their conditions, their nodes, and the whole tree."""

    def title(self, case: Case) -> str:
        """``Calls from outside, during office``"""
        return f"{self.calls(case)}, {self.when(case.when)}"

    def calls(self, case: Case) -> str:
        """Whose calls it is about."""
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
        if attempt.seconds:
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

    def outline(self, root: Node) -> tuple[Line, ...]:
        """The tree from ``root`` down; what has been told once is not told again."""
        return tuple(self._lines(root, "", 0, True, set()))

    def _lines(self, node: Node, label: str, depth: int, last: bool, told: set[int]) -> Iterator[Line]:
        text = f"{label}: {self.node(node)}" if label else self.node(node)
        if isinstance(node, End):
            yield Line(text, node.location, depth, last)
            return
        if id(node) in told:
            yield Line(self.say("tree.as_above", text=text), node.location, depth, last)
            return
        if not _short(node):
            told.add(id(node))
        yield Line(text, node.location, depth, last)
        alone = len(node.branches) == 1
        for number, (outcomes, child) in enumerate(node.branches, 1):
            name = self.say("tree.then") if alone else self.outcomes(outcomes)
            yield from self._lines(child, name, depth + 1, number == len(node.branches), told)


def tree_lines(lines: tuple[Line, ...]) -> list[tuple[str, Location | None]]:
    """The outline drawn with lines; places apart."""
    drawn = []
    open_at: list[bool] = []
    for line in lines:
        del open_at[max(line.depth - 1, 0) :]
        stem = "".join("│  " if more else "   " for more in open_at)
        if line.depth:
            stem += "└─ " if line.last else "├─ "
            open_at.append(not line.last)
        drawn.append((stem + line.text, line.location))
    return drawn


def _place(attempt: Attempt) -> Place:
    return Place(attempt.kind, attempt.target, Location("", 0, 0, 0, 0))


def _short(node: Attempt) -> bool:
    return not node.branches or isinstance(node.next, End)
