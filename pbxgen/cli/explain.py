"""``pbxgen explain``"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pbxgen.cli import console
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import Settings, Source, Switches, Tenant, examples

if TYPE_CHECKING:
    from pbxgen.flow.environment import Environment
    from pbxgen.flow.explain import Sentence
    from pbxgen.flow.simulate import Call, Story

_HELP = """Describe what can happen to calls: all of it as a tree, or one call step by step.

With WHO (the number or name of a user, an operator position or a group, or an inbound number): everything that can
happen to calls there, from outside and from inside, and at which times; --from, --at, --phone and --outside narrow it.
If WHO is an outside number of nobody here: who sends calls there. With --from and --to: one call. Each step is shown
with the source line that causes it.

In one call, phones and outside numbers answer unless an option sets another state. A phone's state is answer, ring,
early, busy, reject, dnd, unregistered, dead, error or in_call (several contacts separated by commas), an outside
number's answer, ring, early, busy, fail or mailbox; or the SIP status of a reply (404).
"""
_EPILOG = examples(
    "pbxgen explain acme.yaml 101",
    "pbxgen explain acme.yaml 101 --from 102 --phone 101=busy",
    "pbxgen explain acme.yaml reception --format mermaid",
    "pbxgen explain acme.yaml --from +393471112222 --to +390212345101 --phone 101=busy",
    'pbxgen explain acme.yaml --from 102 --to 101 --at "2026-12-24 19:00" --phone 101=unregistered',
    "pbxgen explain acme.yaml --from +393471112222 --to +390212345000 --transfer 100:107 --lang it",
)


def register(app: typer.Typer) -> None:
    app.command("explain", help=_HELP, epilog=_EPILOG)(explain)


def explain(
    source: Source,
    somebody: Annotated[
        str | None,
        typer.Argument(metavar="[WHO]", help="101, Ada Rossi, reception, +390212345000 …", show_default=False),
    ] = None,
    caller: Annotated[
        str | None, typer.Option("--from", metavar="NUMBER", help="An extension, an outside number, or anonymous.")
    ] = None,
    called: Annotated[str | None, typer.Option("--to", metavar="NUMBER", help="What the caller dials.")] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="MOMENT", help='"2026-12-24 19:00", in pbx.timezone. Default: a Monday at 10:00.'),
    ] = None,
    phone: Annotated[list[str] | None, typer.Option("--phone", metavar="EXT=STATE", help="Repeatable.")] = None,
    outside: Annotated[list[str] | None, typer.Option("--outside", metavar="NUMBER=STATE", help="Repeatable.")] = None,
    transfer: Annotated[
        str | None, typer.Option("--transfer", metavar="BY:TO", help="BY answers and transfers the call to TO.")
    ] = None,
    settings: Settings = None,
    switch: Switches = None,
    language: Lang = None,
    tenant: Tenant = None,
    format: Annotated[
        str, typer.Option("--format", help="mermaid and dot: for a tree only.", metavar="[text|json|mermaid|dot]")
    ] = "text",
) -> None:
    if format not in ("text", "json", "mermaid", "dot"):
        raise typer.BadParameter(f"{format!r} is none of text, json, mermaid, dot", param_hint="--format")
    words = spoken(language)
    if somebody is not None:
        for option, value in {"--to": called, "--transfer": transfer}.items():
            if value is not None:
                raise typer.BadParameter("describes one call: give --from, and no WHO", param_hint=option)
        import datetime as dt

        from pbxgen.cli.call_options import narrowed, state_of
        from pbxgen.cli.findings import one_plan
        from pbxgen.cli.tree import show
        from pbxgen.flow.settings import applied, resolved

        plan = one_plan(source, tenant)
        asked = narrowed(plan, caller, at, phone or [], outside or [])
        state = state_of(plan, settings or [], switch or [])
        plan = resolved(applied(plan, state, asked.moment or dt.datetime.now()), state.switches)
        show(plan, somebody, words, format, asked)
        return
    if caller is None or called is None:
        raise typer.BadParameter("give WHO (for example 101), or both --from and --to", param_hint="WHO")
    if format in ("mermaid", "dot"):
        raise typer.BadParameter(f"{format} is for a tree; one call is text or json", param_hint="--format")
    from dataclasses import replace

    from pbxgen.cli.call_options import call_of, environment_of, state_of, transfer_not_made
    from pbxgen.cli.findings import one_plan
    from pbxgen.flow.explain import Teller
    from pbxgen.flow.settings import applied
    from pbxgen.flow.simulate import simulate
    from pbxgen.phrases import phrases

    plan = one_plan(source, tenant)
    call = call_of(plan, caller, called, transfer)
    environment = environment_of(plan, at, phone or [], outside or [])
    environment = replace(environment, state=state_of(plan, settings or [], switch or []))
    teller = Teller(applied(plan, environment.state, environment.moment), phrases(words))
    story = simulate(plan, call, environment)
    sentences = teller.tell(story.events, call)
    if format == "json":
        _print_json(call, environment, story, sentences)
    else:
        _print_text(teller.headline(call, environment.moment), sentences)
    why = transfer_not_made(teller, call, story)
    if why:
        console.note(console.printable(why))


def _print_text(headline: str, sentences: tuple[Sentence, ...]) -> None:
    from pbxgen.scenario.show import story_lines

    console.out(console.printable(headline))
    console.out()
    for line in story_lines(sentences):
        console.out(console.printable(line))


def _print_json(call: Call, environment: Environment, story: Story, sentences: tuple[Sentence, ...]) -> None:
    import json

    from pbxgen.flow.machine import EventKind

    document: dict[str, Any] = {
        "version": 1,
        "from": call.caller,
        "to": call.called,
        "at": environment.moment.strftime("%Y-%m-%d %H:%M"),
        "steps": [
            {
                "text": s.text,
                "kind": s.kind.value,
                "file": s.location.file if s.location else None,
                "line": s.location.line if s.location else None,
            }
            for s in sentences
        ],
        "rings": list(story.rings),
        "ends": {story.ending.kind.value: story.ending.value},
        "diverted": [{"by": d.by, "reason": d.reason.value} for d in story.diverted],
        "transferred": any(event.kind is EventKind.TRANSFERRED for event in story.events),
    }
    console.out(json.dumps(document, indent=2, ensure_ascii=False))
