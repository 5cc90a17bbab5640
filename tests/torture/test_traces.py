"""What the torture looks for, it finds: each kind of trace, planted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from drills.journal.sample import Outcome, Sample
from drills.journal.timeline import Event, Kind, Timeline
from drills.units import NS
from tests.torture import traces
from tests.torture.cases import SIGNALS, Case, Moment
from tests.torture.torture import latencies, phase, phase_hurts
from tests.torture.tortured import Struck, Tortured, processes

MS = 1_000_000


@pytest.fixture
def drill(tmp_path: Path) -> Tortured:
    """One that was never started."""
    case = Case("freeze", "SIGKILL", SIGNALS["SIGKILL"], Moment(13, 0.1))
    return Tortured(case, tmp_path, f"planted-{tmp_path.name}")


def events(*kinds: Kind) -> Timeline:
    """One event a second, the first at 1 s, all of one injection."""
    return Timeline(
        Event(seq, (seq + 1) * NS, kind, "", {"injection": "d-1", "rate": 50, "timeout": 0.3})
        for seq, kind in enumerate(kinds)
    )


def answers(*seqs: int) -> list[Sample]:
    """Requests due every 20 ms, each answered in one."""
    at = {seq: (seq + 1) * 20 * MS for seq in seqs}
    return [Sample("health", s, at[s], at[s], at[s] + MS, Outcome.OK) for s in seqs]


def test_a_process_is_found_by_its_environment(drill: Tortured) -> None:
    """Whatever it is called, and only while it lives."""
    mark = {"TORTURE_TOKEN": drill.token}
    line = [sys.executable, "-c", "print(flush=True); input()"]
    pipe = subprocess.PIPE
    with subprocess.Popen(line, env=mark, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert list(processes(drill.token)) == [process.pid]
        assert processes(drill.token, "drills.lifecycle.watchdog") == {}
        process.communicate(b"\n")
    assert processes(drill.token) == {}


def test_files_are_found(drill: Tortured) -> None:
    """Temporary ones, entries, logs, drafts, and samples that were not packed."""
    samples = drill.reports / "d" / "samples"
    for folder in (samples, drill.state, drill.temporary):
        folder.mkdir(parents=True, exist_ok=True)
    (drill.temporary / "config").touch()
    (drill.state / ".d.json.7").touch()
    for name in ("health.jsonl", "health.jsonl.gz", "replication.jsonl.gz.part"):
        (samples / name).touch()
    (drill.reports / "d" / "journal.jsonl").touch()
    found = "\n".join(traces.files(drill))
    assert len(found.splitlines()) == 4, found
    for name in ("config", ".d.json.7", "health.jsonl", "replication.jsonl.gz.part"):
        assert f"{name}\n" in found + "\n"


def test_a_changed_limit_is_found(drill: Tortured) -> None:
    """And a picture that could not be taken."""
    before = drill.notes / "d-1.before.json"
    before.write_text(json.dumps({"app limits": {"Memory": 1}, "database settings": ["a"]}))
    after = drill.notes / "d-1.after.json"
    after.write_text(before.read_text())
    assert list(traces.of_its_pictures(drill)) == []
    after.write_text(json.dumps({"app limits": {"Memory": 2}, "database settings": ["a"]}))
    (drill.notes / "d-1.undo.verified.json").write_text('"OSError"')
    missing, changed = traces.of_its_pictures(drill)
    assert changed == "app limits: {'Memory': 1} became {'Memory': 2}"
    assert "no picture after" in missing


def test_a_fault_without_its_undo_is_found() -> None:
    """Armed and never proven undone."""
    armed, undone = events(Kind.FAULT_INTENDED), events(Kind.FAULT_INTENDED, Kind.UNDO_VERIFIED)
    assert list(traces.of_its_faults(armed)) == ["d-1 was never proven undone"]
    assert list(traces.of_its_faults(undone)) == []


@pytest.mark.parametrize(
    ("seqs", "until_ms", "lost"),
    [
        ((0, 1, 2, 3), 81, 0),
        ((0, 1, 3), 81, 1),  # one in between
        ((2, 3), 81, 2),  # two at the begin
        ((0, 1), 121, 4),  # due at 60, 80, 100 and 120 ms
        ((0, 1, 2), 0, 0),  # all of it came later
        ((0, 1, 4), 41, 0),  # what is missing was due later
        ((), 121, 6),  # the first was due a period after the begin
    ],
)
def test_missing_samples_are_counted(seqs: tuple[int, ...], until_ms: int, lost: int) -> None:
    """Before, between and after those that are there."""
    assert traces.missing(answers(*seqs), 0, until_ms * MS, 20 * MS) == lost


def test_an_answer_is_awaited_longer_under_a_fault() -> None:
    """From the moment it may be in effect until what was asked under it has timed out."""
    under = events(Kind.DRILL_STARTED, Kind.FAULT_INTENDED, Kind.UNDO_VERIFIED)
    seen = [traces.in_effect(under, int(at_s * NS), 0.3) for at_s in (1, 2, 3.2, 3.4)]
    assert seen == [False, True, True, False]


def test_latency_counts_from_the_blow_that_ended_the_drill(drill: Tortured) -> None:
    """The SIGKILL where there is one; nothing where there was nothing to undo."""
    timeline = events(Kind.DRILL_STARTED, Kind.FAULT_INTENDED, Kind.UNDO_CALLED, Kind.UNDO_VERIFIED)
    term = Struck("SIGTERM", ("drill",), int(2.2 * NS))
    drill.strikes = [term]
    assert latencies(drill, timeline) == pytest.approx((0.8, 1.8))
    drill.strikes = [term, Struck("SIGKILL", ("drill",), int(2.5 * NS))]
    assert latencies(drill, timeline) == pytest.approx((0.5, 1.5))
    drill.strikes = [Struck("SIGKILL", ("drill",), int(1.5 * NS))]
    assert latencies(drill, timeline) == (None, None)
    drill.strikes = [Struck("SIGKILL", ("watchdog",), int(2.5 * NS))]
    assert latencies(drill, timeline) == (None, None)


def test_the_phase_is_what_the_drill_itself_had_reached(drill: Tortured) -> None:
    """What was added when it was healed does not count, however it is dated."""
    drill.strikes = [Struck("SIGKILL", ("drill",), 10 * NS)]
    its_own = list(events(Kind.DRILL_STARTED, Kind.FAULT_INTENDED))
    healed = [
        Event(2, 3 * NS, Kind.NOTE, "the drill's process is gone; the watchdog finishes"),
        Event(3, 3 * NS, Kind.LANES_ENDED, ""),
    ]
    assert phase(drill, Timeline([*its_own, *healed])) == "undo armed"
    assert phase_hurts(drill, "undo armed")
    assert not phase_hurts(drill, "sealed")
