"""Tenants of one PBX."""

from __future__ import annotations

from pathlib import Path

from pbxgen.language.compile import compile_fleet
from pbxgen.source.load import load_fleet
from tests.language.sources import NOISE, TODAY

TENANT = """\
version: 1
pbx: {{name: {name}, domain: {domain}, country: IT, timezone: Europe/Rome}}
users: {{"101": {{did: "{did}"}}}}
inbound: {{"{inbound}": "101"}}
"""


def fleet(folder: Path, *tenants: tuple[str, str, str, str]) -> list[tuple[str, str, str, list[str]]]:
    (folder / "tenants").mkdir()
    (folder / "fleet.yaml").write_text('version: 1\ntenants: ["tenants/*"]\n')
    for i, (name, domain, did, inbound) in enumerate(tenants):
        text = TENANT.format(name=name, domain=domain, did=did, inbound=inbound)
        (folder / "tenants" / f"{i}.yaml").write_text(text)
    problems = []
    for compiled in compile_fleet(load_fleet(folder / "fleet.yaml"), TODAY):
        for d in compiled.diagnostics:
            if d.code not in NOISE:
                assert compiled.plan is None
                assert d.location is not None
                at = f"{Path(d.location.file).name}:{d.location.line}"
                others = [f"{Path(r.location.file).name}:{r.location.line}" for r in d.related]
                problems.append((d.code, d.message, at, others))
    return problems


def test_tenants_may_have_the_same_extensions(tmp_path: Path) -> None:
    assert fleet(tmp_path, ("a", "a.example", "+390212345101", "+390212345000"),
                 ("b", "b.example", "+390212345102", "+390212345001")) == []  # fmt: skip


def test_names_domains_and_outside_numbers_are_each_tenants_own(tmp_path: Path) -> None:
    assert fleet(
        tmp_path,
        ("a", "a.example", "+390212345101", "+390212345000"),
        ("b", "b.example", "+390212345102", "02 12345101"),
        ("a", "A.example", "+390212345000", "+390212345003"),
    ) == [
        ("PBX134", "the outside number +390212345101 is used by two tenants", "1.yaml:4", ["0.yaml:3"]),
        ("PBX134", "the pbx.name a is used by two tenants", "2.yaml:2", ["0.yaml:2"]),
        ("PBX134", "the pbx.domain a.example is used by two tenants", "2.yaml:2", ["0.yaml:2"]),
        ("PBX134", "the outside number +390212345000 is used by two tenants", "2.yaml:3", ["0.yaml:4"]),
    ]


def test_what_is_in_a_range_of_one_tenant_is_in_none_and_no_number_of_another(tmp_path: Path) -> None:
    assert fleet(
        tmp_path,
        ("a", "a.example", "+390212345101", "+390212345X."),
        ("b", "b.example", "+390212345299", "+390212346XXX"),
        ("c", "c.example", "+390298765101", "+39021234[56]XX"),
        ("d", "d.example", "+390298765201", "+39029876510X"),
        ("e", "e.example", "+390298765301", "+39029876520[2-9]"),
    ) == [
        ("PBX134", "the outside number +390212345299 is used by two tenants", "1.yaml:3", ["0.yaml:4"]),
        ("PBX134", "numbers of the inbound range +39021234[56]XX are used by two tenants", "2.yaml:4", ["0.yaml:4"]),
        ("PBX134", "numbers of the inbound range +39029876510X are used by two tenants", "3.yaml:4", ["2.yaml:3"]),
    ]


def test_a_fleet_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "fleet.yaml").write_text("version: 1\ntenants: []\n")
    assert compile_fleet(load_fleet(tmp_path / "fleet.yaml"), TODAY) == ()
