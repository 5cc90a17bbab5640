"""What CI is told by itself when a run is over, and what that may cost: a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.plugin import exporting
from drills.plugin.exporting import told_to_ci
from drills.reporting.exports import summary
from tests.unit.reporting.exports.exported import ALL, met, run


def test_who_is_not_ci_is_told_nothing() -> None:
    """Nothing is set."""
    assert told_to_ci(ALL, {}) == []
    assert told_to_ci(ALL, {"GITHUB_ACTIONS": "false"}) == []


def test_the_summary_is_added_to_what_is_there(tmp_path: Path) -> None:
    """The same step may have tried before."""
    path = tmp_path / "summary"
    path.write_text("# Before\n")
    assert told_to_ci(ALL, {"GITHUB_STEP_SUMMARY": str(path)}) == []
    assert path.read_text("utf-8") == "# Before\n" + summary.render(ALL)


def test_what_is_there_counts_for_the_limit(tmp_path: Path) -> None:
    """GitHub refuses the whole of what is larger; where there is no room a line says so."""
    path = tmp_path / "summary"
    many = run(*[met(id=f"m{number}") for number in range(50)])
    path.write_bytes(b"x" * (summary.LIMIT - 3000))
    assert told_to_ci(many, environment(path)) == []
    assert summary.LIMIT - 1500 < path.stat().st_size <= summary.LIMIT
    path.write_bytes(b"x" * (summary.LIMIT - 10))
    (line,) = told_to_ci(many, environment(path))
    assert line == f"no summary: {path} holds {summary.LIMIT - 10} bytes already"


def environment(path: Path) -> dict[str, str]:
    return {"GITHUB_STEP_SUMMARY": str(path)}


def test_a_summary_that_cannot_be_written_is_a_line(tmp_path: Path) -> None:
    """And the annotations come all the same."""
    told = told_to_ci(ALL, {**environment(tmp_path), "GITHUB_ACTIONS": "true"})
    assert told[0].startswith("no summary: IsADirectoryError: ")
    assert len([line for line in told if line.startswith("::error ")]) == 4


@pytest.mark.parametrize(
    "silent", [{"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none"}]
)
def test_opentelemetry_s_own_switches_hold(silent: dict[str, str]) -> None:
    """Nothing is sent, and nothing is said of it."""
    assert told_to_ci(ALL, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", **silent}) == []


def test_who_has_not_the_extra_is_told_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run is otherwise as it is."""
    monkeypatch.setattr(exporting, "find_spec", lambda _: None)
    (line,) = told_to_ci(ALL, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"})
    assert line == "no spans: pip install 'incident-drills[otel]' brings what sends them"
