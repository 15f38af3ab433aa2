"""Thousands of findings of one kind, for people: a few in full, of the others only where they are.

Findings are of one kind if they have one code and one cure. Errors are shown in full, as each must be mended; of a
flood of them the first, and how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pbxgen.diagnostics.diagnostic import Diagnostic, Severity
from pbxgen.diagnostics.location import Location

MANY = 10
"""So many of one kind are still shown in full."""
MOST_ERRORS = 200
"""Errors that are shown. Who has mended these sees the next."""
_SHOWN = 3
_PLACES = 8


@dataclass(frozen=True, slots=True)
class Folded:
    shown: tuple[Diagnostic, ...]
    notes: tuple[str, ...]
    """A line for each kind of which some are not shown."""


def fold(diagnostics: Iterable[Diagnostic]) -> Folded:
    every = tuple(diagnostics)
    kinds: dict[tuple[str, str], list[Diagnostic]] = {}
    for one in every:
        if one.severity is Severity.WARNING:
            kinds.setdefault((one.code, one.help), []).append(one)
    many = [of_kind for of_kind in kinds.values() if len(of_kind) > MANY]
    hidden = {id(one) for of_kind in many for one in of_kind[_SHOWN:]}
    errors = [one for one in every if one.severity is Severity.ERROR]
    hidden |= {id(one) for one in errors[MOST_ERRORS:]}
    notes = list(map(_note, many))
    if len(errors) > MOST_ERRORS:
        rest = errors[MOST_ERRORS:]
        notes.append(f"{len(rest):,} more errors: {_places(rest)}(mend the first, then run again)")
    return Folded(tuple(one for one in every if id(one) not in hidden), tuple(notes))


def _note(of_kind: list[Diagnostic]) -> str:
    first, rest = of_kind[0], of_kind[_SHOWN:]
    like = f" like the one at {first.location.short}" if first.location is not None else ""
    return f"{len(rest):,} more warnings {first.code}{like}: {_places(rest)}(`pbxgen check --format json` lists each)"


def _places(diagnostics: list[Diagnostic]) -> str:
    """``acme.yaml:12, 17, 22, … 4997 ``: a file is named once in a row."""
    places = [one.location for one in diagnostics if one.location is not None]
    if not places:
        return ""
    chosen = places if len(places) <= _PLACES else places[: _PLACES - 1]
    words: list[str] = []
    file = ""
    for place in chosen:
        words.append(_word(place, file))
        file = place.file
    if len(chosen) < len(places):
        words.append(f"… {_word(places[-1], file)}")
    return f"{', '.join(words)} "


def _word(place: Location, file: str) -> str:
    return str(place.line) if place.file == file else place.short
