"""A whole system on paper, drills of it, and a project that runs them under pytest."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from drills.judgement import starvation
from drills.lifecycle.drill import Drill
from drills.lifecycle.watchdog import guard
from drills.lifecycle.watchdog.guard import Watchdog
from tests.doubles.scripted import Service
from tests.doubles.watchdog import PaperWatchdog
from tests.doubles.world import World
from tests.paper.project import Project

# Runs inside this process forget what they import; SQLAlchemy's compiled half remembers.
import_module("drills.history.store")


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """How much else this machine has to do decides no test; ``tests/unit`` has what it excuses."""
    monkeypatch.setattr(starvation, "TOLERATED", 1.0)


@pytest.fixture
def world(service: Service, tmp_path: Path) -> World:
    return World(service, tmp_path)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "reports" / "d1"


@pytest.fixture
def drills(world: World, directory: Path) -> Iterator[Any]:
    """Makes the one drill of a test, and ends it if the test did not."""
    begun: list[Drill] = []

    def begin(**settings: Any) -> Drill:
        begun.append(world.drill(directory, **settings))
        return begun[0]

    yield begin
    for drill in begun:
        if world.stack.is_up and not drill._concluded:
            drill.conclude(None)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Runs inside this process have a watchdog on paper; those alone and ``watched`` a real one."""
    monkeypatch.setenv("DRILLS_STATE", str(pytester.path / "state"))
    monkeypatch.setattr(guard, "Watchdog", PaperWatchdog)
    return Project(pytester)


@pytest.fixture
def watched(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose drills all have a watchdog in a process of its own."""
    monkeypatch.setattr(guard, "Watchdog", Watchdog)
    return project
