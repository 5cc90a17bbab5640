"""A drill is found by its path or by its id."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.errors import PlanError
from drills.history.found import drill_folder


def drill(reports: Path, name: str) -> Path:
    folder = reports / name
    folder.mkdir(parents=True)
    (folder / "journal.jsonl").touch()
    return folder


def test_an_id_is_that_of_a_folder_of_reports(tmp_path: Path) -> None:
    """By the end of the folder's name, or the whole of it; what is no drill's is none."""
    ours = drill(tmp_path, "20261127T091257Z-the-read-replica-stops-5e8fac18")
    (tmp_path / "notes-77").mkdir()
    assert drill_folder("5e8fac18", tmp_path) == ours
    assert drill_folder(ours.name, tmp_path) == ours
    assert drill_folder("77", tmp_path) == Path("77")
    assert drill_folder("fac18", tmp_path) == Path("fac18")


def test_a_path_is_a_path(tmp_path: Path) -> None:
    """One that is there, and one that is not: who reads it says so."""
    ours = drill(tmp_path, "x-1")
    assert drill_folder(ours, tmp_path) == ours
    assert drill_folder("nowhere/1", tmp_path) == Path("nowhere/1")


def test_two_of_one_id_are_told_apart_by_nobody(tmp_path: Path) -> None:
    """Then the path has to be said."""
    drill(tmp_path, "x-1")
    drill(tmp_path, "y-1")
    with pytest.raises(PlanError, match=r"expected the id of one drill, 1 is that of .*x-1.*y-1"):
        drill_folder("1", tmp_path)
