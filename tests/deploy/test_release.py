"""What is known about a release."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace

import pytest

from pbxgen.deploy.release import ReleaseInfo, cksum, info_of, marks_of
from pbxgen.targets.base import GeneratedFile


@pytest.mark.parametrize("data", [b"", b"a", b"hello\n", "è ü €\n".encode(), bytes(range(256)) * 300])
def test_a_checksum_is_that_of_the_far_side(data: bytes) -> None:
    said = subprocess.run(["cksum"], input=data, capture_output=True, check=True).stdout.decode().split()
    assert cksum(data) == " ".join(said[:2])


def _info(password: str, line: str = "") -> ReleaseInfo:
    secret = GeneratedFile("pjsip.conf", f"[101]\npassword = {password}\n", secret=True)
    plain = GeneratedFile("extensions.conf", f"[x]\n{line}\n")
    return ReleaseInfo(
        marks_of({"pjsip.conf": secret, "extensions.conf": plain}), {"x": "0123456789ab"}, {"x": ["101"]}
    )


def test_a_digest_tells_nothing_of_a_password() -> None:
    assert _info("one").digest == _info("two").digest
    assert _info("one").files != _info("two").files


def test_a_digest_is_of_the_files_and_not_of_when_they_were_written() -> None:
    assert _info("one").digest != _info("one", "exten => 1,1,NoOp()").digest
    assert _info("one").digest == replace(_info("one"), made="later", by="ada", commit="1a2b").digest


def test_a_release_describes_itself() -> None:
    marks = {"x": {"101": "01234567"}}
    info = replace(_info("one"), made="2026-11-23T10:00:00Z", by="ada", commit="1a2b+", marks=marks)
    assert info_of(info.text().encode()) == info


def test_one_of_an_earlier_version_has_no_marks_of_users() -> None:
    content = json.loads(_info("one").text())
    del content["marks"]
    assert info_of(json.dumps(content).encode()) == _info("one")


_EMPTY = '"format": 1, "files": {}, "made": "", '


@pytest.mark.parametrize(
    "data",
    [
        "", "{", "[]", '{"format": 2}', '{"format": 1, "files": []}', "[" * 100_000,
        f'{{{_EMPTY} "tenants": {{}}, "users": [], "commit": null, "by": ""}}',
        f'{{{_EMPTY} "tenants": {{}}, "users": {{"office": [1]}}, "commit": null, "by": ""}}',
        f'{{{_EMPTY} "tenants": {{}}, "users": {{}}, "commit": null, "by": "", "marks": []}}',
        f'{{{_EMPTY} "tenants": {{}}, "users": {{}}, "commit": null, "by": "", "marks": {{"office": {{"101": 1}}}}}}',
        f'{{{_EMPTY} "tenants": [1], "users": {{}}, "commit": null, "by": ""}}',
        f'{{{_EMPTY} "tenants": {{"office": 1}}, "users": {{}}, "commit": null, "by": ""}}',
        f'{{{_EMPTY} "tenants": {{}}, "users": {{}}, "commit": 1, "by": ""}}',
        f'{{{_EMPTY} "tenants": {{}}, "users": {{}}, "commit": null, "by": []}}',
    ],
)  # fmt: skip
def test_what_is_no_description_is_none(data: str) -> None:
    assert info_of(data.encode()) is None
