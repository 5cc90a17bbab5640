"""A drill whose process died is finished: undone, taken down, closed, rendered, once."""

from __future__ import annotations

import html
import json
import os
from pathlib import Path

import pytest

from drills.errors import EngineError, PlanError, StackError
from drills.faults.catalogue import OPERATIONS
from drills.journal.facts import (
    DrillEnded,
    DrillStarted,
    FaultIntended,
    LanesEnded,
    Note,
    UndoFailed,
    UndoVerified,
)
from drills.journal.folder import JOURNAL
from drills.journal.integrity import seal
from drills.journal.journal import Journal, read_timeline
from drills.journal.replacing import draft_name
from drills.judgement.judge import judge_directory
from drills.lifecycle.closing import anchored
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.heal import Healed
from drills.reporting.files import read_result
from drills.reporting.verify import verify
from drills.testing import ManualClock
from drills.units import NS
from tests.doubles.dead import DRILL, PROJECT, WHO, Died, Paper, dies_at, undone, unfinished
from tests.doubles.processes import Child

EVENTS_OF_A_DRILL = 10  # what ``Paper.begin`` writes, which a test below holds
EVENTS_OF_A_HEALING = 8  # and ``Paper.heal``


def is_finished(paper: Paper) -> bool:
    """Whether nothing is left to do: no fault, no container, no entry, a whole report."""
    timeline = read_timeline(paper.directory)
    assert registry.entries() == []
    assert list(paper.runtime.containers()) == []
    assert unfinished(paper) == []
    assert len(timeline.all(DrillEnded)) == 1
    assert [str(problem) for problem in verify(paper.directory)] == []
    result = read_result(paper.directory)
    assert (result.status, result.verdict) == ("aborted", "inconclusive")
    assert (paper.directory.parent / "latest").resolve() == paper.directory
    return True


