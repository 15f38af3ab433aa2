"""Write the generated parts of docs/: the page of diagnostics, and the tables of keys in the language reference.

    python tools/build_docs.py

The tests check that both are current.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from pbxgen.diagnostics.codes import TABLE
from pbxgen.diagnostics.codes.code import Code
from pbxgen.diagnostics.render import render_text
from pbxgen.language import model, model_deviations, model_sections
from pbxgen.pipeline import compile_path

TODAY = dt.date(2026, 11, 23)
"""The day of the examples that do not say another."""

DOCS = Path(__file__).resolve().parent.parent / "docs"

MODELS: dict[str, type[BaseModel]] = {
    "source": model.Source,
    "pbx": model_sections.Pbx,
    "defaults": model_sections.Defaults,
    "trunk": model_sections.Trunk,
    "route": model_sections.Route,
    "schedule": model_sections.Schedule,
    "self_service": model_sections.SelfService,
    "profile": model_sections.Profile,
    "codes": model_sections.OwnCodes,
    "key_codes": model_sections.KeyCodes,
    "switch": model_sections.Switch,
    "features": model_sections.Features,
    "operator": model_sections.Operator,
    "group": model_sections.Group,
    "service": model_sections.Service,
    "phones": model_sections.Phones,
    "phone": model_sections.Phone,
    "user": model_sections.User,
    "voicemail": model_sections.Voicemail,
    "leg": model_sections.Leg,
    "deviations": model_deviations.Deviations,
    "operator_return": model_deviations.OperatorReturn,
    "destination": model_deviations.Destination,
    "rule": model_deviations.Rule,
    "inbound": model_sections.InboundRule,
}

_TABLE = re.compile(r"<!-- keys: (\w+) -->\n.*?<!-- end -->", re.DOTALL)

_LAYERS = {
    "PBX0": "Files and YAML",
    "PBX1": "The language",
    "PBX2": "The call flow",
    "PBX3": "Targets",
    "PBX4": "Secrets and writing",
    "PBX5": "Scenario files",
    "PBX6": "Deployment",
}


def diagnostics_page() -> str:
    """docs/diagnostics.md"""
    parts = [
        "# Diagnostics",
        "Every finding has a code that keeps its meaning. `pbxgen codes PBX210` shows the same text as this page, "
        "which is generated from the table of codes (`python tools/build_docs.py`). The tests run the examples "
        "that are sources, and see that each yields its code.",
        "An error stops generation. A warning does not, unless `--strict` is given; it can be accepted where it "
        'stands, with a reason: `accept: {PBX210: "night calls end here by decision"}`. A note needs nothing to be '
        "done: `--strict` leaves it a note, and only `pbxgen check` shows it; it can be accepted, too.",
    ]
    for prefix, title in _LAYERS.items():
        entries = [code for code in TABLE.values() if code.code.startswith(prefix)]
        if entries:
            parts.append(f"## {title} ({prefix}xx)")
            parts += [_entry(code) for code in entries]
    return "\n\n".join(parts) + "\n"


def _entry(code: Code) -> str:
    language = "sh" if code.is_command else "yaml"
    example = code.example.rstrip("\n")
    fence = "````" if "```" in example else "```"
    parts = [
        f"### {code.code}: {code.title}",
        f"*{code.severity.value}.* {code.explanation}",
        f"{fence}{language}\n{example}\n{fence}",
    ]
    if code.mended is not None:
        on = "" if code.today is None else f" on {code.today.isoformat()}"
        parts += [f"`pbxgen check` says{on}:", f"```text\n{said_of(code)}```"]
    parts.append(f"**Cure.** {code.cure}")
    if code.mended is not None:
        parts.append("Here: instead of `{}`, `{}`.".format(*code.mended))
    return "\n\n".join(parts)


def said_of(code: Code) -> str:
    """What `pbxgen check` prints of the example, findings of other codes aside."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "acme.yaml"
        path.write_text(code.example, encoding="utf-8")
        compilation = compile_path(path, today=code.today or TODAY, notes=True)
    diagnostics = [d for d in compilation.diagnostics if d.code == code.code]
    text = render_text(diagnostics, compilation.files.values())
    return "".join(text.replace(str(path), path.name).rpartition("\n\n")[:1]) + "\n"


def with_tables(text: str) -> str:
    """``text`` with every table of keys as the models have it. Raises KeyError for a name that is no model."""
    return _TABLE.sub(lambda match: f"<!-- keys: {match[1]} -->\n{_table(MODELS[match[1]])}\n<!-- end -->", text)


def _table(of: type[BaseModel]) -> str:
    rows = ["| key | default | meaning |", "| --- | --- | --- |"]
    for name, field in of.model_fields.items():
        meaning = (field.description or "").replace("|", "\\|")
        rows.append(f"| `{field.alias or name}` | {_default(field.default)} | {meaning} |")
    return "\n".join(rows)


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "needed"
    if value is None or value in ([], {}) or isinstance(value, BaseModel):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def main() -> int:
    reference = DOCS / "language.md"
    (DOCS / "diagnostics.md").write_text(diagnostics_page(), encoding="utf-8")
    reference.write_text(with_tables(reference.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
