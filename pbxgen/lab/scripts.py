"""The SIPp scenario files of the laboratory: one for each behaviour of a phone, one for each caller.

The scripts wait for nudges of the wire (requests ``ANSWER``, ``HANGUP``, ``GIVEUP``, ``TRANSFER`` that only exist
between the laboratory and SIPp), so that the laboratory decides when things happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from pbxgen.calls import phone_states
from pbxgen.calls.phone_states import Reply
from pbxgen.lab.ports import Address
from pbxgen.lab.sip import Crypto

_FAILURES = (
    *range(300, 306), 400, 402, 403, 404, 405, 406, 408, 410, 413, 414, 415, 416, 420, 421, 422, 423, 424, 433, 480,
    481, 482, 483, 484, 485, 486, 487, 488, 489, 491, 493, 494, *range(500, 506), 513, 580, 600, 603, 604, 606,
)  # fmt: skip

_NOTES = {302: "Contact: <sip:900@127.0.0.1:9>\n"}
"""Headers that a reply needs: a redirecting phone names another target."""


_REFUSAL_MS = 300
"""Time from INVITE to a refusal; all phones that are rung together have been rung by then."""


UDP = "udp"


@dataclass(frozen=True, slots=True)
class Way:
    """How messages and sound of a phone or a far end travel."""

    over: str = UDP
    """What its messages travel over, as their headers say: udp, tcp or tls."""
    encrypted: bool = False
    """Is its sound encrypted (SRTP)?"""


PLAIN = Way()


@dataclass(frozen=True, slots=True)
class SippReply(Reply):
    """A reply as SIPp plays it: 200 when the laboratory says so, any other final status by itself."""

    refer_to: str | None = None
    """URI that a nudge ``TRANSFER`` sends the other party to."""
    way: Way = PLAIN


def reply_of(state: str, refer_to: str | None = None, way: Way = PLAIN) -> SippReply:
    """What SIPp does in a state of a scenario."""
    reply = phone_states.reply_of(state)
    return SippReply(reply.provisional, reply.final, reply.deaf, refer_to=refer_to, way=way)


ANNOUNCED_CALL = "sip:announced@lab.invalid"
"""Stands in a REFER for the call that announced the transfer, which is put in on the wire."""
CALLER_TAG = "caller"
ATTEMPTS = 3
"""Requests that a phone sends until one is not challenged: a second challenge says that the first was stale."""
RTP_PORT = "99999"
"""Stands in SIPp's SDP for the port of the call's stream, which is put in on the wire; as long as a port is."""
SOUND = f"\nm=audio {RTP_PORT} "
"""Where the port stands in SDP; a number may hold the same digits."""
KEY = Crypto(1, bytes(Crypto.LENGTH)).line
"""Stands in the SDP of encrypted sound for the key of the call's stream, which is put in on the wire."""


@dataclass(frozen=True, slots=True)
class Dial:
    to_uri: str
    from_uri: str
    """With display name or without: what stands in From before the tag."""
    call_id: str
    username: str | None = None
    password: str | None = None
    headers: tuple[str, ...] = ()
    refer_to: str | None = None
    """URI that a nudge ``TRANSFER`` sends the other party to."""
    to: str | None = None
    """What To says, if not the request's URI."""
    way: Way = PLAIN


def _document(name: str, *parts: str) -> str:
    body = "\n".join(parts)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name={quoteattr(name)}>\n{body}\n</scenario>\n'


def _send(text: str, attributes: str = "") -> str:
    space = " " if attributes else ""
    return f"<send{space}{attributes}><![CDATA[\n\n{text}\n]]></send>"


