"""What else must hold of some sabotaged drills."""

from __future__ import annotations

import subprocess

from drills.journal.facts import FaultIntended, ResponseStarted, Signal, StackReady, UndoCalled
from drills.journal.sample import Outcome, Sample
from drills.journal.samples import read_samples
from drills.judgement.outage import outages
from tests.sabotage.project import Ran
from tests.sabotage.stack_acts import TEAMS_VOLUME


def quiet(ran: Ran) -> None:
    """Nothing that looks like an incident was seen, nothing was done, nothing is recorded."""
    result, timeline = ran.result(), ran.timeline()
    assert timeline.all(Signal, detector="alertmanager", state="firing") == []
    assert timeline.all(ResponseStarted, FaultIntended, UndoCalled) == []
    lanes = read_samples(ran.directory() / "samples", final=True)
    assert {"reads", "orders", "exports", "replication"} <= lanes.keys()
    assert [outage for lane in lanes.values() for outage in outages(lane, ok=not_failed)] == []
    metrics = result.metrics
    assert (metrics["time to symptom"].value, metrics["time to detect"].value) == (None, None)
    record = result.record
    assert not any((*record.impact.values(), *record.affected_services.values()))
    assert record.root_cause == []


def not_failed(sample: Sample) -> bool:
    """What a prober that stood still never sent tells nothing of the system."""
    return sample.outcome.good or sample.outcome is Outcome.DROPPED


def untouched_times(ran: Ran) -> None:
    """An hour was added to the wall clock, and to nothing that was measured."""
    result = ran.result()
    assert "the wall clock moved +3600" in result.environment.clock
    metrics = result.metrics
    for name in ("time to detect", "time to fail over", "time to recover"):
        time = metrics[name]
        assert time.value is not None
        assert time.high is not None
        assert 0 <= time.value <= time.high < result.duration_s < 600


def put_right(ran: Ran) -> None:
    """With no disk to write to, the fault was undone all the same."""
    assert ran.end() == {"up": [], "broken": []}


def nothing_was_taken(ran: Ran) -> None:
    """The team's volume is there; the drill was refused, so another try would be the same."""
    try:
        line = ["docker", "volume", "inspect", "--format", "{{.Labels}}", TEAMS_VOLUME]
        done = subprocess.run(line, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "map[com.docker.compose.project:the-team]"
        assert ran.code == 1
        assert ran.timeline().first(StackReady) is None
    finally:
        remove = ["docker", "volume", "rm", "--force", TEAMS_VOLUME]
        subprocess.run(remove, capture_output=True, check=False)


def no_praise(ran: Ran) -> None:
    """Half a drill has no score and no rating, however green its criteria are until then."""
    result = ran.result()
    assert (result.status, result.score.value, result.score.rating) == ("aborted", None, None)
    assert "met" in {one.verdict for one in result.criteria}
    assert "Score: none" in ran.output
    report = (ran.directory() / "report.html").read_text("utf-8")
    assert "No score" in report
    assert "The drill was aborted." in report


def half_seen(ran: Ran) -> None:
    """Whom it happened to is somebody: a symptom, a stretch in the chart, words that fit."""
    result = ran.result()
    assert result.metrics["time to symptom"].value is not None
    one = result.availability["reads"]
    assert one.ratio is not None
    assert 0.3 < one.ratio < 0.8
    assert one.degraded
    drawn = {series.journey: series.stretches for series in result.chart.series}
    assert "degraded" in {stretch.kind for stretch in drawn["reads"]}
    assert result.record.impact["Features degraded"]
    report = (ran.directory() / "report.html").read_text("utf-8")
    assert "o customer could see it" not in report
    assert "customers saw none" not in report.lower()


def lost_told(ran: Ran) -> None:
    """Lost orders are no good answers, anywhere, and it is said when they were acknowledged."""
    result = ran.result()
    orders = result.availability["orders"]
    assert orders.outcomes["lost"] > 0
    assert orders.good == orders.outcomes.get("ok", 0) < orders.intended
    assert len(result.data.lost_offsets_s) == len(result.data.lost_ids) > 0
    assert any("lost" in p.outcomes for s in result.chart.series for p in s.points)
    assert "lost, acknowledged" in ran.output
    assert result.record.impact_by["Data integrity concerns"]
