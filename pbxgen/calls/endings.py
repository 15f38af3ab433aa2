"""How a call ended, from what was seen of it."""

from __future__ import annotations

from collections.abc import Collection

from pbxgen.flow.machine import Ending, EndKind


def ending(
    *,
    status: int | None,
    answered: bool,
    in_call: Collection[str],
    stored: Collection[str],
    announced: str | None,
    mailbox: str | None,
    transferred: bool,
) -> Ending | None:
    """The ending of a call; None if the call had none that can be recognised.

    ``status``: the caller's final reply of 300 or more. ``in_call``: who was in the call when it was hung up.
    ``stored``: mailboxes with a message. ``mailbox``: whose was opened.
    """
    if not answered:
        return None if status is None else Ending(EndKind.RELEASED, str(status))
    if in_call:
        return Ending(EndKind.ANSWERED, "+".join(sorted(set(in_call))))
    if stored:
        return Ending(EndKind.VOICEMAIL, "+".join(sorted(stored)))
    if announced is not None:
        return Ending(EndKind.ANNOUNCED, announced)
    if mailbox is not None:
        return Ending(EndKind.MAILBOX, mailbox)
    # A party that was in a call already gets no status; that it is hung up is all there is to see.
    return Ending(EndKind.RELEASED, "480") if transferred else None
