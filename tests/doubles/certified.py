"""A server on the loopback that speaks TLS, with one of the certificates beside this file.

All but ``stranger`` and ``self_signed`` are by ``ca.pem``, for ``shop.test``; they were made for
these tests, as was their key.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

CERTIFICATES = Path(__file__).parent / "certificates"
CA = str(CERTIFICATES / "ca.pem")
NAME = "shop.test"
Talk = Callable[[socket.socket], None]


@contextlib.contextmanager
def certified(certificate: str, talk: Talk) -> Iterator[int]:
    """Its port; ``talk`` is had with each who shook hands."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{certificate}.pem", CERTIFICATES / "server.key")

    def secured(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            talk(secure)

    with talking(secured) as port:
        yield port


@contextlib.contextmanager
def talking(talk: Talk) -> Iterator[int]:
    """The port of a server that has this talk with everybody who connects."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)

    def have(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(30)
            talk(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=have, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
