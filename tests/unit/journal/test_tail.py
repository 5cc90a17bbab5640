"""A journal that grows, as somebody else reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.journal.facts import DrillStarted, Note
from drills.journal.folder import JOURNAL
from drills.journal.journal import Journal, read_timeline
from drills.journal.tail import JournalTail
from drills.testing import ManualClock
from drills.units import NS


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    made = Journal(tmp_path / "drill", ManualClock())
    made.write(DrillStarted(id="d1"))
    return made


def texts(tail: JournalTail) -> list[str]:
    return [event.text for event in tail.poll()]


def test_it_reads_what_is_new(journal: Journal) -> None:
    """Each event once, and all of them stay in the timeline, in the order in which they were."""
    tail = JournalTail(journal.directory)
    assert texts(tail) == ["drill d1 began"]
    assert texts(tail) == []
    journal.write(Note("later"))
    journal.write(Note("before that"), at_ns=-NS)
    assert texts(tail) == ["later", "before that"]
    assert list(tail.timeline) == list(read_timeline(journal.directory))


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_line_that_is_being_written_is_read_once_it_is_whole(journal: Journal, cut: int) -> None:
    """At whatever byte the writer was seen; half a line is no error."""
    tail = JournalTail(journal.directory)
    texts(tail)
    path = journal.directory / JOURNAL
    before = path.read_bytes()
    journal.write(Note("whole in the end"))
    line = path.read_bytes()[len(before) :]
    path.write_bytes(before + line[:cut])
    assert texts(tail) == []
    path.write_bytes(before + line)
    assert texts(tail) == ["whole in the end"]


def test_a_line_that_makes_no_sense_may_be_taken_back(journal: Journal) -> None:
    """As the drill does with what an interrupt cut short: what stands there then is read."""
    tail = JournalTail(journal.directory)
    texts(tail)
    path = journal.directory / JOURNAL
    before = path.read_bytes()
    path.write_bytes(before + b"{damaged}\n")
    assert texts(tail) == []
    journal.write(Note("written instead"))
    assert texts(tail) == ["written instead"]


def test_a_journal_that_is_gone_is_told(journal: Journal) -> None:
    """And so is another one in its place."""
    tail = JournalTail(journal.directory)
    texts(tail)
    path = journal.directory / JOURNAL
    path.write_bytes(path.read_bytes()[:10])
    with pytest.raises(JournalError, match="shorter than it was"):
        tail.poll()
    path.unlink()
    with pytest.raises(JournalError, match=f"expected a journal at {path}: No such file"):
        tail.poll()
