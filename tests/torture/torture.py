"""Torturing a deck of drills, two at a time, and what came of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import SimpleQueue

from drills.errors import DrillError
from drills.journal.fact import Fact
from drills.journal.facts import DrillEnded, FaultIntended, Note, UndoCalled, UndoVerified
from drills.journal.journal import read_timeline
from drills.journal.timeline import Kind, Timeline
from drills.reporting.files import read_result
from tests.torture import traces
from tests.torture.bystander import Bystander
from tests.torture.cases import Case, InEffect, Sync
from tests.torture.figures import counted, leak_rate_below, spread
from tests.torture.tortured import ROOT, Tortured

AT_ONCE = 2
UNDONE_WITHIN = 10.0  # seconds after a SIGKILL: Ryuk's figure
CALLED_WITHIN = 2.0  # seconds from a SIGKILL to the undo's call, for 99 in 100
KEPT = ROOT / "reports" / "torture-leaks"
FAILURES = (DrillError, OSError, ValueError, subprocess.SubprocessError)
NONE = "nothing: it was over"
IN_EFFECT = "fault in effect"


@dataclass(slots=True)
class Outcome:
    """What became of one drill. Latencies in seconds, None where there was nothing to undo.

    ``noticed`` is from the blow to the call of the undo, ``undone`` to its proof.
    """

    case: str
    fault: str
    signals: str
    struck: str
    phase: str
    healed_by: str = "itself"
    noticed: float | None = None
    undone: float | None = None
    lost_ms: float | None = None
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


def torture(
    case: Case, token: str, folder: Path, environment: Mapping[str, str] | None = None
) -> Outcome:
    """Run one drill through its case, have it healed, and look at what is left. Never raises."""
    begun = time.monotonic()
    outcome = Outcome(str(case), case.fault, case.signals, NONE, "none")
    drill = Tortured(case, folder, token, environment)
    try:
        drill.run()
        outcome.problems += heal(drill, outcome)
    except FAILURES as error:
        outcome.problems.append(f"{type(error).__name__}: {error}")
    try:
        examine(drill, outcome)
    except FAILURES as error:
        outcome.problems.append(f"{type(error).__name__}: {error}")
    outcome.seconds = round(time.monotonic() - begun, 3)
    if outcome.problems:
        shutil.copytree(folder, KEPT / token, symlinks=True, dirs_exist_ok=True)
    return outcome


def heal(drill: Tortured, outcome: Outcome) -> Iterator[str]:
    """Have the next run heal what is still entered; only where nobody else was left to do it."""
    if not drill.entered():
        return
    said = drill.heal_by_the_next_run()
    outcome.healed_by = "the next run"
    armed = drill.strikes and not drill.watchdog_struck and any(drill.reports.glob("*-*"))
    if armed or "FAILED" in said or "Traceback" in said:
        yield f"the watchdog left it to the next run, which says: {said}"


def examine(drill: Tortured, outcome: Outcome) -> None:
    """Fill in the outcome from what is there."""
    outcome.problems += traces.left_over(drill)
    outcome.problems += traces.of_its_report(drill)
    outcome.problems += traces.of_its_pictures(drill)
    if drill.strikes:
        outcome.struck = "a sync point" if isinstance(drill.case.moment, Sync) else "at random"
    folders = [path for path in drill.reports.glob("*-*") if path.is_dir()]
    if not folders:
        outcome.phase = "before its journal"
        return
    timeline = read_timeline(folders[0])
    outcome.phase = phase(drill, timeline)
    if not drill.strikes and timeline.first(FaultIntended) is None:
        outcome.problems.append("nobody struck it, and it never came to its fault")
    if outcome.healed_by == "itself" and "watchdog finish" in texts(timeline):
        outcome.healed_by = "the watchdog"
    if outcome.healed_by != "the next run":
        outcome.noticed, outcome.undone = latencies(drill, timeline)
    lost = outcome.lost_ms = traces.lost_ms(drill, timeline, folders[0])
    if lost is not None and lost > traces.LOST_MS:
        outcome.problems.append(f"{lost:.0f} ms of samples are lost")
    if phase_hurts(drill, outcome.phase) and read_result(folders[0]).status != "aborted":
        outcome.problems.append("it went on as if nothing had happened")
    if isinstance(drill.case.moment, InEffect) and outcome.phase != IN_EFFECT:
        outcome.problems.append(f"struck too late or too early: {outcome.phase}")
    if outcome.undone is not None and outcome.undone > UNDONE_WITHIN:
        outcome.problems.append(f"undone {outcome.undone:.1f} s after the blow")


def texts(timeline: Timeline) -> str:
    return "\n".join(event.text for event in timeline.all(Note, DrillEnded))


def phase(drill: Tortured, timeline: Timeline) -> str:
    """What the drill was at when the first blow fell."""
    if not drill.strikes:
        return "none"
    struck_ns = drill.strikes[0].at_ns
    kinds = {event.kind for event in traces.its_own(timeline) if event.at_ns <= struck_ns}
    for kind, name in (
        (Kind.SEALED, "sealed"),
        (Kind.DRILL_ENDED, "ended"),
        (Kind.LANES_ENDED, "evidence and take-down"),
        (Kind.UNDO_VERIFIED, "undone, recovery"),
        (Kind.UNDO_CALLED, "undoing"),
        (Kind.FAULT_EFFECTIVE, IN_EFFECT),
        (Kind.FAULT_INTENDED, "undo armed"),
        (Kind.LANE_STARTED, "steady state"),
        (Kind.DRILL_STARTED, "stack comes up"),
    ):
        if kind in kinds:
            return name
    return "before its journal"


def phase_hurts(drill: Tortured, at: str) -> bool:
    """Whether a blow at this phase must end the drill early."""
    over = ("none", "before its journal", "ended", "sealed")
    return at not in over and any("drill" in each.victims for each in drill.strikes[:1])


def latencies(drill: Tortured, timeline: Timeline) -> tuple[float | None, float | None]:
    """Seconds from the blow that ended the drill until its fault's undo was called, and proven.

    The blow is the SIGKILL where there is one, else the first signal.
    """
    deadly = [each for each in drill.strikes if "drill" in each.victims]
    if not deadly:
        return None, None
    blow = next((each for each in deadly if each.signal == "SIGKILL"), deadly[0])
    before = Timeline([event for event in timeline if event.at_ns <= blow.at_ns])
    if not before.first(FaultIntended) or before.first(UndoVerified):
        return None, None
    called = timeline.first(UndoCalled, after_ns=blow.at_ns)
    proven = timeline.first(UndoVerified, after_ns=blow.at_ns)
    return _since(blow.at_ns, called), _since(blow.at_ns, proven)


def _since(at_ns: int, fact: Fact | None) -> float | None:
    return None if fact is None else (fact.at_ns - at_ns) / 1e9


def torture_all(cases: Sequence[Case], seed: int, folder: Path, *, name: str) -> list[Outcome]:
    """Torture a deck beside a stack that nobody may touch; print and keep the figures.

    Each outcome is on the disk at once, so a run that is ended early has figures too.
    """
    shutil.rmtree(KEPT, ignore_errors=True)
    token = f"{name}-{seed}-{time.time_ns():x}"
    before = traces.foreign_rules()
    told = Told(ROOT / "reports" / f"{name}.jsonl", len(cases))
    whole: list[str] = []

    def one(number: int, environment: Mapping[str, str]) -> None:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            outcome = torture(cases[number], f"{token}-{number}", Path(place), environment)
        told.tell(number, outcome)

    try:
        with Bystander(f"{token}-bystander", AT_ONCE) as bystander:
            free = SimpleQueue[str]()
            for network in bystander.networks:
                free.put(network)

            def alone(number: int) -> None:
                network = free.get()
                try:
                    one(number, {**bystander.environment, "TORTURE_OUTSIDE": network})
                finally:
                    free.put(network)

            side_by_side(alone, range(len(cases)))
            whole += bystander.changes()
        whole += [f"rule {line}" for line in sorted(before ^ traces.foreign_rules())]
    finally:
        print("\n".join(summary(told.outcomes, whole, seed)), flush=True)
    _keep(told.outcomes, whole, seed, name)
    if whole:
        told.outcomes[-1].problems += whole
    return told.outcomes


def side_by_side(work: Callable[[int], None], numbers: Iterable[int]) -> None:
    """Do the work for each number, some at once; after an error or Ctrl-C nothing new is begun."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            for future in [pool.submit(work, number) for number in numbers]:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class Told:
    """The outcomes so far, in the order in which they came: printed, and one a line in a file."""

    def __init__(self, path: Path, of: int) -> None:
        self.outcomes: list[Outcome] = []
        self._path = path
        self._of = of
        self._lock = threading.Lock()
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")

    def tell(self, number: int, outcome: Outcome) -> None:
        """Add one; ``number`` is its case's, from 0."""
        state = "; ".join(outcome.problems) or f"{outcome.phase}, healed by {outcome.healed_by}"
        with self._lock:
            self.outcomes.append(outcome)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"number": number + 1, **asdict(outcome)}) + "\n")
            place = f"{len(self.outcomes):4} of {self._of}"
            print(f"{place}: {outcome.case}: {state}", flush=True)


