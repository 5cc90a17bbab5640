"""A lane over TLS: who answers has to be who was meant, and each reason why not is its own."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from drills.errors import PlanError
from drills.journal.sample import Expect, Outcome
from tests.doubles.certified import CA, NAME, certified, talking
from tests.unit.observers.prober.asking import Asker, lane
from tests.unit.observers.prober.server import answer

SECURE = {"ca": CA, "server_name": NAME}


class Say:
    """Reads a request, answers it, and waits for the end; ``heard`` is what came."""

    def __init__(self, body: bytes = b'{"ok": true}') -> None:
        self.body = body
        self.heard: list[bytes] = []

    def __call__(self, connection: socket.socket) -> None:
        self.heard.append(connection.recv(65536))
        connection.sendall(answer(self.body))
        connection.recv(1)


def test_who_proves_the_name_is_asked_by_it(asker: Asker) -> None:
    """An answer in many records is one answer, and the Host header is the proven name."""
    talk = Say(b"x" * 100_000)
    with certified("valid", talk) as port:
        (sample,) = asker.ask(lane(port, expect=Expect(contains="xxx"), **SECURE))
    assert (sample.outcome, sample.status, sample.detail) == (Outcome.OK, 200, "")
    assert f"\r\nHost: {NAME}\r\n".encode() in talk.heard[0]


@pytest.mark.parametrize(
    ("certificate", "name", "detail"),
    [
        ("expired", NAME, "its certificate has expired"),
        ("early", NAME, "its certificate is not valid yet"),
        ("self_signed", NAME, "its certificate is untrusted: it has signed itself"),
        (
            "stranger",
            NAME,
            "its certificate is untrusted: nobody in the CA file has signed it",
        ),
        ("valid", "bank.test", "its certificate is for another name than bank.test"),
    ],
)
def test_a_certificate_that_proves_nothing_says_why(
    asker: Asker, certificate: str, name: str, detail: str
) -> None:
    """Nothing was sent to whoever it is: certainly not processed."""
    talk = Say()
    with certified(certificate, talk) as port:
        (sample,) = asker.ask(lane(port, ca=CA, server_name=name))
    assert (sample.outcome, sample.status, sample.detail) == (Outcome.REFUSED, 0, detail)
    assert not talk.heard


def test_who_speaks_no_tls_is_refused(asker: Asker) -> None:
    """The request is never made in the clear instead."""
    talk = Say()
    with talking(talk) as port:
        (sample,) = asker.ask(lane(port, **SECURE))
    assert (sample.outcome, sample.detail) == (Outcome.REFUSED, "it speaks no TLS")
    assert b"GET" not in b"".join(talk.heard)


def test_a_connection_that_breaks_before_the_handshake_was_no_request(asker: Asker) -> None:
    """So a write was certainly not processed."""
    with talking(lambda connection: connection.close()) as port:
        (sample,) = asker.ask(lane(port, **SECURE))
    assert sample.outcome is Outcome.REFUSED
    assert sample.detail.startswith("TLS: ")


def test_an_answer_without_a_length_is_whole_only_with_an_orderly_end(asker: Asker) -> None:
    """Whoever cuts a connection might have cut the answer."""

    def cut(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nhalf")
        raw = socket.socket(fileno=connection.detach())  # no farewell of TLS's
        raw.shutdown(socket.SHUT_RDWR)
        raw.close()

    with certified("valid", cut) as port:
        (sample,) = asker.ask(lane(port, **SECURE))
    assert (sample.outcome, sample.detail) == (Outcome.RESET, "cut off amid TLS")


def test_an_orderly_end_makes_an_answer_whole(asker: Asker) -> None:
    """As in the clear."""

    def farewell(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nwhole")
        connection.unwrap()  # type: ignore[attr-defined]

    with certified("valid", farewell) as port:
        (sample,) = asker.ask(lane(port, **SECURE))
    assert (sample.outcome, sample.detail) == (Outcome.OK, "")


def test_a_server_that_never_shakes_hands_is_a_time_out(asker: Asker) -> None:
    """A hang is seen by the clock alone, and it says how far it came."""

    def hang(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass

    with talking(hang) as port:
        (sample,) = asker.ask(lane(port, timeout=0.2, rate=10, **SECURE))
    assert (sample.outcome, sample.detail) == (Outcome.TIMEOUT, "no TLS")


def test_what_is_said_without_http_goes_over_tls_too(asker: Asker) -> None:
    """As a queue or a mail server has it: it speaks first, or after us."""

    def greet(connection: socket.socket) -> None:
        connection.sendall(b"220 ready\r\n")
        connection.recv(1)

    with certified("valid", greet) as port:
        asked = lane(port, protocol="tcp", path="", expect=Expect(contains="220"), **SECURE)
        (sample,) = asker.ask(asked)
    assert (sample.outcome, sample.detail) == (Outcome.OK, "")


@pytest.mark.parametrize(("text", "told"), [("no", "found none"), (None, "No such file")])
def test_a_ca_file_that_is_none_is_refused_before_anybody_is_asked(
    tmp_path: Path, asker: Asker, text: str | None, told: str
) -> None:
    """By its path."""
    file = tmp_path / "ca.pem"
    if text is not None:
        file.write_text(text)
    with pytest.raises(PlanError, match=rf"ca\.pem: expected .*{told}"):
        asker.begin(lane(1, ca=str(file), server_name=NAME))
