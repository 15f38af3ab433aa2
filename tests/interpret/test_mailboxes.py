"""Mailbox access on generated text: the calls of the smoke test, and where they come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.calls.case import Handling
from pbxgen.flow.machine import Ending, EndKind
from pbxgen.interpret.generated_calls import examine
from pbxgen.pbxs import PBXS
from tests.smoke import test_mailbox_calls as smoke
from tests.smoke.offices import call, office
from tests.support.on_text import place


@pytest.mark.parametrize("pbx", PBXS)
def test_who_dials_is_asked_as_in_the_model(pbx: str, tmp_path: Path) -> None:
    plan = office(tmp_path, smoke._USERS)
    place([call(plan, caller, code) for caller in ("101", "102", "103") for code in ("*97", "*98")], pbx)


@pytest.mark.parametrize("pbx", PBXS)
def test_only_the_right_pin_opens_a_mailbox(pbx: str, tmp_path: Path) -> None:
    plan = office(tmp_path, smoke._USERS)
    for owner, caller, dialled, keys, heard in smoke._CALLS:
        (examined,) = examine([plan], [call(plan, caller, dialled, handling=Handling(keys=keys))], pbx)
        assert examined.observed is not None, examined.differences
        opened = examined.observed.ending == Ending(EndKind.MAILBOX, owner)
        assert opened is heard, f"{caller} dials {dialled} and presses {keys}: {examined.observed.ending}"


@pytest.mark.parametrize("pbx", PBXS)
def test_the_codes_are_those_that_are_written(pbx: str, tmp_path: Path) -> None:
    plan = office(tmp_path, 'features: {own_mailbox: "*0", any_mailbox: "700"}\n' + smoke._USERS)
    report = place([call(plan, caller, code) for caller in ("101", "102", "103") for code in ("*0", "700")], pbx)
    opened = [(one.case.call.caller, one.observed.ending) for one in report.results if one.observed.ending is not None]
    assert ("101", Ending(EndKind.MAILBOX, "101")) in opened
