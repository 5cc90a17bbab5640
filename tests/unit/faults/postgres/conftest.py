"""The databases on paper that the faults of this room are tried on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doubles.databases import Databases


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[Databases]:
    """A primary and a standby."""
    databases = Databases(tmp_path / "databases")
    yield databases
    databases.watch.stop()
    databases.journal.close()
