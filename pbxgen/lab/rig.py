"""What a scene needs of the stage it is played on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pbxgen.lab.media import Media
from pbxgen.lab.pbx import Pbx
from pbxgen.lab.ports import Address
from pbxgen.lab.sipp import Sipp
from pbxgen.lab.wire import Wire

if TYPE_CHECKING:
    from pbxgen.lab.scene import Scene


class Rig(Protocol):
    """The wire, the sound, SIPp and the PBX."""

    wire: Wire
    media: Media
    sipp: Sipp
    pbx: Pbx
    phones: Address

    def follow(self, call_id: str, scene: Scene) -> None:
        """Messages of this call are the scene's."""
        ...
