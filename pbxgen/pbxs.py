"""The PBXs that there are. A new one is its folders, and one line here.

What belongs to a PBX is found by its name: ``pbxgen.targets.<name>`` writes its files (``load``) with the templates in
``templates/<name>``, ``pbxgen.interpret.<name>`` runs them (``load``), ``pbxgen.deploy.<name>`` asks one that runs
(``load``), ``pbxgen.lab.<name>`` starts a real one (``LABORATORY``).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

SHOWN_NAMES: Mapping[str, str] = {
    "asterisk": "Asterisk",
    "freeswitch": "FreeSWITCH",
}
"""By name, as people write them."""

PBXS = tuple(SHOWN_NAMES)


def module_of(pbx: str, package: str) -> ModuleType:
    """What a package has for a PBX; imported only now. Raises KeyError for a PBX that is not in :data:`PBXS`."""
    if pbx not in SHOWN_NAMES:
        raise KeyError(pbx)
    return import_module(f"{package}.{pbx}")
