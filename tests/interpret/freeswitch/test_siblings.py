"""Tenants that one carrier's address belongs to: each reads the caller's number in its own way, as if it were alone."""

from __future__ import annotations

from pathlib import Path

from tests.smoke.offices import HEAD, office
from tests.support.inside import come


def _head(name: str, country: str) -> str:
    head = HEAD.replace("name: office", f"name: {name}").replace("pbx.office.", f"pbx.{name}.")
    return head.replace("country: IT", f"country: {country}")


def _caller(folder: Path, shows: str, *heads: tuple[str, str]) -> tuple[str | None, str | None]:
    """Who calls the last of some tenants, given by country and number format, and whom the call has visited."""
    plans = []
    for name, (country, form) in zip(("one", "two"), heads, strict=True):
        head = _head(name, country).replace("number:", f"number_format: {form}, number:", 1)
        plans.append(office(folder, f'{head}users: {{"101": {{did: "+39021234510{len(plans)}"}}}}'))
    came = come(plans, "pbxgen.trunks", "+390212345101", shows=shows)
    assert came.rang == ["101"]
    return came.caller.get("pbx_me"), came.caller.get("pbx_visited")


def test_a_bare_number_behind_a_national_one(tmp_path: Path) -> None:
    assert _caller(tmp_path, "4930123456", ("IT", "e164"), ("IT", "e164_bare"))[0] == "outside:+4930123456"
    assert _caller(tmp_path, "01234567", ("DE", "e164"), ("DE", "e164_bare"))[0] == "outside:+491234567"


def test_a_national_number_behind_a_bare_one(tmp_path: Path) -> None:
    assert _caller(tmp_path, "01701234567", ("DE", "e164_bare"), ("DE", "e164"))[0] == "outside:+491701234567"


def test_who_is_nobody_to_one_tenant_is_not_who_another_took_them_for(tmp_path: Path) -> None:
    """00 is a national number in the United States, and no number at all in Italy."""
    assert _caller(tmp_path, "00", ("US", "e164"), ("IT", "e164"))[0] == "outside:00"


def test_what_was_called_is_read_by_each_alone(tmp_path: Path) -> None:
    """011 44… is abroad in the United States; as an Italian number somebody there has it."""
    plans = []
    for name, country, user in (
        ("one", "IT", '"101": {did: "+390212345101"}'),
        ("two", "US", '"201": {did: "+3901144234567"}'),
    ):
        plans.append(office(tmp_path, f"{_head(name, country)}users: {{{user}}}"))
    assert come(plans, "pbxgen.trunks", "01144234567", shows="+393471112222").rang == []
