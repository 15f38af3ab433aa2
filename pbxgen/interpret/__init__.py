"""Generated files, run without a PBX: an interpreter of what the templates use, for each PBX of :mod:`pbxgen.pbxs`.

It reads the text that would be deployed, never the plan, and knows the PBX's rules, never the language's. What it sees
of a call has the form of what the laboratory sees of a real one, and is judged in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from pbxgen.pbxs import module_of

if TYPE_CHECKING:
    from pbxgen.interpret.base import Interpreter
    from pbxgen.targets.base import GeneratedFile


def load_interpreter(pbx: str, files: Sequence[GeneratedFile]) -> Interpreter:
    """The interpreter of a PBX's generated files; its module is imported only when it is needed.

    Raises KeyError for a PBX that there is not, NotUnderstoodError for files that use what the interpreter does not
    know.
    """
    return cast("Interpreter", module_of(pbx, __name__).load(files))
