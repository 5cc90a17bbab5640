"""Half a drill shows a miss, and never that something would have stayed well."""

from __future__ import annotations

import pytest

from drills.journal.timeline import Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.judge import judge
from drills.judgement.metrics import METRICS
from drills.judgement.result import DrillResult
from tests.doubles.observed import Told, lane
from tests.doubles.whole import FINAL, NOTICED, SAMPLES, ended, seen, whole_drill

RESTORED = Criterion("Service is restored", "time to recover", Comparator.AT_MOST, 60)
AT_ONCE = Criterion("Service is restored", "time to recover", Comparator.AT_MOST, 0.5)
READS = Criterion("Reads go on", "availability", Comparator.AT_LEAST, 0.5, "reads")
FEW_LOST = Criterion("Few are lost", "lost orders", Comparator.AT_MOST, 100)
FINAL_ONES = {
    *("time to symptom", "time to detect", "time to unhealthy", "crashes before detection"),
    *("time to respond", "time to notify", "time to fail over", "time to restart", "attestation"),
}


def cut_off(*criteria: Criterion, status: str = "aborted") -> DrillResult:
    """A drill that was ended 0.2 s after the freeze took effect, before any answer was due late."""
    told = Told().fault(10).undone(10.2)
    for criterion in criteria:
        told.tell(10.1, Kind.CRITERION, criterion.name, criterion.stated().data())
    told.tell(10.3, Kind.LANES_ENDED)
    reads = {"reads": lane("reads", 0, 10.2)}
    return judge(ended(told, status, reason="KeyboardInterrupt").seen(10.3, reads))


@pytest.mark.parametrize("status", ["aborted", "completed"])
def test_a_service_that_was_hardly_broken_was_not_restored(status: str) -> None:
    """Whether somebody cut the drill off, or its fault was too short: no row, figure or mark."""
    result = cut_off(RESTORED, status=status)
    (row,) = result.criteria
    assert (row.verdict, row.value, row.margin) == ("inconclusive", None, None)
    assert row.reason.startswith("0 ms so far, which proves nothing: ")
    figure = result.metrics["time to recover"]
    assert (figure.value, figure.reason) == (None, row.reason)
    assert "recovered" not in {mark.name for mark in result.chart.marks}
    assert {"End time", "Duration"} <= set(result.record.missing)


def test_it_says_what_cut_the_drill_off() -> None:
    """In the row itself, which may be all that somebody reads."""
    why = "the drill did not run to its end (KeyboardInterrupt)"
    assert cut_off(RESTORED).criteria[0].reason.endswith(why)


def test_every_metric_but_an_event_that_happened_needs_the_whole_drill() -> None:
    """An alert that came has come; a share, a loss or a recovery may still turn bad."""
    assert {each.name for each in METRICS.values() if each.final} == FINAL_ONES
    told = ended(whole_drill(READS, RESTORED, NOTICED), "aborted", reason="KeyboardInterrupt")
    verdicts = [row.verdict for row in judge(seen(told)).criteria]
    assert verdicts == ["inconclusive", "inconclusive", "met"]


def test_what_was_missed_by_then_stays_missed() -> None:
    """More watching would not have made it sooner."""
    told = ended(whole_drill(AT_ONCE), "aborted", reason="KeyboardInterrupt")
    result = judge(seen(told))
    assert (result.verdict, result.criteria[0].verdict) == ("missed", "missed")
    assert result.criteria[0].value == pytest.approx(1.96, abs=0.1)


def test_a_loss_within_what_is_allowed_is_no_harm_of_a_drill_that_was_cut_off() -> None:
    """It is not known to be met, but nothing forbade it either."""
    told = ended(whole_drill(FEW_LOST), "aborted", reason="KeyboardInterrupt")
    result = judge(told.seen(39, SAMPLES, {**FINAL, "postgres": {}}))
    assert (result.data.lost, result.criteria[0].verdict) == (80, "inconclusive")
    assert (result.verdict, result.score.value) == ("inconclusive", None)
