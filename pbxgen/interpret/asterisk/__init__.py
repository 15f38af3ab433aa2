"""Asterisk's generated files, run without Asterisk: extensions.conf, pjsip.conf and voicemail.conf.

It knows what the templates use of Asterisk 22, and nothing else; it is held against a real one, text by text and
call by call. Where the two differ, this one is wrong.
"""

from pbxgen.interpret.asterisk.interpreter import load

__all__ = ["load"]
