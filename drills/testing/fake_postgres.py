"""A PostgreSQL on paper, as far as ``psql`` in its container is asked about it by a fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from drills.faults.postgres import database, lost, replay, sessions
from drills.faults.postgres.client import ALONE, NO, YES
from drills.stack.runtime import Container, Executed
from drills.testing.fake_access import FakeAccess
from drills.testing.fake_catalog import FakeCatalog
from drills.testing.fake_pages import FakePages
from drills.testing.fake_roles import FakeRoles
from drills.testing.fake_sessions import FakeSessions
from drills.testing.fake_settings import FakeSettings
from drills.testing.host import Host
from drills.testing.refused import Refused


class Part(Protocol):
    """One subject that it knows of."""

    def answer(self, container: Container, statement: str) -> str | None:
        """The row that comes of a statement, "" where none does; None for what it has not heard of.

        Raises Refused.
        """

    def keep(self, container: Container, successor: Container) -> None:
        """What took a container's place serves the same data."""


class FakePostgres:
    """Answers ``psql`` in the containers of these services, and says what became of them.

    ``standbys`` names those that replay what a primary wrote. A pause of that lasts until it is
    resumed, the server is started anew, or it is promoted. ``role`` may do all that, unless it is
    not ``permitted`` to pause, or no ``superuser``; ``login`` is that of an application. ``tables``
    are there, in the schema ``public``. ``deaf`` has it say yes to whatever changes
    something and do nothing.
    """

    def __init__(
        self,
        runtime: Host,
        *standbys: str,
        role: str = "postgres",
        tables: Sequence[str] = ("records",),
        login: str = "service",
    ) -> None:
        self.deaf = False
        self.permitted = True
        self.superuser = True
        self.settings = FakeSettings(self)
        self.sessions = FakeSessions(self, tables)
        self.roles = FakeRoles(self, login)
        self.catalog = FakeCatalog(self)
        self.access = FakeAccess(self, runtime)
        self.pages = FakePages(self, tables[0])
        self._parts: tuple[Part, ...] = (
            *(self.access, self.settings, self.sessions, self.roles, self.catalog, self.pages),
        )
        self._runtime = runtime
        self._standbys = set(standbys)
        self._role = role
        self._paused: dict[str, str] = {}  # by container: the server's start that it happened to
        runtime.answer("psql", with_=self.psql)

    def paused(self, container: Container) -> bool:
        """Whether it is a standby that does not replay now."""
        return self.is_standby(container) and (
            self._paused.get(container.id) == self.started(container)
        )

    def is_standby(self, container: Container) -> bool:
        """Whether it replays what a primary wrote."""
        return container.service in self._standbys

    def started(self, container: Container) -> str:
        """The date of the server's start."""
        return self._runtime.state(container).started_at

    def running(self, container: Container) -> Mapping[str, tuple[str, ...]]:
        """The sessions of ``psql`` that run in it and were spawned."""
        running = self._runtime.running(container)
        return {command: line for command, line in running.items() if line[0] == "psql"}

    def end(self, command: str) -> None:
        """A session of ``psql`` ends, as of one that was terminated."""
        self._runtime.finish(command, 2)

    def promote(self, service: str) -> None:
        """It is a primary from now on."""
        self._standbys.discard(service)

    def follow(self, service: str) -> None:
        """It is a standby from now on, as one that was rewound to follow who was promoted."""
        self._standbys.add(service)

    def keep(self, container: Container, successor: Container) -> None:
        """What took a container's place serves the same data, as of a volume."""
        for part in self._parts:
            part.keep(container, successor)

    def psql(self, container: Container, line: tuple[str, ...]) -> Executed:
        """What the command says; see ``drills.faults.postgres.client.line``."""
        role = line[line.index("-U") + 1]
        if role not in {self._role, *self.roles.of(container)}:
            return Executed(2, f'FATAL:  role "{role}" does not exist'.encode())
        if role in self.sessions.refused:
            return Executed(2, b"fe_sendauth: no password supplied")
        if "-h" in line:
            return self.access.come(container, line)
        told = ""
        for word, statement in pairwise(line):
            if statement == sessions.BY_SOCKET():
                told = _told(not self.roles.of(container)[role].superuser)
            elif word == "-c" and statement != ALONE:
                try:
                    told = self._answered(container, statement)
                except Refused as refusal:
                    return Executed(1, f"ERROR:  {refusal}".encode())
        return Executed(0, f"{told}\n".encode())

    def _answered(self, container: Container, statement: str) -> str:
        standby = self.is_standby(container)
        if statement == database.ASKED_FIRST():
            return f"{_told(self.superuser)}|{_told(standby)}"
        if statement == lost.STANDBY():
            return _told(standby)
        if statement == replay.ABLE:
            return f"{_told(standby)}|{_told(self.permitted)}"
        if statement == replay.PAUSE_STATE:
            return "paused" if self.paused(container) else "not paused"
        if statement in (replay.PAUSE, replay.RESUME):
            self._replay(container, paused=statement == replay.PAUSE)
            return ""
        for part in self._parts:
            answer = part.answer(container, statement)
            if answer is not None:
                return answer
        raise Refused(f"nobody has heard of {statement}")

    def _replay(self, container: Container, *, paused: bool) -> None:
        if paused and not self.is_standby(container):
            raise Refused("recovery is not in progress")
        if not self.deaf and paused:
            self._paused[container.id] = self.started(container)
        elif not self.deaf:
            self._paused.pop(container.id, None)


def _told(yes: bool) -> str:
    return YES if yes else NO
