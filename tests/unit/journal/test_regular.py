"""Only regular files are read and written: nothing else may hold a reader up."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from drills.errors import JournalError
from drills.history.numbers import take
from drills.journal import regular
from drills.journal.folder import FINAL_READ, JOURNAL, RESULT, SAMPLES
from drills.journal.journal import Journal, read_timeline
from drills.journal.samples import read_samples
from drills.journal.timeline import Kind
from drills.judgement.judge import judge_directory
from drills.reporting.files import read_result
from drills.reporting.verify import verify
from drills.runbook.attestation import attest
from drills.testing import ManualClock
from tests.doubles.observed import STARTED
from tests.doubles.viewed import viewed

MAKES: list[Callable[[Path], object]] = [
    os.mkfifo,
    Path.mkdir,
    lambda path: path.symlink_to("/dev/zero"),
]


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def odd(path: Path, make: Callable[[Path], object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    make(path)
    return path


@pytest.mark.parametrize("make", MAKES)
def test_what_is_no_regular_file_is_neither_read_nor_opened(
    folder: Path, make: Callable[[Path], object]
) -> None:
    """At once, and with the reason."""
    path = odd(folder / "x", make)
    with pytest.raises(OSError, match=regular.ODD):
        regular.read(path)
    with pytest.raises(OSError, match=regular.ODD):
        regular.opened(path, os.O_WRONLY | os.O_APPEND)


def test_a_link_to_a_file_is_read_and_not_written(folder: Path) -> None:
    """Reports may be linked to; what a link leads to may be another's."""
    (folder / "file").write_bytes(b"it")
    (folder / "link").symlink_to("file")
    assert regular.read(folder / "link") == b"it"
    with pytest.raises(OSError, match=regular.ODD):
        regular.opened(folder / "link", os.O_WRONLY)


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize(
    ("name", "reader"),
    [
        (JOURNAL, read_timeline),
        (JOURNAL, judge_directory),
        (JOURNAL, lambda drill: attest(drill, "Incident commander", "A. Person")),
        (JOURNAL, verify),
        (FINAL_READ, judge_directory),
        (RESULT, read_result),
        (f"{SAMPLES}/reads.jsonl", lambda drill: read_samples(drill / SAMPLES)),
        (f"{SAMPLES}/reads.jsonl.gz", lambda drill: read_samples(drill / SAMPLES)),
    ],
)
def test_no_reader_of_a_drill_is_held_up(
    folder: Path, make: Callable[[Path], object], name: str, reader: Callable[[Path], object]
) -> None:
    """Whatever is read: what is no regular file is told as that."""
    journal = Journal(folder / "drill", ManualClock())
    journal.write(viewed(Kind.DRILL_STARTED, "it began", STARTED))
    journal.close()
    odd(folder / "drill" / name, make)
    with pytest.raises(JournalError):
        reader(folder / "drill")


def test_an_odd_neighbour_does_not_hold_up_the_next_drill(folder: Path) -> None:
    """Its number is asked of the journals of the day."""
    number = take(folder)
    day = number[4:14].replace("-", "")
    odd(folder / f"{day}T000000Z-x-1" / JOURNAL, os.mkfifo)
    assert take(folder)[:14] == number[:14]
