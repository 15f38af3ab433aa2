"""Legs that are dialled together, in virtual time, as switch_ivr_originate waits for them.

FreeSWITCH compares whole seconds of the clock: a leg of n seconds is over when the clock has advanced by more than n.
"""

from __future__ import annotations

from collections.abc import Iterable

from pbxgen.calls.attempts import entries
from pbxgen.flow.ringer import quickness
from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.far_ends import ANSWER_MS, REFUSAL_MS, TURN_MS
from pbxgen.interpret.freeswitch.channel import FreeSwitchChannel
from pbxgen.interpret.freeswitch.endpoints import cause_of
from pbxgen.interpret.freeswitch.execution import FreeSwitchCore
from pbxgen.interpret.freeswitch.leg import FreeSwitchLeg, invite, silent_seconds, told_of_ringing
from pbxgen.interpret.freeswitch.text import atoi, is_true

_WRAP = 1 << 32
_REDIRECTS = frozenset({300, 301, 302, 305})
_CHALLENGES = frozenset({401, 407})
"""Statuses that mod_sofia handles as redirects; every other 3xx is a failure without a status."""


class Originate:
    """One attempt to reach somebody. ``limit``: seconds for all legs; ``early``: early media of a leg passes."""

    def __init__(
        self, switch: FreeSwitchCore, caller: FreeSwitchChannel, legs: list[FreeSwitchLeg], *, limit: int, early: bool
    ) -> None:
        self._switch = switch
        self._call = switch.call
        self._caller = caller
        self._legs = legs
        self._limit = limit
        self._early = early
        self._start = self._call.clock.epoch
        self._gives_up_at: float | None = None
        self.timed_out = False
        """The time of all legs was up."""

    def run(self) -> FreeSwitchLeg | None:
        """The leg that the caller is connected with; None: none, each leg has its cause."""
        self._begin(leg for leg in self._up() if not leg.delay)
        while True:
            winner = next((leg for leg in self._legs if leg.won), None)
            if winner is not None:
                self._end(self._up(but=winner), "LOSE_RACE")
                return winner
            if self._gives_up_at is not None and self._call.clock.now >= self._gives_up_at:
                self._end(self._up(), "ORIGINATOR_CANCEL")
                self._switch.hang_up(self._caller, "ORIGINATOR_CANCEL")
                return None
            if not self._up():
                return None
            self._pass_time()

    @property
    def _elapsed(self) -> int:
        return self._call.clock.epoch - self._start

    def _up(self, but: FreeSwitchLeg | None = None) -> list[FreeSwitchLeg]:
        return [leg for leg in self._legs if leg.cause is None and leg is not but]

    # -- what the caller and the far ends do ---------------------------------------------------------------------------

    def _begin(self, legs: Iterable[FreeSwitchLeg]) -> None:
        """Send INVITEs, all at the same time."""
        call = self._call
        began = [leg for leg in legs if leg.far is not None]
        began.sort(key=lambda leg: (quickness(leg.far.target if leg.far else ""), leg.index))
        for leg in began:
            invite(call, leg)
            self._ring(leg)
        answering = [leg for leg in began if leg.final == 200]
        for turn, leg in enumerate(answering):
            leg.replies_at = call.clock.now + (ANSWER_MS + turn * TURN_MS) / 1000
        if not began:
            return
        handling = call.case.handling
        if handling.give_up_at == len(entries(call.attempts)) - 1 and not self._caller.answered:
            self._gives_up_at = call.clock.now + handling.give_up_after

    def _ring(self, leg: FreeSwitchLeg) -> None:
        """Note the far end's provisional reply, and schedule its final one."""
        assert leg.far is not None
        if leg.final is not None:
            waits = silent_seconds(self._call, leg) if leg.far.deaf else REFUSAL_MS / 1000
            leg.replies_at = self._call.clock.now + waits
        if leg.far.provisional is not None and not leg.far.deaf:
            leg.rings = True
            told_of_ringing(self._call, leg)
            leg.won = self._early and leg.far.provisional == 183
            self._caller.set("sip_invite_failure_status", None)

    def _reply(self) -> None:
        """Process the final replies that are due."""
        now = self._call.clock.now
        for leg in sorted(self._up(), key=lambda leg: leg.replies_at or 0):
            if leg.replies_at is None or leg.replies_at > now or leg.final is None:
                continue
            leg.replies_at = None
            self._final(leg, leg.final)
            if leg.won:
                return

    def _final(self, leg: FreeSwitchLeg, status: int) -> None:
        assert leg.attempt is not None
        leg.attempt.status, leg.attempt.ended = status, self._call.clock.now
        if status == 200:
            self._answered(leg)
            return
        if status < 400:
            if not is_true(leg.channel.get("outbound_redirect_fatal")):
                raise NotUnderstoodError(f"a redirect ({status}) that is followed")
            self._caller.set("sip_invite_failure_status", None)
            leg.cause = "REQUESTED_CHAN_UNAVAIL" if status in _REDIRECTS else cause_of(status)
        else:
            # A challenge that it cannot meet is no failure to FreeSWITCH: the leg is hung up without a status.
            self._caller.set("sip_invite_failure_status", None if status in _CHALLENGES else str(status))
            leg.cause = cause_of(status)
        leg.channel.hang_up(leg.cause)

    def _answered(self, leg: FreeSwitchLeg) -> None:
        """The far end has sent 200: it wins, unless a person there has to press 1 first."""
        then = leg.channel.get("execute_on_answer")
        if then is not None:
            application, _, data = then.partition(" ")
            self._switch.execute(leg.channel, application, data)
        key = leg.channel.get("group_confirm_key")
        if key is None:
            leg.won = True
            return
        application, _, data = (leg.channel.get("group_confirm_file") or "").partition(" ")
        if key != "exec":
            raise NotUnderstoodError(f"group_confirm_key={key}")
        seconds = atoi(leg.channel.get("group_confirm_timeout") or "")
        if seconds > 0:
            leg.limit = leg.progress_limit = self._elapsed + seconds
        self._switch.execute(leg.channel, application, data)
        leg.decided_at = self._call.clock.now + leg.channel.waited
        self._decide(leg)

    def _decide(self, leg: FreeSwitchLeg) -> None:
        """Once the person at the far end has been asked: is the call taken?"""
        if leg.decided_at is None or leg.decided_at > self._call.clock.now or leg.cause is not None:
            return
        leg.decided_at = None
        leg.won, leg.cause = leg.channel.cause is None, leg.channel.cause
        if leg.won:
            for name in ("group_confirm_key", "group_confirm_file"):
                leg.channel.set(name, None)

    # -- time ---------------------------------------------------------------------------------------------------------

    def _pass_time(self) -> None:
        """Advance the clock to the next event."""
        clock = self._call.clock
        seconds = [self._limit]
        moments = [] if self._gives_up_at is None else [self._gives_up_at]
        for leg in self._up():
            if leg.delay:
                seconds.append(leg.delay)
                continue
            seconds += [leg.limit] if leg.limit else []
            seconds += [leg.progress_limit] if leg.progress_limit and not leg.rings and not leg.answered else []
            moments += [at for at in (leg.decided_at, leg.replies_at) if at is not None]
        if any(not leg.delay for leg in self._up()):
            moments += [clock.at(self._start + second + 1) for second in seconds]
            clock.now = max(clock.now, min(moments))
        for leg in self._up():
            self._decide(leg)
        self._reply()
        if any(leg.won for leg in self._legs):
            return
        self._limits()
        if self._elapsed > self._limit:
            self.timed_out = True
            self._end(self._up(), "NO_ANSWER")

    def _limits(self) -> None:
        """``check_per_channel_timeouts``. Where no leg has begun that is still up, the delayed ones begin early."""
        elapsed, up = self._elapsed, self._up()
        active = any(not leg.delay for leg in up)
        least = min((leg.delay for leg in up if leg.delay), default=0)
        early = 0 if active else (least - elapsed) % _WRAP
        begun = []
        for leg in up:
            if leg.delay and (elapsed > leg.delay or not active):
                if active:
                    leg.delay = 0
                else:
                    leg.limit = _earlier(leg.limit, early)
                    leg.progress_limit = _earlier(leg.progress_limit, early)
                    leg.delay -= least
                begun += [leg] if not leg.delay else []
        self._begin(begun)
        for leg in up:
            if leg.progress_limit and elapsed > leg.progress_limit and not leg.rings and not leg.answered:
                self._end([leg], "PROGRESS_TIMEOUT")
            if leg.limit and elapsed > leg.limit:
                self._end([leg], "ALLOTTED_TIMEOUT")

    def _end(self, legs: list[FreeSwitchLeg], cause: str) -> None:
        """FreeSWITCH hangs legs up: CANCEL, or BYE where one has answered."""
        for leg in legs:
            if leg.cause is None:
                leg.cause = cause
                leg.channel.hang_up(cause)
                if leg.attempt is not None and leg.attempt.ended is None and leg.far is not None and not leg.far.deaf:
                    leg.attempt.ended = self._call.clock.now


def _earlier(limit: int, early: int) -> int:
    if not limit:
        return 0
    return limit - early if limit > early else 1
