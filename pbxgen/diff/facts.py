"""What is different beside the course of calls: who has which number, who may dial what, when a schedule is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, replace

from pbxgen.diff.changes import EntryChanges, Fact
from pbxgen.diff.shared_situations import BEFORE
from pbxgen.flow.endpoint import PhoneSettings, RawSetting
from pbxgen.flow.numbering import NumberingPlan
from pbxgen.flow.pattern import Pattern
from pbxgen.flow.plan import ANONYMOUS, Contacts, Plan, User
from pbxgen.flow.schedule import DateRange, Schedule
from pbxgen.flow.trunk import Route, Trunk
from pbxgen.phrases import Phrases
from pbxgen.targets.networks import host_and_port


def facts(old: Plan, new: Plan, say: Phrases) -> Iterator[Fact]:
    """In a fixed order: numbers, dialling, the whole PBX, rights, routes, trunks."""
    yield from (fact for fact in _facts(old, new, say) if fact.before != fact.after)


def _facts(old: Plan, new: Plan, say: Phrases) -> Iterator[Fact]:
    """Facts also about what has not changed: then ``before`` and ``after`` are equal."""
    yield from _of_each("number", _numbers(old, say), _numbers(new, say))
    for kind, positions, others in (("operator", old.operators, new.operators), ("group", old.groups, new.groups)):
        for name in positions:
            if name in others:
                yield Fact("dialled", f"{kind} {name}", positions[name].number, others[name].number)
    for name, service in new.services.items():
        if name in old.services:
            yield Fact("dialled", f"service {name}", old.services[name].number or "", service.number or "")
    yield Fact("outside_line", "", old.numbering.outside_line, new.numbering.outside_line)
    if _reading(old.numbering) != _reading(new.numbering):
        yield Fact("country", "", old.country, new.country)
    if _asks_for_the_time(old) or _asks_for_the_time(new):
        yield Fact("timezone", "", old.timezone, new.timezone)
    yield Fact("language", "", old.language, new.language)
    yield Fact("sip_480", "", say(f"outcome.{old.sip_480}"), say(f"outcome.{new.sip_480}"))
    yield Fact("recall", "", *(say(f"diff.value.recall_{'on' if plan.recall else 'off'}") for plan in (old, new)))
    for extension, user in new.users.items():
        if extension in old.users:
            yield from _user(old.users[extension], user, say)
    yield from _of_each("route", *({name: _route(r, say) for name, r in plan.routes.items()} for plan in (old, new)))
    if set(old.routes) == set(new.routes):
        yield Fact("routes", "", ", ".join(old.routes), ", ".join(new.routes))
    yield from _of_each("trunk", *({name: _trunk(t, say) for name, t in plan.trunks.items()} for plan in (old, new)))


def _of_each(key: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Fact]:
    """What is said of each thing by its name, "" where there is none of that name."""
    for name in dict.fromkeys((*new, *old)):
        yield Fact(key, name, old.get(name, ""), new.get(name, ""))


def _numbers(plan: Plan, say: Phrases) -> dict[str, str]:
    """Outside numbers and what they reach at first."""
    users = {number: say("diff.value.user", extension=extension) for number, extension in plan.dids.items()}
    return users | dict.fromkeys(plan.inbound, say("diff.value.inbound"))


def _reading(numbering: NumberingPlan) -> NumberingPlan:
    """The outside line is described separately."""
    return replace(numbering, outside_line="")


def _asks_for_the_time(plan: Plan) -> bool:
    conditions = (rule.condition for _, _, rules in plan.rules() for rule in rules)
    return any(c.hours or c.until is not None for c in conditions)


def _user(was: User, now: User, say: Phrases) -> Iterator[Fact]:
    yield Fact("rights", now.extension, ", ".join(was.routes or ()), ", ".join(now.routes or ()))
    yield Fact("leaves", now.extension, *(say("list.else").join(user.trunks) for user in (was, now)))
    yield Fact("shown", now.extension, was.own_number or "", now.own_number or "")
    logins = [say("diff.value.elsewhere" if u.password is None else "diff.value.by_pbxgen") for u in (was, now)]
    yield Fact("login", now.extension, *logins)
    yield Fact("phone", now.extension, *(", ".join(_phone(user)) for user in (was, now)))


def _phone(user: User) -> Iterator[str]:
    yield from _further(user.phone)
    yield from _raw(user.options)


def _route(route: Route, say: Phrases) -> str:
    text = say(
        "diff.value.route",
        patterns=", ".join(p.text for p in route.patterns),
        trunk=say("list.else").join(route.trunks),
    )
    kind = "emergency" if route.emergency else "as_dialled" if route.as_dialled else ""
    return f"{text}, {say(f'diff.value.{kind}')}" if kind else text


def _trunk(trunk: Trunk, say: Phrases) -> str:
    addresses = [host_and_port(host, port) for host, port in trunk.hosts]
    parts = [
        f"{' + '.join(addresses)}/{trunk.transport}",
        say("diff.value.trunk_number", number=trunk.number) if trunk.number else "",
        trunk.number_format.value,
        say("diff.value.caller_id", policy=trunk.caller_id),
        trunk.diversion.value,
        say("diff.value.registers") if trunk.register else "",
        say("diff.value.max_calls", number=trunk.max_calls) if trunk.max_calls else "",
        say("diff.value.keepalive", seconds=trunk.keepalive) if trunk.keepalive else "",
        say("diff.value.username", name=trunk.username) if trunk.username else "",
        say("diff.value.accepts", addresses=", ".join(trunk.accept_from)) if trunk.accept_from else "",
        *_further(trunk),
        *_raw(trunk.options),
    ]
    return ", ".join(p for p in parts if p)


def _raw(options: Iterable[RawSetting]) -> Iterator[str]:
    """Raw settings without their places, which say nothing of what is generated."""
    yield from (f"{one.pbx} {one.part} {one.name}={one.value}" for one in options)


_TOLD_ELSEWHERE = frozenset({"more_hosts", "options"})


def _further(of: Trunk | PhoneSettings) -> Iterator[str]:
    """What else the source says of it: its keys, where they are not as they are without being written."""
    for field in fields(of):
        value = getattr(of, field.name)
        told = field.compare and field.name not in _TOLD_ELSEWHERE
        if told and field.default is not MISSING and value != field.default:
            parts = value if isinstance(value, tuple) else (value,)
            yield f"{field.name}: {':'.join(str(part) for part in parts if part is not None)}"


_MOST = 4
"""Dates that are named."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def named_facts(plan: Plan, entries: Iterable[EntryChanges], say: Phrases) -> Iterator[Fact]:
    """Of schedules and contacts that ``entries`` name and that were different; ``plan`` is in common terms."""
    literals = {one for e in entries for c in e.changes for together in c.when for one in together}
    hours = {one.name.removesuffix(BEFORE) for one in literals if one.kind in ("open", "closed")}
    people = {one.name.removesuffix(BEFORE) for one in literals if one.kind in ("from", "not_from")}
    for name in sorted(name for name in hours if name + BEFORE in plan.schedules):
        was, now = plan.schedules[name + BEFORE], plan.schedules[name]
        yield from _fact("schedule", name, _hours(was, now, say), _hours(now, was, say))
    for name in sorted(name for name in people if name + BEFORE in plan.contacts):
        before, after = (_callers(plan.contacts[n]) for n in (name + BEFORE, name))
        yield from _fact("contacts", name, _some(_only(before, after), say), _some(_only(after, before), say))


