"""The parts of a source that users, groups and inbound numbers are compiled with."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from pbxgen.language.destinations import DestinationReader
from pbxgen.language.directory import Directory
from pbxgen.language.findings import Findings, Subject
from pbxgen.language.names import Names
from pbxgen.language.numbers import Numbers
from pbxgen.language.resolve import Resolver
from pbxgen.language.rules import RuleReader
from pbxgen.language.validate import Draft


@dataclass(frozen=True, slots=True)
class Context:
    """One source on its way to a plan."""

    draft: Draft
    findings: Findings
    names: Names
    numbers: Numbers
    directory: Directory
    destinations: DestinationReader
    rules: RuleReader
    resolver: Resolver

    def about(self, subject: Subject) -> Context:
        """The same, with findings that are about ``subject``."""
        return dataclasses.replace(self, findings=self.findings.about(subject))