def called_after(outcomes: Sequence[Outcome]) -> list[float]:
    """Seconds from each SIGKILL under a fault to the call of its undo by the watchdog."""
    return _some(one.noticed for one in outcomes if "SIGKILL" in one.signals)


def summary(outcomes: Sequence[Outcome], whole: Sequence[str], seed: int) -> list[str]:
    """The figures, as printed."""
    leaks = [one for one in outcomes if one.problems]
    killed = [one for one in outcomes if "SIGKILL" in one.signals]
    asked = [one for one in outcomes if "SIGKILL" not in one.signals]
    lost = _some(one.lost_ms for one in outcomes)
    struck = sum(one.struck != NONE for one in outcomes)
    traces_left = sum(len(one.problems) for one in leaks)
    below = leak_rate_below(len(leaks), len(outcomes))
    called = called_after(outcomes)
    late = sum(seconds > CALLED_WITHIN for seconds in called)
    late_below = leak_rate_below(late, len(called))
    return [
        "",
        f"torture: {len(outcomes)} drills, seed {seed}, {struck} struck before their end",
        *counted("by signal:", [one.signals for one in outcomes]),
        *counted("by fault:", [one.fault for one in outcomes]),
        *counted("by phase at the (first) signal:", [one.phase for one in outcomes]),
        *counted("at:", [one.struck for one in outcomes]),
        *counted("finished by:", [one.healed_by for one in outcomes]),
        "from SIGKILL, healed by the watchdog:",
        f"  to the undo's call   {spread(called)}",
        f"  later than {CALLED_WITHIN:g} s      {late}; below {late_below:.2%} (95 %)",
        f"  to the undo's proof  {spread(_some(one.undone for one in killed))}",
        "from SIGINT or SIGTERM alone:",
        f"  to the undo's proof  {spread(_some(one.undone for one in asked))}",
        f"samples lost: at most {max(lost, default=0):.0f} ms in {len(lost)} drills with probes",
        f"left over: {traces_left} in {len(leaks)} drills; changed beside them: {len(whole)}",
        f"leak rate: {len(leaks)} of {len(outcomes)}; below {below:.2%} (Clopper-Pearson, 95 %)",
    ]


def _some(values: Iterator[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _keep(outcomes: Sequence[Outcome], whole: Sequence[str], seed: int, name: str) -> None:
    leaks = sum(bool(one.problems) for one in outcomes)
    document = {
        "seed": seed,
        "drills": len(outcomes),
        "leaks": leaks,
        "leak_rate_below": leak_rate_below(leaks, len(outcomes)),
        "changed_beside_them": list(whole),
        "summary": summary(outcomes, whole, seed),
        "outcomes": [asdict(one) for one in outcomes],
    }
    path = ROOT / "reports" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=1), "utf-8")
