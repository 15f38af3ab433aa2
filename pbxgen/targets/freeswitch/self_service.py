"""Codes, switches and what settings may lead to, as the template of a tenant prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pbxgen.flow.codes import starred
from pbxgen.flow.plan import Plan
from pbxgen.flow.self_service import Code, SelfService, Switch
from pbxgen.flow.settings import DEVIATIONS, emergency_spellings

_HASH = "(?:#|%23)"
_END = rf"{_HASH}?\z"


def is_used(plan: Plan) -> bool:
    """Does the plan need the library of settings and switches?"""
    return bool(plan.switches) or plan.self_service is not None


def view(plan: Plan) -> dict[str, object]:
    service = plan.self_service
    codes = [] if service is None else [_code(code, plan) for code in service.codes]
    switches = [_switch(switch) for switch in plan.switches.values()]
    heads = [] if service is None else [_head(code) for code in service.codes]
    heads += [str(switch["expression"]).removeprefix("^").removesuffix(r"\z") for switch in switches]
    return {
        "settable": is_used(plan),
        "has_profiles": service is not None,
        "codes": codes,
        "switches": switches,
        "code_expression": "|".join(heads),
        "own_mailbox": (plan.features.own_mailbox or "-").replace("*", "[*]"),  # a dash is never dialled
        "emergency_numbers": _emergency(plan),
        "costly": [] if service is None else [*_costly(plan, service)],
    }


def _head(code: Code) -> str:
    head = "".join(_HASH if c == "#" else re.escape(c) for c in code.head)
    return rf"{head}(?:[\d*#+]|%23){{0,40}}" if code.number else rf"{head}{_HASH}?"


def _code(code: Code, plan: Plan) -> dict[str, object]:
    head = "".join(_HASH if c == "#" else re.escape(c) for c in code.head)
    known = "|".join(map(re.escape, starred(plan)))
    number = rf"{known}|\+?\d*" if known else r"\+?\d*"
    # *97 or *600 alone, the own mailbox's code or the number of a group, is no seconds.
    only = rf"(?!(?:{known}){_END})" if known else ""
    action = "clear" if code.action == "on" and code.key in DEVIATIONS else code.action
    seconds = r"(?:\*\d{1,3})?" if code.seconds else ""
    return {
        "name": f"{action} {code.key or 'everything'}",
        "action": action,
        "key": code.key,
        "number": code.number,
        "expression": rf"^{head}({number}){seconds}{_END}" if code.number else rf"^{head}{_END}",
        "seconds": rf"^{head}{only}(?:{number})\*0*(\d{{1,3}}){_END}" if code.number and code.seconds else "",
        "no_seconds": rf"^{head}{only}(?:{number})\*0+{_END}",
    }


def _switch(switch: Switch) -> dict[str, object]:
    digits = switch.number[1:]
    return {
        "name": switch.name,
        "where": f"{switch.name} ({switch.location.short})",
        "operators": "|".join(switch.operators),
        "default": "on" if switch.on else "off",
        "expression": rf"^(?:\*|{_HASH}){digits}{_END}",
        "on": rf"^\*{digits}{_HASH}\z",
        "off": rf"^{_HASH}{digits}{_END}",
    }


def _costly(plan: Plan, service: SelfService) -> Iterator[str]:
    yield from (rf"^\+{code}(?:{pattern})\z" for code, pattern in service.costly)
    if plan.emergency:
        yield rf"^(?:{'|'.join(map(re.escape, emergency_spellings(plan)))})\z"


def _emergency(plan: Plan) -> str:
    if not plan.emergency:
        return ""
    line = plan.numbering.outside_line
    optional = f"(?:{line})?" if line else ""
    return rf"^{optional}(?:{'|'.join(map(re.escape, plan.emergency))})\z"
