"""Diagnostics for merge requests of GitLab: a code quality report, which is a list of issues of Code Climate's form."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import unquote

from pbxgen.diagnostics.diagnostic import Diagnostic, Severity
from pbxgen.diagnostics.prepare import MOST_LISTED, prepare
from pbxgen.diagnostics.sarif import fingerprints, uri
from pbxgen.diagnostics.text import SourceFile

_SEVERITIES = {Severity.ERROR: "blocker", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render_gitlab(diagnostics: Iterable[Diagnostic], files: Iterable[SourceFile] = ()) -> str:
    """The report, with a newline at its end. ``files`` are needed to keep secrets out of messages.

    GitLab shows no issue without a place: what has none is left out, as the command's exit code tells of it.
    """
    prepared = prepare(diagnostics, files)[:MOST_LISTED]
    issues = [
        {
            "description": f"{finding.message} ({finding.help})" if finding.help else finding.message,
            "check_name": finding.code,
            "fingerprint": known,
            "severity": _SEVERITIES[finding.severity],
            "location": {"path": unquote(uri(finding.location.file)), "lines": {"begin": finding.location.line}},
        }
        for finding, known in zip(prepared, fingerprints(prepared), strict=True)
        if finding.location is not None
    ]
    return json.dumps(issues, indent=2) + "\n"
