"""What may keep customers' writes, each by itself: real servers in containers, and the fakes."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

from drills.stack.data import Data, Node
from drills.stack.database import ASK_WITHIN, Database, DatabaseError, DataGone, Holding
from drills.stack.drivers import Drivers
from drills.stack.holdings import held_by
from drills.stack.runtime import Container, Runtime
from drills.testing import FakeDatabase, FakeList, FakeRuntime, ManualClock
from drills.wait import until
from tests.contract.faulted import Faulted

TAG = os.environ.get("DRILLS_IMAGE_TAG", "latest")
POSTGRES, MARIADB, REDIS = (
    f"incident-drills/{name}:{TAG}" for name in ("postgres-primary", "mariadb", "redis")
)
CONTENT = ("item", "quantity")
FINAL_READ = "SELECT id, item, quantity FROM orders"
OBSERVER, PASSWORD = "observer", "p@ss/word#%"
UNSAFE = ("--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0")  # no power fails here
LIST = ("redis-cli", "-e", "lrange", "orders", "0", "-1")
Write = tuple[str, str, int]  # its id, and its content


class Store(ABC):
    """Something that keeps writes, and the node of the data that describes it.

    ``table`` says whether it answers that its writes are gone, where they are; a list that is not
    there is an empty one.
    """

    node: Node
    database: Database
    runtime: Runtime
    table = True

    def held(self, timeout: int = ASK_WITHIN) -> Holding:
        """What the product reads there."""
        data = Data(
            writes="orders", final_read=FINAL_READ, content=CONTENT, nodes={"db": self.node}
        )
        asked = data, self.database, self.runtime
        return held_by("db", *asked, self.dsn, timeout=timeout)

    def dsn(self) -> str:
        """Where it is now."""
        return self.node.at(*self.runtime.port("db", self.node.port))

    @property
    def container(self) -> Container:
        """Where it runs."""
        return self.runtime.containers("db")[0]

    @abstractmethod
    def keep(self, writes: Sequence[Write]) -> None:
        """It holds these and no others."""

    @abstractmethod
    def lose(self) -> None:
        """What keeps the writes is dropped."""

    @abstractmethod
    def refuse(self) -> None:
        """It answers that the observer may not read them, until they are kept anew."""

    def close(self) -> None:
        """It serves nobody any more, and what was made for it is removed."""
        self.runtime.stop(self.container, 0)


class FakeTable(Store):
    """The public fake of a database, of the kind that a DSN's scheme says."""

    def __init__(self, scheme: str) -> None:
        self.node = Node(service="db", dsn=f"{scheme}://u:p@{{host}}:{{port}}/shop")
        self.runtime = FakeRuntime(ManualClock(), {"db": 1})
        self.runtime.ports["db", self.node.port] = ("127.0.0.1", 4711)
        self.database = self._fake = FakeDatabase()
        runtime = self.runtime
        self._fake.unreachable = lambda _: runtime.state(self.container).status != "running"

    def keep(self, writes: Sequence[Write]) -> None:
        self._fake.on("FROM orders", list(writes))

    def lose(self) -> None:
        self._fake.on("FROM orders", DataGone("no such table"))

    def refuse(self) -> None:
        self._fake.on("FROM orders", DatabaseError("permission denied"))


class FakeQueue(Store):
    """The public fake of a list that a command prints."""

    table = False

    def __init__(self) -> None:
        self.node = Node(service="db", command=LIST)
        self.database = FakeDatabase()
        runtime = FakeRuntime(ManualClock(), {"db": 1})
        self.runtime, self._list = runtime, FakeList(runtime, "redis-cli")

    def keep(self, writes: Sequence[Write]) -> None:
        self._list.lines, self._list.fails = [*map(_line, writes)], ""

    def lose(self) -> None:
        self._list.lines = []

    def refuse(self) -> None:
        self._list.fails = "NOAUTH Authentication required."


