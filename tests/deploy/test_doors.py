"""What the PBX's user plants in the folder that somebody with more rights deploys to is not followed nor believed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pbxgen.deploy.output import event_line, plan_lines, plan_markdown, status_lines
from pbxgen.deploy.session import session_at
from pbxgen.deploy.status import Standing
from pbxgen.phrases import phrases
from tests.deploy.fake_asterisk import fake, place
from tests.deploy.places import Place, refusal

__all__ = ["fake", "place"]

SECRET = "root:$6$a secret of somebody else"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that the PBX's user may not read."""
    shadow = tmp_path / "shadow"
    shadow.write_text(f"{SECRET}\n")
    shadow.chmod(0o600)
    return shadow


def _journal(**other: object) -> str:
    journal = {
        "before": None, "release": "0123456789ab", "replaced": [], "added": [], "action": "deploy", "by": "somebody",
        "commit": None, "proven": False, "drift": [], "failed": "",
    }  # fmt: skip
    return json.dumps({**journal, **other})


def test_a_link_in_place_of_the_history_tells_nobody_what_it_leads_to(place: Place, secret: Path) -> None:
    (place.folder / "releases").mkdir()
    (place.folder / "releases/history").symlink_to(secret)
    place.deploy()
    history = place.folder / "releases/history"
    assert not history.is_symlink()
    assert SECRET not in history.read_text()
    assert [json.loads(line)["action"] for line in history.read_text().splitlines()] == ["deploy"]
    assert (secret.read_text(), secret.stat().st_mode & 0o777) == (f"{SECRET}\n", 0o600)


def test_a_link_in_place_of_what_is_still_to_do_tells_nobody_what_it_leads_to(place: Place, secret: Path) -> None:
    place.deploy()
    (place.folder / "releases/pending").symlink_to(secret)
    told = [*status_lines(place.status()), *plan_lines(place.plan(), phrases())]
    assert SECRET not in "\n".join(told)


def test_a_file_of_a_release_that_somebody_has_made_a_link_is_a_hand_edit_and_is_not_read(
    place: Place, secret: Path
) -> None:
    release = place.deploy().release
    file = place.folder / "pbxgen/office/extensions.conf"
    file.unlink()
    file.symlink_to(secret)
    assert place.status().details == ("office/extensions.conf",)
    with session_at(place.target) as session:
        assert release is not None
        assert SECRET not in "".join(session.files_of(release).values())


@pytest.mark.parametrize(
    "leads_to", ["releases/../../secret", "releases/0123456789ab", "releases/.", "releases/here/.."]
)
def test_a_link_that_leads_elsewhere_is_no_current_release(place: Place, secret: Path, leads_to: str) -> None:
    place.deploy()
    elsewhere = place.folder.parent / "secret"
    elsewhere.mkdir()
    shutil.copy(secret, elsewhere / "shadow")
    (place.folder / "releases/0123456789ab").symlink_to(elsewhere)
    (place.folder / "releases/here").mkdir()
    (place.folder / "pbxgen").unlink()
    (place.folder / "pbxgen").symlink_to(leads_to)
    assert place.status().standing is Standing.NONE
    with session_at(place.target) as session:
        assert "0123456789ab" not in session.state().releases
        assert session.files_of("0123456789ab") == {}
    assert refusal(place.deploy).diagnostic.code == "PBX614"
    assert place.deploy(force=True).changed
    assert (elsewhere / "shadow").read_text() == f"{SECRET}\n"


def test_a_release_without_a_dialplan_is_told_and_replaced(place: Place) -> None:
    place.deploy()
    (place.folder / "pbxgen/extensions.conf").unlink()
    assert place.status().standing is Standing.EDITED
    assert refusal(place.deploy).diagnostic.code == "PBX614"
    assert place.deploy(force=True).changed


@pytest.mark.parametrize("what", ["added", "replaced"])
def test_a_journal_that_names_other_files_than_deployments_write_removes_none(place: Place, what: str) -> None:
    place.deploy()
    victim = place.folder.parent / "victim"
    aside = place.folder.parent / "victim.before-0123456789ab"
    victim.write_text("of the machine")
    aside.write_text("planted")
    for path in (str(victim), "../victim", "pbxgen/../../victim"):
        (place.folder / "releases/journal").write_text(_journal(**{what: [path]}))
        place.deploy()
        assert (victim.read_text(), aside.read_text()) == ("of the machine", "planted")