def _with_sdp(head: str, way: Way) -> str:
    profile, key = ("SAVP", f"{KEY}\n") if way.encrypted else ("AVP", "")
    return (
        f"{head}Content-Type: application/sdp\nContent-Length: [len]\n\n"
        "v=0\no=lab 1 1 IN IP4 [media_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0"
        f"{SOUND}RTP/{profile} 8 0 101\n{key}a=rtpmap:8 PCMA/8000\na=rtpmap:0 PCMU/8000\n"
        "a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=ptime:20\na=sendrecv\n"
    )


def _empty(head: str) -> str:
    return f"{head}Content-Length: 0\n"


def _label(name: str) -> str:
    return f'<label id="{name}"/>'


def _recv(
    kind: str, value: str | int, *, optional: bool = True, goto: str = "", extra: str = "", inner: str = ""
) -> str:
    attributes = f'{kind}="{value}"'
    attributes += ' optional="true"' if optional else ""
    attributes += f' next="{goto}"' if goto else ""
    attributes += f" {extra}" if extra else ""
    return f"<recv {attributes}>{inner}</recv>" if inner else f"<recv {attributes}/>"


_ECHOED = "[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"


def _transport(over: str) -> str:
    """What stands in a URI behind the address (RFC 3261, 19.1.1)."""
    return "" if over == UDP else f";transport={over}"


def _dialogue(ours: Address, me: str, peer: str, refer_to: str | None, contact: str, way: Way) -> list[str]:
    """A call that is up, until either side hangs up; ends the scenario.

    Nothing in here is repeated by timer: SIPp sends nothing more until a repeated message is answered.
    """
    host, port = ours

    def request(method: str, cseq: int, more: str = "") -> str:
        return _empty(
            f"{method} [$remote] SIP/2.0\nVia: SIP/2.0/{way.over.upper()} {host}:{port};branch=[branch];rport\n"
            f"From: {me}\nTo: {peer}\nCall-ID: [call_id]\nCSeq: {cseq} {method}\nMax-Forwards: 70\n{contact}{more}"
        )

    parts = [
        _label("talking"),
        _recv("request", "ACK"),
        _recv("request", "INVITE", goto="again"),
        *(_recv("request", method, goto="fine") for method in ("UPDATE", "INFO", "NOTIFY", "OPTIONS", "MESSAGE")),
        _recv("request", "HANGUP", goto="hangup"),
        _recv("request", "TRANSFER", goto="transfer"),
        *(_recv("response", status, goto="talking") for status in (200, 202, 400, 403, 405, 481, 488, 501, 503, 603)),
        _recv("request", "BYE", optional=False),
        _send(_empty(f"SIP/2.0 200 OK\n{_ECHOED}{contact}")),
        '<nop next="end"/>',
        _label("again"),
        _send(_with_sdp(f"SIP/2.0 200 OK\n{_ECHOED}{contact}", way)),
        _recv("request", "ACK", optional=False, goto="talking"),
        _label("fine"),
        _send(_empty(f"SIP/2.0 200 OK\n{_ECHOED}{contact}"), 'next="talking"'),
        _label("transfer"),
    ]
    if refer_to is not None:
        more = f"Refer-To: <{refer_to}>\nReferred-By: <sip:lab@{host}>\n"
        parts += [_send(request("REFER", 20, more), 'next="talking"')]
    else:
        parts += ['<nop next="talking"/>']
    parts += [
        _label("hangup"),
        _send(request("BYE", 30)),
        # Messages that were under way when we hung up are let pass.
        *(_recv("request", method) for method in ("INVITE", "BYE", "NOTIFY", "UPDATE")),
        *(_recv("response", status, goto="end") for status in (481, 500)),
        _recv("response", 200, optional=False),
        _label("end"),
        '<Reference variables="remote"/>',
    ]
    return parts


