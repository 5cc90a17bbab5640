"""How a drill stands against earlier ones, as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.history.standing import (
    Finding,
    Standing,
    Word,
    forget_standing,
    read_standing,
    write_standing,
)
from drills.journal.folder import STANDING
from drills.journal.integrity import ODD, hashes


def standing(*words: Word, verdict: Word = Word.SAME) -> Standing:
    findings = [
        Finding(metric=f"m{n}", subject="", unit="seconds", word=word, why="", runs=9)
        for n, word in enumerate(words)
    ]
    return Standing(
        id="1", machine="m", runs=9, elsewhere=0, verdict=verdict, why="", findings=findings
    )


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """And is gone once it is forgotten, also when it is forgotten twice."""
    told = standing(Word.REGRESSED, Word.SAME)
    write_standing(told, tmp_path)
    assert read_standing(tmp_path) == told
    forget_standing(tmp_path)
    forget_standing(tmp_path)
    assert read_standing(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": 1}', "[" * 100_000, "x" * (2 * 1024**2)])
def test_what_is_no_such_thing_is_nothing(tmp_path: Path, text: str) -> None:
    """No report fails for it."""
    (tmp_path / STANDING).write_text(text)
    assert read_standing(tmp_path) is None


def test_a_folder_in_its_place_is_nothing_and_cannot_be_written(tmp_path: Path) -> None:
    """Which is told where it was to be written."""
    (tmp_path / STANDING).mkdir()
    assert read_standing(tmp_path) is None
    with pytest.raises(JournalError, match="expected to write it"):
        write_standing(standing(), tmp_path)
    forget_standing(tmp_path)


def test_no_seal_vouches_for_it(tmp_path: Path) -> None:
    """It rests on other drills. A link in its place is told, and not followed."""
    write_standing(standing(), tmp_path)
    assert hashes(tmp_path) == {}
    (tmp_path / STANDING).rename(tmp_path.with_suffix(".elsewhere"))
    (tmp_path / STANDING).symlink_to(tmp_path.with_suffix(".elsewhere"))
    assert hashes(tmp_path) == {STANDING: ODD}
    assert read_standing(tmp_path) is None


def test_the_verdict_or_any_metric_makes_it_regressed() -> None:
    """What cannot be told does not."""
    assert standing(Word.SAME, Word.REGRESSED).regressed
    assert standing(verdict=Word.REGRESSED).regressed
    assert not standing(Word.UNTOLD, Word.FIXED, verdict=Word.UNTOLD).regressed
