"""Passwords and PINs: declare them in the plan, and read their values when files are made."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.diagnostics.secrets import is_shown_variable
from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Plan
from pbxgen.language.findings import Findings
from pbxgen.language.model_base import FromEnvironment, FromFile
from pbxgen.language.to_values import carried
from pbxgen.pbxs import PBXS
from pbxgen.source.files import read_ordinary
from pbxgen.source.tree import Node

PIN_DIGITS = range(4, 21)
_LONGEST = 1000
"""Characters of a password; a file whose first line is longer is not meant to be one."""
_MOST_PLACES = 10
_STRONGER = {
    False: "let a program choose it, of 16 characters or more: openssl rand -base64 18",
    True: "choose six digits or more that are neither consecutive, nor a year, nor an extension",
}
SHORTEST_PASSWORD = 10
_COMMON = {f"{name}{digits}" for name in PBXS for digits in ("", "123")}.union(
    re.findall(
        r"\S+",
        """
        password passw0rd passwort kennwort changeme change-me secret geheim segreto qwerty qwertyuiop letmein welcome
        admin administrator default telephone telefono telefon 1234567890 0123456789 0987654321 1q2w3e4r5t password1
        password12 password123 qwerty1234 abcdefghij administrator1 iloveyou123 sippassword
        """,
    )
)
"""Passwords that are tried first."""
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_UP = "01234567890123456789"
_LARGEST_FILE = 64 * 1024 * 1024


def declared(value: str | FromEnvironment | FromFile, node: Node, findings: Findings, *, pin: bool = False) -> Secret:
    """The secret as the plan knows it; one that stands in the source itself is warned of."""
    if isinstance(value, FromEnvironment):
        return Secret("env", value.env, node.location)
    if isinstance(value, FromFile):
        return Secret("file", value.file, node.location)
    what = "PIN" if pin else "password"
    findings.add(
        "PBX150",
        f"this {what} is written in the source",
        node.location,
        help=f"everyone who can read the file can read the {what}: write {{env: NAME}} or {{file: path}}",
    )
    if pin and not _is_pin(value):
        findings.add(
            "PBX133",
            f"a PIN has {PIN_DIGITS.start} to {PIN_DIGITS.stop - 1} digits and nothing else",
            node.location,
            help='choose digits, in quotes: "4711"',
        )
    elif why := _weakness(value, pin, findings.subject[1] if findings.subject else ""):
        findings.add("PBX160", f"this {what} {why}", node.location, help=_STRONGER[pin])
    return Secret("inline", value, node.location)


def needed(plan: Plan, parts: Collection[str]) -> Iterator[tuple[Secret, bool]]:
    """The secrets that ``parts`` (dialplan, endpoints, voicemail) need; True with the PINs among them."""
    if "endpoints" in parts:
        passwords = [holder.password for holder in plan.trunks.values()]
        passwords += [user.password for user in plan.users.values()]
        yield from ((password, False) for password in passwords if password is not None)
    if "voicemail" in parts:
        for user in plan.users.values():
            if user.mailbox is not None and user.mailbox.pin is not None:
                yield user.mailbox.pin, True


def read_secrets(
    plan: Plan, parts: Collection[str], environ: Mapping[str, str], base_dir: Path = Path()
) -> tuple[Mapping[Secret, str], tuple[Diagnostic, ...]]:
    """Every secret that ``parts`` of ``plan`` need, and an error for each that is missing or unusable.

    Relative paths of secrets are relative to the source file that names them, those of source files to
    ``base_dir``. No message ever holds a value.
    """
    values: dict[Secret, str] = {}
    problems: list[Diagnostic] = []
    missing: dict[str, Secret] = {}
    holders = {user.password: user.extension for user in plan.users.values()}
    holders |= {user.mailbox.pin: user.extension for user in plan.users.values() if user.mailbox is not None}
    for secret, pin in needed(plan, parts):
        if secret in values:
            continue
        if secret.source == "env" and not environ.get(secret.value):
            missing.setdefault(secret.value, secret)
            continue
        value = _read(secret, environ, base_dir)
        if isinstance(value, str):
            wrong = _unusable(value, pin)
            if not wrong:
                values[secret] = value
                why = _weakness(value, pin, holders.get(secret, ""))
                if why and secret.source != "inline":  # that was said when the source was compiled
                    problems.append(make("PBX160", f"{_where(secret)} {why}", secret.location, help=_STRONGER[pin]))
                continue
            value = make("PBX403", f"{_where(secret)} {wrong}", secret.location, help="choose another value")
        problems.append(value)
    if missing:
        problems.insert(0, _missing(missing, environ))
    return values, tuple(problems)


def _missing(missing: Mapping[str, Secret], environ: Mapping[str, str]) -> Diagnostic:
    """One error for all variables that are not there: they are set together."""
    first, *others = missing.values()
    if not others:
        state = "is empty" if first.value in environ else "is not set"
        message, them = f"the environment variable {_variable(first)} {state}", _variable(first)
    else:
        names = ", ".join(map(_variable, missing.values()))
        message, them = f"{len(missing):,} environment variables are not set, or empty: {names}", "them"
    return make(
        "PBX401",
        message,
        first.location,
        help=f"set {them}, or leave out the parts that need {'it' if not others else 'them'} (--parts dialplan)",
        related=[Related(f"{_variable(secret)} is needed here", secret.location) for secret in others[:_MOST_PLACES]],
    )


def _variable(secret: Secret) -> str:
    """Its name; what does not look like one may be a password at the wrong place."""
    return secret.value if is_shown_variable(secret.value) else "that is named here"


def _weakness(value: str, pin: bool, extension: str) -> str:
    """Why a value is easily guessed, as the end of a sentence that does not tell it; "" if it is not."""
    if extension and value.casefold() == extension:
        return "is the extension itself"
    one_character = len(set(value)) == 1
    if pin:
        reasons = {
            "is one digit over and over": one_character,
            "is digits in a row": value in _UP or value in _UP[::-1],
            "is a year": _YEAR.fullmatch(value) is not None,
        }
    else:
        reasons = {
            "is one of those that are tried first": value.casefold() in _COMMON,
            f"has fewer than {SHORTEST_PASSWORD} characters": len(value) < SHORTEST_PASSWORD,
            "is one character over and over": one_character,
        }
    return next((why for why, holds in reasons.items() if holds), "")


def _read(secret: Secret, environ: Mapping[str, str], base_dir: Path) -> str | Diagnostic:
    if secret.source == "inline":
        return secret.value
    if secret.source == "env":
        return environ[secret.value]
    path = base_dir / Path(secret.location.file).parent / secret.value
    try:
        line = read_ordinary(path, _LARGEST_FILE, first=4 * _LONGEST).partition(b"\n")[0]
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "this is not a path"
        return make(
            "PBX402",
            f"the secret's file {secret.value} cannot be read: {reason}",
            secret.location,
            help=f"looked for it at {path}; paths are relative to the source file",
        )
    try:
        return line.decode("utf-8").removeprefix("\ufeff").rstrip("\r")
    except UnicodeDecodeError:
        return make("PBX403", f"{_where(secret)} is not UTF-8", secret.location, help="choose another value")


def _unusable(value: str, pin: bool) -> str:
    """Why a value cannot be used, as the end of a sentence that must not tell it; "" if it can."""
    if not value:
        return "is empty"
    if pin and not _is_pin(value):
        return f"is not a PIN: a PIN has {PIN_DIGITS.start} to {PIN_DIGITS.stop - 1} digits and nothing else"
    if len(value) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    if not carried(value):
        return "has a character that no PBX's configuration can hold"
    return ""


def _where(secret: Secret) -> str:
    if secret.source == "env":
        return f"the value of the variable {_variable(secret)}"
    return f"the first line of {secret.value}" if secret.source == "file" else "this value"


def _is_pin(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) in PIN_DIGITS
