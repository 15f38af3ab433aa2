"""Findings that the administrator has accepted, with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from pbxgen.diagnostics.codes import TABLE, make
from pbxgen.diagnostics.diagnostic import Diagnostic, Severity
from pbxgen.diagnostics.extension_lists import several
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.language.directory import Directory
from pbxgen.language.findings import Findings, Subject
from pbxgen.language.model_sections import InboundRule
from pbxgen.language.positions import at, key_of
from pbxgen.language.validate import Draft
from pbxgen.language.validation_errors import subject_of
from pbxgen.source.tree import Node


@dataclass(frozen=True, slots=True)
class Acceptance:
    """``accept: {code: reason}`` on ``subject``; None: at the top, for the whole source."""

    code: str
    reason: str
    subject: Subject | None
    location: Location


def collect(draft: Draft, directory: Directory, findings: Findings) -> tuple[Acceptance, ...]:
    """Every acceptance of a source; of codes that do not exist or are errors there is none, but an error."""
    acceptances = [*_read(draft.source.accept, draft.node("accept"), None, findings)]
    for section in ("users", "operators", "groups"):
        tree = draft.node(section)
        for name, model in getattr(draft.source, section).items():
            if model.accept:
                acceptances += _read(model.accept, at(tree, name, "accept"), subject_of((section, name)), findings)
    tree = draft.node("inbound")
    for e164, text in directory.inbound.items():
        target = draft.source.inbound[text]
        if isinstance(target, InboundRule) and target.accept:
            acceptances += _read(target.accept, at(tree, text, "accept"), ("inbound", e164), findings)
    return tuple(acceptances)


def _read(accept: dict[str, str], node: Node, subject: Subject | None, findings: Findings) -> Iterable[Acceptance]:
    for code, reason in accept.items():
        location = key_of(node, code)
        if code in TABLE and TABLE[code].severity is not Severity.ERROR:
            yield Acceptance(code, reason, subject, location)
            continue
        if code in TABLE:
            message = f"{code} is an error: errors cannot be accepted"
            help = "solve it; only warnings and notes can be accepted"
        else:
            message = f"the code {code} does not exist"
            help = did_you_mean(code, TABLE.keys()) or "write a code that pbxgen check has shown"
        findings.about(subject).add("PBX129", message, location, help=help)


def apply_acceptances(
    diagnostics: Iterable[Diagnostic],
    acceptances: Iterable[Acceptance],
    written_at: Mapping[Subject, Subject] = MappingProxyType({}),
) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """The ``diagnostics`` that neither the top nor every subject accepts, and warnings of idle acceptances.

    ``written_at``: subjects that cannot accept anything themselves, with those at which it is written.
    """
    unmatched = {(a.code, a.subject): a for a in acceptances}
    known = frozenset(unmatched)
    remaining = []
    for diagnostic in diagnostics:
        code = diagnostic.code
        if diagnostic.severity is Severity.ERROR or not known:
            remaining.append(diagnostic)
            continue
        subjects = dict.fromkeys(written_at.get(subject, subject) for subject in diagnostic.subjects)
        accepting = [s for s in subjects if (code, s) in known]
        for subject in (None, *accepting):
            unmatched.pop((code, subject), None)
        others = [s for s in subjects if (code, s) not in known]
        if (code, None) not in known and (others or not accepting):
            remaining.append(_not_by_all(diagnostic, accepting, others) if accepting else diagnostic)
    idle = tuple(
        make(
            "PBX157",
            f"no finding {a.code} is left here: this acceptance can be removed",
            a.location,
            help="remove it",
            subject=a.subject,
        )
        for a in unmatched.values()
    )
    return tuple(remaining), idle


def _not_by_all(diagnostic: Diagnostic, accepting: Sequence[Subject], others: Sequence[Subject]) -> Diagnostic:
    accepted, missing = (several(subjects[0][0], [name for _, name in subjects]) for subjects in (accepting, others))
    return replace(diagnostic, help=f"{diagnostic.help}; {accepted} accepted it, {missing} did not")
