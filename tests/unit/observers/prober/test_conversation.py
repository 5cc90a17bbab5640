"""A lane without HTTP: a connection that is kept, or answered as is expected."""

from __future__ import annotations

import errno
import os
import socket
from typing import Any

import pytest

from drills.journal.sample import Expect, Lane, Outcome
from tests.doubles.certified import talking
from tests.unit.observers.prober.asking import MS, Asker, lane
from tests.unit.observers.prober.server import serving

PONG = Expect(contains="+PONG")


def talk(port: int, **changes: Any) -> Lane:
    return lane(port, **{"protocol": "tcp", "path": "", **changes})


def listen(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def leave(connection: socket.socket) -> None:
    connection.close()


def pong(connection: socket.socket) -> None:
    assert connection.recv(65536) == b"PING\r\n"
    connection.sendall(b"+PO")
    connection.sendall(b"NG\r\n")
    connection.recv(1)


def test_a_connection_that_is_kept_counts_from_when_it_was_taken(asker: Asker) -> None:
    """It is held for a moment, and that moment is not the service's."""
    with talking(listen) as port:
        loop = asker.begin(talk(port))
        asker.advance(10_000 * MS)
        asker.run_until(lambda: not loop.flying)
    (sample,) = asker.samples()
    assert (sample.outcome, sample.status, sample.detail) == (Outcome.OK, 0, "")
    assert sample.ended_ns - sample.sent_ns < 100 * MS


def test_a_connection_that_is_taken_and_broken_was_none(asker: Asker) -> None:
    """As an engine's own proxy does for a service that does not listen."""
    with talking(leave) as port:
        (sample,) = asker.ask(talk(port))
    assert (sample.outcome, sample.detail) == (Outcome.RESET, "closed at once")


def test_a_closed_port_refuses_a_connection(asker: Asker) -> None:
    """Whether anything is sent or not."""
    with serving() as gone:
        pass
    (sample,) = asker.ask(talk(gone.port))
    assert (sample.outcome, sample.detail) == (Outcome.REFUSED, os.strerror(errno.ECONNREFUSED))


def test_what_is_answered_is_what_was_expected(asker: Asker) -> None:
    """In however many pieces."""
    with talking(pong) as port:
        (sample,) = asker.ask(talk(port, body="PING\r\n", expect=PONG))
    assert (sample.outcome, sample.detail) == (Outcome.OK, "")


def test_who_speaks_first_is_listened_to(asker: Asker) -> None:
    """As mail servers and databases do."""

    def greet(connection: socket.socket) -> None:
        connection.sendall(b"220 mail ready\r\n")
        connection.recv(1)

    with talking(greet) as port:
        (sample,) = asker.ask(talk(port, expect=Expect(pattern="^220 ")))
    assert (sample.outcome, sample.detail) == (Outcome.OK, "")


@pytest.mark.parametrize("ends", [True, False])
def test_another_answer_is_wrong_and_told(asker: Asker, ends: bool) -> None:
    """Also where nothing more comes of it by the time-out."""

    def refuse(connection: socket.socket) -> None:
        connection.sendall(b"-NOAUTH Authentication required.\r\n")
        if not ends:
            listen(connection)

    with talking(refuse) as port:
        (sample,) = asker.ask(talk(port, expect=PONG, timeout=0.3, rate=10))
    assert sample.outcome is Outcome.WRONG
    assert sample.detail == "does not contain +PONG, got -NOAUTH Authentication required."


@pytest.mark.parametrize(
    ("talked", "outcome", "detail"),
    [
        (listen, Outcome.TIMEOUT, "no answer"),
        (leave, Outcome.RESET, "closed without an answer"),
    ],
)
def test_no_answer_is_none(asker: Asker, talked: Any, outcome: Outcome, detail: str) -> None:
    """A service that hangs takes connections all the same, for its kernel does."""
    with talking(talked) as port:
        (sample,) = asker.ask(talk(port, expect=PONG, timeout=0.3, rate=10))
    assert (sample.outcome, sample.detail) == (outcome, detail)


def test_what_is_sent_may_be_a_write(asker: Asker) -> None:
    """Its id stands in it, and is noted before it is sent."""
    heard: list[bytes] = []

    def keep(connection: socket.socket) -> None:
        heard.append(connection.recv(65536))
        connection.sendall(b"INSERTED 1\r\n")
        connection.recv(1)

    with talking(keep) as port:
        asked = talk(port, body="put {id}\r\n", expect=Expect(contains="INSERTED"))
        (sample,) = asker.ask(asked)
    assert heard == [f"put {sample.subject}\r\n".encode()]
    assert len(sample.subject) == 36
