"""Phones over TLS with SRTP, and browsers (WebRTC), on real PBXs; the browsers' sound is a real Chromium's."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.lab.asterisk import Asterisk
from pbxgen.lab.certificates import certificate
from pbxgen.lab.freeswitch import FreeSwitch
from pbxgen.lab.pbx import PbxSetup
from pbxgen.lab.ports import LOOPBACK, free_port
from tests.support.browser import Browser, browser
from tests.support.generated import generated_from
from tests.support.tls_phone import TlsPhone, WebSocketPhone

pytestmark = [pytest.mark.real, pytest.mark.slow]

_DOMAIN, _PASSWORD = "pbx.web.example", "web-1234567890"
_SOURCE = f"""
version: 1
pbx: {{name: web, domain: {_DOMAIN}, country: IT, timezone: Europe/Rome}}
phones: {{transport: wss, codecs: [g722, alaw], max_contacts: 2}}
users: {{"101": {{password: {_PASSWORD}}}, "102": {{password: {_PASSWORD}}}}}
"""
_OVER_TLS = _SOURCE.replace("transport: wss,", "transport: tls, srtp: required,")
_PLAIN = "\r\n".join(
    ("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", "m=audio 40000 RTP/AVP 8",
     "a=rtpmap:8 PCMA/8000", "")
)  # fmt: skip
_KEY = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"
_ENCRYPTED = _PLAIN.replace("RTP/AVP", "RTP/SAVP") + _KEY
_ARGUMENTS = (
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)
_PAGE = """<!doctype html><script>
const phones = {};
const gathered = phone => new Promise(done => {
  const look = () => phone.iceGatheringState === "complete" ? done(phone.localDescription.sdp) : setTimeout(look, 50);
  look();
});
function phone(name) {
  const context = new AudioContext(), tone = context.createOscillator(), to = context.createMediaStreamDestination();
  tone.connect(to); tone.start();
  const made = phones[name] = new RTCPeerConnection();
  to.stream.getTracks().forEach(track => made.addTrack(track, to.stream));
  return made;
}
async function offer(name) {
  const made = phone(name);
  await made.setLocalDescription(await made.createOffer());
  return gathered(made);
}
async function answer(name, sdp) {
  const made = phone(name);
  await made.setRemoteDescription({type: "offer", sdp});
  await made.setLocalDescription(await made.createAnswer());
  return gathered(made);
}
const accept = (name, sdp) => phones[name].setRemoteDescription({type: "answer", sdp}).then(() => true);
async function heard(name) {
  for (let turn = 0; turn < 300; turn++) {
    const all = [...(await phones[name].getStats()).values()];
    const packets = all.filter(one => one.type === "inbound-rtp").map(one => one.packetsReceived || 0);
    if (packets.some(count => count > 20)) return "sound";
    await new Promise(done => setTimeout(done, 100));
  }
  return `${phones[name].connectionState} ${phones[name].iceConnectionState}`;
}
</script>"""


class _WebAsterisk(Asterisk):
    """With its web server and certificates, as an administrator sets it up."""

    path = "/ws"

    def __init__(self, setup: PbxSetup, shown: Path) -> None:
        self.web_at, self.tls_at, self._shown = (LOOPBACK, free_port()), (LOOPBACK, free_port()), shown
        super().__init__(_with(setup, "bind = 0.0.0.0:5061", f"bind = {self.tls_at[0]}:{self.tls_at[1]}"))

    def _lay_out(self) -> list[str]:
        command = super()._lay_out()
        crt, key = self._shown.with_suffix(".crt"), self._shown.with_suffix(".key")
        if "[tls]" in (self._etc / "pjsip.conf").read_text():
            self._write("pjsip_local.conf", f"[tls](+)\ncert_file = {crt}\npriv_key_file = {key}\n")
        self._write(
            "http.conf",
            f"[general]\nenabled=no\ntlsenable=yes\ntlsbindaddr={self.web_at[0]}:{self.web_at[1]}\n"
            f"tlscertfile={crt}\ntlsprivatekey={key}\n",
        )
        modules = (self._etc / "modules.conf").read_text().splitlines(keepends=True)
        self._write("modules.conf", "".join(line for line in modules if "websocket" not in line))
        rtp = (self._etc / "rtp.conf").read_text()
        self._write("rtp.conf", rtp.replace("icesupport=no", "icesupport=yes"))
        return command


class _WebFreeSwitch(FreeSwitch):
    path = "/"

    def __init__(self, setup: PbxSetup, shown: Path) -> None:
        self.web_at, self.tls_at = (LOOPBACK, free_port()), (LOOPBACK, free_port())
        placed = _with(setup, 'value=":7443"', f'value="{self.web_at[0]}:{self.web_at[1]}"')
        super().__init__(_with(placed, "$${internal_tls_port}", str(self.tls_at[1])))


def _with(setup: PbxSetup, was: str, now: str) -> PbxSetup:
    """On ports of the test's own."""
    return replace(setup, files=tuple(replace(file, text=file.text.replace(was, now)) for file in setup.files))


