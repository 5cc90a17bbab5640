"""The benchmark of judging measures what its table says, of the committed sample."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from drills.judgement.judge import observe
from drills.observers.ledger import acknowledged_of
from tests.paper.project import ROOT


@pytest.fixture(scope="module")
def judging() -> ModuleType:
    spec = importlib.util.spec_from_file_location("judging", ROOT / "benchmarks" / "judging.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_samples_are_multiplied(judging: ModuleType, tmp_path: Path) -> None:
    """Every lane goes on, and every order that is added was stored as it was sent."""
    judging.with_samples(tmp_path / "drill", 4_000)
    seen = observe(tmp_path / "drill")
    assert 3_000 < sum(map(len, seen.samples.values())) < 4_000
    assert seen.final is not None
    for held in seen.final.values():
        for id_, content in acknowledged_of(seen.samples["orders"]).items():
            assert held[id_] == (content,)


def test_events_are_multiplied(judging: ModuleType, tmp_path: Path) -> None:
    """In one order, and all of them are read."""
    judging.with_events(tmp_path / "drill", 700)
    assert len(observe(tmp_path / "drill").timeline) == 700
