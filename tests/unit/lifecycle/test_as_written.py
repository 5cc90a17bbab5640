"""A runbook on trial: on a healthy stack, and then in its incident."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from drills.journal.facts import Note
from drills.journal.journal import Journal
from drills.journal.redaction import Redactor
from drills.lifecycle.as_written import Trial, _tried
from drills.lifecycle.drill import Drill
from drills.lifecycle.following import chosen
from drills.stack.console import Console, Ran
from drills.stack.engines.compose import ComposeStack
from drills.stack.runtime import Runtime
from drills.testing import FakeRuntime, FakeStack, ManualClock


class Stopping:
    """A console whose only command stops all of the application."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def run(self, text: str, seconds: float) -> Ran:
        for container in self._runtime.containers("app"):
            self._runtime.stop(container)
        return Ran(0, b"stopped")


class Operated(FakeStack):
    """A stack on paper that has such a console."""

    @contextmanager
    def console(self, runtime: Runtime, time_to_live: float) -> Iterator[Console]:
        yield Stopping(runtime)


def test_what_the_runbook_stopped_is_started_after_the_incident_too(tmp_path: Path) -> None:
    """Only once its fault is undone: who waits for recovery would else wait in vain."""
    clock = ManualClock()
    runtime = FakeRuntime(clock, {"app": 2})
    stack = Operated(runtime, tmp_path)
    file = tmp_path / "runbook.md"
    file.write_text("# Damage\n\n```bash\ndocker-compose stop app\n```\n")
    ran: list[tuple[str, list[bool]]] = []

    def state(moment: str) -> None:
        ran.append((moment, [runtime.state(each).running for each in runtime.containers()]))

    @contextmanager
    def inject(*_: object) -> Iterator[None]:
        state("before the fault")
        yield
        state("until it is undone")

    drill: Any = SimpleNamespace(
        runtime=runtime,
        journal=Journal(tmp_path / "drill", clock, Redactor()),
        plan=SimpleNamespace(manifest=SimpleNamespace(stack=SimpleNamespace(ready={}))),
        footing=SimpleNamespace(check=lambda: None),
        reach_steady_state=lambda: None,
        start_workload=lambda _rates: None,
        inject=inject,
    )
    trial: Any = SimpleNamespace(file=file, commands=chosen(file, ""), breaks=("fault", "target"))
    _tried(cast("Trial", trial), cast("Drill", drill), cast("ComposeStack", stack), clock)
    state("at the end")
    assert ran == [
        ("before the fault", [True, True]),
        ("until it is undone", [False, False]),
        ("at the end", [True, True]),
    ]
    assert len(drill.journal.timeline().all(Note)) == 2
