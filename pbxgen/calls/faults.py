"""What may go wrong in a call in a way that no scenario expects, in words."""

from __future__ import annotations

from collections.abc import Sequence


def faults_of_caller(
    status: int | None, answered_at: float | None, in_call: Sequence[str], answers: Sequence[float | None]
) -> list[str]:
    """Faults in the replies that the caller got.

    ``status``: the final reply of 300 or more. ``in_call``: who was in the call when it was hung up. ``answers``: when
    phones and outside numbers answered.
    """
    faults: list[str] = []
    if status is not None and status >= 600:
        faults.append(f"the caller got {status}: a 6xx ends the call at every other place too")
    if len(set(in_call)) > 1:
        faults.append(f"{' and '.join(in_call)} were both left in the call")
    first_answer = min((time for time in answers if time is not None), default=None)
    if in_call and answered_at is not None and first_answer is not None and answered_at < first_answer:
        faults.append("the caller got a 200 before a person answered")
    return faults


def cannot_transfer(by: str) -> str:
    """The fault of a call whose transferor is not a party of it."""
    return f"{by}, who was to transfer the call, is not in it"
