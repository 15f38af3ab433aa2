"""Is every line of the templates watched? Each is spoilt in turn, and scenarios are run on what is then generated.

    python -m tests.mutation.templates [asterisk|freeswitch] [--under library/user] [--jobs 2]

Every scenario of the suites and the examples is placed on the generated text by the interpreters, until one goes
another way than the model says: then the fault is noticed. What no scenario notices is shown to the smoke tests of
what carriers are told, of callers who give up and of mailbox access, their calls placed on the text as well, and to
the tests of who is turned away. What is printed are the faults that nobody noticed. Those that change nothing a call
could notice, or that other tests see (real PBXs loading the files, real calls), stand with their reason in
``unnoticed.yaml`` and are left out. Exit code 0: no others. 1: some. Golden files say nothing here: they notice any
change, also a right one. Each of some 3,500 faults takes one to some seconds.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest import mock

from jinja2 import Environment
from rich.progress import track
from ruamel.yaml import YAML

from pbxgen.calls.case import Case, case_of
from pbxgen.calls.verdict import judge
from pbxgen.flow.plan import Plan
from pbxgen.interpret import load_interpreter
from pbxgen.interpret.base import Interpreter, Trace
from pbxgen.interpret.freeswitch import execution
from pbxgen.interpret.generated_calls import files_of
from pbxgen.pbxs import PBXS
from pbxgen.scenario.run import prepare
from pbxgen.targets import templates
from pbxgen.targets.freeswitch import template_values
from pbxgen.targets.templates import templates_folder
from tests.interpret import test_carriers, test_crowds, test_mailboxes
from tests.interpret.freeswitch import test_carried as carried
from tests.interpret.freeswitch import test_guards as guards
from tests.interpret.freeswitch import test_legs as legs
from tests.interpret.freeswitch import test_mailbox_guards as mailboxes
from tests.interpret.freeswitch import test_siblings as siblings
from tests.interpret.freeswitch import test_spread as spread
from tests.mutation.faults import Fault, faults
from tests.smoke import offices
from tests.support.calls import plan_of
from tests.support.on_text import SMOKE_TESTS

_ROOT = Path(__file__).parents[2]
_UNNOTICED = Path(__file__).with_name("unnoticed.yaml")
# `templates` last: whoever is imported while it is patched would keep the patch.
_RENDERERS = [f"pbxgen.targets.{name}" for name in (*(f"{pbx}.target" for pbx in PBXS), "templates")]
_ENDLESS = 150
"""After so many hunts a call on FreeSWITCH never ends: no call of the suites takes a third of it."""


def _of_many(test: Callable[[Path], None], folder: Path) -> None:
    with mock.patch.object(template_values, "bucket_digits", return_value=2):
        test(folder)


_SMALL_TESTS: tuple[Callable[[str, Path], None], ...] = (
    test_mailboxes.test_who_dials_is_asked_as_in_the_model,
    test_mailboxes.test_only_the_right_pin_opens_a_mailbox,
    lambda pbx, _: test_carriers.test_tenants_of_one_carrier_are_asked_for_a_number_in_turn(pbx),
)
_INSIDE: dict[str, tuple[Callable[[Path], None], ...]] = {
    # On FreeSWITCH each of a crowd is a hunt of its own, more than `_ENDLESS`.
    "asterisk": (lambda _: test_crowds.test_the_last_of_hundreds_answers("asterisk"),),
    "freeswitch": (
        partial(guards.test_an_address_that_belongs_to_no_trunk_is_refused, "102"),
        partial(guards.test_a_carrier_sends_numbers_only, "101 XML pbxgen.dialled"),
        partial(guards.test_a_phone_dials_numbers_and_codes_only, "101 XML pbxgen.dialled"),
        partial(guards.test_a_transfer_leads_to_numbers_only, "*97"),
        partial(guards.test_a_login_that_is_no_extension_calls_nobody, "door"),
        guards.test_who_has_not_authenticated_calls_nobody,
        guards.test_who_is_no_phone_of_ours_sends_nobody_outside,
        *(partial(mailboxes.test_whoever_dials_98_is_asked_whose_mailbox, caller) for caller in ("101", "102")),
        mailboxes.test_the_own_pin_opens_no_mailbox_by_its_number,
        mailboxes.test_a_short_number_has_a_mailbox_too,
        mailboxes.test_who_is_let_in_at_home_is_asked_for_the_pin_elsewhere,
        *(
            partial(mailboxes.test_without_voice_prompts_no_mailbox_is_opened, caller, dialled)
            for caller, dialled in (("101", "*97"), ("103", "*98"))
        ),
        mailboxes.test_without_its_recording_an_announcement_releases_the_call,
        legs.test_legs_of_follow_me,
        legs.test_places_one_behind_the_other,
        legs.test_a_clock_runs_where_a_leg_is_late,
        legs.test_the_last_second_of_a_group_is_no_end_of_time,
        legs.test_a_phone_may_ring_for_three_minutes,
        legs.test_who_dials_a_number_waits_for_two_minutes,
        carried.test_the_deepest_index_counts,
        siblings.test_a_bare_number_behind_a_national_one,
        siblings.test_a_national_number_behind_a_bare_one,
        siblings.test_who_is_nobody_to_one_tenant_is_not_who_another_took_them_for,
        siblings.test_what_was_called_is_read_by_each_alone,
        *(
            partial(_of_many, test)
            for test in (
                spread.test_who_diverts_shows_the_own_number,
                spread.test_a_call_goes_on_when_the_plan_has_grown,
                spread.test_a_mailbox_is_found_when_the_plan_has_grown,
            )
        ),
    ),
}
"""Tests of callers put into the middle of the text, and of what is elsewhere said of large sources only."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Faults that no scenario notices, by decision: a template, a part of the spoilt line, and why."""

    template: str
    holds: str
    faults: tuple[str, ...]
    """Kinds of faults; none: all."""
    because: str
    behind: str = ""
    """A part of the line before, where the spoilt one alone could be any."""

    def covers(self, fault: Fault) -> bool:
        return (
            fault.template.startswith(self.template)
            and self.holds in fault.was
            and self.behind in fault.text.split("\n")[fault.line - 2]
            and (not self.faults or fault.what in self.faults)
        )


