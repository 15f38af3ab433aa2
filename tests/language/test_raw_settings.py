"""Raw settings: what is handed on to a PBX as it is written."""

from __future__ import annotations

import pytest

from tests.language.sources import only, plan_of

_TRUNK = (
    'trunks: {carrier: {host: 192.0.2.1, number: "+390212345000", options: %s}}\ninbound: {"+390212345000": "101"}\n'
)
_USERS = 'users: {"101": {phone: {options: {asterisk: {endpoint: {rtp_timeout: "9"}}}}}, "102": {}}\n'
_PHONES = 'phones: {options: {asterisk: {endpoint: {rtp_timeout: "60", t38_udptl: "yes"}}}}\n'


def test_a_users_own_settings_stand_over_those_of_all_phones_name_by_name() -> None:
    users = plan_of(_PHONES + _USERS).users
    assert {one.name: one.value for one in users["101"].options} == {"t38_udptl": "yes", "rtp_timeout": "9"}
    assert {one.name: one.value for one in users["102"].options} == {"t38_udptl": "yes", "rtp_timeout": "60"}


def test_a_setting_knows_its_place_in_the_source() -> None:
    (setting,) = plan_of(_TRUNK % '{freeswitch: {gateway: {retry-seconds: "30"}}}' + _USERS).trunks["carrier"].options
    assert setting.key == ("freeswitch", "gateway", "retry-seconds")
    assert setting.location.line == 3


@pytest.mark.parametrize("value", ['"${x}"', "'a\"b'", '"a\\\\b"', '" a"', '""', '"caffè"'])
def test_a_value_holds_nothing_that_another_reader_would_expand(value: str) -> None:
    only("PBX105", f"phones: {{options: {{asterisk: {{endpoint: {{moh_suggest: «{value}»}}}}}}}}\n")


def test_a_number_is_written_in_quotes() -> None:
    diagnostic = only("PBX106", "phones: {options: {asterisk: {aor: {qualify_timeout: «5»}}}}\n")
    assert '"5"' in (diagnostic.help or "")


def test_parts_that_there_are_not_are_told() -> None:
    only("PBX101", 'phones: {options: {asterisk: {«registration»: {retry_interval: "5"}}}}\n')
    only("PBX101", "phones: {options: {«yate»: {}}}\n")
