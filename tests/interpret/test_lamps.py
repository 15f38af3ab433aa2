"""Lamps of settings on the generated text for Asterisk: lit as the model says, after every code."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.calls.case import Case
from pbxgen.flow import lamps
from pbxgen.flow.environment import DEFAULT_MOMENT, Environment
from pbxgen.flow.lamps import Lamp
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import Setting, State
from pbxgen.flow.simulate import Call, simulate
from pbxgen.flow.stored_settings import epoch_of
from pbxgen.interpret import load_interpreter
from pbxgen.interpret.asterisk import interpreter
from pbxgen.interpret.asterisk.channel import AsteriskSwitch
from pbxgen.interpret.base import Interpreter
from pbxgen.interpret.generated_calls import files_of
from pbxgen.pipeline import compile_path
from pbxgen.targets.asterisk import hints

OFFICE = Path(__file__).resolve().parents[1] / "smoke/suites/self_service/office.yaml"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return compile_path(OFFICE).plans[0]


@pytest.fixture(scope="module")
def text(plan: Plan) -> Interpreter:
    return load_interpreter("asterisk", files_of([plan], "asterisk"))


@pytest.fixture
def switches(monkeypatch: pytest.MonkeyPatch) -> list[AsteriskSwitch]:
    """Every Asterisk that has run, one for each call."""
    made: list[AsteriskSwitch] = []

    class Seen(AsteriskSwitch):
        def __init__(self, *given: object) -> None:
            super().__init__(*given)  # type: ignore[arg-type]
            made.append(self)

    monkeypatch.setattr(interpreter, "AsteriskSwitch", Seen)
    return made


def every_lamp(plan: Plan) -> Iterator[Lamp]:
    yield from lamps.of_switches(plan)
    yield from lamps.of_colleagues(plan)


def lit(switch: AsteriskSwitch, plan: Plan) -> set[str]:
    def state(lamp: Lamp) -> str:
        return switch.database.get(f"CustomDeviceState/{hints.device(plan, lamp).removeprefix('Custom:')}", "")

    return {lamp.number for lamp in every_lamp(plan) if state(lamp) == "INUSE"}


CODES = [
    ("101", "*21*#"), ("101", "*21*102#"), ("101", "#21#"), ("101", "##21#"), ("101", "*67*9#"), ("101", "*61*103*20#"),
    ("101", "*62*600#"), ("101", "*167*102#"), ("101", "*26#"), ("101", "#26#"), ("101", "*25#"), ("101", "#25#"),
    ("101", "*#21#"), ("101", "##002#"), ("100", "*28"), ("101", "#28#"), ("101", "*28#"), ("103", "*21*101#"),
    ("103", "*26#"), ("105", "*21*101#"), ("105", "*26#"), ("105", "##002#"), ("100", "*28"), ("102", "*161*9#"),
]  # fmt: skip


def test_lamps_are_lit_as_the_model_says_after_every_code(
    plan: Plan, text: Interpreter, switches: list[AsteriskSwitch]
) -> None:
    now = Environment(DEFAULT_MOMENT)
    codes: list[Case] = []
    seen: set[frozenset[str]] = set()
    for extension, dialled in CODES:
        case = Case(dialled, plan, Call(extension, dialled), now, codes=tuple(codes))
        told = text.place(case)
        assert not [fault for fault in told.faults if "passed over" not in fault], dialled
        story = simulate(plan, case.call, now)
        now = now if story.state is None else replace(now, state=story.state)
        epoch = epoch_of(now.moment, plan)
        expected = {lamp.number for lamp in every_lamp(plan) if lamps.is_lit(plan, now.state, lamp, epoch)}
        assert lit(switches[-1], plan) == expected, dialled
        seen.add(frozenset(expected))
        codes.append(replace(case, codes=()))
    assert len(seen) > 12


def test_a_call_file_is_left_for_the_time_when_a_setting_ends(
    plan: Plan, text: Interpreter, switches: list[AsteriskSwitch]
) -> None:
    text.place(Case("ends", plan, Call("105", "*21*101#"), Environment(dt.datetime(2026, 11, 23, 12, 0))))
    end = epoch_of(dt.datetime(2026, 11, 23, 18, 0), plan)
    ((path, file),) = switches[-1].files.items()
    assert path == f"/var/spool/asterisk/outgoing/pbxgen.office.105.{end}"
    lines = dict(line.split(": ") for line in file.strip().splitlines())
    assert lines["Channel"] == f"Local/105*{end}@office.lamps"
    assert int(lines["RetryTime"]) == pytest.approx(6 * 3600, abs=5)


def test_what_does_not_end_leaves_no_file(plan: Plan, text: Interpreter, switches: list[AsteriskSwitch]) -> None:
    text.place(Case("lasts", plan, Call("101", "*21*102#"), Environment(DEFAULT_MOMENT)))
    assert switches[-1].files == {}


def test_files_are_ten_seconds_apart_at_least(plan: Plan, text: Interpreter, switches: list[AsteriskSwitch]) -> None:
    now = epoch_of(DEFAULT_MOMENT, plan)
    for seconds in (101, 107, 110):
        state = State({"102": {"unconditional": Setting("x103", None, now, now + seconds)}})
        text.place(Case("near", plan, Call("102", "*26#"), Environment(DEFAULT_MOMENT, state=state)))
    paths = [path for switch in switches for path in switch.files]
    assert len(paths) == 3
    assert len(set(paths)) <= 2
    assert all(re.fullmatch(r".*\.102\.\d+0", path) for path in paths)


def test_no_call_looks_at_a_lamp(plan: Plan, text: Interpreter, switches: list[AsteriskSwitch]) -> None:
    state = State({"101": {"unconditional": Setting("x102")}}, {"night": True})
    text.place(Case("call", plan, Call("+393471112222", "101"), Environment(DEFAULT_MOMENT, state=state)))
    assert not [key for key in switches[-1].database if key.startswith("CustomDeviceState")]