def accepted() -> list[Accepted]:
    rows = YAML(typ="safe").load(_UNNOTICED.read_text(encoding="utf-8"))
    return [
        Accepted(
            row["template"], row.get("holds", ""), tuple(row.get("faults", ())), row["because"], row.get("behind", "")
        )
        for row in rows
    ]


@cache
def batches() -> tuple[tuple[Sequence[Plan], tuple[Case, ...]], ...]:
    """All scenarios, those of one source together, with all its tenants."""
    paths = sorted([*_ROOT.glob("tests/smoke/suites/*/*.test.yaml"), *_ROOT.glob("examples/*/*.test.yaml")])
    prepared = [prepare(path) for path in paths]
    return tuple((one.plans, tuple(case_of(scenario, plan) for scenario, plan in one.scenarios)) for one in prepared)


@cache
def _passing(pbx: str) -> dict[str, frozenset[int]]:
    """Which scenarios run through each line (``file:line``) of a PBX's files."""
    passing: dict[str, set[int]] = defaultdict(set)
    for cases, interpreter in _interpreted(pbx):
        for case in cases:
            trace: Trace = []
            interpreter.place(case, trace)
            for ran in trace:
                passing[ran.where].add(id(case))
    return {where: frozenset(cases) for where, cases in passing.items()}


def _touched(fault: Fault) -> frozenset[int] | None:
    """By ``id``, the cases that a fault may change; None: all of them.

    A step of Asterisk's library matters to calls that run through it; a line of FreeSWITCH's, also to those it turns
    away: to all calls that run through its context.
    """
    if fault.template == "asterisk/library.conf" and fault.was.startswith(("exten", "same")):
        return _passing("asterisk").get(f"pbxgen/library.conf:{fault.line}", frozenset())
    if fault.template.startswith("freeswitch/library/"):
        lines = fault.text.split("\n")
        begins = next((n for n in range(fault.line, 0, -1) if "<context" in lines[n - 1]), 1)
        ends = next((n for n in range(fault.line, len(lines) + 1) if "</context" in lines[n - 1]), len(lines))
        file = f"dialplan/pbxgen/library/{Path(fault.template).name.removesuffix('.j2')}"
        # What a template includes moves the lines behind it.
        generated = (_ROOT / "golden/minimal/freeswitch" / file).read_text(encoding="utf-8").count("\n")
        last = ends + max(generated - fault.text.count("\n"), 0)
        passing = [_passing("freeswitch").get(f"{file}:{n}", frozenset()) for n in range(begins, last + 1)]
        return frozenset().union(*passing) or None
    return None


def noticed(fault: Fault | None, pbx: str) -> str | None:
    """What showed a fault (None: the templates as they are); None: nothing did."""
    touched = None if fault is None else _touched(fault)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "templates"
        shutil.copytree(templates_folder(), copy)
        if fault is not None:
            (copy / fault.template).write_text(fault.text, encoding="utf-8")
        try:
            with _templates_of(copy):
                return next(_differences(pbx, touched), None) or _of_smoke_tests(pbx)
        except Exception as error:  # whatever a spoilt file breaks, it has been noticed
            return f"{type(error).__name__}: {error}"


