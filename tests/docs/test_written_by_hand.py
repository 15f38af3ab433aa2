"""The parts that examples write by hand: one for every service, on both PBXs, and they lead where there is somebody."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app
from pbxgen.flow.plan import Plan
from pbxgen.pbxs import PBXS
from pbxgen.pipeline import compile_path

_ROOT = Path(__file__).resolve().parents[2]
_EXAMPLES = ("beside", "law-office")
_KINDS = ("queue", "menu", "conference", "parking-1", "parking-2", "paging", "recording")
_CONTEXT = {"asterisk": r"^\[([\w.-]+)\]", "freeswitch": r'<context name="([\w.-]+)"'}
_CALLED = {"asterisk": r"{}\.continue,(\d+),1", "freeswitch": r'"(\d+) XML {}\.continue"'}

each = pytest.mark.parametrize("example", _EXAMPLES)
on_both = pytest.mark.parametrize("pbx", PBXS)


def _plan(example: str) -> Plan:
    plan = compile_path(_ROOT / "examples" / example).tenants[0].plan
    assert plan is not None
    return plan


def _folder(example: str, pbx: str) -> Path:
    return _ROOT / "examples" / example / "local" / pbx


def _text(example: str, pbx: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(_folder(example, pbx).rglob("*")) if path.is_file())


@each
def test_the_strictest_check_finds_nothing(example: str) -> None:
    result = CliRunner().invoke(app, ["check", "--strict", str(_ROOT / "examples" / example)])
    assert result.exit_code == 0, result.output


def test_the_example_has_every_kind_of_part() -> None:
    assert set(_plan("beside").services) == set(_KINDS)


@each
@on_both
def test_every_service_has_its_part(example: str, pbx: str) -> None:
    plan = _plan(example)
    written = set(re.findall(_CONTEXT[pbx], _text(example, pbx), re.MULTILINE))
    assert {name for name in written if ".service." in name} == {
        f"{plan.name}.service.{name}" for name in plan.services
    }


@each
@on_both
def test_the_parts_send_calls_on_to_numbers_that_there_are(example: str, pbx: str) -> None:
    plan = _plan(example)
    there = {*plan.users, *plan.numbers, *(service.number for service in plan.services.values())}
    called = re.findall(_CALLED[pbx].format(plan.name), _text(example, pbx))
    assert "9" in called
    assert set(called) <= there


@each
def test_asterisk_includes_every_file_of_dialplan(example: str) -> None:
    folder = _folder(example, "asterisk")
    included = set(re.findall(r'^#include "(.+)"', (folder / "extensions_local.conf").read_text("utf-8"), re.MULTILINE))
    others = {"services/queues.conf", "services/res_parking.conf"}
    assert included | others == {path.relative_to(folder).as_posix() for path in folder.rglob("services/*")} | others


@each
def test_the_xml_is_well_formed(example: str) -> None:
    for path in _folder(example, "freeswitch").rglob("*.xml"):
        ElementTree.fromstring(path.read_text("utf-8"))


@pytest.mark.parametrize("part", ["conference", "paging", "parking"])
@on_both
def test_parts_that_are_for_phones_only_look_at_where_the_call_came_in(part: str, pbx: str) -> None:
    (path,) = _folder("beside", pbx).rglob(f"{part}.*")
    assert re.search(r"PBX_ORIGIN|pbx_origin", path.read_text("utf-8"))
