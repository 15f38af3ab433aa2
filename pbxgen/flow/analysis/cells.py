"""Every combination of a caller and a moment that conditions can tell apart; sets of them are bits of an integer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pbxgen.flow.analysis.situations import Atoms, Situation, Situations
from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import Condition


class Cells:
    """``callers`` × the moments of ``atoms``: a bit for each, caller by caller."""

    def __init__(
        self,
        situations: Situations,
        atoms: Atoms,
        callers: Sequence[Caller],
        moments: tuple[dt.datetime, ...] | None = None,
    ) -> None:
        """``moments``: instead of all that conditions can tell apart."""
        self.atoms = atoms
        self.callers = tuple(callers)
        self._situations = situations
        self._given = moments
        self._moments = situations.moments(atoms) if moments is None else moments
        self._always = (1 << len(self._moments)) - 1
        self.whole = (1 << len(self._moments) * len(self.callers)) - 1

    def where(self, condition: Condition) -> int:
        """The cells in which it holds."""
        return self._joined(self._moments_with(condition, caller) for caller in self.callers)

    def alike(self, conditions: Iterable[Condition]) -> list[tuple[Situation, int]]:
        """All cells, those together in which the same of ``conditions`` hold, each with its first."""
        found: dict[tuple[bool, ...], int] = {}
        for place, caller in enumerate(self.callers):
            parts: dict[tuple[bool, ...], int] = {(): self._always}
            for condition in conditions:
                holds = self._moments_with(condition, caller)
                halves = [((*t, v), m & (holds if v else ~holds)) for t, m in parts.items() for v in (True, False)]
                parts = {truths: moments for truths, moments in halves if moments}
            for truths, moments in parts.items():
                found[truths] = found.get(truths, 0) | moments << place * len(self._moments)
        return [(self._first(cells), cells) for cells in sorted(found.values(), key=_lowest)]

    def _moments_with(self, condition: Condition, caller: Caller) -> int:
        if condition.origin is not None or condition.contacts is not None:
            asked = replace(condition, schedule=None, until=None)
            if not self._situation(caller, 0).conditions(self._situations.plan).holds(asked):
                return 0
        if condition.schedule is None and condition.until is None:
            return self._always
        if self._given is not None:
            every = (self._situation(caller, n).conditions(self._situations.plan) for n in range(len(self._given)))
            return sum(1 << n for n, one in enumerate(every) if one.holds(condition))
        return self._situations.bits(self.atoms, condition)

    def _joined(self, moments: Iterable[int]) -> int:
        return sum(bits << place * len(self._moments) for place, bits in enumerate(moments))

    def _first(self, cells: int) -> Situation:
        caller, moment = divmod(_lowest(cells), len(self._moments))
        return self._situation(self.callers[caller], moment)

    def _situation(self, caller: Caller, moment: int) -> Situation:
        return Situation(caller, self._moments[moment], self._situations.almanac)


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
