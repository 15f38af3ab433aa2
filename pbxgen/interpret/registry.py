"""The interpreters that exist, one for each PBX. A new one is a new folder beside this file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

from pbxgen.interpret.base import Interpreter
from pbxgen.targets.base import GeneratedFile

_MODULES = {"asterisk": "pbxgen.interpret.asterisk", "freeswitch": "pbxgen.interpret.freeswitch"}

INTERPRETED = tuple(_MODULES)


def load_interpreter(pbx: str, files: Sequence[GeneratedFile]) -> Interpreter:
    """The interpreter of a PBX's generated files; it is imported only now.

    Raises KeyError for a PBX that is not in :data:`INTERPRETED`, NotUnderstoodError for files that use what the
    interpreter does not know.
    """
    load = cast("Callable[[Sequence[GeneratedFile]], Interpreter]", import_module(_MODULES[pbx]).load)
    return load(files)
