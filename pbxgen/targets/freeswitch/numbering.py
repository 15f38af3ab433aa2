"""How the country's numbers are read, and written nationally, as expressions that the library puts into its own."""

from __future__ import annotations

from pbxgen.flow.digits import by_length
from pbxgen.flow.numbering import AREA_15_NUMBER, NumberingPlan, Writing, abroad_behind_code, any_prefix

_NONE = "(?!)"
"""Matches nothing, not even the empty text."""
_END = "(?![0-9])"


def expressions(numbering: NumberingPlan) -> dict[str, str]:
    """Names are those of variables, behind ``pbx_``."""
    forms = by_length(numbering.abroad)
    others = [one for one in numbering.writings if one.before != numbering.national_prefix and not one.area]
    return {
        "idd": "|".join(forms[length] for length in numbering.international_lengths),
        "form": _form(numbering),
        "superfluous": _superfluous(numbering),
        "local": numbering.local or _NONE,
        "local_before": numbering.local_before,
        "moved": numbering.moved or _NONE,
        "whole": numbering.whole,
        "prefix": numbering.national_prefix,
        "other": "|".join(_written(numbering, one) for one in others) or _NONE,
        "other_prefix": others[0].before if others else "",
        "area": "|".join(_area(one) for one in numbering.writings if one.area) or _NONE,
    }


def _form(numbering: NumberingPlan) -> str:
    """What stands before a number of the country, a trunk prefix or nothing, if such a number follows."""
    valid = [f"(?={_valid_like_abroad(numbering)})"] if numbering.like_abroad else []
    abroad, prefix = _abroad(numbering), any_prefix(numbering)
    no_number = f"(?!{prefix}{abroad})" if abroad and prefix else ""
    forms = [*_prefixes(numbering), f"{f'(?!{abroad})' if abroad else ''}(?=(?:{numbering.whole}){_END})"]
    return f"(?:{'|'.join([*valid, *(no_number + one for one in forms)])})"


def _abroad(numbering: NumberingPlan) -> str:
    """An international prefix where a number of the country would begin; "" where none would be taken for one."""
    prefixes = abroad_behind_code(numbering)
    return f"(?!{_valid_like_abroad(numbering)}){prefixes}" if prefixes and numbering.like_abroad else prefixes


def _valid_like_abroad(numbering: NumberingPlan) -> str:
    """Valid numbers that begin like an international prefix."""
    return f"(?:{numbering.like_abroad}){_END}"


def _prefixes(numbering: NumberingPlan, shortest: int = 1) -> list[str]:
    by_rest: dict[str, list[str]] = {}
    for dropped in (one for one in numbering.dropped if one.length >= shortest):
        by_rest.setdefault(dropped.rest or numbering.whole, []).append(dropped.expression)
    return [f"(?:{'|'.join(prefixes)})(?=(?:{rest}){_END})" for rest, prefixes in by_rest.items()]


def _superfluous(numbering: NumberingPlan) -> str:
    """The country code, and behind it an international prefix, a trunk prefix twice, or one before no number of it."""
    prefix, whole, numbers = any_prefix(numbering), f"(?:{numbering.whole}){_END}", _prefixes(numbering)
    abroad = _abroad(numbering)
    if numbering.moved:
        numbers.append(f"0?(?=[0-9]{{{AREA_15_NUMBER}}}{_END})(?:{numbering.moved})15")
    kinds = [f"{prefix}{abroad}"] if prefix and abroad else []
    if prefix:
        long = "|".join(_prefixes(numbering, shortest=2)) or _NONE
        kinds.append(f"(?!{long}){prefix}{{2,}}(?={whole})")
    if abroad:
        kinds.append(f"(?!{'|'.join(numbers)}){abroad}" if numbers else abroad)
    if prefix:
        kinds.append(f"(?!{'|'.join(numbers)}|{whole}){prefix}")
    but = f"(?!{f'{prefix}?' if prefix else ''}{_valid_like_abroad(numbering)})" if numbering.like_abroad else ""
    return f"{numbering.country_code}{but}(?:{'|'.join(kinds)})" if kinds else _NONE


def _written(numbering: NumberingPlan, one: Writing) -> str:
    """Digits behind the country code that are of a kind, and of none that decides before it."""
    before = numbering.writings[: numbering.writings.index(one)]
    without = "".join(f"(?!{_kind(other)}{_END})" for other in before if other.before != one.before or other.area)
    return f"{without}{_kind(one)}"


def _kind(one: Writing) -> str:
    return f"(?={one.lead})[0-9]{{{one.shortest},{one.longest}}}"


def _area(one: Writing) -> str:
    """The area code, behind the 9."""
    return f"(?<=(?={one.lead})9)[0-9]{{{one.area}}}"
