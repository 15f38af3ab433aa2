"""voicemail.conf: which mailboxes there are, and what opens them."""

from __future__ import annotations

from collections.abc import Mapping

from pbxgen.interpret.asterisk import config

_NO_MAILBOXES = {"general", "zonemessages"}
_TRIES = 3
"""``maxlogins``."""


class AsteriskMailboxes:
    """The mailboxes of generated files; none without a voicemail.conf."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._pins: dict[tuple[str, str], str] = {}
        for section in config.read("voicemail.conf", files) if "voicemail.conf" in files else ():
            if section.name not in _NO_MAILBOXES:
                for setting in section.settings:
                    # A minus keeps the owner from changing the PIN.
                    pin = setting.value.partition(",")[0].removeprefix("-")
                    self._pins[setting.key, section.name] = pin

    def __contains__(self, mailbox: tuple[str, str]) -> bool:
        """``mailbox``: number and context."""
        return mailbox in self._pins

    def opens(self, number: str, context: str, keys: str) -> str | None:
        """The mailbox that ``keys`` open (a comma is a pause); None: none. Without a ``number`` they begin with it."""
        entered = [part.strip(",") for part in keys.split("#")]
        for _ in range(_TRIES):
            mailbox = number or (entered.pop(0) if entered else "")
            pin = entered.pop(0) if entered else ""
            if pin and self._pins.get((mailbox, context)) == pin:
                return mailbox
        return None
