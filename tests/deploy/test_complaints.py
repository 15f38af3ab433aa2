"""Which lines of a PBX's log a release may have caused."""

from __future__ import annotations

import pytest

from pbxgen.deploy.asterisk import RunningAsterisk
from pbxgen.deploy.freeswitch import RunningFreeSwitch

_PJSIP = """\
[udp]
type = transport
bind = 0.0.0.0
[carrier]
type = endpoint
aors = carrier
[carrier]
type = identify
match = carrier.example
[carrier]
type = registration
server_uri = sip:carrier.example
client_uri = sip:me@carrier.example
[other]
type = endpoint
"""
_ASTERISK = [
    "Error 120022 'Invalid argument' sending OPTIONS request to endpoint carrier",
    "Unable to send request to qualify contact sip:carrier.example on AOR carrier",
    "Identify 'carrier' provided address 'carrier.example' did not resolve to any address",
    "No response received from 'sip:carrier.example' on registration attempt to 'sip:me@carrier.example', "
    "retrying in '30'",
    "403 Forbidden fatal response received from 'sip:carrier.example' on registration attempt to "
    "'sip:me@carrier.example', retrying in '120' seconds",
]


def _asterisk(message: str, before: str, after: str) -> bool:
    """Is it the fault of what is ``after``?"""
    line = f"[2026-11-23 10:00:00] ERROR[1] res_pjsip.c: {message}"
    files = ({"pjsip.conf": text} if text else {} for text in (before, after))
    return RunningAsterisk(lambda text: "").complaints([line], *files) == [line]


@pytest.mark.parametrize("message", _ASTERISK)
def test_whom_asterisk_cannot_reach_is_the_fault_of_a_release_that_changes_the_way_there(message: str) -> None:
    assert not _asterisk(message, _PJSIP, _PJSIP)
    assert not _asterisk(message, _PJSIP, f"{_PJSIP}[third]\ntype = endpoint\n")
    assert not _asterisk(message, "", "")  # somebody else's, beside ours
    assert _asterisk(message, "", _PJSIP)
    assert _asterisk(message, _PJSIP, _PJSIP.replace("[carrier]", "[carrier]\nx = y"))
    assert _asterisk(message, _PJSIP, _PJSIP.replace("0.0.0.0", "192.0.2.7"))
    assert _asterisk(message, "[broken", _PJSIP)  # nobody knows what was in it


@pytest.mark.parametrize(
    "message",
    [
        "Could not create an object of type 'endpoint' with id 'carrier' from configuration file 'pjsip.conf'",
        "Could not find option suitable for category 'carrier' named 'contxt' at line 7 of pjsip.conf",
        "Error sending OPTIONS request to endpoint carrier is what a faulty line says",
    ],
)
def test_what_asterisk_says_of_the_text_is_its_fault_whomever_it_names(message: str) -> None:
    assert _asterisk(message, _PJSIP, _PJSIP)


def test_a_template_that_changes_changes_who_is_made_from_it() -> None:
    before = "[t](!)\ntype = endpoint\nallow = ulaw\n[carrier](t)\ncontext = x\n"
    assert _asterisk(_ASTERISK[0], before, before.replace("ulaw", "alaw"))
    assert not _asterisk(_ASTERISK[0], before, before)


_GATEWAY = '<include>\n<gateway name="office.carrier">\n<param name="proxy" value="{}"/>\n</gateway>\n</include>\n'
_FREESWITCH = [
    "Timeout Registering office.carrier",
    "office.carrier Failed Registration [503], setting retry to 30 seconds.",
    "office.carrier Failed Registration with status Forbidden [403]. failure #1",
    "Ping failed office.carrier with code 503 - count 1/0/1, state DOWN",
    "Unregister office.carrier",
]


def _freeswitch(message: str, before: dict[str, str], after: dict[str, str]) -> bool:
    line = f"2026-11-23 10:00:00.123456 98.00% [WARNING] sofia_reg.c:499 {message}"
    return RunningFreeSwitch(lambda text: "").complaints([line], before, after) == [line]


@pytest.mark.parametrize("message", _FREESWITCH)
def test_whom_freeswitch_cannot_reach_is_the_fault_of_a_release_that_changes_the_way_there(message: str) -> None:
    path = "sip_profiles/external/office.xml"
    files = {path: _GATEWAY.format("one"), "sip_profiles/external.xml": "<profile/>"}
    assert not _freeswitch(message, files, files)
    assert not _freeswitch(message, files, {**files, "sip_profiles/external/shop.xml": "<include>\n</include>\n"})
    assert not _freeswitch(message, {}, {})
    assert _freeswitch(message, {}, files)
    assert _freeswitch(message, files, {**files, path: _GATEWAY.format("two")})
    assert _freeswitch(message, files, {**files, "sip_profiles/external.xml": "<profile a='1'/>"})


def test_a_trunk_that_answers_is_no_complaint_though_freeswitch_warns_of_it() -> None:
    assert not _freeswitch("Ping succeeded office.carrier with code 200 - count 0/1/1, state UP", {}, {})


def test_what_freeswitch_says_of_the_text_is_its_fault() -> None:
    assert _freeswitch("Error including /etc/freeswitch/pbxgen/dialplan/*.xml", {}, {})


_LISTED = """
 <Registration/ServerURI..............................>  <Auth....................>  <Status.......>
==========================================================================================

 office.trunk.one/sip:192.0.2.1:5060                       office.trunk.one            Registered        (exp. 45s)
 office.trunk.two/sip:192.0.2.2                                                        Rejected          (exp. 10s ago)
 office.trunk.three/sip:192.0.2.3                          office.trunk.three          Unregistered

Objects found: 3
"""


def test_trunks_that_asterisk_registers_are_told_with_what_has_come_of_it() -> None:
    assert RunningAsterisk(lambda text: _LISTED).trunks() == {
        "office.trunk.one": True,
        "office.trunk.two": False,
        "office.trunk.three": False,
    }
    assert RunningAsterisk(lambda text: "No objects found.\n").trunks() == {}


def test_trunks_that_freeswitch_registers_are_told_with_what_has_come_of_it() -> None:
    listed = "".join(
        f"         external::{name}   \tsip:x@192.0.2.1:5060   \t{state}\t0/0\n"
        for name, state in (("a", "REGED"), ("b", "NOREG"), ("c", "FAIL_WAIT"))
    )
    assert RunningFreeSwitch(lambda text: listed).trunks() == {"a": True, "c": False}
