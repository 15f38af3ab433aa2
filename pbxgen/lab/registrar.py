"""Registers the phones in batches, repeats refused registrations, and reports those that never succeed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter

from pbxgen.calls.headers import user_of
from pbxgen.lab.errors import LabError
from pbxgen.lab.ports import Address
from pbxgen.lab.sipp import Login, Sipp
from pbxgen.lab.wire import SeenMessage

_AT_ONCE = 40
_PER_SECOND = 100
_ROUNDS = 4
"""A PBX whose database is busy forgets a nonce now and then, and challenges again (stale): phones try again, too."""
_WARM_UP_SECONDS = 15.0
_NAMED = 5


class Registrar:
    """Registers contacts through SIPp, and follows the replies on the wire."""

    def __init__(self, sipp: Sipp, phones: Mapping[str, Address]) -> None:
        """``phones``: by transport, where they are."""
        self._sipp = sipp
        self._phones = phones
        self._contact_of: dict[str, str] = {}
        """Call-ID of a REGISTER: user part of its contact, which is unlike any other."""
        self._reply: dict[str, str] = {}
        """The last reply to each contact's REGISTER."""
        self._registered: set[str] = set()
        self.call_ids: dict[str, str] = {}
        """By contact that is registered, the Call-ID of its REGISTER."""
        self._asked: dict[str, str] = {}
        """By Call-ID of an OPTIONS, the contact that the PBX qualifies with it."""
        self._there: set[str] = set()
        """Contacts that have answered an OPTIONS."""

    def see(self, seen: SeenMessage) -> None:
        """Take note of a REGISTER of ours, a reply to one, or an OPTIONS to a phone."""
        message = seen.message
        if message.method == "OPTIONS" and seen.ours not in self._phones.values():
            return
        if message.method == "OPTIONS":
            if message.status is None:
                self._asked[message.call_id] = message.uri_user
            elif message.call_id in self._asked:
                self._there.add(self._asked[message.call_id])
        elif message.method == "REGISTER" and message.status is None and not seen.from_pbx:
            self._contact_of[message.call_id] = user_of(message.header("contact"))
        elif message.method == "REGISTER" and message.status is not None and message.call_id in self._contact_of:
            contact = self._contact_of[message.call_id]
            self._reply[contact] = f"{message.status} {message.reason}"
            if 200 <= message.status < 300:
                self._registered.add(contact)
                self.call_ids[contact] = message.call_id

    async def register(self, logins: Iterable[Login], rounds: int = _ROUNDS) -> None:
        """Register all, and wait until they have answered the PBX's OPTIONS. Raises LabError for those that failed."""
        missing = list(logins)
        for turn in range(rounds):
            if not missing:
                break
            # Contacts refused in a large batch are tried again in smaller ones.
            at_once = max(_AT_ONCE >> 2 * turn, 1)
            for batch in _batches(missing, at_once):
                await self._sipp.register(batch, self._phones[batch[0].over], _PER_SECOND >> turn)
                await self._answered({login.contact for login in batch})
            missing = [login for login in missing if login.contact not in self._registered]
        if missing:
            raise LabError(f"could not register: {self._told(missing)}; {self._sipp.complaint()}")
        await asyncio.sleep(0.5)

    async def _answered(self, contacts: set[str]) -> None:
        """Wait until all contacts have answered the PBX's OPTIONS; no wait if the PBX sends none."""
        deadline = time.monotonic() + _WARM_UP_SECONDS
        await asyncio.sleep(0.05)
        while self._asked and not self._there >= contacts & self._registered and time.monotonic() < deadline:
            await asyncio.sleep(0.02)

    def _told(self, missing: list[Login]) -> str:
        names = [
            f"{login.extension}@{login.domain} (last reply: {self._reply.get(login.contact, 'none')})"
            for login in missing[:_NAMED]
        ]
        return ", ".join(names) + (f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else "")


def _batches(logins: list[Login], at_once: int) -> Iterator[list[Login]]:
    """Each of one transport."""
    for _, grouped in groupby(sorted(logins, key=attrgetter("over")), attrgetter("over")):
        of_one = list(grouped)
        for first in range(0, len(of_one), at_once):
            yield of_one[first : first + at_once]
