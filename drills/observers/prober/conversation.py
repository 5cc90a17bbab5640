"""A TCP connection that is more than taken: kept, or answered as is expected.

On a connection alone one must not rely: an engine's own proxy takes it for a service that is not
there, and then breaks it. So one is held for a moment before it counts.
"""

from __future__ import annotations

import errno
import re
import socket
from collections.abc import Callable

from drills.journal.sample import Expect
from drills.observers.prober.exchange import Address, Ending, Exchange, Taken
from drills.observers.prober.http1 import AnswerParser, Progress
from drills.observers.prober.reactor import NS, Reactor
from drills.observers.prober.secured import SecuredExchange

HELD_NS = NS // 10  # for which nobody may break a connection that no answer is expected on
_LIMIT = 64 * 1024  # bytes in which the answer must be found


class Listener(AnswerParser):
    """Collects what is said until it holds what is expected."""

    def __init__(self, expect: Expect) -> None:
        super().__init__()
        self._expect = expect
        self.said = b""
        self.awaits = bool(expect.contains or expect.pattern)

    def feed(self, data: bytes) -> Progress:
        """Take the bytes that arrived next; enough is what is expected, or far too much."""
        self.said += data
        return Progress.WHOLE if self._heard() or len(self.said) > _LIMIT else Progress.MORE

    def eof(self) -> Progress:
        """The peer closed: what it said is all."""
        if self.said:
            return Progress.WHOLE
        self.why = "closed without an answer" if self.awaits else "closed at once"
        return Progress.TRUNCATED

    def _heard(self) -> bool:
        contains, pattern = self._expect.contains, self._expect.pattern
        if contains and contains.encode() not in self.said:
            return False
        return not pattern or bool(re.search(pattern, self.said.decode("utf-8", "replace")))


class _Conversation(Exchange):
    """The part of it that is the same over TLS."""

    def __init__(
        self, reactor: Reactor, request: bytes, listener: Listener, done: Callable[[Ending], None]
    ) -> None:
        super().__init__(reactor, request, listener, done)
        self._listener = listener
        self._taken_ns = 0

    def start(self, address: Address, deadline_ns: int) -> None:
        """Begin; everything else happens in the reactor's turns."""
        self._deadline_ns = deadline_ns
        super().start(address, deadline_ns)

    def _sent(self) -> None:
        self._taken_ns = self._reactor.now()
        self._stage = "no answer"
        super()._sent()
        if self._open and not self._listener.awaits:
            self._timer.cancel()
            until_ns = min(self._taken_ns + HELD_NS, max(self._deadline_ns, self._taken_ns + 1))
            self._timer = self._reactor.at(until_ns, self._kept)

    def _kept(self) -> None:
        self._end(Taken(self._listener.said, self._taken_ns))

    def _whole(self) -> None:
        now = self._taken_ns if not self._listener.awaits else self._reactor.now()
        self._end(Taken(self._listener.said, now))

    def _expire(self) -> None:
        if self._listener.said:
            self._whole()  # something else than is expected
        else:
            super()._expire()


class Conversation(_Conversation):
    """Connects, sends what there is to send, and listens."""

    def _send(self) -> None:
        if self._request:
            super()._send()
            return
        code = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self._not_connected(code)
            return
        try:
            self._socket.getpeername()
        except OSError as error:
            if error.errno != errno.ENOTCONN:
                self._not_connected(error.errno or 0)
                return
            self._reactor.watch(self._socket.fileno(), self._send, write=True)
        else:
            self._sent()


class SecuredConversation(_Conversation, SecuredExchange):
    """The same over TLS."""
