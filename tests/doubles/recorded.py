"""A finished drill in a directory, recorded in code: what any real one leaves, in small.

The replica stops a second after the drill's begin, is detected, and comes back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from drills.journal.evidence import Evidence
from drills.journal.integrity import seal
from drills.journal.journal import Journal
from drills.journal.redaction import Redactor
from drills.journal.rowfile import RowFile
from drills.journal.sample import Outcome, Sample
from drills.journal.samples import compress
from drills.journal.timeline import Json, Kind
from drills.judgement.judge import judge_directory
from drills.reporting.files import write_report
from drills.testing import ManualClock
from drills.units import NS
from tests.doubles.viewed import viewed

STARTED: Mapping[str, Json] = {
    "id": "d1",
    "feature": "features/replica_failure.feature",
    "scenario": "The read replica stops",
    "severity": "P2",
    "incident": "read-replica-down",
    "incident_title": "Read replica down",
    "alerts": ("ReplicaDown",),
    "impact": ("Features degraded",),
    "affected": ("Inventory Management",),
    "prevention": ("Add a second replica",),
    "primary": "primary",
    "writes": "orders",
    "hold_s": 0.5,
    "versions": {"python": "3.11"},
    "host": "a host",
    "git": "abc",
}
CRITERIA: tuple[Mapping[str, Json], ...] = (
    {"name": "detected", "metric": "time to detect", "comparator": "at most", "limit": 300.0},
    {"name": "kept", "metric": "lost orders", "comparator": "exactly", "limit": 0.0},
    {
        "name": "orders go on",
        "metric": "availability",
        "subject": "orders",
        "comparator": "at least",
        "limit": 0.5,
        "priority": "should",
    },
)


class Recording:
    """A drill that is being recorded; ``told`` may be given any event, ``finish`` ends it."""

    def __init__(self, directory: Path, **started: Json) -> None:
        self.directory = directory
        self.clock = ManualClock()
        self.journal = Journal(directory, self.clock, Redactor())
        self._begin = self.clock.monotonic_ns()
        anchor = self.clock.anchor()
        wall: Mapping[str, Json] = {"wall_ns": anchor.wall_ns, "error_ns": anchor.error_ns}
        self.told(Kind.DRILL_STARTED, "drill d1 began", **{**STARTED, **wall, **started})
        self.told(Kind.STACK_READY, "the stack is up", engine="engine 1", images={"app": "sha256"})
        self.told(Kind.LANE_STARTED, "orders: 10 requests a second", lane="orders", rate=10.0)

    def told(self, kind: Kind, text: str, **data: Json) -> None:
        """One event, and a tenth of a second."""
        self.journal.write(viewed(kind, text, data, self.clock.monotonic_ns()))
        self.clock.advance(0.1)

    def broken(self) -> None:
        """The fault, its detection, its undo, and the criteria."""
        self.clock.advance(1)
        fault: Mapping[str, Json] = {"fault": "stop", "container": "replica-1", "parameters": {}}
        self.told(Kind.FAULT_INTENDED, "stop: replica", injection="d1-1", **fault)
        self.told(Kind.FAULT_CALLED, "stop of replica-1 requested", injection="d1-1")
        self.told(Kind.FAULT_EFFECTIVE, "stop of replica-1 took effect", injection="d1-1")
        alert: Mapping[str, Json] = {"detector": "alertmanager", "name": "ReplicaDown"}
        self.told(Kind.SIGNAL, "alert ReplicaDown firing", state="firing", error_ns=5, **alert)
        self.clock.advance(0.4)  # longer than the hold window: a shorter fault proves nothing
        self.told(Kind.RESPONSE_STEP, "Point the reads at the primary", action="point", acts=True)
        self.told(Kind.UNDO_VERIFIED, "replica-1: running", injection="d1-1", proof="running")
        for criterion in CRITERIA:
            self.told(Kind.CRITERION, str(criterion["name"]), **criterion)

    def sampled(self, **texts: str) -> None:
        """Customers' orders from begin to now, every tenth of a second; two fail at the fault."""
        rows = RowFile(self.directory / "samples" / "orders.jsonl")
        found = {}
        for seq in range(30):
            at = self._begin + seq * NS // 10
            outcome = Outcome.RESET if seq in (14, 15) else Outcome.OK
            status = 0 if outcome is Outcome.RESET else 201
            sample = Sample(
                *("orders", seq, at, at, at + 5_000_000, outcome, status), subject=f"order-{seq}"
            )
            rows.add(
                [*sample.row()[:6], texts.get("route", ""), sample.subject, texts.get("detail", "")]
            )
            found[sample.subject] = 1
        rows.close()
        RowFile(self.directory / "samples" / "stalls.jsonl").close()
        nodes = {"primary": found, "replica": found}
        (self.directory / "final-read.json").write_text(json.dumps(nodes), "utf-8")
        self.told(Kind.FINAL_READ, "writes found: 30 on primary, 30 on replica")

    def kept(self, name: str, content: bytes, source: str = "the engine") -> None:
        """One artefact of evidence."""
        Evidence(self.journal).keep(name, source, lambda: content)

    def finish(self) -> Path:
        """End it as drills end: compressed, sealed, judged, rendered. Returns its directory."""
        anchor = self.clock.anchor()
        self.told(Kind.LANES_ENDED, "watching ended")
        self.told(
            Kind.DRILL_ENDED,
            "drill completed",
            status="completed",
            wall_ns=anchor.wall_ns,
            error_ns=anchor.error_ns,
        )
        compress(self.directory / "samples")
        seal(self.journal)
        self.journal.close()
        write_report(judge_directory(self.directory), self.directory)
        return self.directory


def recorded(directory: Path) -> Path:
    """A whole finished drill, met, with two artefacts of evidence."""
    recording = Recording(directory)
    recording.broken()
    recording.sampled()
    recording.kept("app-1 log", b"GET /orders 201\nGET /orders 500\n")
    recording.kept("pg_stat_activity", b"4711\tactive\n")
    return recording.finish()
