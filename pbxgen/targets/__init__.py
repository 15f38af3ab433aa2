"""The files of each PBX, rendered from plans: a folder for each PBX of :mod:`pbxgen.pbxs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pbxgen.pbxs import module_of

if TYPE_CHECKING:
    from pbxgen.targets.base import Target


def load_target(pbx: str) -> Target:
    """The target of a PBX; imported only now, so that ``pbxgen --help`` need not wait for Jinja.

    Raises KeyError for a PBX that there is not.
    """
    return cast("Target", module_of(pbx, __name__).load())
