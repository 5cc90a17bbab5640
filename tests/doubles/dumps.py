"""A database server with its own tools for backups, and customers who write to it, on paper."""

from __future__ import annotations

from collections.abc import Mapping

from drills.journal.sample import Outcome, Sample
from drills.stack.database import DatabaseError, DataGone, Holding
from drills.stack.dsn import Product
from drills.stack.runtime import Container, Executed
from drills.testing import FakeRuntime, ManualClock

DONE = Executed(0, b"")


class Server:
    """Databases by name, dumps by file. Every write and every command takes a second.

    ``torn`` are files that cannot be restored. A database in ``databases`` that is None keeps no
    writes.
    """

    def __init__(self, runtime: FakeRuntime, clock: ManualClock) -> None:
        self.databases: dict[str, dict[str, tuple[str, ...]] | None] = {"erp": {}}
        self.files: dict[str, Mapping[str, tuple[str, ...]] | None] = {}
        self.torn: set[str] = set()
        self.said: list[str] = []
        self.orders: list[Sample] = []
        self.silent = ""
        self._clock = clock
        for tool in ("pg_dump", "pg_restore", "createdb", "dropdb", "psql"):
            runtime.answer(tool, with_=getattr(self, f"_{tool}"))
        runtime.answer("stat", with_=Executed(0, b"4096\n"))

    def write(self, id_: str, outcome: Outcome = Outcome.OK) -> None:
        """A customer writes; what was acknowledged is in the database."""
        sent = self._clock.monotonic_ns()
        self._clock.advance(1)
        told = (sent, sent, self._clock.monotonic_ns(), outcome)
        self.orders.append(Sample("orders", len(self.orders), *told, subject=id_, content="one"))
        kept = self.databases["erp"]
        if outcome.good and kept is not None:
            kept[id_] = ("one",)

    def node(self, service: str) -> str:
        """Called as its service."""
        return service

    def product(self, service: str) -> Product:
        """Whose tools these are."""
        return Product.POSTGRESQL

    def told(self) -> list[Sample]:
        """The ledger."""
        return self.orders

    def held(self, service: str, database: str) -> Holding:
        """What a database holds."""
        if self.silent:
            raise DatabaseError(self.silent)
        if self.databases.get(database) is None:
            raise DataGone('relation "orders" does not exist')
        return dict(self.databases[database] or {})

    def _pg_dump(self, _container: Container, line: tuple[str, ...]) -> Executed:
        self._clock.advance(1)
        if line[-1] not in self.databases:
            return Executed(1, b'pg_dump: error: database "x" does not exist')
        kept = self.databases[line[-1]]
        self.files[line[line.index("-f") + 1]] = kept if kept is None else dict(kept)
        return DONE

    def _pg_restore(self, _container: Container, line: tuple[str, ...]) -> Executed:
        self._clock.advance(1)
        into = "erp" if "--create" in line else line[line.index("-d") + 1]
        if line[-1] in self.torn:
            return Executed(1, b"pg_restore: error: could not read from input file: end of file")
        kept = self.files[line[-1]]
        self.databases[into] = kept if kept is None else dict(kept)
        return DONE

    def _createdb(self, _container: Container, line: tuple[str, ...]) -> Executed:
        if line[-1] in self.databases:
            return Executed(1, b"createdb: error: it already exists")
        self.databases[line[-1]] = {}
        return DONE

    def _dropdb(self, _container: Container, line: tuple[str, ...]) -> Executed:
        del self.databases[line[-1]]
        return DONE

    def _psql(self, _container: Container, line: tuple[str, ...]) -> Executed:
        statements = [line[at + 1] for at, word in enumerate(line) if word == "-c"]
        self.said += statements
        for statement in statements:
            if statement == self.silent:
                return Executed(3, b"ERROR: refused")
            words = statement.replace('"', "").split()
            if "RENAME" in words:
                self.databases[words[-1]] = self.databases.pop(words[2])
            if words[0] == "DROP":
                self.databases.pop(words[4], None)
        return DONE


class NoLedger:
    """Nobody writes."""

    def told(self) -> list[Sample]:
        """Nothing."""
        return []

    def node(self, service: str) -> str:
        """Called as its service."""
        return service

    def product(self, service: str) -> Product:
        """Nobody's in particular."""
        return Product.POSTGRESQL

    def held(self, service: str, database: str) -> Holding:
        """Nothing that could be asked."""
        raise DatabaseError(f"nobody keeps writes in {database} on {service}")
