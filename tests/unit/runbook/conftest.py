"""A place to carry out procedures at."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.runbook.bench import Bench as Workplace
from tests.doubles.bench import Bench
from tests.doubles.scripted import Service
from tests.doubles.working import ENVIRONMENT, workplace


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    file = tmp_path / "erp.env"
    file.write_text(ENVIRONMENT, "utf-8")
    return file


@pytest.fixture
def work(bench: Bench, service: Service, environment: Path) -> Workplace:
    return workplace(bench, service, environment, bench.clock)
