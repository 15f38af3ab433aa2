"""docs/beside.md: its lines, in the files of a real PBX that has a plan of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.deploy.status import Standing
from pbxgen.targets.base import Part
from tests.deploy.places import real_place, refusal
from tests.security.laboratory import trunk_host

pytestmark = [pytest.mark.real, pytest.mark.slow]
_PAGE = (Path(__file__).resolve().parents[2] / "docs/beside.md").read_text(encoding="utf-8")


def _lines(kind: str) -> str:
    block, *_ = re.findall(rf"^```{kind}\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
    return str(block)  # the first: what goes into files of the plan


def _files(folder: Path) -> dict[str, bytes]:
    """Everything but what the page says that a deployment writes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] not in ("pbxgen", "releases")
    }


def test_a_plan_that_is_there_goes_on_beside_the_release(pbx_name: str, tmp_path: Path) -> None:
    with real_place(pbx_name, tmp_path, "{}:{}".format(*trunk_host())) as place:
        place.target = replace(place.target, beside=True, parts=frozenset({Part.DIALPLAN}))
        own, ask = {"asterisk": ("default", "dialplan show"), "freeswitch": ("public", "xml_locate dialplan")}[pbx_name]
        assert own in place.ask(ask)
        if pbx_name == "asterisk":
            refused = refusal(place.deploy)
            assert "does the configuration in" in str(refused)  # nothing includes it yet
            with (place.folder / "extensions.conf").open("a") as file:
                # What the stock file includes, and a module would make that does not run here: reading it warns of it.
                file.write(f"\n{_lines('ini')}[parkedcalls]\n")
        else:
            text = _lines("xml")
            for folder in ("dialplan", "directory"):
                (place.folder / folder / "office.xml").write_text(text.replace("pbxgen/dialplan", f"pbxgen/{folder}"))
        before = _files(place.folder)
        assert place.deploy().release == place.current
        assert place.status().standing is Standing.IN_STEP
        assert _files(place.folder) == before
        for name in (own, "office.phones"):
            assert name in place.ask(ask)
        place.change('deviations: {busy: "101"}', 'deviations: {busy: "102"}')
        place.deploy()
        place.rollback()
        assert _files(place.folder) == before
