"""One request over TLS: the same exchange, behind a handshake that verifies who answers.

What is wrong with a certificate is told as such. Nothing of the request is sent before the
handshake is over, so whatever goes wrong until then was certainly not processed.
"""

from __future__ import annotations

import ssl

from drills.journal.sample import Outcome
from drills.observers.prober.exchange import Exchange
from drills.stack.tls import why

_RECEIVE = 256 * 1024


class SecuredExchange(Exchange):
    """Connects, shakes hands, sends, collects. ``secure`` has to be called before it is started."""

    def secure(self, context: ssl.SSLContext, name: str) -> None:
        """Whom to trust, and the name that whoever answers must prove."""
        self._name = name
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        self._shaken = False
        self._unsent = b""

    def _send(self) -> None:
        if not self._shaken:
            self._shake()
        else:
            self._flush()

    def _shake(self) -> None:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
        except ssl.SSLError as error:
            self._break(Outcome.REFUSED, why(error, self._name))
        else:
            self._shaken = True
            if self._request:
                self._tls.write(self._request)
            self._flush()

    def _flush(self) -> None:
        """Send what TLS has to say; then listen."""
        if data := self._unsent + self._outgoing.read():
            try:
                sent = self._socket.send(data)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                self._lost(error)
                return
            self._unsent = data[sent:]
            if sent:
                self._stage = "no answer" if self._shaken else "no TLS"
        if self._unsent:
            self._reactor.watch(self._socket.fileno(), self._send, write=True)
        elif self._shaken:
            self._sent()
        else:
            self._reactor.watch(self._socket.fileno(), self._receive)

    def _sent(self) -> None:
        super()._sent()
        if self._incoming.pending:
            self._read()  # it came with the end of the handshake

    def _lost(self, error: OSError) -> None:
        if self._shaken:
            self._break(Outcome.RESET, f"while sending: {error.strerror}")
        elif self._stage == "no connection":
            self._not_connected(error.errno or 0)
        else:
            self._break(Outcome.REFUSED, f"TLS: {error.strerror}")

    def _receive(self) -> None:
        try:
            data = self._socket.recv(_RECEIVE)
        except BlockingIOError:
            return
        except OSError as error:
            if self._shaken:
                self._break(Outcome.RESET, error.strerror or "reset")
            else:
                self._break(Outcome.REFUSED, f"TLS: {error.strerror}")
            return
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
        if not self._shaken:
            self._shake()
        else:
            self._read()

    def _read(self) -> None:
        """What the peer said, as far as it came."""
        while self._open:
            try:
                data = self._tls.read(_RECEIVE)
            except ssl.SSLWantReadError:
                return
            except ssl.SSLZeroReturnError:
                data = b""  # an orderly end
            except ssl.SSLError as error:
                cut = isinstance(error, ssl.SSLEOFError)
                self._break(Outcome.RESET, "cut off amid TLS" if cut else why(error, self._name))
                return
            self._take(data)
            if not data:
                return
