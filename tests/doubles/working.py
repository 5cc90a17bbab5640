"""What a procedure works with in these tests, and actions for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from drills.clock import Clock
from drills.runbook.action import Action
from drills.runbook.bench import Bench as Workplace
from drills.stack.runtime import Container
from tests.doubles.bench import Bench
from tests.doubles.dumps import NoLedger
from tests.doubles.scripted import Service

ENVIRONMENT = "# the app's\nDATABASE_URL=postgresql://u:p@primary/erp\nREAD_REPLICA_URL=r\nX=1\n"
SOON = 30.0
TITLE = "The app is slow"


def workplace(bench: Bench, service: Service, file: Path, clock: Clock) -> Workplace:
    def scale(of: str, instances: int) -> None:
        for number in range(1 + len(bench.runtime.containers(of)), instances + 1):
            bench.runtime.add(of, number)

    where = (bench.runtime, service.address, file, bench.journal, clock)
    return Workplace(*where, patience=0.5, ledger=NoLedger(), scale=scale)


def action(kind: Any, **more: Any) -> Action:
    return Action(action=kind, says=f"To {kind}", **more)


def restart() -> Action:
    return action("restart", service="app", path="/health", field="instance")


def short(container: Container) -> str:
    return container.id[:12]


def name_of(container: Container) -> str:
    """What an instance says of itself: at least 12 characters of its id."""
    return container.id
