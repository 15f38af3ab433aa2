"""What is said of a folder that was generated, whoever compiles and whoever knows its past."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.diff.result import Judge, Plans, Provenance
from pbxgen.diff.revisions import Revision
from pbxgen.output.manifest import MANIFEST
from pbxgen.phrases import phrases
from pbxgen.pipeline import compile_path

MINIMAL = Path(__file__).parents[2] / "examples" / "minimal" / "pbx.yaml"
OTHER = "0123456789ab"


def plans_of(source: Path) -> Plans:
    return {plan.name: plan for plan in compile_path(source, analysis=False).plans}


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The example, with another number."""
    path = tmp_path / "before.yaml"
    path.write_text(MINIMAL.read_text(encoding="utf-8").replace('"101"', '"205"'), encoding="utf-8")
    return path


def generated(folder: Path, digest: str) -> Path:
    folder.mkdir()
    (folder / MANIFEST).touch()
    (folder / "extensions.conf").write_text(f"; build {digest}\n", encoding="utf-8")
    return folder


def judge(known: Path | None) -> Judge:
    """Knows one source of the past, of any digests."""
    origin = None
    if known is not None:
        origin = Provenance("1a2b3c4", "2026-11-23", Revision(known, known.parent, "git:1a2b3c4", ()))
    return Judge(
        "pbx.yaml",
        MINIMAL,
        plans_of(MINIMAL),
        False,
        lambda _: origin,
        lambda revision: plans_of(revision.path),
        phrases(),
    )


def digest_of(source: Path) -> str:
    (plan,) = plans_of(source).values()
    return plan.digest


def test_made_from_new_as_it_is(tmp_path: Path) -> None:
    result = judge(None).result(generated(tmp_path / "out", digest_of(MINIMAL)))
    assert (result.same, result.sections, result.new) == (True, (), "pbx.yaml")
    assert result.made[0].current == {"minimal": True}


def test_made_from_a_revision(tmp_path: Path, before: Path) -> None:
    result = judge(before).result(generated(tmp_path / "out", digest_of(before)))
    assert not result.same
    assert result.made[0].origin == "git:1a2b3c4"
    assert [section.tenant for section in result.sections] == ["minimal"]


def test_made_from_what_nobody_knows(tmp_path: Path) -> None:
    result = judge(None).result(generated(tmp_path / "out", OTHER))
    assert (result.same, result.made[0].origin) == (False, None)
    assert "another state" in result.made[0].about


def test_folders_that_are_not_alike_are_judged_one_by_one(tmp_path: Path) -> None:
    current, other = generated(tmp_path / "a", digest_of(MINIMAL)), generated(tmp_path / "b", OTHER)
    result = judge(None).result(tmp_path)
    assert [made.folders for made in result.made] == [(str(current),), (str(other),)]
    assert [section.folders for section in result.sections] == [(str(other),)]
