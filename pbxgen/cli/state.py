"""``pbxgen state``"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer
from typer.core import TyperGroup

from pbxgen.cli import console
from pbxgen.cli.deployment import DEFAULT_FILE
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import Source, Tenant, TextOrJson, examples

if TYPE_CHECKING:
    from pbxgen.deploy.read import DeployTarget
    from pbxgen.deploy.state import IsMeant, Plans, StateAt
    from pbxgen.flow.plan import Plan

_HELP = """What users have set from their phones: look at it, write it into the YAML, put it onto a PBX or take it off.

TARGET is one of deploy.yaml, whose PBX is asked, or a file that `pbxgen state show --save` has written.
`pbxgen state SOURCE --to TARGET` is short for `show`.
"""
_SHOW = """Show who has set what, since when, whether it is still permitted, and what it changes for callers.

What is told of callers is told by SOURCE. Whatever else stands in the PBX's database is shown, and passed over.
"""
_PULL = """Write what users have set into the YAML, as `pbxgen divert` would: comments are kept, the diff is printed.

Left on the PBX, and told: what ends by itself, follow me that is off, what is not permitted any more, what `pbxgen
check` would report as an error; and, without --replace, what would take the place of rules with conditions. Switches
stay as they stand. With --clear, what the source says already is taken off the PBX once that source runs there: pull,
merge, deploy, pull --clear. What a user has set meanwhile stays.

Exit codes: 0; 1 where the PBX cannot be asked or the YAML cannot be changed.
"""
_PUSH = """Put settings onto a PBX: a new one, or one that has lost them.

--from is a file that `pbxgen state show --save` has written, or another target. What is permitted is put there, with
the time at which it was set; of what is set at both, what was set later holds. A switch that is set there stays.
"""
_CLEAR = """Take what users have set off a PBX, of those who are named or of all. Then the source holds.

