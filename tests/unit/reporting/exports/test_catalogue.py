"""The exports there are: ours, and what installed packages bring."""

from __future__ import annotations

import re
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from drills.errors import PlanError
from drills.reporting.exports import catalogue
from drills.reporting.exports.run import Run
from tests.unit.reporting.exports.exported import ALL

FOLDER = Path(catalogue.__file__).parent
BROUGHT = {"shouted": "shouting:render", "gone": "nowhere_at_all:render", "text": "string:digits"}


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A package with an export that works, one that is not there, and one that is no function."""
    (tmp_path / "shouting.py").write_text("def render(run):\n    return run.sentence().upper()\n")
    monkeypatch.syspath_prepend(tmp_path)
    points = EntryPoints(EntryPoint(n, v, catalogue.GROUP) for n, v in BROUGHT.items())
    monkeypatch.setattr(catalogue, "entry_points", points.select)


@pytest.mark.parametrize("name", catalogue.OURS)
def test_each_of_ours_renders(name: str) -> None:
    """A run with everything in it, and one with nothing."""
    assert catalogue.render_of(name)(ALL)
    assert isinstance(catalogue.render_of(name)(Run()), str)


def test_no_module_that_renders_is_left_out() -> None:
    """Each that has ``render`` is in the list."""
    modules = (path.stem for path in FOLDER.glob("*.py") if "def render(" in path.read_text())
    assert sorted(modules) == sorted(catalogue.OURS)


@pytest.mark.usefixtures("brought")
def test_a_package_brings_one() -> None:
    """By an entry point, as it brings faults."""
    assert "shouted" in catalogue.names()
    assert catalogue.render_of("shouted")(ALL).endswith("1 MET")


@pytest.mark.usefixtures("brought")
@pytest.mark.parametrize(("name", "why"), [("gone", "ModuleNotFoundError"), ("text", "a function")])
def test_one_that_cannot_be_had_says_why(name: str, why: str) -> None:
    """By its name and where it comes from."""
    with pytest.raises(PlanError, match=rf"export '{name}' \({BROUGHT[name]}\).*{why}"):
        catalogue.render_of(name)


def test_what_there_is_not_is_told_with_what_there_is() -> None:
    """And what was meant."""
    with pytest.raises(PlanError, match=re.escape("got 'cucumbr'; did you mean 'cucumber'?")):
        catalogue.check("cucumbr")
