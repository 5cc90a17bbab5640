"""Where a history may be kept: a file of SQLite, memory, and a real PostgreSQL server."""

from __future__ import annotations

import os
from pathlib import Path

from drills.history.store import Store
from drills.wait import until
from tests.contract.faulted import Faulted

PLAIN_POSTGRES = f"incident-drills/postgres-primary:{os.environ.get('DRILLS_IMAGE_TAG', 'latest')}"
PORT, PASSWORD = 5432, "p@ss/word#%"


class Server:
    """The reference stack's own primary, by itself, with a database for a history."""

    def __init__(self, directory: Path) -> None:
        self._faulted = Faulted(directory, "db")
        bound = {PORT: ("127.0.0.1",)}
        self._container = self._faulted.add(
            "db", (), image=PLAIN_POSTGRES, network="bridge", exposed=[PORT], port_bindings=bound
        )
        until(lambda: self._say("SELECT 1") == "1", awaited="PostgreSQL answers", within=30)
        self._say(f"CREATE ROLE team LOGIN PASSWORD '{PASSWORD}'")
        self._say("CREATE DATABASE history OWNER team")

    def url(self, password: str) -> str:
        """Where it is, for the team."""
        host, port = self._faulted.runtime.port("db", PORT)
        return f"postgresql://team:{password}@{host}:{port}/history"

    def empty(self) -> None:
        """Nothing is kept there any more."""
        self._say("DROP TABLE IF EXISTS drills_2", database="history")

    def close(self) -> None:
        """Remove it."""
        self._faulted.close()

    def _say(self, statement: str, database: str = "sme_erp") -> str:
        line = ("psql", "-XAtqw", "-U", "postgres", "-d", database, "-c", statement)
        return self._faulted.run(self._container, *line)


def file_in(directory: Path) -> Store:
    """The one of a folder of reports."""
    return Store.at(directory / "history.db")
