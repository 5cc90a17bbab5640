"""docs/exports.md names what there is, and its own export works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from drills.cli import main
from drills.plugin import PROPERTIES
from drills.plugin.exporting import ENDPOINTS
from drills.reporting.exports import catalogue, spans, summary
from tests.unit.reporting.exports.exported import ALL

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "exports.md").read_text("utf-8")


def test_the_table_has_every_export() -> None:
    """And no other."""
    named = re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)
    assert sorted(named) == sorted(catalogue.OURS)


def test_the_properties_of_a_test_case_are_those_that_there_are() -> None:
    """But for those that are for us alone."""
    named = re.findall(r"^\| `(drill-\w+)` \|", TEXT, re.MULTILINE)
    assert set(named) == set(PROPERTIES) - {"drill", "drill-inconclusive", "drill-plan"}


def test_its_own_export_is_a_text_of_a_run() -> None:
    """What is no drill too."""
    (shown,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    namespace: dict[str, Any] = {}
    exec(shown, namespace)  # noqa: S102 - the page's own
    lines = namespace["wiki"](ALL).splitlines()
    assert lines[1] == "* missed: It dies, reports/bbbb0002/report.html"
    assert lines[-2].startswith("* no result: Never began: ")


def test_figures_and_variables_are_those_of_the_code() -> None:
    """Limit, patience, and the names that it looks for."""
    assert summary.LIMIT == 1024 * 1024
    assert "limit of 1 MiB" in TEXT
    assert f"left after {spans.PATIENCE:g} s" in TEXT
    assert f"`{ENDPOINTS[0]}`" in TEXT
    assert catalogue.GROUP in TEXT


def test_the_sample_is_exported_as_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In each form that there is."""
    monkeypatch.chdir(ROOT)
    for name in catalogue.OURS:
        assert main(["export", name, "reports/sample"]) == 0
    assert "## Incident drills: 1 met" in capsys.readouterr().out
