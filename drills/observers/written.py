"""What customers were told of their writes so far, and what any database holds of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from drills.errors import PlanError
from drills.journal.sample import Sample
from drills.journal.samples import SampleTail
from drills.stack.data import Data
from drills.stack.database import Database, Holding, final_read
from drills.stack.dsn import Product, of_database
from drills.stack.runtime import Runtime


class Written:
    """The ledger of a drill under way, in the folder ``samples``, and the databases of ``data``."""

    def __init__(self, data: Data, database: Database, runtime: Runtime, samples: Path) -> None:
        self._data = data
        self._database = database
        self._runtime = runtime
        self._samples = samples

    def told(self) -> Sequence[Sample]:
        """Every write of which an answer was noted by now, or that was given up."""
        return SampleTail(self._samples).poll().get(self._data.writes, ())

    def node(self, service: str) -> str:
        """The name of the node of the data that is of that service. Raises PlanError for none."""
        for name, node in self._data.nodes.items():
            if node.service == service:
                return name
        raise PlanError(f"expected one of [data.nodes] to be of {service}, found none")

    def product(self, service: str) -> Product:
        """What kind of database runs in that service: PostgreSQL, where no node says otherwise."""
        known = (node.product for node in self._data.nodes.values() if node.service == service)
        return next(known, None) or Product.POSTGRESQL

    def held(self, service: str, database: str) -> Holding:
        """What a database on that service holds of each write, as the final read asks for it.

        Raises PlanError where no node of the data is of that service, DataGone where the database
        answers that it keeps no writes, DatabaseError where it cannot be asked.
        """
        data = self._data
        node = data.nodes[self.node(service)]
        if node.command:
            raise PlanError(f"expected a dsn of {service}, to ask {database}, found a command")
        dsn = of_database(node.at(*self._runtime.port(service, node.port)), database)
        return final_read(self._database, dsn, data.final_read, len(data.content))
