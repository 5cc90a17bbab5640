"""The incident's number: the next free one of its day, given once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.history.numbers import take
from drills.journal.folder import TAKEN

DAY = date(2026, 1, 31)


def first(data: object) -> str:
    """The first line of a journal."""
    return json.dumps({"seq": 0, "at_ns": 0, "kind": "drill.started", "text": "", "data": data})


def drill(reports: Path, line: str, name: str = "20260131T101112Z-a-drill-1a2b3c4d") -> None:
    (reports / name).mkdir()
    (reports / name / "journal.jsonl").write_text(line)


def test_numbers_count_from_one_each_day(tmp_path: Path) -> None:
    """In the runbook's form."""
    assert [take(tmp_path, DAY) for _ in range(2)] == ["INC-2026-01-31-001", "INC-2026-01-31-002"]
    assert take(tmp_path, date(2026, 2, 1)) == "INC-2026-02-01-001"


def test_without_a_day_it_is_today(tmp_path: Path) -> None:
    """The day of UTC, as in the names of the drills' folders."""
    before = datetime.now(UTC).date()
    taken = take(tmp_path)
    assert taken in {f"INC-{day}-001" for day in (before, datetime.now(UTC).date())}


def test_drills_that_run_at_once_have_different_ones(tmp_path: Path) -> None:
    """Twenty threads at once: each number is given to one of them, and none is left out."""
    with ThreadPoolExecutor(20) as pool:
        taken = list(pool.map(lambda _: take(tmp_path, DAY), range(60)))
    assert sorted(taken) == [f"INC-2026-01-31-{number:03d}" for number in range(1, 61)]


def test_the_numbers_of_drills_that_are_there_are_not_free(tmp_path: Path) -> None:
    """Where somebody copied drills here, or removed the folder that says which were given."""
    drill(tmp_path, first({"incident_id": "INC-2026-01-31-041"}) + "\n")
    assert take(tmp_path, DAY) == "INC-2026-01-31-042"


def test_a_number_is_not_given_again(tmp_path: Path) -> None:
    """A record that was sent around keeps its number, although its drill was deleted."""
    take(tmp_path, DAY)
    assert take(tmp_path, DAY) == "INC-2026-01-31-002"


@pytest.mark.parametrize(
    "line",
    [
        *("", "{", "[]", first([]), first({"incident_id": 7}), "[" * 99_999),
        first({"incident_id": "INC-2026-01-30-900"}),
        '{"data": {"incident_id": "INC-2026-01-31-99999999999"}}',
    ],
)
def test_what_is_no_drill_of_that_day_counts_for_nothing(tmp_path: Path, line: str) -> None:
    """A torn, hostile or older journal is passed over."""
    drill(tmp_path, line)
    (tmp_path / "20260131T000000Z-no-journal").mkdir()
    assert take(tmp_path, DAY) == "INC-2026-01-31-001"


def test_a_folder_that_takes_nothing_is_told(tmp_path: Path) -> None:
    """With its path, before anything is started."""
    (tmp_path / TAKEN).write_text("in the way")
    with pytest.raises(JournalError, match="expected to take an incident's number"):
        take(tmp_path, DAY)
