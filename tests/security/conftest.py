"""A finished drill to change, and a whole system on the loopback for drills without an engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.security.recorded import recorded


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """The directory of a drill that is over."""
    return recorded(tmp_path / "reports" / "drill")