@pytest.mark.parametrize(
    "other",
    [
        {"release": "../../elsewhere"},
        {"before": "../../elsewhere"},
        {"by": ["x"]},
        {"action": {"x": 1}},
        {"commit": "$(touch x)"},
        {"drift": [1]},
        {"failed": None},
        {"added": None},
        {"more": "x"},
    ],
)
def test_a_journal_that_no_deployment_can_have_written_is_none(place: Place, other: dict[str, object]) -> None:
    (place.folder / "releases").mkdir()
    (place.folder / "releases/journal").write_text(_journal(**other))
    with session_at(place.target) as session:
        assert session.state().journal is None
        (place.folder / "releases/journal").write_text("[" * 100_000)
        assert session.state().journal is None


def test_a_link_in_place_of_the_folder_of_releases_is_not_deployed_through(place: Place, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    for name in ("lock", "new", "journal", "history"):
        (elsewhere / name).write_text("of the machine")
    (place.folder / "releases").symlink_to(elsewhere)
    refused = refusal(lambda: place.deploy(force=True))
    assert refused.diagnostic.code == "PBX612"
    assert "releases is a link" in str(refused)
    assert {path.name: path.read_text() for path in elsewhere.iterdir()} == dict.fromkeys(
        ("lock", "new", "journal", "history"), "of the machine"
    )
    assert elsewhere.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("step", ["upload", "history"])
def test_a_folder_that_is_exchanged_while_a_release_is_written_is_not_written_to(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Between its making and its entering: `mkdir` here is followed by the exchange."""
    elsewhere, programs = tmp_path / "elsewhere", tmp_path / "programs"
    elsewhere.mkdir()
    programs.mkdir()
    swap = f'rmdir "$1"; ln -s {elsewhere} "$1"'
    when = "[ -h ../pbxgen ] ||" if step == "upload" else "[ -f extensions.conf ] ||"
    program = programs / "mkdir"
    program.write_text(
        f'#!/bin/sh\n{shutil.which("mkdir")} "$@" || exit\ncase $1 in new-*) {when} {{ {swap}; }} ;; esac\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX612"
    assert "is a link" in str(refused)
    assert not list(elsewhere.iterdir())
    assert place.current is None


def test_names_of_files_with_ends_of_lines_are_hand_edits(place: Place) -> None:
    place.deploy()
    (place.folder / "pbxgen/office/a\nb").write_text("x")
    (place.folder / "pbxgen/office/c\n1 2 .").mkdir()
    (place.folder / "pbxgen/office/c\n1 2 ./d").write_text("x")
    assert place.plan().state.edited
    assert "hand" in status_lines(place.status())[0]


def test_what_the_history_tells_is_what_deployments_write(place: Place) -> None:
    place.deploy()
    history = place.folder / "releases/history"
    event = json.loads(history.read_text())
    hostile = [
        {**event, "by": "x\n\n# planted\n<img src=x>\x1b[2J\u202e"},
        {**event, "at": "x"},
        {**event, "action": ["x"]},
        {**event, "release": "../../elsewhere"},
        {**event, "commit": "`x`"},
        {**event, "why": 1},
        {**event, "more": 1},
    ]
    history.write_text("".join(f"{json.dumps(one)}\n" for one in hostile))
    with session_at(place.target) as session:
        events = session.state().history
    assert [one.action for one in events] == ["deploy"] + ["unknown"] * 6
    assert all(event_line(one, False, ()) for one in events)
    place.change("name: Eve", "name: Eva")
    text = plan_markdown(place.plan(), phrases())
    assert "\n# planted" not in text
    assert "<img" not in text


def test_a_file_that_grows_while_it_is_read_is_said_so(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.deploy()
    programs = tmp_path / "programs"
    programs.mkdir()
    program = programs / "wc"
    program.write_text("#!/bin/sh\necho 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    assert place.status().standing is Standing.UNREACHABLE
    assert "was changed while it was read" in place.status().details[0]
