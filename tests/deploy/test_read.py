"""deploy.yaml: what it may hold, and every problem of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.deploy.read import DeployReading, read_deploy_file
from pbxgen.source.load import load_source
from pbxgen.targets.base import Part

_GOOD = """\
version: 1
source: .
targets:
  hq: {target: asterisk, folder: /etc/asterisk}
  hq2:
    target: freeswitch
    at: ssh://freeswitch@pbx2.example:2222
    folder: /etc/freeswitch/
    command: [fs_cli, -P, "8022", -x]
    parts: [dialplan]
    beside: true
    keep: 2
    verify: [calls.test.yaml]
  box: {target: asterisk, at: docker:pbx, folder: /etc/asterisk}
  pair: {nodes: [hq, hq2]}
"""


def _read(folder: Path, text: str) -> DeployReading:
    path = folder / "deploy.yaml"
    path.write_text(text, encoding="utf-8")
    (folder / "calls.test.yaml").touch()
    return read_deploy_file(path)


def _told(reading: DeployReading) -> list[str]:
    assert reading.file is None
    assert {diagnostic.code for diagnostic in reading.diagnostics} == {"PBX601"}
    return [f"{f.location.line}:{f.location.column} {f.message}; {f.help}" for f in reading.diagnostics if f.location]


def test_targets_are_read_with_what_they_leave_out(tmp_path: Path) -> None:
    file = _read(tmp_path, _GOOD).file
    assert file is not None
    (hq,) = file.targets["hq"]
    assert (hq.pbx, hq.at, hq.folder, hq.command) == ("asterisk", "local", "/etc/asterisk", ("asterisk", "-rx"))
    assert (hq.parts, hq.beside, hq.keep, hq.verify) == (frozenset(Part), False, 5, ())
    (hq2,) = file.targets["hq2"]
    assert (hq2.at, hq2.folder) == ("ssh://freeswitch@pbx2.example:2222", "/etc/freeswitch")
    assert (hq2.command, hq2.parts, hq2.beside, hq2.keep) == (
        ("fs_cli", "-P", "8022", "-x"),
        frozenset({Part.DIALPLAN}),
        True,
        2,
    )


def test_the_files_of_verify_lie_beside_the_file(tmp_path: Path) -> None:
    reading = _read(tmp_path, _GOOD)
    assert reading.file is not None
    assert reading.file.targets["hq2"][0].verify == (tmp_path / "calls.test.yaml",)
    (told,) = _told(_read(tmp_path, _GOOD.replace("[calls.test.yaml]", "[nothing.test.yaml]")))
    assert f"there is no {tmp_path}/nothing.test.yaml; verify names scenario files" in told


def test_nodes_are_targets_in_their_order(tmp_path: Path) -> None:
    file = _read(tmp_path, _GOOD).file
    assert file is not None
    assert [target.name for target in file.targets["pair"]] == ["hq", "hq2"]
    assert [target.name for target in file.each] == ["hq", "hq2", "box"]


def test_every_problem_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    text = """\
version: 2
source: nope
targts: {}
targets:
  hq:
    target: asterix
    at: ssh:/pbx
    folder: etc/asterisk
    comand: [x]
    keep: 0
  "HQ!": {target: asterisk, folder: /etc/asterisk}
  none:
  pair: {nodes: [hq, hq3, hq], more: 1}
"""
    told = _told(_read(tmp_path, text))
    assert [line.partition(";")[0] for line in told] == [
        "1:10 version has a wrong value",
        f"2:9 there is no {tmp_path}/nope",
        "3:1 'targts' is not a key here",
        "6:13 target has a wrong value",
        "7:9 at has a wrong value",
        "8:13 folder has a wrong value",
        "9:5 'comand' is not a key here",
        "10:11 keep has a wrong value",
        "11:3 'HQ!' is not a key here",
        "12:3 none has a wrong value",
        "13:22 hq3 is no target of one PBX",
        "13:27 hq is a node of pair twice",
        "13:32 'more' is not a key here",
    ]
    assert told[3].endswith("write asterisk or freeswitch")
    assert told[6].endswith("did you mean 'command'?")
    assert told[10].endswith("did you mean 'hq'?")


@pytest.mark.parametrize("text", ["", "- a\n", "version: 1\n", "version: 1\nsource: .\ntargets: {}\n"])
def test_what_is_no_deployment_file_is_a_problem_with_a_place(tmp_path: Path, text: str) -> None:
    reading = _read(tmp_path, text)
    assert reading.file is None
    assert all(diagnostic.location is not None for diagnostic in reading.diagnostics)


@pytest.mark.parametrize("version", ["true", "1.0", '"1"', "2", "null"])
def test_its_version_is_the_number_1(tmp_path: Path, version: str) -> None:
    (told,) = _told(_read(tmp_path, _GOOD.replace("version: 1", f"version: {version}")))
    assert told == "1:10 version has a wrong value; write 1, without quotes"


@pytest.mark.parametrize(
    ("value", "empty"),
    [("parts: [dialplan]", "parts: []"), ('command: [fs_cli, -P, "8022", -x]', "command: []"), ("[hq, hq2]", "[]")],
)
def test_a_list_that_is_empty_is_said_to_be_so(tmp_path: Path, value: str, empty: str) -> None:
    (told,) = _told(_read(tmp_path, _GOOD.replace(value, empty)))
    assert "is empty; write at least one" in told


@pytest.mark.parametrize("at", ["ssh://-oProxyCommand=id", "docker:-it", "docker:a b", "ssh://a@b/c", "ssh://$(id)"])
def test_where_a_target_is_can_be_no_option_and_no_command(tmp_path: Path, at: str) -> None:
    told = _told(_read(tmp_path, _GOOD.replace("docker:pbx", f'"{at}"')))
    assert "at has a wrong value" in told[0]


@pytest.mark.parametrize("folder", ["/", "etc", "/etc/../x", '"/etc/$(id)"', '"/a b"'])
def test_a_folder_is_a_plain_path_from_the_root_on(tmp_path: Path, folder: str) -> None:
    told = _told(_read(tmp_path, _GOOD.replace("folder: /etc/asterisk}\n  hq2", f"folder: {folder}}}\n  hq2")))
    assert "folder has a wrong value" in told[0]


def test_it_is_no_part_of_the_source_that_it_stands_beside(tmp_path: Path) -> None:
    _read(tmp_path, _GOOD)
    (tmp_path / "pbx.yaml").write_text("version: 1\npbx: {name: a, domain: a.example, country: IT}\n")
    assert [file.name for file in load_source(tmp_path).files] == [str(tmp_path / "pbx.yaml")]


@pytest.mark.parametrize("at", ["ssh://-Fname", "ssh://-l@pbx", "ssh://.pbx", "ssh://pbx:0", "ssh://pbx:65536"])
def test_a_host_begins_as_a_name_does_and_a_port_is_one(tmp_path: Path, at: str) -> None:
    told = _told(_read(tmp_path, _GOOD.replace("docker:pbx", f'"{at}"')))
    assert "at has a wrong value" in told[0]


def test_the_highest_port_is_one(tmp_path: Path) -> None:
    assert _read(tmp_path, _GOOD.replace("docker:pbx", '"ssh://pbx:65535"')).file is not None
