"""Whoever transfers by REFER with Replaces reaches nobody but the parties of the calls that are up here."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from tests.security.calls import Side, call_up, called_side, takes
from tests.security.laboratory import Laboratory
from tests.security.peer import Reply, sdp

pytestmark = [pytest.mark.real, pytest.mark.slow]

_DOMAIN = "office.lab"
_OUTSIDE = "+390299999999"
"""What 103, who transfers, may not call."""
_numbers = itertools.count(1)


def _transfers(lab: Laboratory, target: str) -> None:
    """103 calls 102, who takes the call, and transfers the call to a target."""
    called = lab.phone(takes)
    assert called.register("102", _DOMAIN, lab.login("102")) == 200
    phone, sender, uri = lab.phone(), f"<sip:103@{_DOMAIN}>", f"sip:102@{_DOMAIN}"
    call_id = f"transfer-{next(_numbers)}"
    login = lab.login("103")
    reply = phone.ask("INVITE", uri, sender=sender, body=sdp(), call_id=call_id, login=login)
    assert reply is not None
    assert reply.status == 200
    number = int(reply.cseq.split()[0])
    phone.acknowledge(uri, sender, call_id, number, reply)
    lab.settle(0.5)
    tag = reply.header("to").partition(";")[2]
    phone.ask(
        "REFER", uri, sender=sender, call_id=call_id, to_tag=f";{tag}", login=login, cseq=10,
        headers=(f"Refer-To: <{target}>",),
    )  # fmt: skip
    lab.settle()
    phone.ask("BYE", uri, sender=sender, call_id=call_id, to_tag=f";{tag}", login=login, cseq=20)
    called.forget("102", _DOMAIN, lab.login("102"))


@pytest.mark.parametrize(
    "target",
    [
        "sip:{number}@{carrier}?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db",
        "sip:{number}@{carrier}?Replaces=nobody",
        "sip:112@{carrier}?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db",
        "sip:{number}@{other}?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db",
        "sip:x@127.0.0.1:9,sofia/gateway/beta.carrier/{number}?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db",
        "sip:x,sofia/gateway/beta.carrier/{number},y@127.0.0.1:9?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db",
        "sip:x@127.0.0.1:9;maddr={host}?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db",
    ],
)
def test_a_replaced_call_that_is_not_here_is_not_looked_for_elsewhere(lab: Laboratory, target: str) -> None:
    carrier, other = lab.trunks["office.carrier"], lab.trunks["beta.carrier"]
    _transfers(lab, target.format(number=_OUTSIDE, carrier=carrier.at, other=other.at, host=carrier.host))
    assert lab.called_out() == []


@pytest.mark.parametrize(
    "target",
    [
        "101%40office.phones%2Fn",
        "101%2F1",
        "101x",
        "112%40office.phones",
        "112%2C1",
        "{number}%40office.phones%2Fn",
        "{number}%40office.continue",
        "{number}%3A1",
        "{number}%7C1",
        "{number}%20",
        "+%24%7BEXTEN%7D",
    ],
)
def test_a_transfer_leads_to_numbers_and_codes_alone(lab: Laboratory, target: str) -> None:
    other = lab.phone()
    assert other.register("101", _DOMAIN, lab.login("101")) == 200
    _transfers(lab, f"sip:{target.format(number=_OUTSIDE)}@{_DOMAIN}")
    assert lab.called_out() == []
    assert other.invited == []
    other.forget("101", _DOMAIN, lab.login("101"))


def test_a_stranger_takes_over_no_call_by_replaces(lab: Laboratory) -> None:
    called = lab.phone(takes)
    assert called.register("102", _DOMAIN, lab.login("102")) == 200
    phone, sender, uri = lab.phone(), f"<sip:103@{_DOMAIN}>", f"sip:102@{_DOMAIN}"
    call_id = f"taken-over-{next(_numbers)}"
    reply = phone.ask("INVITE", uri, sender=sender, body=sdp(), call_id=call_id, login=lab.login("103"))
    assert reply is not None
    assert reply.status == 200
    phone.acknowledge(uri, sender, call_id, int(reply.cseq.split()[0]), reply)
    lab.settle(0.5)
    tag = reply.header("to").partition("tag=")[2]
    replaces = f"Replaces: {call_id};to-tag={tag};from-tag=t{call_id}"
    stranger = lab.stranger()
    told = stranger.call(_OUTSIDE, stranger.pbx[0], sender="<sip:+393471112222@carrier.example>", headers=(replaces,))
    phone.ask("BYE", uri, sender=sender, call_id=call_id, to_tag=f";tag={tag}", login=lab.login("103"), cseq=20)
    called.forget("102", _DOMAIN, lab.login("102"))
    assert told in (401, 403)


class _Office:
    """The phones of an office, and what they do to one another. 101 may call outside, 102 and 103 may not."""

    def __init__(self, lab: Laboratory) -> None:
        self.lab = lab
        self.phones = {extension: lab.phone(takes) for extension in ("101", "102", "103")}
        for extension, phone in self.phones.items():
            assert phone.register(extension, _DOMAIN, lab.login(extension)) == 200

    def leave(self) -> None:
        """Every phone signs off."""
        for extension, phone in self.phones.items():
            phone.forget(extension, _DOMAIN, self.lab.login(extension))

    def call(self, sender: str, to: str) -> tuple[Side, Side]:
        """A call that is up: the caller's side and that of who took it."""
        before = len(self.phones[to].invited)
        side = call_up(self.lab, self.phones[sender], sender, to, _DOMAIN, self.lab.login(sender))
        self.lab.settle(0.3)
        assert len(self.phones[to].invited) == before + 1
        return side, called_side(self.phones[to], self.lab.login(to))

    def put_through(self, through: str, to: str) -> Side:
        """102 calls ``through``, who consults ``to`` and transfers; the side of ``to``, who speaks with 102 then."""
        _, first = self.call("102", through)
        second, last = self.call(through, to)
        assert first.say("REFER", f"Refer-To: <sip:{to}@{_DOMAIN}?Replaces={second.replaces}>") == 202
        self.lab.settle(1)
        return last

    def at_once(self) -> Side:
        """103 puts 101 through to 102, and has not left the call with 102 yet."""
        first, _ = self.call("103", "101")
        second, _ = self.call("103", "102")
        assert first.say("REFER", f"Refer-To: <sip:102@{_DOMAIN}?Replaces={second.replaces}>") == 202
        return second

    def while_ringing(self) -> Side:
        """101, who was called by 103, transfers 103 to 102, whose phone rings and has not answered yet."""
        _, side = self.call("103", "101")
        self.phones["102"].answer = lambda request: (
            [Reply(180), Reply(200, body=sdp(), after=4)] if request.method == "INVITE" else [Reply(200)]
        )
        side.say("REFER", f"Refer-To: <sip:102@{_DOMAIN}>")
        self.lab.settle(1)
        return called_side(self.phones["102"], self.lab.login("102"))

    def moved_by_called(self) -> Side:
        """101 calls 103, who takes the call over with another phone of theirs."""
        _, side = self.call("101", "103")
        return self._over(side, "103", "nobody")

    def taken_over(self, extension: str, name: str) -> tuple[Side, Side]:
        """A phone takes its own call with 102 over from another of its user's (Replaces), and names itself."""
        side, called = self.call(extension, "102")
        return self._over(side, extension, name), called

    def _over(self, side: Side, extension: str, name: str) -> Side:
        """Another phone of the same user takes a call over."""
        other, uri, sender = self.lab.phone(takes), f"sip:102@{_DOMAIN}", f"<sip:{extension}@{_DOMAIN}>"
        call_id, login = f"take-{next(_numbers)}", self.lab.login(extension)
        replaces = side.replaces.replace("%3B", ";").replace("%3D", "=").replace("%40", "@")
        reply = other.ask(
            "INVITE", uri, sender=sender, body=sdp(), call_id=call_id, login=login,
            headers=(f"Replaces: {replaces}", f"X-FS-Channel-Name: {name}"),
        )  # fmt: skip
        assert reply is not None
        other.acknowledge(uri, sender, call_id, int(reply.cseq.split()[0]), reply)
        self.lab.settle(0.5)
        assert reply.status == 200
        contact = re.search(r"<([^>]+)>", reply.header("contact"))
        assert contact is not None
        return Side(other, login, contact[1], f"{sender};tag=t{call_id}", reply.header("to"), call_id, reply.body)