def _differences(pbx: str, touched: frozenset[int] | None) -> Iterator[str]:
    for cases, interpreter in _interpreted(pbx, touched):
        for case in cases:
            for difference in judge(case, interpreter.place(case)):
                yield f"{case.name}: {difference}"


def _of_smoke_tests(pbx: str) -> str | None:
    """What smoke tests find amiss in their calls, placed on the text and not as real ones."""
    inside = [lambda _, folder, test=test: test(folder) for test in _INSIDE.get(pbx, ())]
    for test in (*_SMALL_TESTS, *inside, *(smoke.run for smoke in SMOKE_TESTS)):
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(pbx, Path(folder))
            except AssertionError as error:
                return str(error) or "a test of the text"
    return None


def _interpreted(pbx: str, touched: frozenset[int] | None = None) -> Iterator[tuple[list[Case], Interpreter]]:
    """Each source's generated files, and its cases."""
    for plans, batch in batches():
        cases = [case for case in batch if touched is None or id(case) in touched]
        if cases:
            yield cases, load_interpreter(pbx, files_of(plans, pbx))


@cache
def _plan_of(text: str) -> Plan:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "source.yaml"
        path.write_text(text, encoding="utf-8")
        return plan_of(path)


@contextmanager
def _templates_of(folder: Path) -> Iterator[None]:
    """Within it, targets render the templates of another folder, each read once; so is each source of a smoke test."""
    made: dict[str, Environment] = {}

    def environment(target: str, *escapes: Any) -> Environment:
        if target not in made:
            made[target] = templates.environment(target, *escapes)
        return made[target]

    with ExitStack() as patches:
        patches.enter_context(mock.patch.object(execution, "_MOST_HUNTS", _ENDLESS))
        patches.enter_context(mock.patch.object(offices, "plan_of", lambda path: _plan_of(path.read_text("utf-8"))))
        for pbx in PBXS:
            patches.enter_context(mock.patch(f"pbxgen.targets.{pbx}.target.environment", environment))
        for module in _RENDERERS:
            patches.enter_context(mock.patch(f"{module}.templates_folder", return_value=folder))
        yield


def _unnoticed(fault: Fault) -> Fault | None:
    return None if noticed(fault, fault.template.split("/")[0]) else fault


def _is_idle(covered: Sequence[Fault]) -> bool:
    """Is there none among the faults of one acceptance that goes unnoticed?"""
    return not any(map(_unnoticed, covered))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pbxs", nargs="*", default=PBXS, choices=[[], *PBXS], metavar="PBX")
    parser.add_argument("--under", default="", help="only templates whose path holds this")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--idle", action="store_true", help="which reasons of unnoticed.yaml are not needed")
    arguments = parser.parse_args()
    allowed = accepted()
    all_faults = []
    for pbx in arguments.pbxs:
        if (why := noticed(None, pbx)) is not None:
            parser.exit(2, f"the templates as they are fail already: {why}\n")
        all_faults += [fault for fault in faults(templates_folder(), pbx) if arguments.under in fault.template]
    for pbx in arguments.pbxs:
        _passing(pbx)  # before the processes part: they then share what `id` says
    with ProcessPoolExecutor(arguments.jobs) as pool:
        if not arguments.idle:
            return _missed(pool, all_faults, allowed)
        mine = [decided for decided in allowed if decided.template.split("/")[0] in arguments.pbxs]
        covered = [(decided, [fault for fault in all_faults if decided.covers(fault)]) for decided in mine]
        return _idle(pool, [(decided, some) for decided, some in covered if some or not arguments.under])


def _missed(pool: ProcessPoolExecutor, all_faults: Sequence[Fault], allowed: Sequence[Accepted]) -> int:
    chosen = [fault for fault in all_faults if not any(decided.covers(fault) for decided in allowed)]
    missed = 0
    for fault in track(pool.map(_unnoticed, chosen), "Faults", total=len(chosen), transient=True):
        if fault is not None:
            missed += 1
            print(f"templates/{fault.template}:{fault.line}: {fault.what}\n    {fault.was}", flush=True)
    print(f"{len(chosen)} faults that are not accepted, {missed} not noticed")
    return 1 if missed else 0


def _idle(pool: ProcessPoolExecutor, reasons: Sequence[tuple[Accepted, Sequence[Fault]]]) -> int:
    verdicts = track(pool.map(_is_idle, (covered for _, covered in reasons)), "Reasons", len(reasons), transient=True)
    idle = 0
    for is_idle, (decided, covered) in zip(verdicts, reasons, strict=True):
        if is_idle:
            idle += 1
            print(f"{decided.template}: {decided.holds}: all {len(covered)} are noticed", flush=True)
    print(f"{len(reasons)} reasons, {idle} not needed")
    return 1 if idle else 0


if __name__ == "__main__":
    sys.exit(main())
