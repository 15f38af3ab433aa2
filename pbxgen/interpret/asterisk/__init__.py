"""Asterisk's generated files, run without Asterisk: extensions.conf, pjsip.conf and voicemail.conf.

It knows what the templates use of Asterisk 22, and nothing else; it is held against a real one, text by text and
call by call. Where the two differ, this one is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from pbxgen.interpret.asterisk.interpreter import AsteriskInterpreter
from pbxgen.interpret.base import Interpreter
from pbxgen.targets.base import GeneratedFile


def load(files: Sequence[GeneratedFile]) -> Interpreter:
    """An interpreter of the files that the target ``asterisk`` renders. Raises NotUnderstoodError."""
    return AsteriskInterpreter(files)
