"""What the compilation of users, groups and inbound numbers works with."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from pbxgen.flow import plan
from pbxgen.language.destinations import Destinations
from pbxgen.language.directory import Directory
from pbxgen.language.findings import Findings, Subject
from pbxgen.language.names import Names
from pbxgen.language.numbers import Numbers
from pbxgen.language.resolve import Resolver
from pbxgen.language.rules import RuleReader
from pbxgen.language.unresolved import Form, Written
from pbxgen.language.validate import Draft


@dataclass(frozen=True, slots=True)
class Context:
    """One source on its way to a plan."""

    draft: Draft
    findings: Findings
    names: Names
    numbers: Numbers
    directory: Directory
    destinations: Destinations
    rules: RuleReader
    resolver: Resolver

    def about(self, subject: Subject) -> Context:
        """The same, with findings that are about ``subject``."""
        return dataclasses.replace(self, findings=self.findings.about(subject))


def without_owner(context: Context, written: tuple[Written, ...], where: str) -> tuple[plan.Place, ...]:
    """Places where there is no diverting user, hence no own mailbox, no own mobile, and any route."""
    found = []
    for destination in written:
        if destination.place is None:
            what = "voicemail" if destination.form is Form.OWN_MAILBOX else "mobile"
            context.findings.add(
                "PBX125",
                f"a bare '{what}' has no meaning under {where}: there is no diverting user",
                destination.location,
                help="say whose: voicemail:101" if what == "voicemail" else "write the number itself",
            )
        else:
            found.append(destination.place)
    return tuple(found)
