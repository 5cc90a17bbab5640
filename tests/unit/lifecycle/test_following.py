"""A runbook that is followed in a drill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from drills.errors import PlanError
from drills.journal.facts import CommandTried, Note
from drills.journal.journal import Journal
from drills.journal.redaction import Redactor
from drills.lifecycle.drill import Drill
from drills.lifecycle.following import chosen, follow, put_right, section_of
from drills.runbook.incident import Incident
from drills.stack.console import Console, Ran
from drills.stack.runtime import Runtime, Stack
from drills.testing import FakeRuntime, FakeStack, ManualClock

TEXT = """# Runbook

## Database down

```bash
# Look
docker-compose ps
# Call the specialist
```

## Other

```bash
date
```
"""


class Answering:
    """A console in which every command works, and says a secret."""

    def run(self, text: str, seconds: float) -> Ran:
        return Ran(0, f"{text}: hidden-password".encode())


class Operated(FakeStack):
    """A stack on paper that has such a console."""

    @contextmanager
    def console(self, runtime: Runtime, time_to_live: float) -> Iterator[Console]:
        yield Answering()


@pytest.fixture
def runbook(tmp_path: Path) -> Path:
    file = tmp_path / "runbook.md"
    file.write_text(TEXT)
    return file


def drill_of(directory: Path, runtime: FakeRuntime) -> Drill:
    """As much of a drill as is needed to follow a runbook in it."""
    manifest = SimpleNamespace(stack=SimpleNamespace(ready={}))
    told: Any = SimpleNamespace(
        runtime=runtime,
        journal=Journal(directory / "drill", runtime.clock, Redactor(["hidden-password"])),
        plan=SimpleNamespace(manifest=manifest),
        footing=SimpleNamespace(check=lambda: None),
    )
    return cast("Drill", told)


def test_each_line_is_written_down_with_what_it_said(tmp_path: Path, runbook: Path) -> None:
    """In the journal and in the evidence, redacted; what is for people is told as well."""
    runtime = FakeRuntime(ManualClock(), {"app": 1})
    stack = Operated(runtime, tmp_path)
    commands = chosen(runbook, "Database down")
    drill = drill_of(tmp_path, runtime)
    follow(drill, stack, runtime.clock, runbook, commands, disturbed=True)
    told = drill.journal.timeline().all(CommandTried)
    assert [(each.line, each.outcome, each.disturbed, each.step) for each in told] == [
        (7, "worked", True, "Look"),
        (8, "for people", True, ""),
    ]
    (kept,) = (tmp_path / "drill" / "evidence").iterdir()
    assert kept.name == "line-7-of-runbook-md-in-the-incident.txt"
    assert kept.read_text() == "docker-compose ps: [redacted]"


def test_a_stack_without_a_console_is_told(tmp_path: Path, runbook: Path) -> None:
    """Before anything is run."""
    runtime = FakeRuntime(ManualClock(), {"app": 1})
    stack: Stack = FakeStack(runtime, tmp_path)
    with pytest.raises(PlanError, match="a stack with a console"):
        follow(drill_of(tmp_path, runtime), stack, runtime.clock, runbook, [], disturbed=False)


def test_what_was_stopped_is_started_for_the_next_section(tmp_path: Path) -> None:
    """And what runs is left alone; the journal says who started it."""
    runtime = FakeRuntime(ManualClock(), {"app": 2})
    first, second = runtime.containers()
    runtime.stop(first)
    before = len(runtime.calls)
    drill = drill_of(tmp_path, runtime)
    put_right(drill, runtime.clock)
    (note,) = drill.journal.timeline().all(Note)
    assert note.text == f"started again, for no line of the runbook did: {first.name}"
    assert [call.container for call in runtime.calls[before:]] == [first.name]
    assert runtime.state(second).running


def test_a_section_that_is_not_there_is_told_with_those_that_are(runbook: Path) -> None:
    """In the words of their headings."""
    with pytest.raises(PlanError, match="these have: Database down, Other"):
        chosen(runbook, "Coffee")


def test_an_incident_has_its_section() -> None:
    """The one that it names, or that is called as it is."""
    assert section_of(Incident(title="Disk full", alerts=("A",))) == "Disk full"
    named = Incident(title="Disk full", alerts=("A",), runbook="Disk Space Full")
    assert section_of(named) == "Disk Space Full"
    with pytest.raises(PlanError, match="the tag of an incident"):
        section_of(None)
