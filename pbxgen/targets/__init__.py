"""The targets that exist. A new PBX is a new folder beside this file and one line here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from pbxgen.targets.base import Target

_CLASSES = {
    "asterisk": "pbxgen.targets.asterisk.target:AsteriskTarget",
    "freeswitch": "pbxgen.targets.freeswitch.target:FreeSwitchTarget",
}

TARGET_NAMES = tuple(_CLASSES)


def load_target(name: str) -> Target:
    """The target called ``name``; imported only now, so that ``pbxgen --help`` need not wait for Jinja.

    Raises KeyError for a name that is not in :data:`TARGET_NAMES`.
    """
    module, _, attribute = _CLASSES[name].partition(":")
    return cast("Target", getattr(import_module(module), attribute)())
