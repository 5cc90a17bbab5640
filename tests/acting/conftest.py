"""A bench for every test, and servers that do as they are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drills.lifecycle.drill import Drill
from drills.runbook.procedure import Bench as Workplace
from tests.acting.bench import Bench
from tests.acting.scripted import Service, serving
from tests.acting.working import ENVIRONMENT, workplace
from tests.acting.world import World


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "drill")
    yield bench
    bench.watch.stop()
    bench.journal.close()


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as service:
        yield service


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
def environment(tmp_path: Path) -> Path:
    file = tmp_path / "erp.env"
    file.write_text(ENVIRONMENT, "utf-8")
    return file


@pytest.fixture
def work(bench: Bench, service: Service, environment: Path) -> Workplace:
    return workplace(bench, service, environment, bench.clock)
