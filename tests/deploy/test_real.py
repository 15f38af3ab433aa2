"""Deployments to real PBXs, with a call up that goes on through all of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.shell import Shell
from pbxgen.deploy.site import Site
from pbxgen.deploy.status import Standing
from pbxgen.lab import sip
from tests.deploy.places import DOMAIN, PASSWORD, RealPlace, real_place
from tests.security.laboratory import trunk_host
from tests.security.peer import Login, Peer, Reply, sdp

pytestmark = [pytest.mark.real, pytest.mark.slow]


def _takes(request: sip.Message) -> Sequence[Reply]:
    return [Reply(200, body=sdp())] if request.method == "INVITE" else [Reply(200)]


def _declines(request: sip.Message) -> Sequence[Reply]:
    return [Reply(486)] if request.method == "INVITE" else [Reply(200)]


@dataclass
class Office:
    """A PBX, deployed to once, and phones at it; 101 talks to 102 all the time."""

    place: RealPlace
    ada: Peer
    ben: Peer
    spare: Peer

    def call_is_up(self) -> bool:
        """Both sides have heard no BYE."""
        return not self.ada.requests("BYE") and not self.ben.requests("BYE")

    def rung_for(self, number: str) -> str:
        """Who is called when 101 dials a number: its only taker is busy, so that the call ends."""
        before = len(self.spare.invited)
        self.spare.call(number, DOMAIN, sender=f"<sip:103@{DOMAIN}>", login=_login("103"), seconds=6)
        return "103" if len(self.spare.invited) > before else "nobody"


def _login(extension: str) -> Login:
    return Login(extension, PASSWORD)


@pytest.fixture(scope="module")
def office(pbx_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    host, port = trunk_host()
    with real_place(pbx_name, tmp_path_factory.mktemp(pbx_name), f"{host}:{port}") as place:
        with pytest.raises(DeployError) as stock:
            place.deploy()
        assert stock.value.diagnostic.code == "PBX614"  # the stock files are somebody's
        place.deploy(force=True)
        at = place.phones_at
        with Peer(at, answer=_takes) as ada, Peer(at, answer=_takes) as ben, Peer(at, answer=_declines) as spare:
            assert ada.register("101", DOMAIN, _login("101")) == 200
            assert ben.register("102", DOMAIN, _login("102")) == 200
            assert spare.register("103", DOMAIN, _login("103")) == 200
            uri, sender = f"sip:102@{DOMAIN}", f"<sip:101@{DOMAIN}>"
            answered = ada.ask("INVITE", uri, sender=sender, body=sdp(), login=_login("101"), call_id="up", seconds=10)
            assert answered is not None
            assert answered.status == 200
            ada.acknowledge(uri, sender, "up", int(answered.cseq.split()[0]), answered)
            running = Office(place, ada, ben, spare)
            yield running
            assert running.call_is_up()


def test_a_changed_deviation_is_what_the_next_call_takes_and_the_one_that_is_up_goes_on(office: Office) -> None:
    place = office.place
    assert office.rung_for("105") == "nobody"
    place.change(
        '"105": {name: Eve, deviations: {busy: "101"}}', '"105": {name: Eve, deviations: {unconditional: "103"}}'
    )
    plan = place.plan()
    told = "\n".join(line for section in plan.callers.sections for block in section.blocks for line in block.lines)
    assert "Cleo" in told
    done = place.deploy()
    assert done.changed
    assert done.release == place.current
    assert place.status().standing is Standing.IN_STEP
    assert office.call_is_up()
    assert not place.deploy().changed


def _appended(line: str) -> Callable[[str], str]:
    return lambda text: f"{text}{line}\n"


def _instead(before: str, after: str) -> Callable[[str], str]:
    def spoilt(text: str) -> str:
        assert before in text
        return text.replace(before, after, 1)

    return spoilt


_TENANT = "office/extensions.conf"
_RETURN = "exten => s,1,Set(PBX_DOMAIN=office.example)"
_XML = "dialplan/pbxgen/tenants/office.xml"
BROKEN: dict[str, dict[str, tuple[str, Callable[[str], str]]]] = {
    "asterisk": {
        "an include of nothing": ("extensions.conf", _appended('#include "pbxgen/nothing.conf"')),
        "a context that is not closed": (_TENANT, _appended("[office.more")),
        "an empty file": ("extensions.conf", lambda text: ""),
        "an empty file of a tenant": (_TENANT, lambda text: ""),
        "a priority that is none": (_TENANT, _instead(_RETURN, _RETURN.replace(",1,", ",x,"))),
        "a priority twice": (_TENANT, _instead("same => n,Set(PBX_LANGUAGE", "same => 1,Set(PBX_LANGUAGE")),
        "a line of 9,000 characters": (_TENANT, _instead(_RETURN, _RETURN[:-1] + "x" * 9000 + ")")),
        "a semicolon that begins a comment": (_TENANT, _instead("PBX_DOMAIN=office", "PBX_DOMAIN=;office")),
        "a first priority n": (_TENANT, _instead(_RETURN, _RETURN.replace(",1,", ",n,"))),
        "an application that there is not": (_TENANT, _instead(_RETURN, _RETURN.replace("Set(", "Sett("))),
        "a broken expression": (_TENANT, _instead("PBX_LANGUAGE=it", "PBX_LANGUAGE=$[1 +")),
        "a Gosub to nowhere": (_TENANT, _instead("Gosub(pbxgen-from-phone,", "Gosub(pbxgen-from-phones,")),
        "an option of endpoints that there is not": ("office/pjsip.conf", _instead("context = ", "contxt = ")),
        "an endpoint that is gone": ("office/pjsip.conf", _instead("[101](pbxgen-phone)", "[1O1](pbxgen-phone)")),
        "phones in an include of nothing": ("pjsip.conf", _appended('#include "pbxgen/nothing.conf"')),
        "an empty file of mailboxes": ("office/voicemail.conf", lambda text: ""),
    },
    "freeswitch": {
        "XML that is not closed": (_XML, _instead("</context>", "</contxt>")),
        "half a file": (_XML, lambda text: text[: len(text) // 2]),
        "an empty file": (_XML, lambda text: ""),
        "a context twice": (_XML, _instead('<context name="office.routes">', '<context name="office.phones">')),
        "a missing quote": (_XML, _instead('expression="', "expression=")),
        "another expression": (_XML, _instead('number" expression="^', 'number" expression="^1')),
        "an include of nothing": ("dialplan/pbxgen.xml", _instead("pbxgen/tenants/*.xml", "pbxgen/tenant/*.xml")),
        "a user that is gone": ("directory/pbxgen/office.phones.xml", _instead('<user id="101"', '<user id="1O1"')),
        "another password": ("directory/pbxgen/office.phones.xml", _instead(PASSWORD, "guess")),
        "an empty file of call data": ("directory/pbxgen/office.calls.xml", lambda text: ""),
    },
}  # fmt: skip
"""By PBX: what may be broken of files after they were generated, in which of them, and how."""


def _spoil(monkeypatch: pytest.MonkeyPatch, place: RealPlace, path: str, how: Callable[[str], str]) -> None:
    """What has arrived in full is spoilt before it is made current; only the running PBX can tell."""
    honest = Site.make_current
    running = place.current

    def make_current(self: Site, release: str) -> None:
        file = place.folder / "releases" / release / path
        if release != running:
            file.write_text(how(file.read_text(encoding="utf-8")), encoding="utf-8")
        honest(self, release)

    monkeypatch.setattr(Site, "make_current", make_current)


def test_whatever_is_broken_after_it_was_generated_is_caught_and_the_release_before_runs_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = office.place
    place.deploy()
    before = place.current
    text = place.text
    told: dict[str, DeployError] = {}
    for what, (path, how) in BROKEN[place.target.pbx].items():
        place.change("name: Dan,", 'name: Daniel, did: "+390212345104",')
        place.write(place.text + f'  "{len(told) + 120}": {{name: New, voicemail: {{pin: "902134"}}}}\n')
        with monkeypatch.context() as patch:
            _spoil(patch, place, path, how)
            try:
                place.deploy()
            except DeployError as error:
                told[what] = error
        assert what in told, f"{what} was not caught"
        assert told[what].diagnostic.code == "PBX616", (what, str(told[what]), told[what].lines)
        assert place.current == before, what
        assert office.call_is_up(), what
        place.write(text)
        status = place.status()
        assert status.standing is Standing.IN_STEP, (what, status.details)
    for what, error in told.items():
        print(f"{what}: {error} | {' | '.join(error.lines[:2])}")
    assert office.rung_for("103") == "103"
    assert not place.plan().force


def test_what_was_edited_by_hand_is_seen_and_needs_force(office: Office) -> None:
    place = office.place
    place.deploy()
    assert place.current is not None
    library = "library.conf" if place.target.pbx == "asterisk" else "dialplan/pbxgen/library/end.xml"
    file = place.folder / "pbxgen" / library
    honest = file.read_text(encoding="utf-8")
    file.write_text(honest + ("; by hand\n" if library.endswith("conf") else "<!-- by hand -->\n"), encoding="utf-8")
    assert place.status().standing is Standing.EDITED
    plan = place.plan()
    assert plan.force == (f"{library} of the current release was changed by hand",)
    with pytest.raises(DeployError) as refused:
        place.deploy()
    assert refused.value.diagnostic.code == "PBX614"
    before = place.current
    assert place.deploy(force=True).release != before
    assert place.status().standing is Standing.IN_STEP
    assert office.call_is_up()


def test_what_somebody_made_the_pbx_forget_is_drift(office: Office) -> None:
    place = office.place
    place.deploy()
    assert place.current is not None
    path = _TENANT if place.target.pbx == "asterisk" else _XML
    file = place.folder / "pbxgen" / path
    honest = file.read_text(encoding="utf-8")
    file.write_text("" if path.endswith("conf") else "<include>\n</include>\n", encoding="utf-8")
    place.ask("dialplan reload" if place.target.pbx == "asterisk" else "reloadxml")
    file.write_text(honest, encoding="utf-8")
    assert place.status().standing is Standing.DRIFTED
    with pytest.raises(DeployError) as refused:
        place.deploy()
    assert refused.value.diagnostic.code == "PBX614"
    place.deploy(force=True)
    assert place.status().standing is Standing.IN_STEP
    assert office.rung_for("103") == "103"


def test_a_changed_trunk_is_what_runs_and_a_rollback_brings_the_one_before_back(office: Office) -> None:
    place = office.place
    place.deploy()
    first = place.current
    text = place.text
    host, port = trunk_host()
    other = "".join(f'  second: {{host: {host}:{port}, number: "+390299999000"}}\n')
    place.write(text.replace("routes:\n", f"{other}routes:\n", 1))
    place.deploy()
    second = place.current
    listed = "pjsip list endpoints" if place.target.pbx == "asterisk" else "sofia status gateway"
    name = "office.trunk.second" if place.target.pbx == "asterisk" else "office.second"
    if place.target.pbx == "freeswitch":  # its profile has another list of addresses, and a call is up
        assert "sip_profiles/external.xml" in [change.path for change in place.plan().files] or second != first
    assert name in place.ask(listed)
    place.rollback()
    assert place.current == first
    assert name not in place.ask(listed)
    place.rollback()
    assert place.current == second
    assert name in place.ask(listed)
    place.write(text)
    place.deploy()
    assert office.call_is_up()


def _killed_at(place: RealPlace, moment: int, *, after: bool) -> bool:
    """Deploy in a process that is killed at one of its steps; did it get that far?"""
    child = os.fork()
    if child == 0:
        steps = 0
        honest = Shell.run

        def run(self: Shell, *arguments: object, **named: object) -> object:
            nonlocal steps
            steps += 1
            if steps == moment and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            if steps == moment:  # the far side gets all of it, and nobody waits for it
                self._read = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign,assignment]
            return honest(self, *arguments, **named)  # type: ignore[arg-type]

        Shell.run = run  # type: ignore[method-assign,assignment]
        try:
            place.deploy()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _leads_somewhere(folder: Path) -> bool:
    """Would the PBX boot of it? Every include of the top level leads to a file."""
    link = folder / "pbxgen"
    return link.is_symlink() and (link / "release.json").exists()


def test_a_deployment_that_is_killed_at_any_step_is_finished_or_undone_by_the_next_command(office: Office) -> None:
    place = office.place
    place.deploy()
    texts = [place.text, place.text.replace("name: Eve", "name: Eva")]
    killed = 0
    for moment in range(3, 60):
        far = []
        for after in (False, True):
            place.write(texts[(killed + 1) % 2])
            far.append(_killed_at(place, moment, after=after))
            assert _leads_somewhere(place.folder), moment
            assert office.call_is_up(), moment
            place.deploy()
            status = place.status()
            assert status.standing is Standing.IN_STEP, (moment, after, status.details)
            assert not (place.folder / "releases/journal").exists()
            assert not (place.folder / "releases/lock").is_symlink()
            killed += 1
        if not any(far):
            break
    else:
        raise AssertionError("it never came to its end")
    assert killed > 20
    assert len(place.releases) <= 6
    place.write(texts[0])
    place.deploy()
