"""A primary and a standby on paper with what a fault of a database finds there."""

from __future__ import annotations

from pathlib import Path

from drills.faults.fault import Fault
from drills.faults.target import Target
from drills.testing import FakePostgres
from tests.doubles.bench import Bench


class Databases(Bench):
    """``db`` is a primary, ``standby`` streams from it."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.db = self.runtime.add("db")
        self.standby = self.runtime.add("standby")
        self.postgres = FakePostgres(
            self.runtime, "standby", tables=("orders", "users"), login="erp"
        )
        self._injector = self.injector("db", "standby", at_once=2)

    def inject(self, fault: Fault, service: str = "db") -> str:
        """Inject it into the one instance of the service."""
        (injection,) = self._injector.inject(fault, Target(service), "d")
        return injection

    def undo(self, budget: float = 5) -> str:
        """Undo all that is armed; what went wrong with the last of it."""
        return self.rollbacks.unwind(budget=budget)[-1].problem
