"""The tree of everything that can happen to calls to somebody, as `pbxgen explain SOURCE WHO` shows it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import Any

import typer

from pbxgen.cli import console
from pbxgen.cli.numbers import read
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.flow.analysis.reach import Reach
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.cases import EVERYTHING, MOST_CALLERS, Case, Narrowed, callers_in, cases_of
from pbxgen.flow.graph import as_json, dot, mermaid
from pbxgen.flow.outline import TreeTeller
from pbxgen.flow.plan import Place, PlaceKind, Plan
from pbxgen.flow.subject import Sender, names_of, namesakes, place_of, senders
from pbxgen.phrases import phrases

_WIDEST = 84
"""Where the places of lines begin at most."""


def show(plan: Plan, who: str, language: str, format: str, narrowed: Narrowed = EVERYTHING) -> None:
    """Print the tree of ``who``; ends the command where nobody is called so."""
    teller = TreeTeller(plan, phrases(language))
    place = place_of(plan, who)
    if place is None:
        number, problem = read(plan, who)
        if number is None and who.startswith("+"):
            raise typer.BadParameter(f"{console.printable(who)} {problem}", param_hint="WHO")
        sent_by = [] if number is None else list(senders(plan, number))
        if number is None or (not sent_by and not who.startswith("+")):
            raise typer.BadParameter(console.printable(_nobody(plan, who)), param_hint="WHO")
        if narrowed != EVERYTHING:
            raise typer.BadParameter(
                f"{number} is an outside number: who sends calls there cannot be narrowed", param_hint="WHO"
            )
        _show_senders(plan, number, sent_by, teller, format)
        return
    flow = Reach(plan).flow_of(place)
    start = dt.date.today() if narrowed.moment is None else narrowed.moment.date()
    cases = cases_of(plan, Situations(plan, start), flow, narrowed)
    titled = [(teller.title(c), c) for c in cases.cases]
    if format == "json":
        document = {
            "version": 1,
            "kind": place.kind.value,
            "target": place.target,
            "numbers": _numbers(plan, place),
            "cut": not cases.whole,
            "cases": [as_json(case, teller) for case in cases.cases],
        }
        console.out(json.dumps(document, indent=2, ensure_ascii=False))
    elif format == "mermaid":
        console.out("\n".join(mermaid(titled, teller)))
    elif format == "dot":
        console.out("\n".join(dot(titled, teller)))
    else:
        numbers = teller.say("tree.numbers", numbers=", ".join(_numbers(plan, place)))
        console.out(console.printable(f"{teller.place(place)}: {numbers}"))
        for line in _text(cases.cases, teller):
            console.out(console.printable(line))
        if cases.more:
            console.out(f"\n{teller.say('tree.more', number=cases.more)}")
        if cases.whole and narrowed == EVERYTHING and len(callers_in(plan, flow)) > MOST_CALLERS:
            console.out(f"\n{teller.say('tree.passed_over')}")


def _nobody(plan: Plan, who: str) -> str:
    several = namesakes(plan, who)
    if several:
        return f"several have the name {who}: choose {', '.join(several[:-1])} or {several[-1]}"
    return f"nothing has the name or number {who}; {did_you_mean(who, names_of(plan))}".rstrip("; ")


def _text(cases: tuple[Case, ...], teller: TreeTeller) -> Iterator[str]:
    """Calls from inside and outside are described together if nothing differs."""
    drawn: dict[str, list[tuple[str, list[tuple[str, Any]]]]] = {}
    for case in cases:
        drawn.setdefault(teller.calls(case), []).append((teller.when(case.when), teller.outline(case.root)))
    groups: list[tuple[str, list[tuple[str, list[tuple[str, Any]]]]]] = []
    for title, cases_of_title in drawn.items():
        texts = [(when, [text for text, _ in lines]) for when, lines in cases_of_title]
        if groups and [(w, [t for t, _ in ls]) for w, ls in groups[-1][1]] == texts:
            groups[-1] = (f"{groups[-1][0]}; {title[0].lower()}{title[1:]}", cases_of_title)
        else:
            groups.append((title, cases_of_title))
    for title, cases_of_title in groups:
        for when, lines in cases_of_title:
            yield ""
            yield f"{title}, {when}:"
            yield from _aligned(lines)


def _aligned(lines: Sequence[tuple[str, Location | None]]) -> Iterator[str]:
    """Each text with its place, the places in one column."""
    column = min(max((len(text) for text, _ in lines), default=0), _WIDEST)
    for text, location in lines:
        place = "" if location is None else location.short
        yield f"  {text}{' ' * max(2, column - len(text) + 2)}{place}".rstrip()


def _numbers(plan: Plan, place: Place) -> list[str]:
    match place.kind:
        case PlaceKind.USER:
            return [place.target, *plan.users[place.target].dids]
        case PlaceKind.OPERATOR | PlaceKind.GROUP:
            return [plan.group_at(place.key).number]
        case PlaceKind.SERVICE:
            return [plan.services[place.target].number or f"service:{place.target}"]
        case _:
            return [place.target]


def _show_senders(plan: Plan, number: str, sent_by: list[Sender], teller: TreeTeller, format: str) -> None:
    if format == "json":
        listed = [
            {"kind": s.kind, "name": s.name, "key": s.key, "file": s.location.file, "line": s.location.line}
            for s in sent_by
        ]
        console.out(json.dumps({"version": 1, "number": number, "senders": listed}, indent=2, ensure_ascii=False))
        return
    if format != "text":
        raise typer.BadParameter(f"{number} is an outside number: text or json", param_hint="--format")
    owners = [u for u in plan.users.values() if u.mobile == number]
    console.out(teller.say("tree.reaches" if sent_by or owners else "tree.reached_by_nobody", number=number))
    lines: list[tuple[str, Location | None]] = []
    lines += [(f"{teller.party(u.extension)}: {teller.say('key.mobile')}", u.location) for u in owners]
    for sender in sent_by:
        name = teller.place(Place(PlaceKind(sender.kind), sender.name, sender.location))
        lines.append((f"{name}: {teller.say(f'key.{sender.key}')}", sender.location))
    for line in _aligned(lines):
        console.out(console.printable(line))
