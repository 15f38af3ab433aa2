"""Trees of calls in words: lines below lines, each with the place in the source that caused it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pbxgen.diagnostics.location import Location
from pbxgen.flow.behaviour import Attempt, End, Node
from pbxgen.flow.cases import Case
from pbxgen.flow.explain import Teller
from pbxgen.flow.phrases import phrasebook
from pbxgen.flow.plan import Leg, Outcome, Place, PlaceKind, Plan, Strategy
from pbxgen.flow.tree_phrases import tree_phrases
from pbxgen.flow.wording import When


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an outline. ``depth`` 0 is the root; ``last``: it is the last of its siblings."""

    text: str
    location: Location | None
    depth: int
    last: bool


class Words:
    """Names nodes and conditions in one language."""

    def __init__(self, plan: Plan, language: str) -> None:
        self.plan = plan
        self._teller = Teller(plan, phrasebook(language))
        self.phrases = tree_phrases(language)

    def title(self, case: Case) -> str:
        """``Calls from outside, during office``"""
        return f"{self.calls(case)}, {self.when(case.when)}"

    def calls(self, case: Case) -> str:
        """Whose calls it is about."""
        p = self.phrases
        if case.caller is None:
            return p.origins[case.origin.value]
        return p.calls_from.format(who=self._teller.party(case.caller))

    def when(self, when: When) -> str:
        """``during office, from vip``; always and otherwise have words too."""
        p = self.phrases
        if not when:
            return p.always
        return p.either.join(
            p.both.join(p.when[one.kind].format(name=one.name) for one in together) or p.otherwise for together in when
        )

    def outcomes(self, outcomes: tuple[Outcome, ...]) -> str:
        return self.phrases.outcomes_joined.join(self.phrases.outcomes[o.value] for o in outcomes)

    def node(self, node: Node) -> str:
        return self.end(node) if isinstance(node, End) else self.attempt(node)

    def end(self, end: End) -> str:
        key = "lost" if end.lost else end.kind.value
        return self.phrases.ends[key].format(name=self._teller.party(end.value), target=end.value)

    def attempt(self, attempt: Attempt) -> str:
        """Who rings and for how long."""
        p = self.phrases
        if attempt.answered is not None:
            return p.answers.format(text=self.who(attempt), who=self._teller.party(attempt.answered))
        text = self._rings(attempt)
        return p.goes_on.format(text=text) if attempt.cut else text

    def _rings(self, attempt: Attempt) -> str:
        text = self.who(attempt)
        p = self.phrases
        if attempt.seconds:
            return p.rings.format(place=text, seconds=attempt.seconds)
        dnd = self._teller.has_do_not_disturb(_place(attempt))
        return (p.do_not_disturb if dnd else p.silent).format(place=text)

    def who(self, attempt: Attempt) -> str:
        """``operator position reception (100 + 110)``"""
        text = self._teller.called(_place(attempt))
        details = self._inside(attempt)
        if attempt.confirm:
            details.insert(0, self.phrases.confirm)
        if attempt.shows not in (None, "original"):
            key = "trunk" if attempt.shows == "trunk" else "own"
            details.append(self.phrases.shows[key].format(name=self._teller.party(attempt.shows or "")))
        return f"{text} ({'; '.join(details)})" if details else text

    def _inside(self, attempt: Attempt) -> list[str]:
        """Who rings in a group, and the legs of follow_me."""
        p = self.phrases
        if attempt.kind is PlaceKind.USER:
            legs = self.plan.users[attempt.target].follow_me
            told = [self._leg(leg) for leg in sorted(legs, key=lambda leg: (leg.delay, leg.place.target))]
            return [" + ".join(told)] if told else []
        if attempt.kind not in (PlaceKind.OPERATOR, PlaceKind.GROUP):
            return []
        group = self.plan.group_at((attempt.kind, attempt.target))
        linear = group.strategy is Strategy.LINEAR
        return [(p.first_then if linear else " + ").join(group.members if linear else sorted(group.members))]

    def _leg(self, leg: Leg) -> str:
        who = leg.place.target
        text = self.phrases.after_delay.format(who=who, seconds=leg.delay) if leg.delay else who
        return ", ".join([text, *self._teller.options(leg.place)])

    def outline(self, root: Node) -> tuple[Line, ...]:
        """The tree from ``root`` down; what has been told once is not told again."""
        return tuple(self._lines(root, "", 0, True, set()))

    def _lines(self, node: Node, label: str, depth: int, last: bool, told: set[int]) -> Iterator[Line]:
        text = f"{label}: {self.node(node)}" if label else self.node(node)
        if isinstance(node, End):
            yield Line(text, node.location, depth, last)
            return
        if id(node) in told:
            yield Line(self.phrases.as_above.format(text=text), node.location, depth, last)
            return
        if not _short(node):
            told.add(id(node))
        yield Line(text, node.location, depth, last)
        alone = len(node.branches) == 1
        for number, (outcomes, child) in enumerate(node.branches, 1):
            name = self.phrases.then if alone else self.outcomes(outcomes)
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
    return Place(attempt.kind, attempt.target, _NOWHERE)


def _short(node: Attempt) -> bool:
    return not node.branches or isinstance(node.next, End)


_NOWHERE = Location("", 0, 0, 0, 0)