def callee(name: str, reply: SippReply, ours: Address) -> str:
    """A phone or a far end; one process plays it for many, each at the address that its INVITE was sent to."""
    contact = f"Contact: <sip:lab[$at]{_transport(reply.way.over)}>\n"
    echoed = "Via:[$via]\nFrom:[$from]\nTo:[$to];tag=lab[call_number]\nCall-ID: [call_id]\nCSeq:[$cseq]\n"
    captured = (
        "".join(
            f'<ereg regexp="{regexp}" search_in="hdr" header="{header}:" assign_to="{variable}"/>'
            for header, regexp, variable in (
                ("Via", ".*", "via"),
                ("From", ".*", "from"),
                ("To", ".*", "to"),
                ("CSeq", ".*", "cseq"),
                ("Contact", "sip:[^&gt;]*", "remote"),
            )
        )
        + '<ereg regexp="@[0-9.:]*" search_in="msg" assign_to="at"/>'
    )
    parts = [_recv("request", "INVITE", optional=False, inner=f"<action>{captured}</action>")]
    used = '<Reference variables="via,from,to,cseq,remote,at"/>'
    if reply.deaf:
        return _document(name, *parts, '<pause milliseconds="40000"/>', used)
    if reply.provisional == 180:
        parts.append(_send(_empty(f"SIP/2.0 180 Ringing\n{echoed}{contact}")))
    elif reply.provisional is not None:
        parts.append(_send(_with_sdp(f"SIP/2.0 {reply.provisional} Session Progress\n{echoed}{contact}", reply.way)))
    if reply.final is not None and reply.final != 200:
        more = _NOTES.get(reply.final, "")
        parts += [
            # A CANCEL in this moment crosses the reply, which ends the call all the same.
            f'<pause milliseconds="{_REFUSAL_MS}"/>',
            _send(_empty(f"SIP/2.0 {reply.final} Lab\n{echoed}{more}"), 'retrans="500"'),
            _recv("request", "CANCEL"),
            _recv("request", "ACK", optional=False),
            used,
        ]
        return _document(name, *parts)
    parts += [
        _recv("request", "CANCEL", goto="cancelled"),
        _recv("request", "ANSWER", optional=False),
        _send(_with_sdp(f"SIP/2.0 200 OK\n{echoed}{contact}", reply.way), 'retrans="500"'),
        _recv("request", "CANCEL"),
        _recv("request", "ACK", optional=False),
        *_dialogue(ours, "[$to];tag=lab[call_number]", "[$from]", reply.refer_to, contact, reply.way),
        '<nop next="gone"/>',
        _label("cancelled"),
        _send(_empty(f"SIP/2.0 200 OK\n{_ECHOED}")),
        _send(_empty(f"SIP/2.0 487 Request Terminated\n{echoed}"), 'retrans="500"'),
        _recv("request", "ACK", optional=False),
        _label("gone"),
        used,
    ]
    return _document(name, *parts)


