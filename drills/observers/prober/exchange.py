"""One request on a connection of its own, from connect to reset."""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from drills.journal.sample import Outcome
from drills.observers.prober.http1 import Answer, AnswerParser, Progress
from drills.observers.prober.reactor import Reactor

# On close: send RST, keep nothing. Otherwise the side that closes first holds the port for a
# minute, and a dead server's waiting ports answer new connections with silence, not with refusal.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_RECEIVE = 256 * 1024
# Failures of this process, not of the system under drill: the request was never sent.
_OURS = frozenset(
    {errno.EADDRNOTAVAIL, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EAGAIN}
)
_ENDS = {
    Progress.TRUNCATED: Outcome.RESET,
    Progress.MALFORMED: Outcome.WRONG,
    Progress.TOO_LARGE: Outcome.WRONG,
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect to: a numeric IPv4 or IPv6 address and a port."""

    ip: str
    port: int

    @property
    def family(self) -> socket.AddressFamily:
        """The family that the address is written in."""
        return socket.AF_INET6 if ":" in self.ip else socket.AF_INET


@dataclass(frozen=True, slots=True)
class Broken:
    """An exchange that ended without a whole answer. ``status`` is 0 if none had arrived."""

    outcome: Outcome
    status: int
    detail: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A conversation without HTTP's form that was had: what was said, and when it was enough."""

    body: bytes
    at_ns: int
    status: int = 0


Ending: TypeAlias = Answer | Broken | Taken


class Exchange:
    """Connects, sends, collects the answer, resets the connection, and calls ``done`` once.

    ``done`` may be called before ``start`` returns. A deadline that passes ends the exchange as
    a time-out, wherever it stands.
    """

    def __init__(
        self,
        reactor: Reactor,
        request: bytes,
        parser: AnswerParser,
        done: Callable[[Ending], None],
    ) -> None:
        self._reactor = reactor
        self._request: bytes | memoryview = request
        self._parser = parser
        self._done = done
        self._socket: socket.socket
        self._open = False
        self._stage = "no connection"

    def start(self, address: Address, deadline_ns: int) -> None:
        """Begin; everything else happens in the reactor's turns."""
        self._timer = self._reactor.at(deadline_ns, self._expire)
        try:
            self._socket = socket.socket(address.family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        except OSError as error:
            self._not_connected(error.errno or 0)
            return
        self._open = True
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        code = self._socket.connect_ex((address.ip, address.port))
        if code in {0, errno.EINPROGRESS}:
            # Within one host the handshake is over by now, so sending mostly succeeds at once.
            self._send()
        else:
            self._not_connected(code)

    def abandon(self, detail: str) -> None:
        """End now, with the outcome unknown."""
        self._break(Outcome.TIMEOUT, detail)

    def _expire(self) -> None:
        self._break(Outcome.TIMEOUT, self._stage)

    def _not_connected(self, code: int) -> None:
        if code in _OURS:
            self._break(Outcome.DROPPED, f"prober: {os.strerror(code)}")
        else:
            self._break(Outcome.REFUSED, os.strerror(code))

    def _not_sent(self, error: OSError) -> None:
        if self._stage == "no answer":
            self._break(Outcome.RESET, f"while sending: {error.strerror}")
        else:
            # Not a byte was taken. A connect that failed is told here, too.
            self._not_connected(error.errno or 0)

    def _send(self) -> None:
        try:
            sent = self._socket.send(self._request)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._not_sent(error)
            return
        if sent:
            self._stage = "no answer"
        if sent < len(self._request):
            self._request = memoryview(self._request)[sent:]
            self._reactor.watch(self._socket.fileno(), self._send, write=True)
        else:
            self._sent()

    def _sent(self) -> None:
        """The whole request is on its way."""
        self._reactor.watch(self._socket.fileno(), self._receive)

    def _receive(self) -> None:
        try:
            data = self._socket.recv(_RECEIVE)
        except BlockingIOError:
            return
        except OSError as error:
            self._break(Outcome.RESET, error.strerror or "reset")
            return
        self._take(data)

    def _take(self, data: bytes) -> None:
        """What came; nothing more will where that is nothing."""
        parser = self._parser
        progress = parser.feed(data) if data else parser.eof()
        if progress is Progress.MORE:
            self._stage = "half an answer"
        elif progress is Progress.WHOLE:
            self._whole()
        else:
            self._break(_ENDS[progress], parser.why)

    def _whole(self) -> None:
        self._end(self._parser.answer)

    def _break(self, outcome: Outcome, detail: str) -> None:
        self._end(Broken(outcome, self._parser.status, detail))

    def _end(self, ending: Ending) -> None:
        self._timer.cancel()
        if self._open:
            self._open = False
            self._reactor.forget(self._socket.fileno())
            self._socket.close()
        self._done(ending)
