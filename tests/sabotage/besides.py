"""What else must hold of some sabotaged drills."""

from __future__ import annotations

import subprocess

from drills.outage import outages
from drills.probes.samples import read_samples
from drills.timeline import Kind
from tests.sabotage.project import Ran
from tests.sabotage.stack_acts import TEAMS_VOLUME


def quiet(ran: Ran) -> None:
    """Nothing that looks like an incident was seen, nothing was done, nothing is recorded."""
    result, timeline = ran.result(), ran.timeline()
    assert timeline.all(Kind.SIGNAL, detector="alertmanager", state="firing") == []
    assert timeline.all(Kind.RESPONSE_STARTED, Kind.FAULT_INTENDED, Kind.UNDO_CALLED) == []
    lanes = read_samples(ran.directory() / "samples", final=True)
    assert {"reads", "orders", "exports", "replication"} <= lanes.keys()
    assert [outage for samples in lanes.values() for outage in outages(samples)] == []
    metrics = result.metrics
    assert (metrics.time_to_symptom.seconds, metrics.time_to_detect.seconds) == (None, None)
    record = result.record
    assert not any((*record.impact.values(), *record.affected_services.values()))
    assert record.root_cause == []


def untouched_times(ran: Ran) -> None:
    """An hour was added to the wall clock, and to nothing that was measured."""
    result = ran.result()
    assert "the wall clock moved +3600" in result.environment.clock
    metrics = result.metrics
    times = (metrics.time_to_detect, metrics.time_to_fail_over, metrics.time_to_recover)
    for time in times:
        assert time.seconds is not None
        assert time.high is not None
        assert 0 <= time.seconds <= time.high < result.duration_s < 600


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
        assert ran.timeline().first(Kind.STACK_READY) is None
    finally:
        remove = ["docker", "volume", "rm", "--force", TEAMS_VOLUME]
        subprocess.run(remove, capture_output=True, check=False)
