"""Generated files for FreeSWITCH, run without FreeSWITCH.

The rules are those of FreeSWITCH 1.11's sources (named where a rule comes from); where a real FreeSWITCH does something
else, the interpreter is wrong.
"""

from pbxgen.interpret.freeswitch.interpreter import load

__all__ = ["load"]