@contextlib.contextmanager
def _running(pbx_name: str, folder: Path, text: str = _SOURCE) -> Iterator[_WebAsterisk | _WebFreeSwitch]:
    files = generated_from(text, folder, pbx_name)
    made = _WebAsterisk if pbx_name == "asterisk" else _WebFreeSwitch
    (folder / "pbx").mkdir()
    pbx = made(PbxSetup(folder / "pbx", files, {}), certificate(folder, "shown", [LOOPBACK]))
    try:
        asyncio.run(pbx.start())
        yield pbx
    finally:
        pbx.stop()


def _phone(pbx: _WebAsterisk | _WebFreeSwitch, user: str, password: str = _PASSWORD) -> WebSocketPhone:
    return WebSocketPhone(pbx.web_at, pbx.path, user, _DOMAIN, password)


def _talk(window: Browser, caller: WebSocketPhone, callee: WebSocketPhone) -> list[str]:
    """The final reply, and what each of them hears."""
    offered = window.run("return offer('caller')")
    with ThreadPoolExecutor(1) as pool:
        placed = pool.submit(caller.call, callee.user, offered)
        invite = callee.called()
        callee.answer(invite, window.run("return answer('callee', arguments[0])", invite.body))
        reply = placed.result(60)
    assert window.run("return accept('caller', arguments[0])", reply.body)
    return [str(reply.status), *(window.run("return heard(arguments[0])", name) for name in ("caller", "callee"))]


def test_two_browsers_talk_and_a_third_of_one_user_is_refused(pbx_name: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(_PAGE)
    with browser(*_ARGUMENTS) as window, _running(pbx_name, tmp_path) as pbx, contextlib.ExitStack() as phones:
        window.open(page)
        caller, callee, second, third, stranger = (
            phones.enter_context(_phone(pbx, *who))
            for who in (("101",), ("102",), ("101",), ("101",), ("102", "a guess"))
        )
        assert [one.register() for one in (caller, callee, second)] == [200, 200, 200]
        assert third.register() == 403
        assert stranger.register() in (401, 403)
        assert _talk(window, caller, callee) == ["200", "sound", "sound"]


def test_phones_over_tls_encrypt_the_sound_or_are_refused(pbx_name: str, tmp_path: Path) -> None:
    with _running(pbx_name, tmp_path, _OVER_TLS) as pbx, contextlib.ExitStack() as phones:
        caller, callee = (
            phones.enter_context(TlsPhone(pbx.tls_at, user, _DOMAIN, _PASSWORD)) for user in ("101", "102")
        )
        assert [caller.register(), callee.register()] == [200, 200]
        assert caller.call("102", _PLAIN).status == 488
        with ThreadPoolExecutor(1) as pool:
            placed = pool.submit(caller.call, "102", _ENCRYPTED)
            invite = callee.called()
            callee.answer(invite, _ENCRYPTED)
            reply = placed.result(60)
    assert ("RTP/SAVP" in invite.body, "a=crypto:" in invite.body) == (True, True)
    assert (reply.status, "a=crypto:" in reply.body) == (200, True)
