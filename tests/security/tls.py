"""A carrier that is reached over TLS, with the certificate that a test gives it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from pathlib import Path


class TlsCarrier:
    """Listens at ``host:port`` and keeps what it is told once a connection is encrypted."""

    def __init__(self, host: str, port: int, certificate: Path) -> None:
        self.heard = b""
        self.tried = threading.Event()
        """Somebody has connected, and has either said something or given up."""
        self.told = threading.Event()
        """Something was said."""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._socket = socket.create_server((host, port))
        self._socket.settimeout(0.2)
        self._closing = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> TlsCarrier:
        return self

    def __exit__(self, *problem: object) -> None:
        self._closing = True
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            connection.settimeout(2)
            with contextlib.suppress(OSError), self._context.wrap_socket(connection, server_side=True) as wrapped:
                self.heard += wrapped.recv(65535)
                if self.heard:
                    self.told.set()
            self.tried.set()
