"""A drill of another process, as its folder shows it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from drills.cli.watch.sight import Sight
from drills.clock import SystemClock
from drills.errors import JournalError
from drills.journal.facts import DrillEnded, DrillStarted, LanesEnded
from drills.journal.journal import Journal
from drills.journal.rowfile import RowFile
from drills.lifecycle.watchdog import registry
from drills.testing import ManualClock
from drills.units import NS
from tests.doubles.dead import DRILL
from tests.doubles.observed import sample


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRILLS_STATE", str(tmp_path / "state"))


def journal(directory: Path, id_: str = DRILL, wall_ns: int = 0) -> Journal:
    made = Journal(directory, ManualClock())
    made.write(DrillStarted(id=id_, wall_ns=wall_ns, hold_s=1.5))
    return made


def test_it_shows_what_is_written_and_writes_nothing(tmp_path: Path) -> None:
    """Whoever looks leaves the folder as it is, to the last byte."""
    written = journal(tmp_path / "drill")
    file = RowFile(tmp_path / "drill" / "samples" / "reads.jsonl")
    file.write(sample("reads", 1).row())
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "drill").rglob("*")}
    sight = Sight(tmp_path / "drill")
    assert [event.kind for event in sight.poll()] == ["drill.started"]
    seen = sight.look()
    assert (len(seen.samples["reads"]), seen.hold) == (1, 1.5)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "drill").rglob("*")} == before
    written.close()
    file.close()


def test_it_knows_what_is_over(tmp_path: Path) -> None:
    """First the watching, at whose end the last look stays, and then the drill."""
    written = journal(tmp_path / "drill")
    sight = Sight(tmp_path / "drill")
    assert (sight.watched, sight.ended) == (True, False)
    ended = written.write(LanesEnded())
    sight.poll()
    assert (sight.watched, sight.ended, sight.look().until_ns) == (False, False, ended.at_ns)
    written.write(DrillEnded(status="completed"))
    sight.poll()
    assert sight.ended
    assert sight.written_s() > 0


def test_its_clock_is_this_machines_where_it_runs_here(tmp_path: Path) -> None:
    """Or else the one that its dates tell, for another machine's starts elsewhere."""
    now = SystemClock().anchor()
    journal(tmp_path / "drill", wall_ns=now.wall_ns - 60 * NS)
    (begin,) = Sight(tmp_path / "drill").poll()
    told = Sight(tmp_path / "drill").now_ns() - begin.at_ns
    assert told >= 60 * NS
    held = registry.register(DRILL, tmp_path / "drill", f"drill-{DRILL}")
    assert Sight(tmp_path / "drill").now_ns is time.monotonic_ns
    held.remove()


def test_what_is_no_drill_is_told(tmp_path: Path) -> None:
    """With its folder."""
    Journal(tmp_path / "drill", ManualClock()).close()
    with pytest.raises(JournalError, match="expected a journal that begins with a drill's start"):
        Sight(tmp_path / "drill")
