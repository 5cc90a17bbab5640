"""A stack for tests, that comes up at once and notes what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from drills.errors import DrillError, StackError
from drills.stack.inbox import Reception
from drills.stack.runtime import Runtime
from drills.testing.fake_database import FakeDatabase
from drills.testing.fake_inbox import FakeInbox
from drills.testing.fake_runtime import FakeRuntime


class FakeStack:
    """A stack around a ``FakeRuntime``. ``calls`` holds ``up`` and ``down`` in order.

    ``directory`` gets an environment file with the lines of ``environment``, from ``up`` to
    ``down``. ``fail_next("up", StackError(...))`` and ``fail_next("down", ...)`` script failures.
    """

    def __init__(
        self,
        runtime: FakeRuntime,
        directory: Path,
        *,
        project: str = "fake",
        environment: Mapping[str, str] | None = None,
        database: FakeDatabase | None = None,
    ) -> None:
        self.project = project
        self.database = database or FakeDatabase()
        self.engine = self.attached = ""
        self.runtime = runtime
        self.inbox = FakeInbox(runtime.clock)  # what ``receive`` gives
        self.received: list[Reception] = []
        self.is_up = False
        self.calls: list[str] = []
        self._file = directory / "stack.env"
        self._environment = dict(environment or {})
        self._failures: dict[str, list[DrillError]] = {"up": [], "down": [], "scale": []}

    def fail_next(self, method: str, error: DrillError) -> None:
        """The next ``up``, ``scale`` or ``down`` raises ``error``; it is up afterwards."""
        self._failures[method].append(error)

    def up(self) -> Runtime:
        """Come up, write the environment file, give the runtime."""
        self.calls.append("up")
        self.is_up = True
        lines = [f"{key}={value}\n" for key, value in self._environment.items()]
        self._file.write_text("".join(lines), encoding="utf-8")
        self._maybe_fail("up")
        return self.runtime

    def scale(self, service: str, instances: int) -> None:
        """Have so many instances of a service run; those there are stay as they are."""
        self.calls.append(f"scale {service} to {instances}")
        self._maybe_fail("scale")
        there = {container.instance for container in self.runtime.containers(service)}
        for number in sorted({*range(1, instances + 1)} - there):
            self.runtime.add(service, number)

    def receive(self, reception: Reception, time_to_live: float) -> FakeInbox:
        """``inbox``; ``received`` notes for which names. Raises StackError before ``up``."""
        if not self.is_up:
            raise StackError("expected a stack that is up, to stand in its network")
        self.received.append(reception)
        return self.inbox

    def down(self) -> None:
        """Go away. Doing it twice is no error."""
        self.calls.append("down")
        self._maybe_fail("down")
        self.is_up = False
        self._file.unlink(missing_ok=True)

    def environment_file(self) -> Path:
        """The environment file, there from ``up`` to ``down``. Raises StackError otherwise."""
        if not self._file.is_file():
            raise StackError("the environment file is there from up() to down()")
        return self._file

    def environments(self) -> Mapping[str, Mapping[str, str]]:
        """The environment file's lines, as those of a service called ``fake``."""
        if not self.is_up:
            raise StackError("the environments are known from up() on")
        return {"fake": self._environment}

    def describe(self) -> Mapping[str, str]:
        """Versions of nothing real."""
        return {"engine": "fake", "compose": "fake", "target": "fake"}

    def _maybe_fail(self, method: str) -> None:
        if self._failures[method]:
            raise self._failures[method].pop(0)
