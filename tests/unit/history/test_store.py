"""A store that cannot do its work says so as ours, and never with a password.

What it keeps and finds is held by ``tests/contract/test_histories.py``, over each kind.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.history.store import Store
from tests.doubles.finished import row


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """By its name, without the library's classes."""
    file = tmp_path / "history.db"
    file.write_text("no database" * 1000)
    with pytest.raises(JournalError) as caught:
        Store.at(file)
    assert str(caught.value).startswith(f"{file}: the history could not be opened: ")
    assert "sqlite3" not in str(caught.value)


def test_a_folder_that_takes_no_file_is_told(tmp_path: Path) -> None:
    """A read-only disk, say."""
    with pytest.raises(JournalError, match="could not be opened: unable to open"):
        Store.at(tmp_path / "none" / "history.db")


def test_a_full_disk_is_told_and_costs_nothing_that_is_there(tmp_path: Path) -> None:
    """What was kept before is kept; and goes on where there is room again."""
    with Store.at(tmp_path / "history.db") as store:
        store.add([row(0)])
        with sqlite3.connect(tmp_path / "history.db") as limited:
            pages = limited.execute("PRAGMA page_count").fetchone()[0]
        limited.close()
        with store._engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        with pytest.raises(JournalError, match="could not be written: database or disk is full"):
            store.add([row(number) for number in range(1, 200)])
    with Store.at(tmp_path / "history.db") as store:
        assert [each.id for each in store.rows()] == [row(0).id]
        store.add([row(1)])
        assert len(store.rows()) == 2


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    """Which is what the log ahead of the file is for."""
    with Store.at(tmp_path / "history.db") as store:
        store.add([row(0)])
        other = sqlite3.connect(tmp_path / "history.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert len(store.rows()) == 1
        other.execute("ROLLBACK")
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        other.close()


def test_no_message_shows_a_password() -> None:
    """Nor does the store's own name."""
    with pytest.raises(JournalError) as caught:
        Store.on("postgresql://ann:s3cret@127.0.0.1:1/none")
    assert "s3cret" not in str(caught.value)
    assert "postgresql://ann:***@127.0.0.1:1/none" in str(caught.value)
    assert caught.value.__cause__ is None


def test_no_password_is_shown_that_a_driver_tells() -> None:
    """Nor one that stands somewhere else in the address too."""
    with pytest.raises(JournalError, match=r"invalid sslmode value: \"\*\*\*\"") as caught:
        Store.on("postgresql://ann:s3cret@127.0.0.1:1/none?sslmode=s3cret")
    assert "s3cret" not in str(caught.value)


def test_what_is_no_address_is_told_without_it() -> None:
    """For a password may stand in it."""
    with pytest.raises(JournalError, match="expected postgresql://") as caught:
        Store.on("s3cret")
    assert "s3cret" not in str(caught.value)
