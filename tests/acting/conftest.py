"""A bench for every test, and servers that do as they are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acting.bench import Bench
from tests.acting.scripted import Service, serving


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
