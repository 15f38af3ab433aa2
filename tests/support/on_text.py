"""Smoke tests whose calls are placed on generated text instead: what they ask of a real call holds there too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from unittest import mock

from pbxgen.calls.case import Case
from pbxgen.interpret.generated_calls import examine
from pbxgen.lab.result import LabReport, Result
from tests.smoke import test_cancelled_calls as cancelled
from tests.smoke import test_shown_callers as shown
from tests.smoke import test_trunk_calls as carriers


def place(cases: list[Case], pbx: str, *, complaint: str = "") -> LabReport:
    """As :func:`tests.support.calls.place`, on the text of each plan."""
    results = []
    for plan in {id(case.plan): case.plan for case in cases}.values():
        for one in examine([plan], [case for case in cases if case.plan is plan], pbx):
            assert one.observed is not None, one.differences
            assert one.passed, f"{one.case.name}: {one.differences}"
            results.append(Result(one.case, pbx, one.observed, one.differences, 0.0))
    return LabReport(tuple(results), (pbx,), {}, 0.0)


@dataclass(frozen=True)
class SmokeTest:
    """A smoke test that needs no more of a real PBX than its calls."""

    module: ModuleType
    test: Callable[..., None]
    arguments: dict[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return "-".join([self.test.__name__, *map(str, self.arguments.values())])

    def run(self, pbx: str, folder: Path) -> None:
        """Raises AssertionError as the test does."""
        with mock.patch.object(self.module, "place", place):
            self.test(pbx, folder, **self.arguments)


SMOKE_TESTS = [
    SmokeTest(carriers, carriers.test_a_carrier_is_sent_numbers_caller_and_diversions_as_the_trunk_says),
    SmokeTest(carriers, carriers.test_what_nobody_diverts_carries_the_last_diversion_of_the_call),
    SmokeTest(carriers, carriers.test_diversions_that_a_call_came_with_are_counted),
    SmokeTest(carriers, carriers.test_who_diverts_and_has_no_number_is_told_by_the_extension),
    SmokeTest(carriers, carriers.test_nothing_that_one_number_is_told_holds_for_the_next),
    SmokeTest(carriers, carriers.test_an_emergency_number_is_sent_bare_with_the_users_number),
    SmokeTest(carriers, carriers.test_who_calls_is_what_the_carrier_asserts_unless_withheld),
    SmokeTest(carriers, carriers.test_a_caller_is_known_in_every_form_of_the_number),
    SmokeTest(carriers, carriers.test_what_is_no_number_reaches_nobody),
    SmokeTest(shown, shown.test_a_phone_shows_who_began_the_call),
    SmokeTest(shown, shown.test_a_leg_outside_is_shown_the_caller_unless_it_says_own),
    SmokeTest(cancelled, cancelled.test_a_caller_who_gives_up_is_never_diverted),
    *(
        SmokeTest(
            cancelled,
            cancelled.test_an_answered_call_is_never_diverted_however_it_ends,
            {"callee_ends": callee_ends},
        )
        for callee_ends in (False, True)
    ),
]
