"""Pickup: a group's calls are for who is in the group, one extension's for every phone of its tenant, no other's."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import pytest

from pbxgen.lab import sip
from tests.security.calls import call_up, takes
from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.offices import office
from tests.security.peer import Reply

pytestmark = [pytest.mark.real, pytest.mark.slow]

_HERE, _THERE = "office.lab", "beta.lab"


@pytest.fixture(scope="module", params=["*8", "*7"])
def laboratory_and_code(
    request: pytest.FixtureRequest, pbx_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Laboratory, str]]:
    """101 and 102 share a group; 103 is in one by itself, 104 in none. So it is in both tenants."""
    sources = []
    for name, number in (("office", "+390212345"), ("beta", "+390277777")):
        host, port = trunk_host()
        text = office(f"{host}:{port}", name, number)
        for extension, groups in (("101", "[front, back]"), ("102", "[front]"), ("103", "[other]")):
            text = text.replace(f'"{extension}": {{', f'"{extension}": {{pickup: {groups}, ')
        sources.append(text + f'features: {{pickup: "{request.param}"}}\n')
    with laboratory(pbx_name, tmp_path_factory.mktemp(pbx_name), *sources) as running:
        yield running, request.param


def _rings(request: sip.Message) -> Sequence[Reply]:
    return [Reply(180)] if request.method == "INVITE" else [Reply(200)]


class _Ringing:
    """A call from ``caller`` that rings at 101 of ``office``."""

    def __init__(self, lab: Laboratory, caller: str = "104") -> None:
        self.lab, self.called, self.caller = lab, lab.phone(_rings), lab.phone(takes)
        assert self.called.register("101", _HERE, lab.login("101")) == 200
        self.status: int | None = None
        self._call = threading.Thread(target=self._place, args=(caller,))

    def _place(self, caller: str) -> None:
        sender = f"<sip:{caller}@{_HERE}>"
        self.status = self.caller.call("101", _HERE, sender=sender, login=self.lab.login(caller), seconds=4.0)

    def __enter__(self) -> _Ringing:
        self._call.start()
        assert self.called.wait(lambda m: m.method == "INVITE" and m.status is None, 5.0) is not None
        self.lab.settle(0.7)
        return self

    def __exit__(self, *_: object) -> None:
        self._call.join()
        self.lab.settle(0.5)
        self.called.forget("101", _HERE, self.lab.login("101"))
        self.lab.hang_up_all()


def _dial(lab: Laboratory, who: str, code: str, domain: str = _HERE) -> int | None:
    return lab.phone(takes).call(
        code, domain, sender=f"<sip:{who}@{domain}>", login=lab.login(who, domain), seconds=3.0
    )


@pytest.mark.parametrize("code", ["group", "**101"])
def test_who_shares_a_group_takes_the_call_that_rings(laboratory_and_code: tuple[Laboratory, str], code: str) -> None:
    running, group_code = laboratory_and_code
    before = running.pbx.log.complaints()
    with _Ringing(running) as ringing:
        dialled = group_code if code == "group" else code
        taken = call_up(running, running.phone(takes), "102", dialled, _HERE, running.login("102"))
        assert ringing.called.wait(lambda m: m.method == "CANCEL" and m.status is None, 3.0) is not None
        running.settle(0.5)
        taken.say("BYE")
    assert ringing.status == 200
    assert running.pbx.log.complaints() == before, "a call that goes as it should is nothing to complain of"


def test_the_call_at_one_extension_is_taken_by_whoever_dials_it(laboratory_and_code: tuple[Laboratory, str]) -> None:
    running, _ = laboratory_and_code
    with _Ringing(running, "102") as ringing:
        taken = call_up(running, running.phone(takes), "104", "**101", _HERE, running.login("104"))
        assert ringing.called.wait(lambda m: m.method == "CANCEL" and m.status is None, 3.0) is not None
        running.settle(0.5)
        taken.say("BYE")
    assert ringing.status == 200


@pytest.mark.parametrize("who", ["103", "104"])
def test_nobody_else_takes_a_call_of_a_group(laboratory_and_code: tuple[Laboratory, str], who: str) -> None:
    running, group_code = laboratory_and_code
    with _Ringing(running, "102") as ringing:
        status = _dial(running, who, group_code)
        assert status == 403
    assert ringing.status != 200 or not ringing.called.requests("CANCEL")


@pytest.mark.parametrize("code", ["group", "**101"])
def test_no_other_tenant_takes_it(laboratory_and_code: tuple[Laboratory, str], code: str) -> None:
    running, group_code = laboratory_and_code
    with _Ringing(running):
        status = _dial(running, "102", group_code if code == "group" else code, _THERE)
        assert status == 403


@pytest.mark.parametrize("code", ["group", "**101", "**999"])
def test_where_nothing_rings_nothing_is_taken(laboratory_and_code: tuple[Laboratory, str], code: str) -> None:
    running, group_code = laboratory_and_code
    status = _dial(running, "102", group_code if code == "group" else code)
    assert status == (404 if code == "**999" else 403)


@pytest.mark.parametrize("code", ["group", "**101"])
def test_a_call_that_was_answered_is_not_taken(laboratory_and_code: tuple[Laboratory, str], code: str) -> None:
    running, group_code = laboratory_and_code
    called = running.phone(takes)
    assert called.register("101", _HERE, running.login("101")) == 200
    call = call_up(running, running.phone(takes), "104", "101", _HERE, running.login("104"))
    running.settle(0.5)
    status = _dial(running, "102", group_code if code == "group" else code)
    assert status == 403
    call.say("BYE")
    called.forget("101", _HERE, running.login("101"))
