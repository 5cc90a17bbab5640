"""A state directory of the test's own, and an engine on paper for what died."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doubles.dead import DRILL, Paper


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the drills of this test are entered."""
    directory = tmp_path / "state"
    monkeypatch.setenv("DRILLS_STATE", str(directory))
    return directory / "running"


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    return Paper(tmp_path / "reports" / f"20260101T000000Z-a-drill-{DRILL}")
