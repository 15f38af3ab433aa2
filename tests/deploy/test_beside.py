"""Beside another plan: one layout, whether files are generated and copied or deployed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app
from pbxgen.deploy.new_release import try_out
from pbxgen.deploy.running import load_deployable
from pbxgen.deploy.status import Standing
from pbxgen.pbxs import PBXS
from pbxgen.targets.base import Part
from tests.deploy.fake_asterisk import FakeAsterisk, fake, place
from tests.deploy.places import OFFICE, Place, refusal, target

__all__ = ["fake", "place"]
_SCENARIOS = """\
source: .
scenarios: [{name: to Ben, call: {from: "101", to: "102"}, expect: {rings: ["102"]}}]
"""


@pytest.mark.parametrize("parts", ["dialplan", "endpoints", "dialplan,endpoints,voicemail"])
@pytest.mark.parametrize("pbx", PBXS)
def test_a_release_has_the_files_that_generate_writes_beside(
    pbx: str, parts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = replace(
        target(pbx, tmp_path / "etc", load_deployable(pbx).command),  # type: ignore[arg-type]
        beside=True,
        parts=frozenset(map(Part, parts.split(","))),
    )
    office = Place(chosen, tmp_path / "source", OFFICE.replace("TRUNK", "192.0.2.1"))
    office.write()
    (office.source / "calls.test.yaml").write_text(_SCENARIOS)
    new_release, _ = office.new_release()
    try_out(new_release, chosen, office.source, lambda doing: None)  # which reads them as the PBX does
    monkeypatch.chdir(office.source)  # comments name places of the source
    words = ["generate", ".", "-o", str(tmp_path / "out"), "--target", pbx, "--parts", parts, "--beside"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    root = tmp_path / "out" / pbx / "pbxgen"
    written = {str(path.relative_to(root)): path.read_text("utf-8") for path in root.rglob("*") if path.is_file()}
    assert {path: file.text for path, file in new_release.files.items()} == {
        path: text for path, text in written.items() if not path.startswith(".")
    }
    assert new_release.included
    assert all(line in done.output for line in new_release.included)


def test_what_nothing_includes_says_which_lines_are_missing(place: Place, fake: FakeAsterisk) -> None:
    place.target = replace(place.target, beside=True)
    assert '#tryinclude "pbxgen/pjsip.conf"' in place.plan().notes
    refused = refusal(place.deploy)
    assert "nothing of the release runs: does the configuration" in str(refused)
    assert '#tryinclude "pbxgen/extensions.conf"' in refused.lines
    for name in ("extensions", "pjsip", "voicemail"):
        own = "[udp]\ntype = transport\n" if name == "pjsip" else "[general]\n"
        (place.folder / f"{name}.conf").write_text(f'{own}#tryinclude "pbxgen/{name}.conf"\n')
    assert place.deploy().changed
    assert place.status().standing is Standing.IN_STEP
    for path in (place.folder / "pbxgen").rglob("*.conf"):
        assert "[general]" not in path.read_text()
        assert "type = transport" not in path.read_text()
    place.change("name: Eve", "name: Eva")
    assert not [line for line in place.plan().notes if "tryinclude" in line]
