"""Plans with hostile texts, and what Asterisk's target makes of plans."""

from __future__ import annotations

import json

from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Plan
from pbxgen.targets.asterisk.target import AsteriskTarget
from pbxgen.targets.base import GeneratedFile, Options

HOSTILE_NAMES = (
    "Ada; DROP, TABLE",
    "${SHELL(id)} $[1+1]",
    'quo"te\\back]slash[x](y)',
    "--; x ;-- y ;---",
    ";--",
    "\\;\\;;;;\\",
    "=> x = y",
    "#include <x>",
    "]]> <sip:x@y>",
    "🦊👩‍👩‍👧 \u202eevil\u202c \u200fRTL",
    "ünï\u2009thin עברית",
    "%s%n\\n 'single' `back`",
)
HOSTILE_PASSWORDS = ("a;b", '"q"', "\\\\;", "=x=", "> y", "#z", "[a](b)", "${X}", ";--", "--;", "a,b|c", "é*")


class Secrets(dict[Secret, str]):
    """Every secret is its own text."""

    def __missing__(self, secret: Secret) -> str:
        return secret.value


def rendered(*plans: Plan, **options: object) -> dict[str, GeneratedFile]:
    files = AsteriskTarget().render(plans, Options(secrets=Secrets(), **options))  # type: ignore[arg-type]
    return {file.path: file for file in files}


def hostile_users() -> str:
    """A source's users, one for each hostile name and password; the first of them has 10,000 letters."""
    users: dict[str, object] = {"200": {"name": "N" * 10_000, "password": "x", "voicemail": {"pin": "4711"}}}
    for number, (name, password) in enumerate(zip(HOSTILE_NAMES, HOSTILE_PASSWORDS, strict=True), 201):
        users[str(number)] = {"name": name, "password": password, "voicemail": True, "did": f"+390212345{number}"}
    return f"users: {json.dumps(users, ensure_ascii=False)}\n"
