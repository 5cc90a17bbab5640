"""Three services on one network that talk to each other, for faults of the links between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from drills.stack.runtime import Container
from drills.wait import until
from tests.contract.faulted import PYTHON, Faulted

# Each answers: by TCP what it is told (7000) and as many bytes as are asked for (7001), by UDP
# what it is told, and writes that down (7002). It may keep a connection, told of on each answer.
SERVICE = """
import socket, sys, threading, time
def echo(one):
    while data := one.recv(9): one.sendall(data)
def give(one): one.sendall(b"x" * int(one.recv(20))); one.close()
def serve(port, answer):
    server = socket.create_server(("", port))
    while True: threading.Thread(target=answer, args=server.accept()[:1]).start()
def note():
    server = socket.socket(type=socket.SOCK_DGRAM); server.bind(("", 7002))
    while True:
        data, sender = server.recvfrom(99); print(data.decode(), flush=True)
        try: server.sendto(data, sender)
        except PermissionError: pass  # a datagram that its own kernel drops is refused
for work in ((serve, 7000, echo), (serve, 7001, give), (note,)):
    threading.Thread(target=work[0], args=work[1:]).start()
while len(sys.argv) > 1:
    try: kept = socket.create_connection((sys.argv[1], 7000))
    except OSError: time.sleep(0.1); continue
    try:
        while kept.sendall(b"x") or kept.recv(9):
            print("answered", flush=True); time.sleep(0.05)
    except OSError: pass
    print("broken", flush=True)
"""
SERVE = ("python3", "-c", SERVICE)
REACH = """
import socket, sys
try: socket.create_connection((sys.argv[1], 7000), 1.5); print("reached")
except TimeoutError: print("silence")
except OSError as error: print(error)
"""
FETCH = """
import socket, sys, time
begun = time.monotonic()
one = socket.create_connection((sys.argv[1], 7001), 9); one.sendall(sys.argv[2].encode())
while one.recv(1 << 20): pass
print(time.monotonic() - begun)
"""
SEND = """
import socket, sys
one = socket.socket(type=socket.SOCK_DGRAM); one.connect((sys.argv[1], 7002)); one.settimeout(0.4)
answered = 0
for number in range(int(sys.argv[3])):
    try: one.send(f"{sys.argv[2]} {number}".encode())
    except PermissionError: pass
try:
    while answered < int(sys.argv[3]): one.recv(99); answered += 1
except TimeoutError: pass
print(answered)
"""
ASK = """
import socket, statistics, sys, time
one, spans = socket.create_connection((sys.argv[1], 7000), 9), []
for _ in range(15):
    begun = time.monotonic(); one.sendall(b"x"); one.recv(9); spans.append(time.monotonic() - begun)
print(statistics.median(spans))
"""
LOOK_UP = """
import socket, sys
try: print(socket.gethostbyname(sys.argv[1]))
except OSError as error: print(error)
"""


class Network(Faulted):
    """A database, an app that keeps a connection to it, and a bystander, on one network."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, "app", "db", "other")
        self.up = partial(self.add, image=PYTHON, user="0", network=self.network())
        self.up("db", SERVE)
        self.up("bystander", SERVE)
        self.up("app", [*SERVE, "db"])

    def reach(self, whom: str, by: Container) -> str:
        """What comes of a new connection: "reached", "silence", or what it is refused with."""
        return self.run(by, "python3", "-c", REACH, whom)

    def fetch(self, whom: str, size: int, by: Container) -> float:
        """Seconds that so many bytes take from there, on a connection of their own."""
        return float(self.run(by, "python3", "-c", FETCH, whom, str(size)))

    def send(self, whom: str, word: str, count: int, by: Container) -> int:
        """How many of so many datagrams are answered."""
        return int(self.run(by, "python3", "-c", SEND, whom, word, str(count)))

    def round_trip(self, whom: str, by: Container) -> float:
        """Seconds that a question and its answer take, on a connection that is open: the median."""
        return float(self.run(by, "python3", "-c", ASK, whom))

    def look_up(self, name: str, by: Container) -> str:
        """The address that it finds, or why it finds none."""
        return self.run(by, "python3", "-c", LOOK_UP, name)

    def told(self, container: Container, word: str) -> int:
        """How often a service wrote that: a datagram, "answered" or "broken" of what it keeps."""
        return bytes(self.client.logs(container.id)).count(word.encode())

    def linked(self) -> tuple[Container, Container]:
        """The app, which uses its connection, and the database."""
        app, db = self.found("app"), self.found("db")
        before = self.told(app, "answered")
        until(
            lambda: self.told(app, "answered") > before + 3,
            awaited="the connection is in use",
            within=60,
        )
        return app, db


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The one stack of a module's tests, removed after the last of them."""
    with closing(Network(tmp_path_factory.mktemp("journal"))) as made:
        yield made


@pytest.fixture
def network(stack: Network) -> Iterator[Network]:
    """The stack without a fault in it, whatever became of the tests before."""
    yield stack
    stack.rollbacks.unwind(budget=20)
