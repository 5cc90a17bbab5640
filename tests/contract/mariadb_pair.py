"""Two MariaDBs, of which one follows the other."""

from __future__ import annotations

from pathlib import Path

from drills.stack.data import Node
from drills.stack.drivers import Drivers
from drills.stack.runtime import Container
from drills.wait import until
from tests.contract.faulted import Faulted
from tests.contract.stores import MARIADB, UNSAFE

OBSERVER = "mariadb://observer:drill-only@{host}:{port}/shop"
FOLLOW = (
    "CHANGE MASTER TO master_host='db', master_user='copier', master_password='drill-only', "
    "master_use_gtid=slave_pos, master_ssl=0, master_connect_retry=1"
)


class MariaDBPair(Faulted):
    """A primary, ``db``, and a replica of it, ``spare``, both published on this host."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, "db", "spare")
        network = self.network()
        self.database = Drivers()
        self.db = self.add_mariadb("db", 1, network)
        self.spare = self.add_mariadb("spare", 2, network)
        until(lambda: self._answers(self.db), awaited="the primary answers", within=30)
        until(lambda: self._answers(self.spare), awaited="the replica answers", within=30)
        self.say(
            "CREATE USER 'copier'@'%' IDENTIFIED BY 'drill-only'",
            "GRANT REPLICATION SLAVE ON *.* TO 'copier'@'%'",
            "CREATE USER 'observer'@'%' IDENTIFIED BY 'drill-only'",
            "GRANT SELECT, REPLICA MONITOR ON *.* TO 'observer'@'%'",
            "CREATE DATABASE shop",
            "CREATE TABLE shop.orders (id CHAR(36), item INT)",
        )
        self.say(FOLLOW, "START SLAVE", of=self.spare)
        until(self.follows, awaited="the replica follows", within=20)

    def add_mariadb(self, service: str, number: int, network: str, *more: str) -> Container:
        """One more, of that number."""
        return self.add(
            service,
            ("mariadbd", f"--server-id={number}", "--log-bin=binlog", *UNSAFE, *more),
            image=MARIADB,
            network=network,
            exposed=[3306],
            port_bindings={3306: ("127.0.0.1",)},
        )

    def say(self, *statements: str, of: Container | None = None) -> str:
        """What its own client says, as its administrator; of the primary, unless told."""
        return self.run(of or self.db, "mariadb", "-NBe", "; ".join(statements))

    def follows(self) -> bool:
        """Whether the replica has what the primary wrote."""
        return "orders" in self.say("SHOW TABLES FROM shop", of=self.spare).split()

    def dsn(self, service: str, dsn: str = OBSERVER) -> str:
        """Where it is published."""
        return Node(service=service, dsn=dsn).at(*self.runtime.port(service, 3306))

    def _answers(self, container: Container) -> bool:
        return self.say("SELECT 1", of=container) == "1"
