"""What is different in schedules and contacts whose names stand in changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pbxgen.diff.change import EntryChanges, Fact
from pbxgen.diff.shared_situations import BEFORE
from pbxgen.flow.pattern import Pattern
from pbxgen.flow.plan import Plan
from pbxgen.flow.schedule import DateRange, Schedule

_MOST = 4
"""Dates that are named."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def named_facts(old: Plan, new: Plan, entries: Iterable[EntryChanges]) -> Iterator[Fact]:
    """Of those that both plans have, by the names that ``entries`` say."""
    literals = {one for e in entries for c in e.changes for together in c.when for one in together}
    hours = {one.name.removesuffix(BEFORE) for one in literals if one.kind in ("open", "closed")}
    people = {one.name.removesuffix(BEFORE) for one in literals if one.kind in ("from", "not_from")}
    for name in sorted(hours & old.schedules.keys() & new.schedules.keys()):
        was, now = old.schedules[name], new.schedules[name]
        yield from _fact("schedule", name, _hours(was, now), _hours(now, was))
    for name in sorted(people & old.contacts.keys() & new.contacts.keys()):
        before, after = ([_written(p) for p in plan.contacts[name].patterns] for plan in (old, new))
        yield from _fact("contacts", name, _some(_only(before, after)), _some(_only(after, before)))


def _written(pattern: Pattern) -> str:
    """With the star of any ending."""
    return f"{pattern.text[:-1]}*" if pattern.text.endswith("!") else pattern.text


def _fact(key: str, name: str, was: str, now: str) -> Iterator[Fact]:
    if was or now:
        yield Fact(key, name, was, now)


def _hours(one: Schedule, other: Schedule) -> str:
    """What ``one`` has and the other has not."""
    weekly = [_only(_windows(one, day), _windows(other, day)) for day in range(7)]
    parts = [f"{days} {', '.join(windows)}" for days, windows in _runs(weekly) if windows]
    closed = _only([_dates(r) for r in one.closed], [_dates(r) for r in other.closed])
    opened = [[f"{w.date} {_span(w.start, w.end)}" for w in s.opened] for s in (one, other)]
    parts += [f"closed {_some(closed)}"] if closed else []
    parts += [f"open {_some(_only(*opened))}"] if _only(*opened) else []
    return "; ".join(parts)


def _windows(schedule: Schedule, day: int) -> list[str]:
    return [_span(w.start, w.end) for w in schedule.weekly if w.weekday == day]


def _runs(weekly: list[list[str]]) -> Iterator[tuple[str, list[str]]]:
    """Days in a row that have the same."""
    first = 0
    for day in range(1, len(weekly) + 1):
        if day == len(weekly) or weekly[day] != weekly[first]:
            last = day - 1
            yield _DAYS[first] if first == last else f"{_DAYS[first]}-{_DAYS[last]}", weekly[first]
            first = day


def _only(mine: list[str], others: list[str]) -> list[str]:
    return [one for one in mine if one not in others]


def _some(found: list[str]) -> str:
    more = len(found) - _MOST
    return ", ".join(found) if more <= 1 else f"{', '.join(found[:_MOST])} and {more} more"


def _dates(closed: DateRange) -> str:
    return f"{closed.first}" if closed.first == closed.last else f"{closed.first}..{closed.last}"


def _span(start: int, end: int) -> str:
    """An end after midnight as the time of the next day; 24:00 is the end of a day."""
    return f"{_time(start)}-{_time(end if end <= 1440 else end - 1440)}"


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
