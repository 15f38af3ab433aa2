"""Virtual time: actions run in the order of their times, without waiting."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

ClockAction = Callable[[], None]


class Clock:
    """Times are whole milliseconds since the call was placed; actions of the same time keep their order."""

    def __init__(self) -> None:
        self.now = 0
        self._actions: list[tuple[int, int, ClockAction]] = []
        self._count = 0

    def after(self, milliseconds: int, action: ClockAction) -> None:
        """Schedule an action; actions of the same time run in the order in which they were scheduled."""
        self._count += 1
        heapq.heappush(self._actions, (self.now + milliseconds, self._count, action))

    def run(self, until: Callable[[], bool]) -> bool:
        """Run actions until the condition holds; False if no action is left and it does not."""
        while not until():
            if not self._actions:
                return False
            self.now, _, action = heapq.heappop(self._actions)
            action()
        return True

    def wait(self, milliseconds: int) -> None:
        """Let time pass, running the actions that fall due."""
        end = self.now + milliseconds
        self.after(milliseconds, lambda: None)
        self.run(lambda: self.now >= end)


Steps = Iterator[None]
"""Work that takes time: it stops at each ``yield`` until its thread is woken."""


class Thread:
    """Runs a channel: sleeps at each ``yield`` of its steps, and goes on when it is woken."""

    def __init__(self, clock: Clock, steps: Steps) -> None:
        self._clock = clock
        self._steps = steps
        self._woken = False
        self.wake()

    def wake(self) -> None:
        """Schedule the next step. The steps must check themselves whether what they wait for has happened."""
        if not self._woken:
            self._woken = True
            self._clock.after(0, self._run)

    def wake_after(self, milliseconds: int) -> None:
        self._clock.after(milliseconds, self.wake)

    def _run(self) -> None:
        self._woken = False
        next(self._steps, None)