class TestHealing:
    def test_what_was_armed_is_undone_last_in_first_out_and_then_taken_down(
        self, paper: Paper
    ) -> None:
        """The faults first, whatever else has to be done."""
        paper.died()
        paper.calls()
        healed = paper.heal()
        assert paper.calls() == ["unpause fake-replica-1", "unpause fake-app-1", "start fake-app-1"]
        assert paper.ground.cleared == [(PROJECT, DRILL)]
        assert healed.problems == []
        assert is_finished(paper)

    def test_the_journal_says_who_did_it_and_why(self, paper: Paper) -> None:
        """And so does the report."""
        paper.died()
        paper.heal()
        timeline = read_timeline(paper.directory)
        assert WHO in timeline.all(Note)[0].text
        (ended,) = timeline.all(DrillEnded)
        assert ended.reason == ("the drill's process ended without a word; the test finished it")
        report = html.unescape((paper.directory / "report.html").read_text())
        assert ended.reason in report

    def test_what_was_undone_before_it_died_is_not_undone_again(self, paper: Paper) -> None:
        """Only what has no proof yet."""
        paper.died()
        journal = Journal.resume(paper.directory, paper.clock)
        journal.write(undone(f"{DRILL}-2"))
        journal.close()
        paper.calls()
        paper.heal()
        assert paper.calls() == ["unpause fake-app-1", "start fake-app-1"]

    def test_a_container_that_is_gone_counts_as_undone(self, paper: Paper) -> None:
        """And is recorded so."""
        paper.died()
        for container in paper.runtime.containers():
            paper.runtime.vanish(container)
        assert paper.heal().problems == []
        proofs = [e.exists for e in read_timeline(paper.directory).all(UndoVerified)]
        assert proofs == [False, False]
        assert is_finished(paper)

    def test_an_undo_that_fails_is_loud_and_the_other_is_done(self, paper: Paper) -> None:
        """What could not be undone is gone with its container; the drill failed all the same."""
        paper.died()
        paper.runtime.fail_next("unpause", EngineError("it will not thaw"))
        assert paper.heal().problems == []
        timeline = read_timeline(paper.directory)
        (failed,) = timeline.all(UndoFailed)
        assert "By hand: docker unpause fake-replica-1" in failed.text
        assert unfinished(paper) == []
        result = read_result(paper.directory)
        assert (result.verdict, result.score.value) == ("missed", 0.0)

    def test_an_unknown_operation_is_loud_and_the_other_is_done(self, paper: Paper) -> None:
        """A journal of a newer version names an undo that this one does not know."""
        paper.died()
        journal = paper.directory / JOURNAL
        journal.write_text(journal.read_text().replace('"operation":"unpause"', '"operation":"x"'))
        paper.calls()
        healed = paper.heal()
        assert paper.calls() == ["unpause fake-app-1", "start fake-app-1"]
        (failed, again) = read_timeline(paper.directory).all(UndoFailed)
        assert "nobody knows the operation 'x'" in failed.text
        assert "docker inspect fake-replica-1" in again.text
        assert "could not be undone" in healed.problems[0]
        assert [entry.drill_id for entry in registry.entries()] == [DRILL]

    def test_after_its_death_nobody_watched(self, paper: Paper) -> None:
        """However late it is healed: an alert that was not seen since is not missed."""
        paper.died()
        last = read_timeline(paper.directory).newest()
        assert last is not None
        paper.clock.advance(3 * 3600)
        paper.heal()
        (ended,) = read_timeline(paper.directory).all(LanesEnded)
        assert ended.at_ns == last.at_ns

    def test_samples_are_kept_and_compressed(self, paper: Paper) -> None:
        """With a last one that was cut in the middle."""
        paper.died()
        (paper.directory / "samples" / "orders.jsonl").write_bytes(b'[0,1,2,3,"ok",200,"",""]\n[1,')
        paper.heal()
        names = [path.name for path in (paper.directory / "samples").iterdir()]
        assert names == ["orders.jsonl.gz"]

    def test_samples_that_a_link_leads_to_are_not_touched(
        self, paper: Paper, tmp_path: Path
    ) -> None:
        """They may be anybody's: the fault is undone all the same, and the link is told."""
        paper.died()
        theirs = tmp_path / "theirs"
        (paper.directory / "samples").rename(theirs)
        (theirs / "orders.jsonl").write_bytes(b'[0,1,2,3,"ok",200,"",""]\n')
        (paper.directory / "samples").symlink_to(theirs, target_is_directory=True)
        healed = paper.heal()
        assert [path.name for path in theirs.iterdir()] == ["orders.jsonl"]
        assert [each.partition(":")[0] for each in healed.problems] == ["stalls", "samples"]
        assert all("not a folder of its own" in problem for problem in healed.problems)
        assert "its stack is gone" in healed.done
        assert not healed.again
        result = judge_directory(paper.directory)
        assert (result.status, result.verdict) == ("aborted", "inconclusive")
        assert "not a folder of its own" in result.failed_parts["samples"]
        assert "samples: is not a plain file" not in map(str, verify(paper.directory))

    def test_drafts_of_a_killed_writer_are_gone_before_it_is_sealed(self, paper: Paper) -> None:
        """In the drill's folder and among its samples."""
        paper.died()
        for path in ("final-read.json", "samples/orders.jsonl.gz"):
            draft_name(paper.directory / path).write_bytes(b"half")
        assert not paper.heal().problems
        assert [path for path in paper.directory.rglob("*") if path.suffix == ".draft"] == []
        assert verify(paper.directory) == []


