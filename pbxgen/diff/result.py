"""Everything that a comparison says: of two sources tenant by tenant, or of a generated folder and its source."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path

from pbxgen.diagnostics.location import Location
from pbxgen.diff.comparison import compare
from pbxgen.diff.git import RevisionError, git
from pbxgen.diff.revisions import GIT, Revision, checked_out, in_repository, places_of
from pbxgen.diff.words import Block, Told, blocks, of_tenant
from pbxgen.flow.analysis.switches import Positions, positions
from pbxgen.flow.environment import DEFAULT_MOMENT
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import NOTHING_SET, State, applied, resolved
from pbxgen.output.manifest import MANIFEST
from pbxgen.phrases import Phrases
from pbxgen.source.load import is_fleet, source_digests, tenant_roots

_BUILD = re.compile(r"\bbuilds?\b\W+(?:\S+ )??([0-9a-f]{12})\b|\b([0-9a-f]{12})\b")
_HEAD_LINES = 40
_REVISIONS = 200

Plans = Mapping[str, Plan]
"""By the names of the tenants."""


@dataclass(frozen=True, slots=True)
class Made:
    """Folders that were generated from one state of a source."""

    folders: tuple[str, ...]
    """As messages name them."""
    current: Mapping[str, bool]
    """By tenant of NEW: was it made from NEW as it is?"""
    origin: str | None
    """The revision, such as git:1a2b3c4; None where it is NEW itself, or git has none."""
    about: str
    """All this as a sentence."""


@dataclass(frozen=True, slots=True)
class Section:
    """What changes for the callers of one tenant; ``folders``: of OLD, where not all of it is meant."""

    tenant: str
    blocks: tuple[Block, ...]
    folders: tuple[str, ...] = ()
    more: int = 0
    """Places the calls to which are compared as far as they ring the fewest times, and not to their ends."""
    left_out: tuple[str, ...] = ()
    """Switches that can stand in more ways than are compared."""

    @property
    def title(self) -> str:
        return ", ".join((self.tenant, *self.folders))


@dataclass(frozen=True, slots=True)
class Result:
    old: str
    new: str
    same: bool
    sections: tuple[Section, ...]
    made: tuple[Made, ...] = ()
    """Of an OLD that was generated."""


GivenOf = Callable[[Plan, Plan], tuple[State, State]]
"""What is set on both sides of a tenant: what users have set, and how some of the switches stand."""


def nothing_given(old: Plan, new: Plan) -> tuple[State, State]:
    return NOTHING_SET, NOTHING_SET


def compared(
    before: Plans, after: Plans, today: dt.date, say: Phrases, given_of: GivenOf = nothing_given
) -> tuple[bool, tuple[Section, ...]]:
    """Does nothing change for callers? And what does, tenant by tenant."""
    pairs = tenants(before, after)
    same = len(before) == len(after) == len(pairs)
    sections = []
    for old, new in pairs:
        given = given_of(old, new)
        old, new = (applied(plan, state, DEFAULT_MOMENT) for plan, state in zip((old, new), given, strict=True))
        ways = positions(old, new)
        sampled = bool(ways.left_out) and not _says_the_same(replace(old, digest=""), replace(new, digest=""))
        for words, on, now_on in _stands(old, new, ways, {**given[0].switches, **given[1].switches}, say):
            comparison = compare(resolved(old, on), resolved(new, now_on), today, say)
            same = same and comparison.same
            title = f"{new.name} ({words})" if words else new.name
            sections.append(Section(title, blocks(comparison, say), more=comparison.more))
        if sampled:
            same = False
            sections.append(Section(new.name, (), left_out=ways.left_out))
    known = [{plan.name for plan in side} for side in zip(*pairs, strict=True)] or [set(), set()]
    sections += _alone("+", "new", after, known[1], say)
    sections += _alone("-", "gone", before, known[0], say)
    return same, tuple(sections)


def _stands(
    old: Plan, new: Plan, ways: Positions, given: Mapping[str, bool], say: Phrases
) -> Iterator[tuple[str, Mapping[str, bool], Mapping[str, bool]]]:
    """How the switches can stand in old and in new, in words: each way, and as long as nobody has set one.

    Then they stand as their `default` says, which may be another in new. Those of ``given`` stand so throughout.
    """
    every: dict[str, Mapping[str, bool]] = {}
    for _, on in ways.every:
        free = (f"{name} {'on' if is_on else 'off'}" for name, is_on in on.items() if name not in given)
        every.setdefault(", ".join(free), {**on, **given})
    unset, now_unset = ({**{name: switch.on for name, switch in plan.switches.items()}, **given} for plan in (old, new))
    stands = {**unset, **now_unset}
    if {**now_unset, **unset} != stands or stands not in every.values():
        yield say("diff.unset"), unset, now_unset
    yield from ((words, on, on) for words, on in every.items())


def _says_the_same(old: object, new: object) -> bool:
    """Are they equal, wherever it is written?"""
    if type(old) is not type(new):
        return False
    if isinstance(old, Location):
        return True
    if is_dataclass(old) and not isinstance(old, type):
        names = [field.name for field in fields(old) if field.compare]
        return all(_says_the_same(getattr(old, name), getattr(new, name)) for name in names)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return list(old) == list(new) and all(_says_the_same(one, new[key]) for key, one in old.items())
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(map(_says_the_same, old, new))
    return old == new


def _alone(sign: str, what: str, plans: Plans, known: set[str], say: Phrases) -> Iterator[Section]:
    for name in plans:
        if name not in known:
            yield Section(name, (of_tenant(sign, name, what, say),))


def tenants(before: Mapping[str, Plan], after: Mapping[str, Plan]) -> list[tuple[Plan, Plan]]:
    """Tenants of a fleet, old and new: by name, and those of another name that share what is unique in a fleet."""
    if len(before) == len(after) == 1:
        return [(next(iter(before.values())), next(iter(after.values())))]
    left = {name: plan for name, plan in before.items() if name not in after}
    changes = []
    for name, plan in after.items():
        old = before.get(name) or next((o for o in left.values() if _share(o, plan)), None)
        if old is not None:
            left.pop(old.name, None)
            changes.append((old, plan))
    return changes


def _share(old: Plan, new: Plan) -> bool:
    return old.domain == new.domain or not {*old.dids, *old.inbound}.isdisjoint((*new.dids, *new.inbound))


def generated_folders(path: Path) -> tuple[Path, ...]:
    """What ``pbxgen generate`` wrote, a folder for each PBX: ``path`` itself or those in it; () if none is."""
    return tuple(folder for folder in (path, *sorted(path.glob("*/"))) if (folder / MANIFEST).is_file())


def digests(folder: Path) -> frozenset[str]:
    """The digests of the sources that a generated folder was made from."""
    digests: set[str] = set()
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".conf", ".xml") or not path.is_file():
            continue
        with path.open(encoding="utf-8", errors="replace") as file:
            head = [line for line, _ in zip(file, range(_HEAD_LINES), strict=False)]
        for line in head:
            if "build" in line.lower():
                digests.update(a or b for a, b in _BUILD.findall(line))
    return frozenset(digests)


@dataclass(frozen=True, slots=True)
class Provenance:
    """The revision of a source that a folder was generated from."""

    commit: str
    """Short, as git writes it."""
    date: str
    """Of the commit, e.g. 2026-11-23."""
    source: Revision


@contextmanager
def made_from(wanted: frozenset[str], source: Path, doing: Callable[[str], None]) -> Iterator[Provenance | None]:
    """The newest of the last revisions that has all digests of a generated folder; None where git has none."""
    with ExitStack() as stack:
        try:
            root, _ = in_repository(source)
            watched = {
                path for place in (source, *_tenants(source)) for around, path in places_of(place) if around == root
            }
            log = git(root, "log", f"-{_REVISIONS}", "--format=%h %cs", "--", *(p or "." for p in watched)).decode()
        except RevisionError:  # a source that git does not know
            log = ""
        for line in log.splitlines():
            commit, _, date = line.partition(" ")
            doing(f"looking at the source as it was on {date}")
            with ExitStack() as this:
                try:
                    revision = this.enter_context(checked_out(f"{GIT}{commit}", str(source)))
                except RevisionError:  # a revision that took the source away
                    continue
                if wanted and wanted <= source_digests(revision.path):
                    stack.enter_context(this.pop_all())
                    yield Provenance(commit, date, revision)
                    return
        yield None


def _tenants(source: Path) -> tuple[Path, ...]:
    return tenant_roots(source) if is_fleet(source) else ()


@dataclass(frozen=True, slots=True)
class Judge:
    """Compares NEW with what it was before."""

    new: str
    """As it was asked for."""
    source: Path
    """Where it lies today."""
    plans: Plans
    narrowed: bool
    """Other tenants than ``plans`` are not asked about."""
    origin_of: Callable[[frozenset[str]], Provenance | None]
    """The revision that has some digests, as :func:`made_from` finds it."""
    compiled: Callable[[Revision], Plans]
    say: Phrases
    given_of: GivenOf = nothing_given

    def result(self, old: Path) -> Result:
        """Folders of one digest are judged together: those of a run that wrote only one PBX's are not alike."""
        folders_by_digests: dict[frozenset[str], list[Path]] = {}
        for folder in generated_folders(old):
            folders_by_digests.setdefault(digests(folder), []).append(folder)
        judged = []
        for digest_set, folders in folders_by_digests.items():
            names = tuple(map(str, folders)) if len(folders_by_digests) > 1 else (str(old),)
            judged.append(self.of(digest_set, names))
        sections = tuple(
            replace(one, folders=made.folders if len(folders_by_digests) > 1 else ())
            for made, _, sections in judged
            for one in sections
        )
        same = all(same for _, same, _ in judged)
        return Result(str(old), self.new, same, sections, tuple(made for made, _, _ in judged))

    def of(self, digests: frozenset[str], folders: tuple[str, ...]) -> tuple[Made, bool, Sequence[Section]]:
        """What changes for callers since a source of which ``found`` are the digests, which ``folders`` hold."""
        names = self.say("list.and").join(folders)
        current = {name: plan.digest in digests for name, plan in self.plans.items()}
        others = digests - {plan.digest for plan in self.plans.values()}
        if all(current.values()) and (self.narrowed or not others):
            return Made(folders, current, None, self.say("diff.made.current", folders=names)), True, ()
        origin = self.origin_of(digests)
        if origin is not None:
            about = self.say(
                "diff.made.revision", folders=names, source=self.source, date=origin.date, commit=origin.commit
            )
            before = self.compiled(origin.source)
            before = {name: plan for name, plan in before.items() if plan.digest in digests}
            same, sections = compared(before, self.plans, dt.date.today(), self.say, self.given_of)
            return Made(folders, current, f"git:{origin.commit}", about), same, sections
        about = self.say("diff.made.other", folders=names)
        unknown = [Section(n, (of_tenant("~", n, "unknown", self.say),)) for n, known in current.items() if not known]
        if not unknown:
            told = Told(self.say("diff.tenant.gone"), "tenant")
            unknown = [Section("", (Block("-", self.say("diff.tenant.another"), (told,), (), "tenant"),))]
        return Made(folders, current, None, about), False, unknown
