"""``pbxgen schema``"""

from __future__ import annotations

import json

import typer

from pbxgen.cli import console
from pbxgen.cli.options import examples

_HELP = """Print the JSON Schema of the language.

With it an editor completes and checks YAML as it is typed. Save it once and name it in the first line of a source:

\b
  # yaml-language-server: $schema=pbxgen.schema.json
"""


def register(app: typer.Typer) -> None:
    app.command("schema", help=_HELP, epilog=examples("pbxgen schema > pbxgen.schema.json"))(schema)


def schema() -> None:
    from pbxgen.language.model import json_schema

    console.out(json.dumps(json_schema(), indent=2, ensure_ascii=False))
