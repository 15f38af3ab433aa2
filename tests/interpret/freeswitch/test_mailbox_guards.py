"""Which mailbox is opened by FreeSWITCH's generated text, and what happens where sounds are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.smoke.offices import office
from tests.support.inside import come

_PIN = "4711"
_USERS = f"""
users:
  "21": {{voicemail: {{pin: "{_PIN}"}}}}
  "101": {{voicemail: true}}
  "102": {{voicemail: {{pin: "{_PIN}"}}}}
  "103": {{}}
"""
_ASKED = "*"


def _opened(folder: Path, caller: str, dialled: str, keys: str | None, **variables: str) -> str | None:
    """Whose mailbox the caller gets into; ``*``: they are asked whose."""
    plans = [office(folder, _USERS)]
    came = come(plans, "office.phones", dialled, keys=keys, variables={"user_name": caller, **variables})
    assert came.state.faults == []
    return came.state.mailbox


@pytest.mark.parametrize("caller", ["101", "102", "103"])
def test_whoever_dials_98_is_asked_whose_mailbox(caller: str, tmp_path: Path) -> None:
    assert _opened(tmp_path, caller, "*98", None) == _ASKED


def test_the_own_pin_opens_no_mailbox_by_its_number(tmp_path: Path) -> None:
    assert _opened(tmp_path, "102", "*98", f"777#,,{_PIN}#") is None
    assert _opened(tmp_path, "102", "*98", f"101#,,{_PIN}#") is None


def test_a_short_number_has_a_mailbox_too(tmp_path: Path) -> None:
    assert _opened(tmp_path, "103", "*98", f"21#,,{_PIN}#") == "21"


def test_who_is_let_in_at_home_is_asked_for_the_pin_elsewhere(tmp_path: Path) -> None:
    assert _opened(tmp_path, "101", "*98", "102#,,1111#", voicemail_authorized="true") is None


@pytest.mark.parametrize(("caller", "dialled"), [("101", "*97"), ("102", "*97"), ("101", "*98"), ("103", "*98")])
def test_without_voice_prompts_no_mailbox_is_opened(caller: str, dialled: str, tmp_path: Path) -> None:
    def only_phrases(path: str) -> bool:
        return path.endswith("sounds.xml")

    plans = [office(tmp_path, _USERS)]
    came = come(plans, "office.phones", dialled, exists=only_phrases, variables={"user_name": caller})
    assert (came.released, came.state.mailbox) == (480, None)
    assert ["mailboxes cannot be opened without the voice prompts" in fault for fault in came.state.faults] == [True]


def test_without_its_recording_an_announcement_releases_the_call(tmp_path: Path) -> None:
    users = 'users: {"101": {did: "+390212345101", deviations: {unconditional: "announce:closed"}}}'
    came = come([office(tmp_path, users)], "pbxgen.trunks", "+390212345101", exists=lambda path: False)
    assert (came.released, came.state.announced) == (480, None)
    assert ["closed.wav is missing" in fault for fault in came.state.faults] == [True]