What is no setting goes too. Switches stay as they stand, unless --switches is given.
"""


class _Group(TyperGroup):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """``state SOURCE …`` is ``state show SOURCE …``, and the command may stand behind SOURCE."""
        words = [word for word in args if not word.startswith("-")]
        if words and words[0] not in self.commands:
            if len(words) > 1 and words[1] in self.commands:
                args = [words[1], *(word for n, word in enumerate(args) if n != args.index(words[1]))]
            else:
                args = ["show", *args]
        return super().parse_args(ctx, args)


To: TypeAlias = Annotated[
    str,
    typer.Option(
        "--to", metavar="TARGET", help="A target of deploy.yaml, or a file that was saved.", show_default=False
    ),
]
Who: TypeAlias = Annotated[
    list[str] | None, typer.Argument(metavar="[WHO]...", help="Extensions or names; without: all.", show_default=False)
]
File: TypeAlias = Annotated[
    Path | None,
    typer.Option("--file", "-f", metavar="FILE", help="The deployment file; else beside SOURCE.", show_default=False),
]
DryRun: TypeAlias = Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would be done, do nothing.")]
Save: TypeAlias = Annotated[
    Path | None,
    typer.Option("--save", metavar="FILE", help="Keep what is set in this file as well.", show_default=False),
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(cls=_Group, no_args_is_help=True, rich_markup_mode=None)
    group.command(
        "show",
        help=_SHOW,
        short_help="Show who has set what, and what it changes for callers.",
        epilog=examples("pbxgen state show office --to hq", "pbxgen state show office --to hq --save state.json"),
    )(show)
    group.command(
        "pull",
        help=_PULL,
        short_help="Write what users have set into the YAML.",
        epilog=examples("pbxgen state pull office --to hq --clear", "pbxgen state pull office 101 --to state.json -n"),
    )(pull)
    group.command(
        "push",
        help=_PUSH,
        short_help="Put settings onto a PBX.",
        epilog=examples("pbxgen state push office --to hq2 --from state.json"),
    )(push)
    group.command(
        "clear",
        help=_CLEAR,
        short_help="Take what users have set off a PBX.",
        epilog=examples("pbxgen state clear office 101 --to hq", "pbxgen state clear office --to hq --save state.json"),
    )(clear)
    app.add_typer(
        group,
        name="state",
        help=_HELP,
        epilog=examples(
            "pbxgen state office --to hq",
            "pbxgen state pull office --to hq --clear",
            "pbxgen state push office --to hq2 --from state.json",
            "pbxgen state clear office 101 --to hq",
        ),
        short_help="Show, pull, push or clear what users have set from their phones.",
    )


def show(
    source: Source,
    to: To,
    who: Who = None,
    save: Save = None,
    tenant: Tenant = None,
    file: File = None,
    format: TextOrJson = "text",
    language: Lang = None,
) -> None:
    import json

    from pbxgen.deploy.state import local_now
    from pbxgen.deploy.state_output import state_document, state_lines
    from pbxgen.phrases import phrases

    say = phrases(spoken(language))
    plans, _, states, _ = _asked(source, to, who, tenant, file, alone=False)
    if format == "json":
        console.out(json.dumps(state_document(plans, states, local_now, say), indent=2, ensure_ascii=True))
    else:
        console.out("\n\n".join(_printable(state_lines(plans, state, local_now, say)) for state in states))
    _save(states, save)


def pull(
    source: Source,
    to: To,
    who: Who = None,
    clear: Annotated[
        bool, typer.Option("--clear", help="Take off the PBX what the source that runs there says already.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Also in the place of rules with conditions.")] = False,
    dry_run: DryRun = False,
    save: Save = None,
    tenant: Tenant = None,
    file: File = None,
    language: Lang = None,
) -> None:
    from pbxgen.cli.divert import check_changes, source_to_edit, write_changes
    from pbxgen.cli.state_pull import pulled
    from pbxgen.deploy.state import labelled, local_now

    words = spoken(language)
    plans, places, states, _ = _asked(source, to, who, tenant, file)
    _save(states, save)
    changed = False
    settled: dict[str, Any] = {}
    for name, plan in plans.items():
        place = source_to_edit(source, name)
        result = pulled(place, plan, [state.tenants[name] for state in states], local_now(plan), replace=replace)
        for line in result.told:
            console.note(labelled(plans, name, line))
        if result.changes:
            check_changes(place, result.changes, words)
            write_changes(result.changes, dry_run=dry_run)
            changed = True
        settled[name] = result.settled
    if clear and not dry_run:
        _cleared(places, plans, states, settled)
    if not changed:
        console.note("nothing to change in the source")


def _cleared(
    places: Sequence[DeployTarget | Path], plans: Plans, states: Sequence[StateAt], settled: Mapping[str, Any]
) -> None:
    """Take off what the source says already, of those tenants whose source runs everywhere.

    Were it taken off one node of several, what another has set earlier would be all that is set.
    """
    from pbxgen.cli.deployment import session_of
    from pbxgen.deploy.state import take_off

    current = {
        name: users
        for name, users in settled.items()
        if all(state.running.get(name) == plans[name].digest for state in states)
    }
    for place, state in zip(places, states, strict=True):
        if isinstance(place, Path):
            console.note(f"{state.name}: a file has nothing to take off")
            continue
        if any(users for name, users in settled.items() if state.running.get(name) != plans[name].digest):
            console.note(f"{state.name}: nothing is taken off before it runs this source; deploy it first")
        if not any(current.values()):
            continue
        with session_of(place) as session:
            count = take_off(session, plans, current)
        console.note(f"{state.name}: {console.plural(count, 'setting')} taken off, as the source says so")


def push(
    source: Source,
    to: To,
    origin: Annotated[
        str, typer.Option("--from", metavar="FROM", help="A saved file, or another target.", show_default=False)
    ],
    who: Who = None,
    tenant: Tenant = None,
    file: File = None,
) -> None:
    from pbxgen.cli.deployment import session_of
    from pbxgen.deploy.state import StateAt
    from pbxgen.deploy.state import push as pushed
    from pbxgen.flow.stored_settings import merged

    plans, _, (given, *others), meant = _asked(source, origin, who, tenant, file, "--from")
    for other in others:
        given = StateAt(given.name, {name: merged(given.tenants[name], other.tenants[name]) for name in plans})
    for place in places_of(source, file, to):
        if isinstance(place, Path):
            raise typer.BadParameter("settings are put onto a target of deploy.yaml", param_hint="--to")
        with session_of(place) as session:
            done = pushed(session, plans, given, meant)
        for line in done.told:
            console.note(f"{place.name}: {line}")
        counted = f"{console.plural(done.settings, 'setting')} and {console.plural(done.switches, 'switch')}"
        console.out(f"{place.name}: {counted} put there")


def clear(
    source: Source,
    to: To,
    who: Who = None,
    switches: Annotated[bool, typer.Option("--switches", help="Switches too.")] = False,
    dry_run: DryRun = False,
    save: Save = None,
    tenant: Tenant = None,
    file: File = None,
) -> None:
    from pbxgen.cli.deployment import session_of
    from pbxgen.deploy.state import clear as cleared
    from pbxgen.deploy.state import labelled
    from pbxgen.flow.stored_settings import SWITCH

    plans, places, states, named = _asked(source, to, who, tenant, file)

    def meant(name: str, key: str) -> bool:
        return switches and named.reaches(name) if key.startswith(SWITCH) else named(name, key)

    _save(states, save)
    for place, state in zip(places, states, strict=True):
        if isinstance(place, Path):
            raise typer.BadParameter("what is set is taken off a target of deploy.yaml", param_hint="--to")
        keys = [(name, key) for name in plans for key in state.raw.get(name, {}) if meant(name, key)]
        if not dry_run:
            with session_of(place) as session:
                gone, left = cleared(session, plans, meant)
            keys = [(name, key) for name, some in gone.items() for key in some]
            for name, some in left.items():
                for key in some:
                    called = labelled(plans, name, repr(key))
                    console.note(f"{place.name}: {called} cannot be named in a command; take it off by hand")
        would = "would be cleared" if dry_run else "cleared"
        told = ", ".join(labelled(plans, name, console.printable(key)) for name, key in keys) or "nothing is set"
        console.out(f"{place.name}: {would}: {told}" if keys else f"{place.name}: {told}")


def _plans(source: Path, tenant: str | None) -> dict[str, Plan]:
    from pbxgen.cli.findings import Findings, compiled_or_usage_error

    compilation = compiled_or_usage_error(source, tenant=tenant, analysis=False)
    if compilation.failed:
        Findings(compilation, on_stderr=True).close("`pbxgen check` shows all findings")
    return {plan.name: plan for plan in compilation.plans}


def _asked(
    source: Path,
    name: str,
    who: list[str] | None,
    tenant: str | None,
    file: Path | None,
    option: str = "--to",
    *,
    alone: bool = True,
) -> tuple[Plans, tuple[DeployTarget | Path, ...], list[StateAt], _Meant]:
    """The common beginning of all commands: plans, places, the settings of WHO at these places, and who WHO is."""
    plans = _plans(source, tenant)
    places = places_of(source, file, name, option)
    states = read_at(places, plans, tenant, option)
    meant = _meant(plans, states, who, alone=alone)
    return plans, places, [_narrowed(state, meant) for state in states], meant


def places_of(source: Path, file: Path | None, name: str, option: str = "--to") -> tuple[DeployTarget | Path, ...]:
    """The PBXs that are meant, or the file: a target first. ``option`` is that of ``name``."""
    from pbxgen.cli.deployment import deploy_file, targets_of

    path = file or _deploy_file(source)
    targets = None if path is None else deploy_file(path)
    if (targets is None or name not in targets.targets) and Path(name).is_file():
        return (Path(name),)
    return targets_of(targets or deploy_file(DEFAULT_FILE), name, option)


def _deploy_file(source: Path) -> Path | None:
    """deploy.yaml, which stands beside the source."""
    folder = source if source.is_dir() else source.parent
    every = (folder / DEFAULT_FILE, folder.parent / DEFAULT_FILE, DEFAULT_FILE)
    return next((path for path in every if path.is_file()), None)


def read_at(
    places: Sequence[DeployTarget | Path], plans: Plans, tenant: str | None, option: str = "--to"
) -> list[StateAt]:
    """What is set at each of them; ``tenant``: all that was asked for, ``option``: that of the places."""
    from pbxgen.cli.deployment import fail
    from pbxgen.cli.progress import progress
    from pbxgen.deploy.errors import DeployError
    from pbxgen.deploy.session import session_at
    from pbxgen.deploy.state import from_file, state_at

    states = []
    for place in places:
        if isinstance(place, Path):
            try:
                states.append(from_file(place, plans))
            except ValueError as error:
                why = f"{place} holds no state: {error}"
                raise typer.BadParameter(console.printable(why), param_hint=option) from None
            others = states[-1].raw.keys() - plans.keys()
            if others and (tenant is None or len(others) == len(states[-1].raw)):
                told = ", ".join(console.printable(name) for name in sorted(others))
                console.note(f"{console.printable(str(place))}: passed over, as the source has no such tenant: {told}")
            continue
        try:
            with progress() as step, session_at(place) as session:
                step(f"asking {place.name}")
                states.append(state_at(session, plans))
        except DeployError as error:
            fail(error)
    return states


@dataclass(frozen=True, slots=True)
class _Meant:
    """Users that were named: by tenant, their extensions; None: everybody, and everything."""

    extensions: Mapping[str, frozenset[str]] | None

    def __call__(self, tenant: str, key: str) -> bool:
        return self.extensions is None or key in self.extensions[tenant]

    def reaches(self, tenant: str) -> bool:
        """Is anybody of this tenant meant?"""
        return self.extensions is None or bool(self.extensions[tenant])


def _meant(plans: Plans, states: Sequence[StateAt], who: list[str] | None, *, alone: bool) -> _Meant:
    """WHO, by extension or name; a user who is gone is named by the extension.

    ``alone``: each word must mean users of one tenant only, as something is changed.
    """
    from pbxgen.diagnostics.nearest import did_you_mean
    from pbxgen.flow.subject import namesakes

    if not who:
        return _Meant(None)
    extensions_of: dict[str, set[str]] = {name: set() for name in plans}
    for text in who:
        hits = {
            name: {text}
            if text in plan.users or any(text in state.raw.get(name, ()) for state in states)
            else set(namesakes(plan, text))
            for name, plan in plans.items()
        }
        if not any(hits.values()):
            users = [user for plan in plans.values() for user in plan.users.values()]
            meant = did_you_mean(text, {one for user in users for one in (user.extension, user.name)})
            why = f"no user is called {console.printable(text)}; {meant}".rstrip("; ")
            raise typer.BadParameter(why, param_hint="WHO")
        several = next((", ".join(sorted(some)) for some in hits.values() if len(some) > 1), None)
        if several is not None:
            why = f"several users are called {console.printable(text)}: name the extension ({several})"
            raise typer.BadParameter(why, param_hint="WHO")
        tenants = [name for name, some in hits.items() if some]
        if alone and len(tenants) > 1:
            why = f"{console.printable(text)} is in several tenants ({', '.join(tenants)}): name one of them"
            raise typer.BadParameter(why, param_hint="--tenant")
        for name, extensions in hits.items():
            extensions_of[name] |= extensions
    return _Meant({name: frozenset(extensions) for name, extensions in extensions_of.items()})


def _narrowed(state: StateAt, meant: IsMeant) -> StateAt:
    from dataclasses import replace

    from pbxgen.flow.stored_settings import SWITCH, StoredSettings

    tenants = {
        name: StoredSettings(
            {key: one for key, one in stored.users.items() if meant(name, key)},
            {key: one for key, one in stored.switches.items() if meant(name, f"{SWITCH}{key}")},
            {key: text for key, text in stored.odd.items() if meant(name, key)},
        )
        for name, stored in state.tenants.items()
    }
    return replace(state, tenants=tenants)


def _save(states: Sequence[StateAt], path: Path | None) -> None:
    from pbxgen.deploy.state import saved_text
    from pbxgen.output.atomic import write_atomically

    if path is not None:
        write_atomically(path, saved_text(states).encode())
        console.note(f"wrote {console.printable(str(path))}")


def _printable(lines: Sequence[str]) -> str:
    return "\n".join(console.printable(line) for line in lines)