@pytest.mark.parametrize(
    ("who", "goes_out"),
    [("caller 101", True), ("called 101", True), ("put through 101", True), ("caller 103", False),
     ("called 103", False), ("put through 103", False),
     ("named 101, by 103", False), ("ringing 102", False), ("called 102, by a moved 101", False),
     ("moved 103, called by 101", False), ("at once 103, while 101 is put through", False)],
)  # fmt: skip
def test_a_transfer_has_the_rights_of_who_transfers(lab: Laboratory, who: str, goes_out: bool) -> None:
    """Rights come from who speaks with the transferred party now, not from who did when the call began."""
    office = _Office(lab)
    match who.split():
        case "caller", extension:
            side, _ = office.call(extension, "102")
        case "called", extension:
            _, side = office.call("102", extension)
        case "put", _, extension:
            side = office.put_through("103" if extension == "101" else "101", extension)
        case "at", *_:
            side = office.at_once()
        case "ringing", _:
            side = office.while_ringing()
        case "moved", *_:
            side = office.moved_by_called()
        case "named", *_:
            side, _ = office.taken_over("103", "office/user:101")
        case _:
            _, side = office.taken_over("101", "nobody")
    side.say("REFER", f"Refer-To: <sip:{_OUTSIDE}@{_DOMAIN}>", f"Referred-By: <sip:101@{_DOMAIN}>")
    lab.settle(2)
    assert (len(lab.called_out()) == 1) is goes_out
    lab.hang_up_all()
    office.leave()
    lab.settle()


def test_where_a_call_is_transferred_to_is_no_text_of_the_dialplan(lab: Laboratory, tmp_path: Path) -> None:
    """102 transfers a call that 103 has taken over with another phone, which FreeSWITCH leads past the first guards."""
    mark = tmp_path / "run"
    office, beta = _Office(lab), lab.phone(takes)
    assert beta.register("101", "beta.lab", lab.login("101", "beta.lab")) == 200
    targets = (
        f"${{system(touch$IFS{mark})}}", f"$%7bsystem(touch$IFS{mark})%7d", "101 XML beta.transfer",
        "101%20XML%20beta.transfer", "101,beta.transfer", "1%3Abeta.transfers,101", "m:^:system:touch",
    )  # fmt: skip
    for target in targets:
        _, called = office.taken_over("103", "nobody")
        called.say("REFER", f"Refer-To: <sip:{target}@{_DOMAIN}>")
        lab.settle(1)
        lab.hang_up_all()
        lab.settle(0.5)
    assert not mark.exists()
    assert beta.invited == []
    assert lab.called_out() == []
    beta.forget("101", "beta.lab", lab.login("101", "beta.lab"))
    office.leave()
