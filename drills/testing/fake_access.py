"""The pg_hba.conf of PostgreSQL servers on paper, and who is let in by the network."""

from __future__ import annotations

from collections import defaultdict
from typing import Protocol

from drills.faults.postgres import access, settings
from drills.stack.runtime import Container, Executed
from drills.testing.host import Host

PATH = "/etc/postgresql/pg_hba.conf"
FIRST = ("# TYPE DATABASE USER ADDRESS METHOD", "host all all all scram-sha-256")
DONE, FAILED = Executed(0, b""), Executed(1, b"")


class Server(Protocol):
    """What the file is that of; a ``FakePostgres`` is one."""

    deaf: bool

    def started(self, container: Container) -> str:
        """The date of the server's start."""


class FakeAccess:
    """Each server's file, and what it goes by since its last reload.

    ``writable`` and ``listening`` say whether its owner may write it, and whether anybody can come.
    """

    def __init__(self, server: Server, runtime: Host) -> None:
        self.writable = self.listening = True
        self._server = server
        self._files: defaultdict[str, list[str]] = defaultdict(lambda: [*FIRST])
        self._loaded: dict[str, tuple[str, list[str]]] = {}  # with the start it was after
        runtime.answer(*access.OWNER, with_=Executed(0, b"999\n"))
        runtime.answer(*access.READY, with_=lambda *_: DONE if self.listening else FAILED)
        for text in (access.WRITABLE, access.ADD, access.REMOVE, access.HAS):
            runtime.answer("sh", "-c", text, with_=self._run)

    def file(self, container: Container) -> list[str]:
        """The lines of its file."""
        return self._files[container.id]

    def keep(self, container: Container, successor: Container) -> None:
        """What took its place has the same file."""
        self._files[successor.id] = self._files[container.id]

    def answer(self, container: Container, statement: str) -> str | None:
        """Of what a fault says to the server."""
        if statement == access.WHERE():
            return f"5432|{PATH}"
        if statement == settings.RELOAD() and not self._server.deaf:
            self._load(container)
        return None  # others hear of a reload too

    def come(self, container: Container, line: tuple[str, ...]) -> Executed:
        """What somebody is told who comes by the network without a password."""
        started, loaded = self._loaded.get(container.id, ("", [*FIRST]))
        if started != self._server.started(container):  # it has read it anew
            self._load(container)
            loaded = self._loaded[container.id][1]
        user = line[line.index("-U") + 1]
        database = line[line.index("-d") + 1].partition("'")[2].rpartition("'")[0]
        if any(each.startswith(f'host "{database}" "{user}" all reject ') for each in loaded):
            return Executed(2, b"FATAL:  pg_hba.conf rejects connection")
        return Executed(2, b"fe_sendauth: no password supplied")

    def _load(self, container: Container) -> None:
        self._loaded[container.id] = self._server.started(container), [*self.file(container)]

    def _run(self, container: Container, argv: tuple[str, ...]) -> Executed:
        _, _, text, _, path, *rest = argv
        if path != PATH or (text == access.WRITABLE and not self.writable):
            return FAILED
        if text == access.WRITABLE:
            return DONE
        line, mark = rest
        known, file = self.file(container), []
        ours = [each for each in known if each.endswith(f" # {mark}")]
        if text == access.HAS:
            return DONE if ours else FAILED
        if not self._server.deaf:
            file = [line, *known] if text == access.ADD else [e for e in known if e not in ours]
            self._files[container.id][:] = file
        return DONE
