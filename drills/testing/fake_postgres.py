"""A PostgreSQL on paper, as far as ``psql`` in its container is asked about it by a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from drills.stack.runtime import Container, ContainerState, Executed

Answer = Callable[[Container, tuple[str, ...]], Executed]


class Host(Protocol):
    """What the database's containers are part of; a ``FakeRuntime`` is one."""

    def answer(self, *argv: str, with_: Answer) -> None:
        """What a command gives from now on."""

    def state(self, container: Container) -> ContainerState:
        """What a container is in."""


class FakePostgres:
    """Answers ``psql`` in the containers of these services, and says what became of them.

    ``standbys`` names those that replay what a primary wrote. A pause of that lasts until it is
    resumed, the server is started anew, or it is promoted. ``role`` may do that, ``deaf`` has it
    say yes to whatever changes something and do nothing.
    """

    def __init__(self, runtime: Host, *standbys: str, role: str = "postgres") -> None:
        self.deaf = False
        self.permitted = True
        self._runtime = runtime
        self._standbys = set(standbys)
        self._role = role
        self._paused: dict[str, str] = {}  # by container: the server's start that it happened to
        runtime.answer("psql", with_=self._psql)

    def paused(self, container: Container) -> bool:
        """Whether it is a standby that does not replay now."""
        started = self._runtime.state(container).started_at
        return container.service in self._standbys and self._paused.get(container.id) == started

    def promote(self, service: str) -> None:
        """It is a primary from now on."""
        self._standbys.discard(service)

    def _psql(self, container: Container, line: tuple[str, ...]) -> Executed:
        role, statement = line[line.index("-U") + 1], line[line.index("-c") + 1]
        if role != self._role:
            return Executed(2, f'FATAL:  role "{role}" does not exist'.encode())
        return self._answered(container, statement)

    def _answered(self, container: Container, statement: str) -> Executed:
        standby = container.service in self._standbys
        if "has_function_privilege" in statement:
            told = ("f", "t")
            return _row(f"{told[standby]}|{told[self.permitted]}")
        if "pg_get_wal_replay_pause_state()" in statement:
            return _row("paused" if self.paused(container) else "not paused")
        if "pg_wal_replay_pause()" in statement and not standby:
            return Executed(1, b"ERROR:  recovery is not in progress")
        if "pg_wal_replay_pause()" in statement and not self.deaf:
            self._paused[container.id] = self._runtime.state(container).started_at
        if "pg_wal_replay_resume()" in statement and not self.deaf:
            self._paused.pop(container.id, None)
        return _row("")


def _row(text: str) -> Executed:
    return Executed(0, f"{text}\n".encode())
