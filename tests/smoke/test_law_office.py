"""The law office's menu, which is written by hand, as real calls: what the example says beside its source is so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pbxgen.calls.case import Case, Handling
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call
from pbxgen.flow.world import DEFAULT_MOMENT, World
from pbxgen.lab.run import run
from pbxgen.pipeline import compile_path
from pbxgen.targets import load_target
from pbxgen.targets.base import GeneratedFile
from tests.support.menus import WrittenByHand

_OFFICE = Path(__file__).parents[2] / "examples/law-office"


@dataclass
class _Local(WrittenByHand):
    """With the files of the example that are the administrator's."""

    def stubs(self, plans: tuple[Plan, ...]) -> tuple[GeneratedFile, ...]:
        return tuple(self._files(plans))

    def _files(self, plans: tuple[Plan, ...]) -> Iterator[GeneratedFile]:
        folder = _OFFICE / "local" / self.name
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            text = path.read_text("utf-8")
            for plan in plans:
                place = path.relative_to(folder)
                name = place if len(plans) == 1 else place.with_stem(f"{place.stem}-{plan.name}")
                yield GeneratedFile(name.as_posix(), text.replace("law.", f"{plan.name}."))


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize(("keys", "rings"), [("1", ("301",)), ("2", ("310",)), ("", ("100+101",))])
def test_the_menu_sends_callers_on(pbx_name: str, keys: str, rings: tuple[str, ...]) -> None:
    plan = compile_path(_OFFICE).tenants[0].plan
    assert plan is not None
    call = Call("+393471112222", "+390255512001")
    case = Case("menu", plan, call, World(DEFAULT_MOMENT), handling=Handling(keys=keys))
    (result,) = run([case], {pbx_name: _Local(load_target(pbx_name), {})}, second_try=False).results
    assert result.observed.rings == rings, result
