"""A whole system on paper, drills of it, and a project that runs them under pytest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drills.lifecycle.drill import Drill
from tests.doubles.scripted import Service
from tests.doubles.world import World
from tests.paper.project import Project


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
    monkeypatch.setenv("DRILLS_STATE", str(pytester.path / "state"))
    return Project(pytester)
