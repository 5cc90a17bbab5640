"""The server that the lanes of these tests ask, and two clocks to ask it on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.observers.prober.asking import Asker
from tests.unit.observers.prober.server import ScriptedServer, serving


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A scripted server; a path without a script is a 404."""
    with serving() as running:
        yield running


@pytest.fixture
def asker(tmp_path: Path) -> Iterator[Asker]:
    """Lanes on a clock that also runs."""
    asking = Asker(tmp_path, runs=True)
    yield asking
    asking.close()


@pytest.fixture
def stepper(tmp_path: Path) -> Iterator[Asker]:
    """Lanes on a clock that only the test moves."""
    asking = Asker(tmp_path, runs=False)
    yield asking
    asking.close()
