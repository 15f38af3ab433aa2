"""Calls that stay up between two raw peers, and what either side says within them."""

from __future__ import annotations

import itertools
import re
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass

from pbxgen.lab import sip
from tests.security.laboratory import Laboratory
from tests.security.peer import SDP_PORT, Login, Peer, Reply, digest, sdp

_numbers = itertools.count(1)


def takes(request: sip.Message) -> Sequence[Reply]:
    """Takes every call."""
    return [Reply(200, body=sdp())] if request.method == "INVITE" else [Reply(200)]


@dataclass
class Side:
    """One side of a call that is up: a peer and its dialog with the PBX."""

    peer: Peer
    login: Login | None
    uri: str
    mine: str
    """From of what this side says, tag included."""
    theirs: str
    """To of what this side says, tag included."""
    call_id: str
    sdp: str = ""
    """What the PBX described of its sound."""

    @property
    def replaces(self) -> str:
        """The dialog as Replaces and Join name it to the PBX (RFC 3891), ready for a URI."""
        own, other = (re.findall(r";tag=([^;>]+)", text)[-1] for text in (self.mine, self.theirs))
        return f"{self.call_id.replace('@', '%40')}%3Bto-tag%3D{other}%3Bfrom-tag%3D{own}"

    def say(self, method: str, *headers: str, body: str = "", content: str = "application/sdp") -> int | None:
        """A request within the dialog, authenticated where it is asked for; its final status (None: silence)."""
        proof = ""
        for _ in range(2):
            number = 100 + next(_numbers)
            lines = [
                f"{method} {self.uri} SIP/2.0",
                f"Via: SIP/2.0/UDP {self.peer.at};rport;branch=z9hG4bK-in-{number}",
                f"From: {self.mine}", f"To: {self.theirs}", f"Call-ID: {self.call_id}", f"CSeq: {number} {method}",
                "Max-Forwards: 70", f"Contact: <sip:peer@{self.peer.at}>", *headers, *([proof] if proof else []),
                *([f"Content-Type: {content}"] if body else []),
                f"Content-Length: {len(body.encode())}",
            ]  # fmt: skip
            self.peer.send("\r\n".join(lines) + "\r\n\r\n" + body)
            wanted = [str(number), method]
            reply = self.peer.wait(
                lambda m: (m.status or 0) >= 200 and m.call_id == self.call_id and m.cseq.split() == wanted,  # noqa: B023
                3.0,
            )
            if reply is None:
                return None
            if method == "INVITE":
                branch = f"{lines[1]}-ack" if (reply.status or 0) < 300 else lines[1]
                ack = [
                    f"ACK {self.uri} SIP/2.0",
                    branch,
                    *lines[2:5],
                    f"CSeq: {number} ACK",
                    lines[6],
                    "Content-Length: 0",
                ]
                self.peer.send("\r\n".join(ack) + "\r\n\r\n")
            if reply.status not in (401, 407) or self.login is None:
                return reply.status
            kind = "www-authenticate" if reply.status == 401 else "proxy-authenticate"
            name = "Authorization" if reply.status == 401 else "Proxy-Authorization"
            proof = f"{name}: {digest(reply.header(kind), method, self.uri, self.login)}"
        return reply.status

    def keys(self, text: str) -> None:
        """Press keys: telephone events (RFC 4733) in a stream of silence from where the sound of this side comes."""
        match = re.search(r"c=IN IP4 (\S+).*?m=audio (\d+)", self.sdp, re.DOTALL)
        assert match is not None
        at = (match[1], int(match[2]))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sound:
            sound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sound.bind((self.peer.host, SDP_PORT))
            number, stamp = 1, 0

            def packet(kind: int, payload: bytes, when: int) -> None:
                nonlocal number
                sound.sendto(struct.pack("!BBHII", 0x80, kind, number, when, 77) + payload, at)
                number += 1
                time.sleep(0.02)

            for key in text:
                for _ in range(10):
                    packet(8, b"\xd5" * 160, stamp)
                    stamp += 160
                event = "0123456789*#".index(key)
                for step in range(1, 9):
                    end = 0x8A if step > 5 else 0x0A
                    packet(101, struct.pack("!BBH", event, end, min(step, 6) * 160), stamp)
                stamp += 1600
            for _ in range(25):
                packet(8, b"\xd5" * 160, stamp)
                stamp += 160


def call_up(
    lab: Laboratory,
    caller: Peer,
    sender: str,
    to: str,
    domain: str,
    login: Login | None,
    at: str | None = None,
    headers: Sequence[str] = (),
) -> Side:
    """A call that was taken, as the caller sees it."""
    call_id = f"up-{next(_numbers)}-{time.monotonic_ns()}"
    uri, mine = f"sip:{to}@{at or domain}", f"<sip:{sender}@{domain}>"
    reply = caller.ask("INVITE", uri, sender=mine, body=sdp(caller.host), call_id=call_id, login=login, headers=headers)
    assert reply is not None
    assert reply.status == 200, reply.status
    caller.acknowledge(uri, mine, call_id, int(reply.cseq.split()[0]), reply)
    contact = re.search(r"<([^>]+)>", reply.header("contact"))
    assert contact is not None
    return Side(caller, login, contact[1], f"{mine};tag=t{call_id}", reply.header("to"), call_id, reply.body)


def called_side(called: Peer, login: Login | None) -> Side:
    """The newest call that a peer took, as it sees it."""
    invite = called.invited[-1]
    contact = re.search(r"<([^>]+)>", invite.header("contact"))
    assert contact is not None
    return Side(
        called, login, contact[1], f"{invite.header('to')};tag=p{called.port}", invite.header("from"), invite.call_id,
        invite.body,
    )  # fmt: skip
