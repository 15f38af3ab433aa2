"""How the country's numbers are read, and written nationally, as expressions that the library puts into its own."""

from __future__ import annotations

from pbxgen.flow.digits import by_length
from pbxgen.flow.numbering import NumberingPlan, Writing

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
    by_rest: dict[str, list[str]] = {}
    for dropped in numbering.dropped:
        by_rest.setdefault(dropped.rest or numbering.whole, []).append(dropped.expression)
    forms = [f"(?:{'|'.join(prefixes)})(?=(?:{rest}){_END})" for rest, prefixes in by_rest.items()]
    return f"(?:{'|'.join([*forms, f'(?=(?:{numbering.whole}){_END})'])})"


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
