"""Ctrl-C may come between any two instructions, those that write the journal among them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from drills.journal import journal as module
from drills.journal.facts import DrillStarted, Note
from drills.journal.folder import JOURNAL
from drills.journal.journal import Journal, read_timeline
from drills.reporting.verify import verify
from drills.testing import ManualClock


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def seqs(journal: Journal) -> list[int]:
    return [event.seq for event in read_timeline(journal.directory)]


@pytest.mark.parametrize("where", ["os.fsync", "hash_of"])
def test_a_line_whose_writing_was_interrupted_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """It is on the disk, so the next line follows it: the chain holds and no number comes twice."""
    journal = Journal(tmp_path / "drill", ManualClock())
    journal.write(DrillStarted("it began"), sync=True)
    target = os if where == "os.fsync" else module
    with monkeypatch.context() as patch:
        patch.setattr(target, where.removeprefix("os."), interrupt)
        with pytest.raises(KeyboardInterrupt):
            journal.write(Note("interrupted"), sync=True)
    journal.write(Note("the next"))
    journal.close()
    assert seqs(journal) == [0, 1, 2]
    assert list(journal.timeline()) == list(read_timeline(journal.directory))
    assert not any("follow" in problem.what for problem in verify(journal.directory))


def test_half_a_line_is_cut_off(tmp_path: Path) -> None:
    """Where the interrupt came between two parts of one line, the line was never written."""
    journal = Journal(tmp_path / "drill", ManualClock())
    journal.write(DrillStarted("it began"))
    with (journal.directory / JOURNAL).open("ab") as file:
        file.write(b'{"seq":1,"at_ns"')
    journal.write(Note("the next"))
    assert seqs(journal) == [0, 1]
