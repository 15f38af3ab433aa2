"""What nobody may do, as real calls: transfer from outside, reach another tenant, divert a transferred call."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.calls.case import Case, Handling
from pbxgen.calls.phone_states import PIN
from pbxgen.flow.machine import EndKind
from pbxgen.flow.simulate import Transfer
from pbxgen.lab.media import CALLER_TONE
from pbxgen.lab.pbx import laboratory_of
from pbxgen.lab.ports import LOOPBACK
from pbxgen.lab.result import Result
from pbxgen.lab.sequence import failure
from pbxgen.lab.tenants import Tenant, password
from pbxgen.targets import load_target
from tests.smoke.offices import HEAD, OUTSIDE, call, office
from tests.support import prompts
from tests.support.calls import place, play_twice
from tests.support.sessions import LongSession

pytestmark = [pytest.mark.real, pytest.mark.slow]

_USERS = """
users:
  "100": {did: "+390212345100"}
  "101": {did: "+390212345101", mobile: "+393331110101", deviations: {busy: mobile}}
  "107": {did: "+390212345107", voicemail: true, deviations: {busy: "120", no_answer: "120", unreachable: "120"}}
  "120": {}
"""


def _refusals(result: Result) -> list[int]:
    return [
        seen.message.status
        for seen in result.trace
        if seen.from_pbx and seen.message.method == "REFER" and seen.message.status is not None
    ]


def test_nobody_outside_transfers(pbx_name: str, tmp_path: Path) -> None:
    plan = office(tmp_path, _USERS)
    mobile = "+393331110101"
    cases = []
    for to in ("120", "107", mobile, "*97", "*98"):
        cases.append(call(plan, OUTSIDE, "+390212345100", name=f"who calls from outside sends 100 to {to}",
                          handling=Handling(refer=(OUTSIDE, to))))  # fmt: skip
        cases.append(call(plan, OUTSIDE, "+390212345101", name=f"a mobile sends an outside caller to {to}",
                          phones={"101": "busy"}, handling=Handling(refer=(mobile, to))))  # fmt: skip
        cases.append(call(plan, "120", mobile, name=f"who was called outside sends 120 to {to}",
                          handling=Handling(refer=(mobile, to))))  # fmt: skip
    report = place(cases, pbx_name, complaint=r".* transfer attempt blocked due to configuration")
    for result in report.results:
        replies = _refusals(result)
        assert replies, f"{result.case.name}: there was no reply to REFER"
        assert min(replies) >= 400, f"{result.case.name}: {replies}"


def test_a_call_that_was_transferred_is_not_diverted_when_somebody_hangs_up(pbx_name: str, tmp_path: Path) -> None:
    plan = office(tmp_path, _USERS)
    cases = []
    for attended in (True, False):
        for caller, called in ((OUTSIDE, "+390212345100"), ("120", "100")):
            for callee_ends in (True, False):
                kind = "announced" if attended else "blind"
                ends = "107" if callee_ends else caller
                name = f"{kind}: {caller} to 107 by 100, {ends} hangs up"
                transfer, handling = Transfer("100", "107", attended), Handling(callee_ends=callee_ends)
                cases.append(call(plan, caller, called, name=name, transfer=transfer, handling=handling))
    report = place(cases, pbx_name)
    for result in report.results:
        assert [leg.target for leg in result.observed.rang] == ["100", "107"], result.case.name


_ACME = (
    HEAD.replace("name: office", "name: acme")
    + """
users:
  "101": {did: "+390212345101"}
"""
)
_BOLT = (
    HEAD.replace("name: office", "name: bolt").replace("+390212345000", "+390298765000")
    + f"""
groups: {{sales: {{number: "600", members: ["201"]}}}}
users:
  "201": {{did: "+390298765201", voicemail: {{pin: "{PIN}"}}, deviations: {{unconditional: voicemail}}}}
  "202": {{did: "+390298765202"}}
"""
)


async def _play(pbx: str, leaves: Case, tries: list[Case], folder: Path) -> tuple[list[Result], list[str], Result]:
    """What became of the tries, what Bolt's phones and trunks saw of them, and how the message was left."""
    session = LongSession(laboratory_of(pbx).make, load_target(pbx), [leaves, *tries], folder)
    async with session:
        if pbx == "freeswitch":
            prompts.install(folder / "pbx")
        left = await session.place(session.tenants[0])
        said = {"another tenant's message": CALLER_TONE}
        await session.follow_up([replace(tenant, recordings=said) for tenant in session.tenants])
        results = await asyncio.gather(*(session.place(tenant) for tenant in session.tenants[1:]))
        seen = [message.message.start_line for message in session.call_of(session.tenants[0]).trace]
    return list(results), seen, left