class _Real(Store):
    """One in a container of its own, published on this host."""

    image: str
    command: Sequence[str] = ()

    def __init__(self, directory: Path) -> None:
        self.faulted = Faulted(directory, "db")
        self.runtime = self.faulted.runtime
        self.database = Drivers()
        ports = [self.node.port] if self.node.port else []
        self.faulted.add(
            "db",
            self.command,
            image=self.image,
            network="bridge",
            exposed=ports,
            port_bindings=dict.fromkeys(ports, ("127.0.0.1",)),
        )
        until(self._answers, awaited=f"{self.image} answers", within=30)

    @abstractmethod
    def say(self, *statements: str) -> str:
        """What its own client says, in its container."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it serves."""

    def close(self) -> None:
        self.faulted.close()


class _Sql(_Real):
    who: str  # its observer, as it is granted something

    def keep(self, writes: Sequence[Write]) -> None:
        rows = ", ".join(f"('{id_}', '{item}', {quantity})" for id_, item, quantity in writes)
        self.say(
            "DROP TABLE IF EXISTS orders",
            "CREATE TABLE orders (id CHAR(40), item VARCHAR(80), quantity NUMERIC(9, 2))",
            f"GRANT SELECT ON orders TO {self.who}",
            *([f"INSERT INTO orders VALUES {rows}"] if writes else []),  # noqa: S608 - ours
        )

    def lose(self) -> None:
        self.say("DROP TABLE orders")

    def refuse(self) -> None:
        self.say(f"REVOKE SELECT ON orders FROM {self.who}")  # noqa: S608 - no query


class Postgres(_Sql):
    """The reference stack's own primary, by itself."""

    image = POSTGRES
    who = "clerk"
    node = Node(service="db", dsn="postgresql://clerk:drill-only@{host}:{port}/sme_erp")

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.say("CREATE ROLE clerk LOGIN PASSWORD 'drill-only'")

    def say(self, *statements: str) -> str:
        words = [word for one in statements for word in ("-c", one)]
        line = ("psql", "-XAtqw", "-U", "postgres", "-d", "sme_erp", *words)
        return self.faulted.run(self.container, *line)

    def _answers(self) -> bool:
        return self.say("SELECT 1") == "1"


class MariaDB(_Sql):
    """MariaDB as Debian has it."""

    image = MARIADB
    node = Node(service="db", dsn=f"mariadb://{OBSERVER}:{PASSWORD}@{{host}}:{{port}}/shop")
    command = ("mariadbd", "--server-id=1", "--log-bin=binlog", *UNSAFE)
    who = f"{OBSERVER}@'%'"

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.say("CREATE DATABASE shop", f"CREATE USER {self.who} IDENTIFIED BY '{PASSWORD}'")

    def say(self, *statements: str) -> str:
        return said_to_mariadb(self.faulted, self.container, *statements)

    def _answers(self) -> bool:
        return self.faulted.run(self.container, "mariadb", "-NBe", "SELECT 1") == "1"


def said_to_mariadb(faulted: Faulted, container: Container, *statements: str) -> str:
    """What MariaDB's own client says, as its administrator, in a database that may be there."""
    use = ["USE shop"] if not statements[0].startswith("CREATE DATABASE") else []
    client = ("mariadb", "--default-character-set=utf8mb4", "-NBe")
    return faulted.run(container, *client, "; ".join([*use, *statements]))


class Redis(_Real):
    """A list in redis, that its client prints."""

    image = REDIS
    node = Node(service="db", command=LIST)
    table = False

    def say(self, *words: str) -> str:
        return self.faulted.run(self.container, "redis-cli", *words)

    def keep(self, writes: Sequence[Write]) -> None:
        self.say("del", "orders")
        if writes:
            self.say("rpush", "orders", *map(_line, writes))

    def lose(self) -> None:
        self.say("del", "orders")

    def refuse(self) -> None:
        self.say("set", "orders", "no list")

    def _answers(self) -> bool:
        return self.say("ping") == "PONG"


def _line(write: Write) -> str:
    return "\t".join(map(str, write))


STORES: Mapping[str, type[Store]] = {"postgres": Postgres, "mariadb": MariaDB, "redis": Redis}
