"""Virtual time: things that happen one after the other, without waiting for them."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

Action = Callable[[], None]


class Clock:
    """Times are whole milliseconds since the call was placed; what happens at the same time keeps its order."""

    def __init__(self) -> None:
        self.now = 0
        self._actions: list[tuple[int, int, Action]] = []
        self._count = 0

    def after(self, milliseconds: int, action: Action) -> None:
        """Let something happen, after whatever else happens at that time and was said before."""
        self._count += 1
        heapq.heappush(self._actions, (self.now + milliseconds, self._count, action))

    def run(self, until: Callable[[], bool]) -> bool:
        """Go on until something is so; False if nothing happens any more and it is not."""
        while not until():
            if not self._actions:
                return False
            self.now, _, action = heapq.heappop(self._actions)
            action()
        return True


Steps = Iterator[None]
"""Work that takes time: it stops at each ``yield`` until its thread is woken."""


class Thread:
    """What runs a channel; it sleeps at each ``yield`` of its steps, and looks around whenever it is woken."""

    def __init__(self, clock: Clock, steps: Steps) -> None:
        self._clock = clock
        self._steps = steps
        self._woken = False
        self.wake()

    def wake(self) -> None:
        """Let it run as soon as what happens now is over. It must see for itself whether what it waits for is there."""
        if not self._woken:
            self._woken = True
            self._clock.after(0, self._run)

    def wake_after(self, milliseconds: int) -> None:
        self._clock.after(milliseconds, self.wake)

    def _run(self) -> None:
        self._woken = False
        next(self._steps, None)
