"""Numbers, names and headers written to be misread: what is no number reaches nobody, and counts stay counts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pbxgen.lab import sip
from tests.security.laboratory import Laboratory
from tests.security.peer import Peer, Reply

pytestmark = [pytest.mark.real, pytest.mark.slow]

_DOMAIN = "office.lab"


@pytest.fixture(scope="module")
def caller(lab: Laboratory) -> Peer:
    phone = lab.phone()
    assert phone.register("103", _DOMAIN, lab.login("103")) == 200
    return phone


@pytest.fixture(scope="module")
def called(lab: Laboratory) -> Peer:
    phone = lab.phone()
    assert phone.register("102", _DOMAIN, lab.login("102")) == 200
    return phone


@pytest.mark.parametrize(
    "number",
    [
        "112%00", "112%0a", "112%0d%0a", "112%20", "%20112", "112%09", "112-", "112%29", "112%29:0", "112)):0",
        "112%00)):9", "112%2c1", "112,1", "112&118", "112%26118", "112|", "$%7b112%7d", "%22112%22", "112%2500",
        "112%00@office.lab", "102%00", "102%0a", "102%29:0", "102%29%29:0:3", "102%00%29%29:9", "*98%0a",
        "*98%00", "*98%29:0",
        "+390612345678%29:0", "+390612345678%0a", "+390612345678%00", "0390612345678%29%29:1", "+390612345678,30",
        "PJSIP/+390612345678%40office.trunk.carrier", "Local/112%40office.phones", "102%40office.phones", "1" * 41,
        "1%3Aoffice.transfers,102", "1%3Aoffice.transfers,112", "1%3Abeta.transfers,101", "1%3Apbxgen-mailbox,any",
        "102 XML office.transfer", "102%20XML%20beta.transfer",
    ],
)  # fmt: skip
def test_what_is_no_number_is_not_found_and_calls_nobody(
    lab: Laboratory, caller: Peer, called: Peer, number: str
) -> None:
    before = len(called.invited)
    status = caller.call(number, _DOMAIN, sender=f"<sip:103@{_DOMAIN}>", login=lab.login("103"), seconds=2)
    if lab.pbx.name == "freeswitch" and ("%00" in number or number == "%22112%22"):
        # FreeSWITCH itself reads what stands before the NUL, or between the quotes: a number that anybody may call.
        assert all("112" in uri for uri in lab.called_out())
        return
    assert status in (404, 400, None), "404, or no SIP at all"
    assert lab.called_out() == []
    assert len(called.invited) == before


def test_an_escaped_digit_is_that_digit(lab: Laboratory, caller: Peer, called: Peer) -> None:
    before = len(called.invited)
    assert caller.call("1%302", _DOMAIN, sender=f"<sip:103@{_DOMAIN}>", login=lab.login("103")) == 486
    assert len(called.invited) == before + 1


def _busy(request: sip.Message) -> Sequence[Reply]:
    return [Reply(486)] if request.method == "INVITE" else [Reply(200)]


@pytest.fixture(scope="module")
def diverting(lab: Laboratory) -> Peer:
    """104, whose calls go outside when it is busy."""
    phone = lab.phone(_busy)
    assert phone.register("104", _DOMAIN, lab.login("104")) == 200
    return phone


def _comes_in(lab: Laboratory, *headers: str, sender: str = "<sip:+393471112222@carrier.example>") -> list[str]:
    """A call from outside for 104; returns what left the PBX again."""
    carrier = lab.trunks["office.carrier"]
    carrier.call("+390212345104", carrier.host, sender=sender, headers=headers)
    return lab.called_out()


def test_a_call_with_few_diversions_is_diverted_outside(lab: Laboratory, diverting: Peer) -> None:
    assert len(_comes_in(lab)) == 1
    lab.trunks["office.carrier"].received.clear()
    assert len(_comes_in(lab, "Diversion: <sip:+390000@h>;reason=user-busy;counter=1")) == 1


@pytest.mark.parametrize(
    "headers",
    [
        ("Diversion: <sip:+390000@h>;reason=user-busy;counter=10",),
        ("Diversion: <sip:+390000@h>;reason=user-busy;Counter=10",),
        ("Diversion: <sip:+390000@h>;COUNTER = 10;reason=user-busy",),
        ('Diversion: <sip:+390000@h>;reason=user-busy;counter="10"',),
        ('Diversion: "A)b):0" <sip:+390000@h>;counter=10',),
        ('Diversion: "Rossi, (Mario)" <sip:+390000@h>;counter\t=\t10',),
        ("Diversion: <sip:+390000;counter=0@h>;counter=10",),
        ("Diversion: sip:+390000@h;counter=10",),
        ('Diversion: "${EXTEN}${COUNTER}" <sip:+390000@h>;counter=10',),
        ('Diversion: "$[1 = 1]" <sip:+390000@h>;counter=10',),
        ("Diversion: <sip:a@h>;counter=5", "Diversion: <sip:b@h>;counter=5"),
        ("Diversion: <sip:a@h>;counter=5, <sip:b@h>;counter=5",),
        ("Diversion: <sip:a@h>;counter=1", "diversion: <sip:b@h>;Counter=9"),
        tuple(f"Diversion: <sip:{n}@h>;reason=user-busy" for n in range(10)),
        (", ".join(["Diversion: <sip:a@h>", *(["<sip:a@h>"] * 9)]),),
        ("History-Info: <sip:a@h>;index=1.1.1.1.1.1.1.1.1.1.1",),
        ("History-Info: <sip:a@h>;Index = 1.1.1.1.1.1.1.1.1.1.1",),
        ('History-Info: <sip:a@h>;index="1.1.1.1.1.1.1.1.1.1.1"',),
        ("History-Info: <sip:a@h>;index=1, <sip:b@h?Reason=SIP%3bcause%3d302>;index=1.1.1.1.1.1.1.1.1.1.1;mp=1",),
        ("History-Info: <sip:a@h>;index=1", "History-Info: <sip:b@h>;INDEX=1.1.1.1.1.1.1.1.1.1.1"),
        ('History-Info: "a):0" <sip:${a}@h>;index=1.1.1.1.1.1.1.1.1.1.1',),
    ],
)  # fmt: skip
def test_the_count_of_diversions_holds_however_it_is_written(
    lab: Laboratory, diverting: Peer, headers: tuple[str, ...]
) -> None:
    assert _comes_in(lab, *headers) == []


@pytest.mark.parametrize(
    "name",
    [
        "$%7bsystem(touch%20{mark})%7d", "$%7bSHELL(touch%20{mark})%7d", "x)?System(touch%20{mark})", "a%22b)%2c1%7c",
        "x%0aorigmailbox=101", "+39347)):0", "+39347%00", "office.phones%2c112%2c1", "a%5eb~c",
    ],
)  # fmt: skip
def test_a_caller_whose_name_is_a_command_is_a_caller_without_a_number(
    lab: Laboratory, called: Peer, name: str
) -> None:
    mark = lab.folder / "attacked"
    carrier = lab.trunks["office.carrier"]
    before = len(called.invited)
    said = name.format(mark=str(mark).replace("/", "%2f"))
    sender = f'"{said.replace("%22", "")}" <sip:{said}@carrier.example>'
    assert carrier.call("+390212345102", carrier.host, sender=sender) == 486
    assert len(called.invited) == before + 1
    assert "%0a" not in called.invited[-1].header("from").rpartition("<")[2].lower()
    assert lab.called_out() == []
    assert not mark.exists()
