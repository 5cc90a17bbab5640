"""A dry run of what would be run on an engine that is not allowed; compose is not asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.stack.engines.preview import preview
from drills.stack.engines.source import Source


def test_an_engine_elsewhere_is_refused_in_the_plan_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As the drill would refuse it, with the word that allows it; nobody is asked."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://10.0.0.5:2376")
    monkeypatch.setenv("PATH", str(tmp_path))  # there is no compose either
    (problem,) = preview(Source(tmp_path / "compose.yaml")).problems
    assert "tcp://10.0.0.5:2376 is not on this host" in problem
    assert "--drill-remote" in problem
