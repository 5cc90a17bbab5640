"""What old drills may lose goes when it is asked for; what a trend needs stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.history.records import history, rebuild
from drills.history.retention import HEAVY, Prunable, prunable, prune
from drills.history.row import Row
from drills.journal.folder import JOURNAL, LATEST, PRUNED, REPORT, RESULT, SAMPLES
from tests.doubles.finished import BEGAN, drill, row

NOW = BEGAN + timedelta(hours=1)


@pytest.fixture
def rows(tmp_path: Path) -> list[Row]:
    """Six drills, an hour apart; every other one of another scenario."""
    for number in range(6):
        folder = drill(tmp_path, number, scenario=f"scenario {number % 2}")
        (folder / SAMPLES).mkdir()
        (folder / SAMPLES / "orders.jsonl.gz").write_bytes(b"x" * 100)
    with history(tmp_path) as found:
        return found.store.rows()


def chosen(rows: list[Row], reports: Path, keep: int | None, days: float | None) -> list[int]:
    return [int(one.row.id, 16) for one in prunable(rows, reports, NOW, keep, days)]


@pytest.mark.parametrize(
    ("keep", "hours", "numbers"),
    [
        (0, None, [5, 4, 3, 2, 1, 0]),
        (1, None, [5, 4, 3, 2]),
        (2, None, [5, 4]),
        (None, 4.5, [5, 4]),
        (1, 4.5, [5, 4]),
        (3, 0.5, []),
    ],
)
def test_what_is_past_both_bounds_is_chosen(
    rows: list[Row], tmp_path: Path, keep: int | None, hours: float | None, numbers: list[int]
) -> None:
    """The newest of each scenario stay, and so does what is young; the oldest is told first."""
    days = None if hours is None else hours / 24
    assert chosen(rows, tmp_path, keep, days) == numbers


@pytest.mark.parametrize("name", ["../elsewhere", "sub/elsewhere", ".", ""])
def test_a_folder_that_is_none_of_the_reports_is_left_alone(
    rows: list[Row], tmp_path: Path, name: str
) -> None:
    """Whatever a shared server says of where a drill lies."""
    reports = tmp_path / "reports"
    for place in (tmp_path / "elsewhere", reports / "sub" / "elsewhere", reports):
        (place / SAMPLES).mkdir(parents=True)
        (place / SAMPLES / "orders.jsonl.gz").write_bytes(b"x")
        (place / RESULT).write_text("{}")
    assert prunable([replace(rows[0], folder=name)], reports, NOW, 0, None) == []


def test_the_latest_and_what_has_nothing_heavy_stay(rows: list[Row], tmp_path: Path) -> None:
    """So does what is no folder of a finished drill any more, and what a link leads to."""
    (tmp_path / LATEST).symlink_to(rows[5].folder)
    (tmp_path / rows[4].folder / RESULT).unlink()
    moved = tmp_path / "elsewhere"
    (tmp_path / rows[3].folder).rename(moved)
    (tmp_path / rows[3].folder).symlink_to(moved)
    assert chosen(rows, tmp_path, 0, None) == [2, 1, 0]


def test_the_row_outlives_what_is_heavy(tmp_path: Path) -> None:
    """Also when the history is made anew; what was removed, and when, is noted beside it."""
    folder = drill(tmp_path, 0, whole=True)
    before = row(0)
    (one,) = prunable([before], tmp_path, NOW, 0, None)
    assert one.size > 600_000
    prune(one, NOW)
    assert [name for name in HEAVY if (folder / name).exists()] == []
    assert all((folder / name).is_file() for name in (JOURNAL, RESULT, REPORT))
    note = (folder / PRUNED).read_text()
    assert "2026-11-27 10:00 UTC" in note
    assert "samples, evidence, final-read.json" in note
    assert rebuild(tmp_path) == (1, [])
    with history(tmp_path) as found:
        (after,) = found.store.rows()
    assert (after.id, after.figures) == (before.id, before.figures)
    assert prunable([before], tmp_path, NOW, 0, None) == []


def test_nothing_is_removed_that_could_not_be_noted(tmp_path: Path) -> None:
    """Of a disk that takes nothing, nothing goes."""
    folder = drill(tmp_path, 0)
    (folder / SAMPLES).mkdir()
    (folder / PRUNED).mkdir()
    with pytest.raises(JournalError, match="expected to prune it"):
        prune(Prunable(row(0), folder, 1), NOW)
    assert (folder / SAMPLES).is_dir()