def test_no_other_tenant_is_reached(pbx_name: str, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    acme, bolt = office(sources, _ACME), office(sources, _BOLT)
    domain = "bolt-1.lab"
    tries = [
        call(acme, "101", "201", name="an extension of Bolt"),
        call(acme, "101", "600", name="a group of Bolt"),
        call(acme, "101", "201", name="an extension at Bolt's domain", handling=Handling(domain=domain)),
        call(acme, "101", "202", name="another at Bolt's domain", handling=Handling(domain=domain)),
        call(acme, "101", "+390298765202", name="a number of Bolt: through the carrier, as any other"),
        call(acme, OUTSIDE, "+390298765202", name="from Acme's trunk a number of Bolt"),
        call(acme, OUTSIDE, "202", name="from Acme's trunk an extension of Bolt"),
        call(acme, "101", "*98", name="a mailbox of Bolt", handling=Handling(keys=f"201#,,{PIN}#,,1")),
        call(acme, "101", "*97", name="the own mailbox, which is none", handling=Handling(keys=f"201#,,{PIN}#,,1")),
    ]
    leaves = call(bolt, OUTSIDE, "+390298765201", name="a message for 201 of Bolt")

    def play(folder: Path) -> list[str]:
        results, seen, left = asyncio.run(_play(pbx_name, leaves, tries, folder))
        # What opens no mailbox may answer and hang up, or release: only that nothing is heard matters.
        amiss = [r for r in (left, *results) if not r.passed and not r.case.handling.keys]
        amiss += [r for r in results if r.observed.ending is not None and r.observed.ending.kind is EndKind.ANNOUNCED]
        return [failure(result) for result in amiss] + [f"Bolt saw {line}" for line in seen]

    play_twice("other tenants", 1 + len(tries), pbx_name, play)


def _register_elsewhere(session: LongSession, at: socket.socket, mine: Tenant, other: Tenant) -> None:
    """101 of one tenant, with the realm and the password of that, registers as 101 of another."""
    plan, domain = mine.plan, other.plan.domain
    here = f"{LOOPBACK}:{at.getsockname()[1]}"

    def send(number: int, more: str = "") -> str:
        text = (
            f"REGISTER sip:{domain} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK-{number};rport\r\n"
            f"From: <sip:101@{domain}>;tag=1\r\nTo: <sip:101@{domain}>\r\nCall-ID: elsewhere@{here}\r\n"
            f"CSeq: {number} REGISTER\r\nMax-Forwards: 70\r\nContact: <sip:elsewhere@{here}>\r\nExpires: 300\r\n"
            f"{more}Content-Length: 0\r\n\r\n"
        )
        at.sendto(text.encode(), session.pbx.phones_at)
        while (reply := at.recv(8192).decode()).startswith("SIP/2.0 100"):
            pass
        return reply

    challenge = dict(re.findall(r'(\w+)="([^"]*)"', send(1)))
    if "nonce" not in challenge:
        return  # refused without a question
    nonce, realm = challenge["nonce"], plan.domain

    def digest(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode()).hexdigest()  # as RFC 2617 has it

    proof = digest(
        digest("101", realm, password(plan, "101")),
        nonce,
        "00000001",
        "abc",
        "auth",
        digest("REGISTER", f"sip:{domain}"),
    )
    opaque = f', opaque="{challenge["opaque"]}"' if "opaque" in challenge else ""
    send(
        2,
        f'Authorization: Digest username="101", realm="{realm}", nonce="{nonce}", uri="sip:{domain}", algorithm=MD5, '
        f'qop=auth, nc=00000001, cnonce="abc", response="{proof}"{opaque}\r\n',
    )


def test_a_phone_of_one_tenant_is_not_rung_for_another(pbx_name: str, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    plan = office(sources, _USERS)
    cases = [call(plan, OUTSIDE, "+390212345101", name=f"101 of tenant {number}") for number in (1, 2)]

    async def placed(folder: Path) -> tuple[list[Result], bytes]:
        session = LongSession(laboratory_of(pbx_name).make, load_target(pbx_name), cases, folder)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as at:
            at.bind((LOOPBACK, 0))
            at.settimeout(3)
            async with session:
                with contextlib.suppress(TimeoutError):
                    await asyncio.to_thread(_register_elsewhere, session, at, *session.tenants)
                results = [await session.place(tenant) for tenant in session.tenants]
            at.setblocking(False)
            came = b""
            with contextlib.suppress(BlockingIOError):
                while True:
                    came += at.recv(8192)
        return results, came

    def play(folder: Path) -> list[str]:
        results, came = asyncio.run(placed(folder))
        return [failure(r) for r in results if not r.passed] + (["it was rung"] if b"INVITE " in came else [])

    play_twice("registered elsewhere", len(cases), pbx_name, play)
