"""What a scene needs of the stage it is played on."""

from __future__ import annotations

from typing import Protocol

from pbxgen.lab.media import Media
from pbxgen.lab.pbx import Pbx
from pbxgen.lab.ports import Address
from pbxgen.lab.sipp import Sipp
from pbxgen.lab.wire import SeenMessage, Wire


class Follower(Protocol):
    """Receives the messages of a call and answers the wire's questions about it."""

    def invited(self, seen: SeenMessage) -> None:
        """The PBX sends a new INVITE to one of our phones or trunks."""
        ...

    def see(self, seen: SeenMessage) -> None:
        """Any message of the call."""
        ...

    def port_of(self, call_id: str) -> int:
        """The SIPp process that plays whoever was invited."""
        ...

    def announced_call(self) -> str:
        """URI that a REFER sends to: the call that announced the transfer."""
        ...


class Rig(Protocol):
    """The wire, the sound, SIPp and the PBX."""

    wire: Wire
    media: Media
    sipp: Sipp
    pbx: Pbx
    phones: Address

    def follow(self, call_id: str, follower: Follower) -> None:
        """Deliver messages of this call to ``follower``."""
        ...
