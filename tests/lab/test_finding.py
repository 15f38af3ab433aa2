"""A clear word where something that real calls need is missing."""

from __future__ import annotations

import datetime as dt

import pytest

from pbxgen.lab import pbx
from pbxgen.lab.errors import LabError
from pbxgen.lab.run import run
from pbxgen.pbxs import PBXS


@pytest.fixture
def _nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for name in ("PBXGEN_ASTERISK", "PBXGEN_FREESWITCH", "PBXGEN_SIPP"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("_nothing_installed")
@pytest.mark.parametrize("name", sorted(PBXS))
def test_the_error_names_what_was_looked_for(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variable = f"PBXGEN_{name.upper()}"
    with pytest.raises(LabError, match=f"`{name}` on PATH; {variable} is not set"):
        pbx.laboratory_of(name).find()
    monkeypatch.setenv(variable, "/opt/missing")
    with pytest.raises(LabError, match=f"{variable}=/opt/missing"):
        pbx.laboratory_of(name).find()


def test_a_pbx_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(LabError, match="no PBX is called yate; there are asterisk, freeswitch"):
        run([], {"yate": None})  # type: ignore[dict-item]


def test_a_given_time_needs_libfaketime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pbx, "_faketime_candidates", lambda: ["/nowhere/libfaketime.so.1"])
    assert pbx.clock(None) == {}
    with pytest.raises(LabError, match="libfaketime"):
        pbx.clock(dt.datetime(2026, 12, 25, 9, 0, tzinfo=dt.UTC))
