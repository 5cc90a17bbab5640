"""A folder that has lost what it is judged from blames nobody: it is inconclusive, and says why."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from drills.cli import main
from drills.journal.folder import FINAL_READ, JOURNAL, SAMPLES
from drills.journal.timeline import Kind
from drills.judgement.judge import judge_directory
from drills.reporting.verify import verify
from tests.doubles.recorded import Recording, recorded


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    return recorded(tmp_path / "drill")


def linked(drill: Path) -> None:
    (drill / SAMPLES).rename(drill.parent / "elsewhere")
    (drill / SAMPLES).symlink_to(drill.parent / "elsewhere", target_is_directory=True)


def rewritten(drill: Path) -> None:
    path = min((drill / SAMPLES).glob("[!s]*.jsonl.gz"))
    with gzip.open(path) as file:
        lines = file.readlines()
    with gzip.open(path, "wb") as file:
        file.writelines(lines[:-1])


LOSSES: dict[str, Callable[[Path], object]] = {
    "samples: the folder samples/ is missing, with all ": lambda drill: shutil.rmtree(
        drill / SAMPLES
    ),
    ".jsonl.gz is missing": lambda drill: min((drill / SAMPLES).glob("*.gz")).unlink(),
    "not a folder of its own": linked,
    "has changed": rewritten,
    f"{FINAL_READ} is missing": lambda drill: (drill / FINAL_READ).unlink(),
    f"{FINAL_READ} has changed": lambda drill: (drill / FINAL_READ).write_text("{}"),
}


@pytest.mark.parametrize("said", LOSSES)
def test_a_sealed_drill_without_its_parts_is_inconclusive(finished: Path, said: str) -> None:
    """Neither met nor missed, without a score; the report says what is not there."""
    assert judge_directory(finished).verdict == "met"
    LOSSES[said](finished)
    result = judge_directory(finished)
    assert result.verdict == "inconclusive"
    assert said in result.reason
    assert result.score.value is None
    assert {one.verdict for one in result.criteria} <= {"inconclusive", "not assessed"}
    assert verify(finished) != []


def unseal(drill: Path) -> None:
    lines = (drill / JOURNAL).read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if Kind.SEALED.value.encode() not in line]
    (drill / JOURNAL).write_bytes(b"".join(kept))


def test_a_journal_without_its_seal_is_inconclusive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its last line was cut off, or the disk was full: what it lacks may be what was missed."""
    recording = Recording(tmp_path / "drill", schema=2)
    recording.broken()
    recording.sampled()
    drill = recording.finish()
    assert judge_directory(drill).verdict == "met"
    unseal(drill)
    result = judge_directory(drill)
    assert (result.verdict, result.score.value) == ("inconclusive", None)
    assert {one.verdict for one in result.criteria} == {"inconclusive"}
    assert "journal: it holds no seal" in result.reason
    assert main(["judge", str(drill)]) == 75
    assert "holds no seal" in capsys.readouterr().out


def test_nor_is_an_old_one_that_was_never_sealed(finished: Path) -> None:
    """Its journal says which journeys were asked, and that the databases were read."""
    unseal(finished)
    whole = judge_directory(finished)
    assert whole.failed_parts == {}
    (finished / FINAL_READ).unlink()
    assert "samples: final-read.json is missing" in judge_directory(finished).reason
    shutil.rmtree(finished / SAMPLES)
    result = judge_directory(finished)
    assert result.verdict == "inconclusive"
    assert "the folder samples/ is missing, with all " in result.reason
    assert "samples/orders" not in result.reason


def test_a_loss_that_is_known_from_the_journal_alone_does_not_undo_a_failed_undo(
    finished: Path,
) -> None:
    """What may still be broken is loud whatever was lost."""
    lines = (finished / JOURNAL).read_bytes().splitlines(keepends=True)
    kept = [line.replace(b"undo.verified", b"undo.failed") for line in lines]
    (finished / JOURNAL).write_bytes(b"".join(kept))
    shutil.rmtree(finished / SAMPLES)
    assert judge_directory(finished).verdict == "missed"
