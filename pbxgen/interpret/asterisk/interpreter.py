"""The interpreter of Asterisk's files: a case goes in, what was observed comes out."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from pbxgen.calls.case import Case
from pbxgen.calls.observed import Observed
from pbxgen.interpret.asterisk import dialplan
from pbxgen.interpret.asterisk.applications import APPLICATIONS
from pbxgen.interpret.asterisk.endpoints import Endpoints
from pbxgen.interpret.asterisk.functions import READ
from pbxgen.interpret.asterisk.mailboxes import Mailboxes
from pbxgen.interpret.asterisk.play import AsteriskPlayer
from pbxgen.interpret.asterisk.switch import AsteriskSwitch
from pbxgen.interpret.base import Trace
from pbxgen.targets.base import GeneratedFile


class AsteriskInterpreter:
    """Generated files of Asterisk, read once; every call begins afresh. Raises NotUnderstoodError."""

    pbx = "asterisk"

    def __init__(self, files: Sequence[GeneratedFile]) -> None:
        texts = {file.path: file.text for file in files}
        self._dialplan = dialplan.read(texts, APPLICATIONS, READ)
        self._endpoints = Endpoints(texts)
        self._mailboxes = Mailboxes(texts)

    def place(self, case: Case, trace: Trace | None = None) -> Observed:
        """See `pbxgen.interpret.base.Interpreter`."""
        moment = case.world.moment.replace(tzinfo=ZoneInfo(case.plan.timezone))
        switch = AsteriskSwitch(self._dialplan, self._endpoints, self._mailboxes, case, int(moment.timestamp()), trace)
        return AsteriskPlayer(switch, self._endpoints).play()
