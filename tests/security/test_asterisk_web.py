"""What docs/hardening.md puts into http.conf: browsers reach Asterisk, and what else it serves they do not."""

from __future__ import annotations

import asyncio
import http.client
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pbxgen.lab.asterisk import Asterisk
from pbxgen.lab.pbx import PbxSetup
from pbxgen.lab.ports import LOOPBACK, free_port
from tests.security.laboratory import trunk_host
from tests.security.offices import office
from tests.support.generated import generated_from

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.usefixtures("asterisk_program")]

_PAGE = Path(__file__).resolve().parents[2] / "docs/hardening.md"
_MODULES = frozenset({"res_http_websocket", "res_pjsip_transport_websocket", "res_websocket_client", "chan_websocket"})
_AFAR = "127.0.0.9"
_UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


class _WebAsterisk(Asterisk):
    """With the web server as the page has it, here without encryption."""

    def __init__(self, setup: PbxSetup) -> None:
        super().__init__(setup)
        self.port = free_port()

    def _lay_out(self) -> list[str]:
        command = super()._lay_out()
        match = re.search(r"```ini\n; http\.conf\n(.*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL)
        assert match is not None
        self._write("http.conf", f"[general]\nenabled=yes\nbindaddr={LOOPBACK}\nbindport={self.port}\n{match[1]}")
        return command

    def asked(self, path: str, protocol: str, host: str) -> int:
        """The status that whoever asks from ``host`` for a web socket gets."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=5, source_address=(host, 0))
        connection.request("GET", path, headers=_UPGRADE | {"Sec-WebSocket-Protocol": protocol})
        status = connection.getresponse().status
        connection.close()
        return status


@pytest.fixture
def pbx(tmp_path: Path) -> Iterator[_WebAsterisk]:
    host, port = trunk_host()
    files = generated_from(office(f"{host}:{port}") + "phones: {transport: wss}\n", tmp_path, "asterisk")
    (tmp_path / "pbx").mkdir()
    running = _WebAsterisk(PbxSetup(tmp_path / "pbx", files, {}, modules=_MODULES))
    try:
        asyncio.run(running.start())
        yield running
    finally:
        running.stop()


def test_browsers_reach_the_web_socket_and_nothing_beside_it(pbx: _WebAsterisk) -> None:
    assert "/media/..." in asyncio.run(pbx.command("http show status"))
    assert pbx.asked("/ws", "sip", _AFAR) == 101
    assert [pbx.asked(f"/media/{name}", "media", _AFAR) for name in ("", "anything")] == [403, 403]
    assert pbx.asked("/media/anything", "media", LOOPBACK) != 403