def caller(name: str, dial: Dial, ours: Address) -> str:
    """One call: dials, then follows the nudges of the laboratory."""
    host, port = ours
    over = dial.way.over
    contact = f"Contact: <sip:lab@{host}:{port}{_transport(over)}>\n"
    tag = f"{dial.from_uri};tag={CALLER_TAG}"

    def request(method: str, cseq: int, to: str, branch: str, more: str = "") -> str:
        return (
            f"{method} {dial.to_uri} SIP/2.0\nVia: SIP/2.0/{over.upper()} {host}:{port};branch={branch};rport\n"
            f"From: {tag}\nTo: {to}\nCall-ID: [call_id]\nCSeq: {cseq} {method}\nMax-Forwards: 70\n"
            f"{contact}User-Agent: pbxgen-lab\n{more}"
        )

    def branch(number: int) -> str:
        return f"z9hG4bK-{dial.call_id}-{number}"

    plain_to = dial.to or f"<{dial.to_uri}>"
    extra = "".join(f"{header}\n" for header in dial.headers)
    credentials = f"[authentication username={dial.username} password={dial.password}]\n" if dial.username else ""
    capture = (
        '<action><ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="remote"/>'
        '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="peer"/></action>'
    )

    last = ATTEMPTS if dial.username else 1

    def attempt(number: int) -> list[str]:
        challenged, more = (f"challenged{number}", 'auth="true"') if number < last else (f"failed{number}", "")
        auth = credentials if number > 1 else ""
        ack = request("ACK", number, "x", branch(number)).replace("To: x", "[last_To:]")
        answered = request("ACK", number, "[$peer]", "[branch]").replace(f"ACK {dial.to_uri}", "ACK [$remote]")
        return [
            _label(f"attempt{number}"),
            _send(
                _with_sdp(request("INVITE", number, plain_to, branch(number), auth + extra), dial.way), 'retrans="500"'
            ),
            *(_recv("response", status) for status in (100, 180, 181, 182, 183, 199)),
            _recv("request", "GIVEUP", goto=f"giveup{number}"),
            *(_recv("response", status, goto=challenged, extra=more) for status in (401, 407)),
            *(_recv("response", status, goto=f"failed{number}") for status in _FAILURES),
            _recv("response", 200, optional=False, inner=capture),
            _send(_empty(answered), 'next="talking"'),
            _label(f"giveup{number}"),
            _send(_empty(request("CANCEL", number, plain_to, branch(number))), 'retrans="500"'),
            _recv("response", 200),
            *(_recv("response", status, goto=f"failed{number}") for status in (480, 486, 500, 503)),
            _recv("response", 487, optional=False),
            _label(f"failed{number}"),
            _send(_empty(ack), 'next="over"'),
            *([_label(challenged), _send(_empty(ack), f'next="attempt{number + 1}"')] if number < last else []),
        ]

    return _document(
        name,
        *(part for number in range(1, last + 1) for part in attempt(number)),
        *_dialogue(ours, tag, "[$peer]", dial.refer_to, contact, dial.way),
        _label("over"),
        '<Reference variables="peer"/>',
    )


def registration(ours: Address, over: str = UDP, *, expires: str = "[field4]", first: int = 1) -> str:
    """Registers contacts, or signs them off (``expires`` 0); ``first`` is the CSeq to begin with.

    Fields of the CSV are extension, domain, credentials, contact user, seconds.
    """
    host, port = ours

    def register(cseq: int, credentials: str = "") -> str:
        return _empty(
            f"REGISTER sip:[field1] SIP/2.0\nVia: SIP/2.0/{over.upper()} {host}:{port};branch=[branch];rport\n"
            "From: <sip:[field0]@[field1]>;tag=reg[call_number]\nTo: <sip:[field0]@[field1]>\n"
            f"Call-ID: [call_id]\nCSeq: {cseq} REGISTER\nMax-Forwards: 70\n"
            f"Contact: <sip:[field3]@{host}:{port}{_transport(over)}>\n"
            f"Expires: {expires}\nUser-Agent: pbxgen-lab\n{credentials}"
        )

    def attempt(number: int) -> list[str]:
        more = number < ATTEMPTS
        return [
            _send(register(first + number - 1, "[field2]\n" if number > 1 else ""), 'retrans="500"'),
            _recv("response", 100),
            *(_recv("response", s, goto=f"challenged{number}", extra='auth="true"') for s in (401, 407) if more),
            _recv("response", 200, optional=False, goto="end"),
            *([_label(f"challenged{number}")] if more else []),
        ]

    return _document("register", *(p for n in range(1, ATTEMPTS + 1) for p in attempt(n)), _label("end"))


def answering(name: str, method: str) -> str:
    """Replies 200 to every request of a method: OPTIONS, NOTIFY, or a trunk's REGISTER."""
    reply = f"SIP/2.0 200 OK\n{_ECHOED.replace('[last_To:]', '[last_To:];tag=lab[call_number]')}"
    more = "[last_Contact:]\nExpires: 3600\n" if method == "REGISTER" else ""
    return _document(name, _recv("request", method, optional=False), _send(_empty(reply + more)))
