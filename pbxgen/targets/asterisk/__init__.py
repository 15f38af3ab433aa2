"""The Asterisk 22 target: a static library that runs calls, and a thin generated layer of data for each tenant."""

from __future__ import annotations

from pbxgen.targets.asterisk.target import AsteriskTarget
from pbxgen.targets.base import Target


def load() -> Target:
    """The target of Asterisk."""
    return AsteriskTarget()
