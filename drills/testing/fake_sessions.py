"""The sessions that faults begin in PostgreSQL servers on paper: by commands inside containers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from drills.faults.postgres import sessions
from drills.faults.postgres.client import NO, YES
from drills.stack.runtime import Container
from drills.testing.refused import Refused


class Server(Protocol):
    """What the sessions are those of; a ``FakePostgres`` is one."""

    deaf: bool

    def running(self, container: Container) -> Mapping[str, tuple[str, ...]]:
        """The commands that run in it now, by the engine's id of each."""

    def end(self, command: str) -> None:
        """One of them ends."""


@dataclass(frozen=True, slots=True)
class FakeSession:
    """A session that holds something: "lock" (of a table), "leak" or "hold"."""

    what: str
    mark: str
    table: tuple[str, str] = ("", "")


class FakeSessions:
    """What is held in each server, while the command that holds it runs.

    ``tables`` are those that there are, by schema and name. ``refused`` are the logins that have to
    bring a password to the socket.
    """

    def __init__(self, server: Server, tables: Sequence[str]) -> None:
        self.tables = {("public", table) for table in tables}
        self.refused: set[str] = set()
        self.has_dblink = True
        self._server = server
        self._begun: dict[str, FakeSession | None] = {}  # None: it says yes, and does nothing

    def of(self, container: Container) -> list[FakeSession]:
        """What is held there now."""
        return [one for one in self._held(container).values() if one is not None]

    def _held(self, container: Container) -> Mapping[str, FakeSession | None]:
        running = self._server.running(container)
        for command, line in running.items():
            if command not in self._begun:
                self._begun[command] = None if self._server.deaf else _begun(line)
        return {command: self._begun[command] for command in running}

    def keep(self, container: Container, successor: Container) -> None:
        """No session outlives its server."""

    def answer(self, container: Container, statement: str) -> str | None:
        """Of what a fault says to the server."""
        if (of := sessions.END.heard(statement)) is not None:
            ended = [
                key for key, one in self._held(container).items() if one and one.mark == of["mark"]
            ]
            for command in [] if self._server.deaf else ended:
                self._server.end(command)
            return str(len(ended))
        if (of := sessions.TABLE.heard(statement)) is not None:
            return YES if (of["schema"], of["table"]) in self.tables else NO
        if statement == sessions.DBLINK():
            if not self.has_dblink:
                raise Refused('could not access file "$libdir/dblink": No such file or directory')
            return ""
        return self._asked(container, statement)

    def _asked(self, container: Container, statement: str) -> str | None:
        held = self.of(container)
        if (of := sessions.ENDED.heard(statement)) is not None:
            return NO if any(one.mark == of["mark"] for one in held) else YES
        if (of := sessions.LOCKED.heard(statement)) is not None:
            lock = FakeSession("lock", of["mark"], (of["schema"], of["table"]))
            return YES if lock in held else NO
        for what, question in (("leak", sessions.LEAKED), ("hold", sessions.HELD)):
            if (of := question.heard(statement)) is not None:
                return YES if FakeSession(what, of["mark"]) in held else NO
        return None


def _begun(line: tuple[str, ...]) -> FakeSession | None:
    """What a command holds; None where it is none of a fault's."""
    mark = line[line.index("-d") + 1].partition("application_name='")[2].partition("'")[0]
    for statement in (after for word, after in pairwise(line) if word == "-c"):
        if (of := sessions.LOCK.heard(statement)) is not None:
            return FakeSession("lock", mark, (of["schema"], of["table"]))
        body = (sessions.DO.heard(statement) or {}).get("body", "")
        for what, held in (("leak", sessions.LEAK), ("hold", sessions.HOLD)):
            if held.heard(body) is not None:
                return FakeSession(what, mark)
    return None