def _callers(contacts: Contacts) -> list[str]:
    """Who is in a contacts set, as the source has it."""
    words = [ANONYMOUS] if contacts.anonymous else []
    return [*map(_written, contacts.patterns), *sorted(contacts.extensions), *words]


def _written(pattern: Pattern) -> str:
    """A pattern of contacts as written: any ending is a star."""
    return f"{pattern.text[:-1]}*" if pattern.text.endswith("!") else pattern.text


def _fact(key: str, name: str, was: str, now: str) -> Iterator[Fact]:
    if was or now:
        yield Fact(key, name, was, now)


def _hours(one: Schedule, other: Schedule, say: Phrases) -> str:
    """What ``one`` has and the other has not."""
    weekly = [_only(_windows(one, day), _windows(other, day)) for day in range(7)]
    parts = [f"{days} {', '.join(windows)}" for days, windows in _runs(weekly) if windows]
    closed = _only([_dates(r) for r in one.closed], [_dates(r) for r in other.closed])
    opened = [[f"{w.date} {_span(w.start, w.end)}" for w in s.opened] for s in (one, other)]
    parts += [say("diff.value.closed", days=_some(closed, say))] if closed else []
    parts += [say("diff.value.open", days=_some(_only(*opened), say))] if _only(*opened) else []
    return "; ".join(parts)


def _windows(schedule: Schedule, day: int) -> list[str]:
    return [_span(w.start, w.end) for w in schedule.weekly if w.weekday == day]


def _runs(weekly: list[list[str]]) -> Iterator[tuple[str, list[str]]]:
    """Days in a row that have the same windows."""
    first = 0
    for day in range(1, len(weekly) + 1):
        if day == len(weekly) or weekly[day] != weekly[first]:
            last = day - 1
            yield _DAYS[first] if first == last else f"{_DAYS[first]}-{_DAYS[last]}", weekly[first]
            first = day


def _only(own: list[str], others: list[str]) -> list[str]:
    return [one for one in own if one not in others]


def _some(texts: list[str], say: Phrases) -> str:
    more = len(texts) - _MOST
    if more <= 1:
        return ", ".join(texts)
    return say("diff.value.more", named=", ".join(texts[:_MOST]), number=more)


def _dates(closed: DateRange) -> str:
    return f"{closed.first}" if closed.first == closed.last else f"{closed.first}..{closed.last}"


def _span(start: int, end: int) -> str:
    """An end after midnight as the time of the next day; 24:00 is the end of a day."""
    return f"{_time(start)}-{_time(end if end <= 1440 else end - 1440)}"


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
