"""An interpreter of generated files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pbxgen.calls.case import Case
from pbxgen.calls.observed import Observed


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One line of the files that a call ran through."""

    at: float
    """Virtual seconds after the caller's INVITE."""
    where: str
    """``file:line``, relative to the target's folder."""
    text: str
    """The line with the values of its variables."""


Trace = list[TraceLine]


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Generated files of one PBX, read once and ready to be called; every call begins afresh.

    Made from the files of ``Target.render`` (their texts alone); one that holds something the interpreter does not know
    is a `NotUnderstoodError`, never passed over.
    """

    pbx: str
    play: Callable[[Case, Trace | None], Observed]

    def place(self, case: Case, trace: Trace | None = None) -> Observed:
        """Place a call. Times are virtual: a ring time of 20 s takes no time.

        Of ``case.plan`` only what the laboratory needs too is used: which callers are phones, and how digits sent to
        a trunk read as a number. ``trace``: the lines that the call ran through are added to it, in order.

        Raises:
            NotUnderstoodError: The call came to something that the interpreter does not know.
        """
        return self.play(case, trace)


class NotUnderstoodError(Exception):
    """The files use something of the PBX that the interpreter does not know, or the call never ends."""
