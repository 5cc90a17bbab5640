"""Drills whose entry was lost: found by what carries their label, or by their directory."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from drills.errors import EngineError, PlanError
from drills.journal.facts import DrillEnded, DrillStarted, Sealed
from drills.journal.folder import JOURNAL, RESULT
from drills.journal.integrity import seal
from drills.journal.journal import Journal, read_timeline
from drills.lifecycle.closing import anchored
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.registry import Claim, project_of
from drills.reporting.files import read_result
from drills.reporting.verify import verify
from drills.stack.engines.lease import Remains
from tests.doubles.dead import DRILL, WHO, Paper, undone, unfinished
from tests.unit.lifecycle.watchdog.test_heal import is_finished

LOST = secrets.token_hex(4)


def ended(paper: Paper, *, undo: bool = True, sealing: bool = True) -> Claim:
    """Bring the drill to its end; one that was sealed is entered nowhere any more."""
    held = paper.begin()
    journal = Journal.resume(paper.directory, paper.clock)
    for injection in (f"{DRILL}-1", f"{DRILL}-2") if undo else ():
        journal.write(undone(injection))
    anchored(journal, paper.clock, DrillEnded(status="completed"))
    if sealing:
        seal(journal)
        held.remove()
        held.release()
    journal.close()
    return held


class TestOrphans:
    def test_what_no_drill_owns_is_removed_and_said(self, paper: Paper) -> None:
        """Its entry was lost, with the state directory."""
        paper.ground.remains = [{LOST: Remains(["container x-app-1", "network x_default"], 3600)}]
        (healed,) = paper.healer().clear_orphans()
        assert paper.ground.cleared == [(project_of(LOST), LOST)]
        assert "container x-app-1, network x_default" in str(healed)

    def test_what_a_living_drill_owns_is_not(self, paper: Paper, state: Path) -> None:
        """Also where it is entered in another state directory, by another user."""
        held = paper.begin()
        paper.ground.remains = [{DRILL: Remains(["container x"], 3600)}]
        assert paper.healer().clear_orphans() == []
        held.entry.path.unlink()
        (left,) = paper.healer().clear_orphans()
        assert left.left == "a process of this machine runs it"
        assert paper.ground.cleared == []

    def test_an_engine_that_is_away_is_said(self, paper: Paper) -> None:
        """What cannot be looked at is not clean."""
        paper.ground.trouble = EngineError("no container engine answers")
        (healed,) = paper.healer().clear_orphans()
        assert healed.problems == ["no container engine answers"]

    def test_a_drill_is_healed_by_its_directory_where_its_entry_was_lost(
        self, paper: Paper
    ) -> None:
        """The journal knows enough."""
        paper.died().path.unlink()
        assert paper.healer().heal_one(str(paper.directory), WHO).problems == []
        assert is_finished(paper)

    @pytest.mark.parametrize("lines", [1, 0.5])
    def test_a_finished_drill_without_its_seal_is_not_sealed_anew(
        self, paper: Paper, lines: float
    ) -> None:
        """Nobody vouches for what was cut off, whole or in half: it says so, and proves nothing."""
        ended(paper)
        journal = paper.directory / JOURNAL
        whole = journal.read_bytes().splitlines(keepends=True)
        rest = whole[-1][: len(whole[-1]) // 2] if lines < 1 else b""
        journal.write_bytes(b"".join([*whole[:-1], rest]))
        (paper.directory / RESULT).unlink(missing_ok=True)
        healed = paper.healer().heal_one(str(paper.directory), WHO)
        (problem,) = healed.problems
        assert "its seal is missing" in problem
        assert not healed.again
        assert registry.entries() == []
        assert journal.read_bytes() == b"".join(whole[:-1])
        result = read_result(paper.directory)
        assert (result.verdict, result.score.value) == ("inconclusive", None)
        assert any("seal" in str(each) for each in verify(paper.directory))

    def test_a_fault_of_a_drill_without_its_seal_is_undone(self, paper: Paper) -> None:
        """And its stack taken down; that is written down, and not sealed either."""
        ended(paper, undo=False)
        journal = paper.directory / JOURNAL
        journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))
        healed = paper.healer().heal_one(str(paper.directory), WHO)
        assert any("its seal is missing" in each for each in healed.problems)
        timeline = read_timeline(paper.directory)
        assert unfinished(paper) == []
        assert timeline.first(Sealed) is None
        assert read_result(paper.directory).verdict == "inconclusive"

    def test_one_that_died_before_its_seal_and_is_entered_is_sealed(self, paper: Paper) -> None:
        """Then nothing was ever behind its end."""
        held = ended(paper, sealing=False)
        held.release()
        assert paper.heal().problems == []
        assert verify(paper.directory) == []

    def test_what_is_no_drill_is_refused(self, paper: Paper, tmp_path: Path) -> None:
        """By its id, its directory, or a journal with an odd id."""
        with pytest.raises(
            PlanError, match="the id or the directory of a drill, d7 is not there; "
        ):
            paper.healer().heal_one("d7", WHO)
        journal = Journal(tmp_path / "odd", paper.clock)
        journal.write(DrillStarted(id="none"))
        journal.close()
        with pytest.raises(PlanError, match="says its drill's id"):
            paper.healer().heal_one(str(tmp_path / "odd"), WHO)
