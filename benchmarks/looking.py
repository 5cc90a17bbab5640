"""What one look at a drill under way costs, after so many minutes of samples.

A look is what a drill does many times a second while it waits: it reads what is new, computes the
metrics that a replica's drill waits for, and checks the stop conditions. The lanes are the
reference drills' (62 requests a second in all); most of what fails is an outage after the fault,
with a single failure every ten seconds and answers that come late. The drills are looked at in
turn, so that a busy machine is fair to all. Every figure is the median of many looks, in seconds
on a processor. What the live view adds is told apart: how the drill stands, twice a second
at most, and a draw on the terminal. Needs no container engine:

    python benchmarks/looking.py [--looks 100] [--minutes 1 10 60]
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import tempfile
import time
from pathlib import Path

from drills.clock import SystemClock
from drills.journal.facts import (
    DrillStarted,
    EngineTold,
    FaultEffective,
    FaultIntended,
    LaneStarted,
    Phase,
)
from drills.journal.journal import Journal
from drills.journal.samples import SampleTail
from drills.journal.timeline import Event
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.held import all_held_from
from drills.judgement.metric import Observations
from drills.judgement.metrics import METRICS
from drills.judgement.standing import standing
from drills.judgement.stop import StopConditions, met
from drills.reporting.progress import Progress
from drills.reporting.screen import Screen
from drills.reporting.terminal import drawn

RATES = {"reads": 20, "orders": 20, "health": 10, "exports": 2, "replication": 10}
WAITED_FOR = (
    "time to symptom",
    "time to detect",
    "time to fail over",
    "time to recover",
    "time to restore redundancy",
)
NS = 1_000_000_000
FAULT, OUTAGE = 20, 15  # seconds from the beginning, and how long it lasts
SINGLE = 10  # seconds from one single failure to the next
STEP = 0.5  # seconds of samples that are new at each look
EVENTS = 2  # a second: what the engine tells of health checks
HOLD = 2.0
STARTS = EngineTold("exec_start", action="exec_start", service="", container_id="", error_ns=0)


class UnderWay:
    """A drill that began so many minutes ago, and goes on."""

    def __init__(self, directory: Path, minutes: float) -> None:
        clock = SystemClock()
        self.samples = directory / "samples"
        self._journal = Journal(directory, clock)
        self._begin_ns = clock.monotonic_ns() - int(minutes * 60 * NS)
        self._seconds = 0.0
        self._due = dict.fromkeys(RATES, 0)
        self._progress, self._screen = Progress(), Screen(io.StringIO())
        self._journal.listen(self._heard)
        self._tell()
        self._journal.write(Phase("watching", phase="watch"))
        self.goes_on(minutes * 60)
        self._tail = SampleTail(self.samples)

    def _tell(self) -> None:
        write, fault_ns = self._journal.write, self._begin_ns + FAULT * NS
        write(DrillStarted("a drill", alerts=("ReplicaDown",)), at_ns=self._begin_ns)
        for lane, rate in RATES.items():
            route = "primary" if lane in ("reads", "exports") else ""
            started = LaneStarted(lane=lane, rate=float(rate), timeout=2.0, fail_over_to=route)
            if lane != "replication":
                write(started, at_ns=self._begin_ns)
        for name in WAITED_FOR:
            told = Criterion(name, name, Comparator.AT_MOST, 900.0)
            write(told.stated(), at_ns=self._begin_ns)
        intended = FaultIntended("a fault", injection="i1", fault="stop", service="", container="")
        write(intended, at_ns=fault_ns)
        effective = FaultEffective("a fault", injection="i1", low_ns=fault_ns, high_ns=fault_ns)
        write(effective, at_ns=fault_ns)

    def _heard(self, event: Event) -> None:
        self._progress.hear(event)

    def goes_on(self, seconds: float) -> None:
        """What is seen in the next so many seconds is written down, as observers do."""
        for lane, rate in RATES.items():
            rows = []
            while self._due[lane] < (self._seconds + seconds) * rate:
                rows.append(self._row(self._due[lane], rate))
                self._due[lane] += 1
            rows.sort(key=lambda row: row[3])  # as they end
            with (self.samples / f"{lane}.jsonl").open("a") as file:
                file.writelines(f"{json.dumps(row)}\n" for row in rows)
        for number in range(int(self._seconds * EVENTS), int((self._seconds + seconds) * EVENTS)):
            at_ns = self._begin_ns + number * NS // EVENTS
            self._journal.write(STARTS, at_ns=at_ns)
        self._seconds += seconds

    def _row(self, seq: int, rate: int) -> tuple[int, int, int, int, str, int, str, str, str]:
        due, at = self._begin_ns + seq * NS // rate, seq / rate
        out = FAULT <= at < FAULT + OUTAGE
        single = at > SINGLE and seq % (SINGLE * rate) == 0
        late = out or seq % (SINGLE * rate) == rate
        outcome = "timeout" if out else "error" if single else "ok"
        took = NS if late else NS // 100
        return (seq, due, due, due + took, outcome, 200, "replica", f"{seq}", "0.1")

    def look(self) -> tuple[float, float, float]:
        """Look once. Returns how many seconds that took on a processor, and what a view adds."""
        until_ns = self._begin_ns + int(self._seconds * NS)
        began = time.process_time()
        seen = Observations(self._journal.timeline(), self._tail.poll(), HOLD, until_ns)
        for name in WAITED_FOR:
            METRICS[name].measure(seen)
        all_held_from(list(seen.samples.values()), after_ns=until_ns - 2 * NS, hold=HOLD)
        met(StopConditions(), seen)
        looked = time.process_time()
        stands = standing(seen)
        stood = time.process_time()
        self._progress.look(stands)
        frame = self._progress.frame(seen.until_ns, 22)
        self._screen.draw((), [drawn(row, 100, True) for row in frame])
        return looked - began, stood - looked, time.process_time() - stood


def report(looks: int, minutes: list[float]) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        drills = [UnderWay(Path(folder) / f"{each:g}", each) for each in minutes]
        taken: list[list[tuple[float, float, float]]] = [[] for _ in drills]
        for drill in drills:
            drill.look()  # the first one reads everything
        for _ in range(looks):
            for drill, times in zip(drills, taken, strict=True):
                drill.goes_on(STEP)
                times.append(drill.look())
    middle = [list(map(statistics.median, zip(*times, strict=True))) for times in taken]
    print(
        f"{'median of ' + str(looks):<16}{'ms a look':>12}{'ratio':>9}{'standing':>12}{'draw':>9}"
    )
    for length, (look, stands, draw) in zip(minutes, middle, strict=True):
        ratio = look / middle[0][0]
        figures = f"{look * 1000:>12.2f}{ratio:>9.2f}{stands * 1000:>12.2f}{draw * 1000:>9.2f}"
        print(f"{length:>8g} minutes{figures}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--looks", type=int, default=100)
    parser.add_argument("--minutes", type=float, nargs="+", default=[1, 10, 60])
    chosen = parser.parse_args()
    report(chosen.looks, chosen.minutes)


if __name__ == "__main__":
    main()
