"""A drill is named by its folder, by ``latest``, or by its id."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.history.folders import chosen


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    for name in ("20260101T000000Z-it-stops-abcd0001", "20260102T000000Z-it-dies-abee0002"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "journal.jsonl").touch()
    (tmp_path / "latest").symlink_to("20260102T000000Z-it-dies-abee0002")
    (tmp_path / "other").mkdir()
    return tmp_path


def test_by_its_folder(reports: Path) -> None:
    """Links are followed: it is named as it is."""
    assert chosen(str(reports / "latest"), reports / "nowhere").name.endswith("abee0002")


@pytest.mark.parametrize("said", ["abcd0001", "abc", "20260101T000000Z-it-stops-abcd0001"])
def test_by_its_id_or_what_begins_it(reports: Path, said: str) -> None:
    """In the folder of reports."""
    assert chosen(said, reports).name == "20260101T000000Z-it-stops-abcd0001"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "ab",
            "expected one drill, 'ab' begins the ids of 20260101T000000Z-it-stops-abcd0001",
        ),
        ("abcd0002", "abcd0002 is not there; did you mean "),
        ("", "holds no journal.jsonl; the newest is "),
        ("other/none", "none is not there; "),
    ],
)
def test_what_names_no_drill_or_several_is_told(reports: Path, said: str, told: str) -> None:
    """With what is near."""
    with pytest.raises(JournalError, match=re.escape(told)):
        chosen(said, reports)
