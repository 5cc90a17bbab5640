"""What a procedure works with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, Self

from drills.clock import Clock
from drills.journal.journal import Journal
from drills.journal.sample import Sample
from drills.runbook.settings_file import Kept
from drills.stack.database import Holding
from drills.stack.dsn import Product
from drills.stack.runtime import Runtime
from drills.stack.tls import Address


class Ledger(Protocol):
    """What customers were told of their writes so far, and what a database holds of them."""

    def told(self) -> Sequence[Sample]:
        """Every write of which an answer was noted by now, or that was given up."""

    def node(self, service: str) -> str:
        """The name of the node of the data that is of that service. Raises PlanError for none."""

    def product(self, service: str) -> Product:
        """What kind of database runs in that service, as far as the data says."""

    def held(self, service: str, database: str) -> Holding:
        """What a database on that service holds of each write.

        Raises PlanError where no node of the data is of that service, DataGone where the database
        answers that it keeps no writes, DatabaseError where it cannot be asked.
        """


@dataclass(frozen=True, slots=True)
class Bench:
    """What a procedure works with: the engine, the system's entry, its environment file, ledger.

    ``patience`` is how many seconds an action waits for what it awaits. ``scale`` has so many
    instances of a service run, see ``Stack.scale``. ``kept`` are files as they were before anything
    happened to them, by their names; "" is the environment file. ``people`` is how many seconds
    they are waited for in a step that only they can do, 0 where nobody is; ``off_call`` says
    whether the drill needs no response any more.
    """

    runtime: Runtime
    entry: Address
    environment_file: Path
    journal: Journal
    clock: Clock
    patience: float
    ledger: Ledger
    scale: Callable[[str, int], None]
    kept: Mapping[str, Kept] = field(default_factory=dict)
    people: float = 0.0
    off_call: Callable[[], bool] = lambda: False

    def file(self, name: str) -> Path:
        """The file of that name beside the environment file; "" is that one."""
        return self.environment_file.with_name(name) if name else self.environment_file

    def keeping(self, names: Iterable[str]) -> Self:
        """The same, with these files kept as they are now; what cannot be read is not kept."""
        found = {name: Kept.of(self.file(name)) for name in names}
        return replace(self, kept={name: kept for name, kept in found.items() if kept})
