"""A history is what the folders hold, whatever became of its file."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.history import records
from drills.history.records import FILE, folders, history, rebuild, recorded
from drills.history.store import Store
from drills.journal.folder import LATEST, RESULT
from tests.doubles.finished import drill, row

ROOT = Path(__file__).parents[3]


def ids(reports: Path) -> list[str]:
    with history(reports) as found:
        assert found.note == ""
        return [each.id for each in found.store.rows()]


def test_a_history_has_every_drill_of_its_folder(tmp_path: Path) -> None:
    """Also those from before there was one; the newest first, each once."""
    for number in range(3):
        drill(tmp_path, number)
    (tmp_path / LATEST).symlink_to(row(0).folder)
    assert ids(tmp_path) == [row(number).id for number in range(3)]
    drill(tmp_path, 3)
    assert ids(tmp_path) == [row(number).id for number in range(4)]


def test_what_runs_still_is_no_finished_drill(tmp_path: Path) -> None:
    """Nor is what is damaged; neither hides another one."""
    drill(tmp_path, 0)
    (drill(tmp_path, 1) / RESULT).unlink()
    (drill(tmp_path, 2) / RESULT).write_text("{")
    assert ids(tmp_path) == [row(0).id]
    assert [each.name for each in folders(tmp_path)] == [row(n).folder for n in range(3)]
    count, unread = rebuild(tmp_path)
    assert count == 1
    assert [row(2).folder in line for line in unread] == [True]


def test_rows_stay_where_their_folders_went_until_it_is_made_anew(tmp_path: Path) -> None:
    """The folders are the truth, once they are asked."""
    drill(tmp_path, 0)
    gone = drill(tmp_path, 1)
    assert len(ids(tmp_path)) == 2
    for path in gone.iterdir():
        path.unlink()
    gone.rmdir()
    assert len(ids(tmp_path)) == 2
    rebuild(tmp_path)
    assert ids(tmp_path) == [row(0).id]


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    """All of it is derived; until then the folders are read, and it is said."""
    drill(tmp_path, 0)
    ids(tmp_path)
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    with history(tmp_path) as found:
        assert [each.id for each in found.store.rows()] == [row(0).id]
        assert "could not be" in found.note
        assert found.note.endswith("it was read from the folders")
    assert rebuild(tmp_path) == (1, [])
    assert ids(tmp_path) == [row(0).id]
    (kept,) = tmp_path.glob(f"{FILE}.aside-*")  # it may have been somebody else's
    assert kept.read_bytes() == b"no database" * 1000


def test_a_database_of_somebody_else_is_left_as_it_is(tmp_path: Path) -> None:
    """No table is added, and it is not put aside: drills are read from their folders."""
    drill(tmp_path, 0)
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("CREATE TABLE visits (page TEXT)")
    other.close()
    before = (tmp_path / FILE).read_bytes()
    with history(tmp_path) as found:
        assert [each.id for each in found.store.rows()] == [row(0).id]
        assert "somebody else's, with 'visits' in it" in found.note
    with pytest.raises(JournalError, match="somebody else's"):
        rebuild(tmp_path)
    with pytest.raises(JournalError, match="somebody else's"), recorded(tmp_path / row(0).folder):
        pass
    assert (tmp_path / FILE).read_bytes() == before
    assert [each.name for each in tmp_path.glob(f"{FILE}*")] == [FILE]


def test_another_form_of_it_is_left_alone(tmp_path: Path) -> None:
    """A table of another version lies beside ours, which is filled from the folders."""
    drill(tmp_path, 0)
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("CREATE TABLE drills_0 (id TEXT)")
    other.close()
    assert ids(tmp_path) == [row(0).id]


def test_a_drill_that_was_judged_anew_has_its_new_row(tmp_path: Path) -> None:
    """It takes the place of the old one."""
    folder = drill(tmp_path, 0)
    with recorded(folder) as store:
        assert [each.reason for each in store.rows()] == [row(0).reason]
    result = json.loads((folder / RESULT).read_text())
    (folder / RESULT).write_text(json.dumps({**result, "reason": "another one"}))
    with recorded(folder) as store:
        assert [each.reason for each in store.rows()] == ["another one"]


def test_a_drill_that_ends_waits_for_no_long_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many older ones that are unknown as many are kept as there is time for; then all."""
    monkeypatch.setattr(records, "HURRY", 0.0)
    folder = drill(tmp_path, 0)
    for number in range(1, 6):
        drill(tmp_path, number)
    with recorded(folder) as store:
        assert row(0).id in {each.id for each in store.rows()}
        assert len(store.rows()) < 6
    assert len(ids(tmp_path)) == 6


def test_a_folder_that_is_not_there_holds_no_drill(tmp_path: Path) -> None:
    """And none is made to ask."""
    assert ids(tmp_path / "none") == []
    assert not (tmp_path / "none").exists()


def test_a_server_that_does_not_answer_is_no_empty_history(tmp_path: Path) -> None:
    """Nor is what lies here taken for what a team shares."""
    drill(tmp_path, 0)
    with (
        pytest.raises(JournalError, match="could not be opened"),
        history(tmp_path, "postgresql://ann@127.0.0.1:1/none"),
    ):
        pass


WRITING = """
import sys
from pathlib import Path
from drills.history.store import Store
from tests.doubles.finished import row
first, count = int(sys.argv[2]), int(sys.argv[3])
for number in range(first, first + count):
    with Store.at(Path(sys.argv[1])) as store:
        store.add([row(number)])
"""


@pytest.mark.thorough
def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    """Two runs of pytest, or two of its workers: the file is made by both of them at once."""
    line = [sys.executable, "-c", WRITING, str(tmp_path / FILE)]
    running = [subprocess.Popen([*line, str(n * 100), "25"], cwd=ROOT) for n in range(3)]
    assert [each.wait(120) for each in running] == [0, 0, 0]
    with Store.at(tmp_path / FILE) as store:
        assert len(store.rows()) == 75
