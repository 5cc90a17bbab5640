"""Columns, flags and replication slots of PostgreSQL servers on paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Protocol

from drills.faults.postgres import migrations, slots, tables
from drills.faults.postgres.client import NO, YES
from drills.stack.runtime import Container
from drills.testing.refused import Refused

Table = tuple[str, str]  # schema and name


class Server(Protocol):
    """What they are those of; a ``FakePostgres`` is one."""

    deaf: bool


class FakeCatalog:
    """Each server has the same at first; what is told of one changes that one.

    ``limit`` is the most that a slot may keep, in MB, -1 without a limit; ``room`` is for how many
    slots there is room. ``triggers`` are the tables that have one.
    """

    def __init__(self, server: Server) -> None:
        self.limit, self.room = 1024, 6
        self.triggers: set[Table] = set()
        self.revision = "0002"
        self._server = server
        self._columns: defaultdict[str, dict[Table, set[str]]] = defaultdict(
            lambda: {("public", "users"): {"username", "is_active"}}
        )
        # Of each table's rows, by a unique column and its value.
        self._flags: defaultdict[str, dict[tuple[str, str, str, str, str], str]] = defaultdict(
            lambda: {("public", "users", "is_active", "username", "drill"): YES}
        )
        self._slots: defaultdict[str, set[str]] = defaultdict(set)

    def columns(self, container: Container) -> dict[Table, set[str]]:
        """The columns of each table."""
        return self._columns[container.id]

    def flags(self, container: Container) -> dict[tuple[str, str, str, str, str], str]:
        """Flags by schema, table, column, key and the key's value: t, f or ""."""
        return self._flags[container.id]

    def slots(self, container: Container) -> set[str]:
        """The replication slots."""
        return self._slots[container.id]

    def keep(self, container: Container, successor: Container) -> None:
        """What took its place has the same data."""
        self._columns[successor.id] = self.columns(container)
        self._flags[successor.id] = self.flags(container)
        self._slots[successor.id] = self.slots(container)

    def answer(self, container: Container, statement: str) -> str | None:
        """Of what a fault says to the server."""
        for known in (self._renamed, self._migrated, self._turned, self._slotted):
            if (answer := known(container, statement)) is not None:
                return answer
        return None

    def _renamed(self, container: Container, statement: str) -> str | None:
        for change in (tables.RENAME, tables.RENAME_BACK):
            if (of := change.heard(statement)) is not None:
                columns = self.columns(container)[of["schema"], of["table"]]
                ends = of["column"], of["mark"]
                old, new = ends if change is tables.RENAME else ends[::-1]
                if old not in columns:
                    raise Refused(f'column "{old}" does not exist')
                if not self._server.deaf:
                    columns.remove(old)
                    columns.add(new)
                return ""
        for question, wanted in (
            (tables.COLUMN, (True, None)),
            (tables.RENAMED, (False, True)),
            (tables.NAMED, (True, False)),
        ):
            if (of := question.heard(statement)) is not None:
                columns = self.columns(container).get((of["schema"], of["table"]), set())
                pairs = zip((of["column"], of.get("mark", "")), wanted, strict=True)
                return _told(
                    all((name in columns) == there for name, there in pairs if there is not None)
                )
        return None

    def _migrated(self, container: Container, statement: str) -> str | None:
        if migrations.VERSIONED.heard(statement):
            return _told(bool(self.revision))
        if migrations.REVISION.heard(statement):
            return self.revision
        for change in (migrations.TAKE_BACK, migrations.RUN):
            if (of := change.heard(statement)) is not None:
                columns = self.columns(container)[of["schema"], of["table"]]
                ends = of["column"], of["before"]
                old, new = ends if change is migrations.TAKE_BACK else ends[::-1]
                if old not in columns:
                    raise Refused(f'column "{old}" does not exist')
                if not self._server.deaf:
                    columns.remove(old)
                    columns.add(new)
                    self.revision = of.get("revision", of.get("was", ""))
                return ""
        for question, wanted in ((migrations.BEHIND, False), (migrations.CURRENT, True)):
            if (of := question.heard(statement)) is not None:
                columns = self.columns(container).get((of["schema"], of["table"]), set())
                newer = (of["column"] in columns, of["before"] in columns) == (wanted, not wanted)
                return _told(newer and self.revision == of["was" if wanted else "revision"])
        return None

    def _turned(self, container: Container, statement: str) -> str | None:
        if (of := tables.TURNABLE.heard(statement)) is not None:
            table = of["schema"], of["table"]
            known = self.columns(container).get(table, set())
            there = {of["column"], of["key"]} <= known and of["column"].startswith("is_")
            return _told(there and table not in self.triggers)
        if (of := tables.FLAG.heard(statement)) is not None:
            return self.flags(container).get(_row(of), "")
        for change in (tables.TURN, tables.TURN_BACK):
            if (of := change.heard(statement)) is not None:
                flags, row = self.flags(container), _row(of)
                turned = {YES: NO, NO: YES}[of["was"]]
                if row in flags and not self._server.deaf:
                    flags[row] = turned if change is tables.TURN else of["was"]
                return ""
        for question in (tables.TURNED, tables.NOT_TURNED):
            if (of := question.heard(statement)) is not None:
                turned = self.flags(container).get(_row(of), of["was"])
                return _told((turned != of["was"]) == (question is tables.TURNED))
        return None

    def _slotted(self, container: Container, statement: str) -> str | None:
        there = self.slots(container)
        if statement == slots.ROOM():
            return f"{self.limit}|{_told(len(there) < self.room)}"
        if statement == slots.CHECKPOINT():
            return ""
        if (of := slots.CREATE.heard(statement)) is not None:
            if not self._server.deaf:
                there.add(of["slot"])
            return ""
        if (of := slots.DROP.heard(statement)) is not None:
            if not self._server.deaf:
                there.discard(of["slot"])
            return ""
        for question in (slots.KEEPS, slots.DROPPED):
            if (of := question.heard(statement)) is not None:
                return _told((of["slot"] in there) == (question is slots.KEEPS))
        return None


def _row(of: Mapping[str, str]) -> tuple[str, str, str, str, str]:
    return of["schema"], of["table"], of["column"], of["key"], of["value"]


def _told(yes: bool) -> str:
    return YES if yes else NO
