"""A server that serves, in a thread of its own, for as long as a block lasts."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Server = TypeVar("Server", bound=socketserver.BaseServer)


@contextmanager
def served(server: Server, release: Callable[[], None]) -> Iterator[Server]:
    """``release`` lets go of whatever its handlers wait for, at the end."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            release()
            server.shutdown()
            thread.join()
