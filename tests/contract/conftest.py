"""Both runtimes, under one name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.benches import Bench, DockerBench, FakeBench, Listening


@pytest.fixture(
    params=["fake", pytest.param("docker", marks=pytest.mark.engine)],
)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """A runtime with means to put containers into it; all is removed afterwards."""
    bench: Bench = DockerBench() if request.param == "docker" else FakeBench()
    try:
        yield bench
    finally:
        bench.close()


@pytest.fixture
def listening(bench: Bench) -> Iterator[Listening]:
    """A subscription from before whatever the test does."""
    listening = Listening(bench)
    try:
        yield listening
    finally:
        listening.events.close()
