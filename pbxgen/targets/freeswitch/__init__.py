"""The FreeSWITCH target: XML for the dialplan, the directory and the SIP profiles."""

from __future__ import annotations

from pbxgen.targets.base import Target
from pbxgen.targets.freeswitch.target import FreeSwitchTarget


def load() -> Target:
    """The target of FreeSWITCH."""
    return FreeSwitchTarget()