class TestWhatIsNotThere:
    def test_an_engine_that_is_away_leaves_everything_for_next_time(self, paper: Paper) -> None:
        """It is said, and no undo is marked as failed that was never tried."""
        paper.died()
        before = (paper.directory / JOURNAL).read_bytes()
        paper.ground.trouble = EngineError("no container engine answers")
        healed = paper.heal()
        assert healed.problems == ["no container engine answers"]
        assert "FAILED: no container engine answers" in str(healed)
        assert (paper.directory / JOURNAL).read_bytes() == before
        paper.ground.trouble = None
        assert paper.heal().problems == []
        assert is_finished(paper)

    def test_a_stack_that_does_not_go_away_is_tried_again(self, paper: Paper) -> None:
        """Its journal is closed and rendered meanwhile."""
        paper.died()
        paper.ground.stuck = StackError(f"{PROJECT} is not gone; left: volume x")
        healed = paper.heal()
        assert healed.problems == [f"stack: StackError: {PROJECT} is not gone; left: volume x"]
        assert read_result(paper.directory).status == "aborted"
        assert verify(paper.directory) == []
        paper.ground.stuck = None
        assert paper.heal().problems == []
        assert is_finished(paper)

    def test_reports_that_were_thrown_away(self, paper: Paper) -> None:
        """What to undo is not known any more; it goes with the containers."""
        paper.died()
        for path in sorted(paper.directory.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        paper.directory.rmdir()
        healed = paper.heal()
        assert healed.problems == []
        assert "it left no journal" in str(healed)
        assert not paper.directory.exists()
        assert list(paper.runtime.containers()) == []
        assert registry.entries() == []

    def test_a_drill_that_died_before_its_first_line_has_a_report_too(self, paper: Paper) -> None:
        """Nothing was begun, which it says."""
        registry.register(DRILL, paper.directory, PROJECT).release()
        paper.directory.mkdir(parents=True)
        assert paper.heal().problems == []
        assert is_finished(paper)

    def test_an_entry_that_makes_no_sense_is_cleaned_up_after_by_its_name(
        self, paper: Paper, state: Path
    ) -> None:
        """Its directory is not known, but its containers are."""
        paper.died()
        (state / f"{DRILL}.json").write_text("{")
        healed = paper.heal()
        assert "makes no sense" in str(healed)
        assert paper.ground.cleared == [(PROJECT, DRILL)]
        assert registry.entries() == []


class TestTwice:
    def test_a_drill_that_was_healed_is_not_touched(self, paper: Paper) -> None:
        """Asked for by its directory: not a byte changes, so its root hash is still the one."""
        paper.died()
        paper.heal()
        before = (paper.directory / JOURNAL).read_bytes()
        healed = paper.healer().heal_one(str(paper.directory), WHO)
        assert healed.problems == []
        assert (paper.directory / JOURNAL).read_bytes() == before
        assert is_finished(paper)

    def test_a_drill_that_ended_by_itself_keeps_its_end(self, paper: Paper) -> None:
        """It died between its seal and leaving the registry: it is completed, not aborted."""
        held = paper.begin()
        journal = Journal.resume(paper.directory, paper.clock)
        for injection in (f"{DRILL}-1", f"{DRILL}-2"):
            journal.write(undone(injection))
        anchored(journal, paper.clock, DrillEnded(status="completed"))
        seal(journal)
        journal.close()
        held.release()
        before = (paper.directory / JOURNAL).read_bytes()
        assert paper.heal().problems == []
        assert (paper.directory / JOURNAL).read_bytes() == before
        assert read_result(paper.directory).status == "completed"

    def test_two_healers_do_it_once(self, paper: Paper) -> None:
        """The second one finds that somebody else is at it."""
        entry = paper.died()
        first = registry.claim(entry)
        assert first is not None
        assert paper.healer().heal_all(WHO) == []
        assert paper.healer().heal(first, WHO).problems == []
        assert is_finished(paper)

    def test_one_that_lives_is_not_healed(self, paper: Paper) -> None:
        """Not even when asked for by name."""
        paper.begin()
        assert paper.healer().heal_all(WHO) == []
        with pytest.raises(PlanError, match=f"{DRILL} runs"):
            paper.healer().heal_one(DRILL, WHO)
        assert paper.ground.cleared == []


class TestDeath:
    """Crash points, as SQLite tests itself: right after each line of the journal."""

    def test_the_crash_points_are_all_there_are(self, paper: Paper) -> None:
        """So that none of the next two tests' cases dies nowhere."""
        held = paper.begin()
        lines = (paper.directory / JOURNAL).read_bytes().count(b"\n")
        assert lines == EVENTS_OF_A_DRILL
        held.release()
        paper.heal()
        assert (paper.directory / JOURNAL).read_bytes().count(b"\n") == lines + EVENTS_OF_A_HEALING

    @pytest.mark.parametrize("event", range(EVENTS_OF_A_DRILL))
    def test_of_the_drill_after_any_of_its_events(self, paper: Paper, event: int) -> None:
        """Whatever was armed by then is undone, and nothing else is touched."""
        paper.begin(dies_at(event))
        intended = len(read_timeline(paper.directory).all(FaultIntended))
        paper.calls()
        assert paper.heal().problems == []
        undos = {1: "start fake-app-1", 2: "unpause fake-replica-1"}
        called = paper.calls()
        assert [number for number, undo in undos.items() if undo in called] == list(
            range(1, intended + 1)
        )
        assert is_finished(paper)

    @pytest.mark.parametrize("event", range(EVENTS_OF_A_HEALING))
    def test_of_the_healer_after_any_of_its_events(self, paper: Paper, event: int) -> None:
        """The next one ends in the same state."""
        paper.died()
        with pytest.raises(Died):
            paper.heal(dies_at(event))
        assert paper.heal().problems == []
        assert is_finished(paper)

    @pytest.mark.thorough
    def test_of_the_journal_at_any_byte(self, paper: Paper) -> None:
        """The line that was cut is dropped, and what was armed by then is undone."""
        paper.died()
        journal, whole = paper.directory / JOURNAL, (paper.directory / JOURNAL).read_bytes()
        entry = registry.entries()[0].path
        text = entry.read_text()
        for size in range(0, len(whole) + 1, 37):
            journal.write_bytes(whole[:size])
            entry.write_text(text)
            assert paper.heal().problems == []
            assert unfinished(paper) == []
            assert verify(paper.directory) == []
            assert read_result(paper.directory).status == "aborted"

    @pytest.mark.thorough
    def test_by_a_signal_leaves_the_lock_free(self, paper: Paper) -> None:
        """A real process, killed in the middle of healing; the next one finishes it."""
        paper.died()
        with Child(HEALS_AND_DIES, os.environ["DRILLS_STATE"], paper.directory) as child:
            assert child.wait() == -9
        assert [entry.alive for entry in registry.entries()] == [False]
        assert paper.heal().problems == []
        assert is_finished(paper)


HEALS_AND_DIES = """
    import os, signal, sys
    from pathlib import Path
    from tests.doubles.dead import Paper
    paper = Paper(Path(sys.argv[2]))
    paper.heal(lambda event: event.kind == "undo.called" and os.kill(os.getpid(), signal.SIGKILL))
"""


class TestAnotherBoot:
    def test_a_drill_of_before_it_is_told_by_dates(self, paper: Paper) -> None:
        """The monotonic clock began anew; the drill still ends after it began, when it did."""
        paper.died()
        path = registry.entries()[0].path
        path.write_text(path.read_text().replace(registry.boot_id(), "another"))
        began = read_timeline(paper.directory).first(DrillStarted)
        assert began is not None
        later = ManualClock(monotonic_ns=5 * NS, wall_ns=paper.clock.anchor().wall_ns + 60 * NS)
        (healed,) = paper.healer(clock=later).heal_all(WHO)
        assert healed.problems == []
        assert is_finished(paper)
        result = read_result(paper.directory)
        assert 60 <= result.duration_s < 61
        assert result.ended_at > result.started_at

    def test_with_a_wall_clock_that_was_set_back(self, paper: Paper) -> None:
        """Nothing is told to be before what was told already."""
        paper.died()
        path = registry.entries()[0].path
        path.write_text(path.read_text().replace(registry.boot_id(), "another"))
        earlier = ManualClock(monotonic_ns=5 * NS, wall_ns=paper.clock.anchor().wall_ns - 900 * NS)
        (healed,) = paper.healer(clock=earlier).heal_all(WHO)
        assert healed.problems == []
        assert is_finished(paper)
        assert read_result(paper.directory).duration_s > 0


def test_an_older_drill_does_not_become_the_latest(paper: Paper) -> None:
    """Its report is made anew; the latest is still the newest."""
    newer = paper.directory.parent / "20270101T000000Z-a-drill-d2"
    newer.mkdir(parents=True)
    latest = paper.directory.parent / "latest"
    latest.symlink_to(newer.name)
    paper.died()
    paper.heal()
    assert latest.resolve() == newer


def test_every_undo_that_a_journal_may_hold_has_an_operation(paper: Paper) -> None:
    """What is armed today is what a healer of today knows."""
    paper.died()
    lines = (paper.directory / JOURNAL).read_text().splitlines()
    undos = [json.loads(line)["data"].get("undo") for line in lines]
    assert {undo["operation"] for undo in undos if undo} <= OPERATIONS.keys()


def test_a_report_reads_as_one_line(tmp_path: Path) -> None:
    """For the terminal: what was done, and what was not."""
    healed = Healed("d1", tmp_path, ["its stack is gone"], ["report: no space left"])
    assert str(healed) == f"drill d1 ({tmp_path}): its stack is gone; FAILED: report: no space left"
