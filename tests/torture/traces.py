"""What a drill may have left: the difference between the state before it and after it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from drills.errors import DrillError, WaitTimeout
from drills.journal.facts import (
    DrillEnded,
    FaultIntended,
    LanesEnded,
    LaneStarted,
    Note,
    Sealed,
    UndoVerified,
)
from drills.journal.journal import read_timeline
from drills.journal.sample import Sample
from drills.journal.samples import read_samples
from drills.journal.timeline import Timeline
from drills.judgement.judge import judge_directory
from drills.reporting.files import read_result
from drills.reporting.verify import verify
from drills.stack.engines.lease import LEASE_LABEL
from drills.stack.runtime import DRILL_LABEL
from drills.units import NS
from drills.wait import until
from tests.torture.tortured import KEPT, Tortured, processes

LABEL = "incident-drills.torture"
LOST_MS = 100.0
_BRIDGE = re.compile(r"\bbr-[0-9a-f]{12}\b")


def said(*line: str) -> list[str]:
    """The lines that a command prints."""
    done = subprocess.run(line, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()


def left_over(drill: Tortured) -> list[str]:
    """Everything of the drill that is still there: on the engine, as processes, rules and files."""
    found = [f"{kind} {name}" for kind, name in labelled(drill.token)]
    found += leases(drill)
    found += helpers(drill)
    found += [f"process {pid}: {line}" for pid, line in processes(drill.token).items()]
    found += files(drill)
    if [path.read_text("utf-8") for path in drill.team.iterdir()] != [KEPT]:
        found.append("the team's folder is not as it was")
    found += [f"rule of a bridge that is gone: {rule}" for rule in stray_rules()]
    return found


def leases(drill: Tortured) -> Iterator[str]:
    """What still says on the engine that somebody cares for it."""
    for path in drill.reports.glob("*-*"):
        label = f"{LEASE_LABEL}={path.name.rpartition('-')[2]}"
        line = ("docker", "volume", "ls", "--filter", f"label={label}", "--format", "{{.Name}}")
        yield from (f"lease {name}" for name in said(*line))


def helpers(drill: Tortured) -> Iterator[str]:
    """Containers of its own that were to help for a moment."""
    for path in drill.reports.glob("*-*"):
        label = f"{DRILL_LABEL}={path.name.rpartition('-')[2]}"
        line = ("docker", "ps", "--all", "--filter", f"label={label}", "--format", "{{.Names}}")
        yield from (f"container {name} of the drill's" for name in said(*line))


def files(drill: Tortured) -> Iterator[str]:
    """Temporary files, entries of the registry, and what is half made in a report."""
    yield from (f"temporary file {path.name}" for path in drill.temporary.iterdir())
    yield from (f"entry {path.name}" for path in drill.state.glob("*"))
    yield from (f"file {path}" for path in drill.reports.glob("**/*") if unfinished(path))


def labelled(token: str) -> Iterator[tuple[str, str]]:
    """What the engine still has of it: containers (running or not), networks, volumes."""
    for kind in ("container", "network", "volume"):
        line = ["docker", kind, "ls", "--filter", f"label={LABEL}={token}", "--format"]
        more = ["{{.Names}}", "--all"] if kind == "container" else ["{{.Name}}"]
        for name in said(*line, *more):
            yield kind, name


def unfinished(path: Path) -> bool:
    """A draft, or samples that were not packed."""
    plain = path.suffix == ".jsonl" and path.stem != "journal"
    return plain or path.suffix in (".part", ".draft")


def rules() -> list[str]:
    """Packet filter, addresses and queues of this machine, as far as it shows them."""
    found = []
    for command in ("iptables-save", "tc"):
        if shutil.which(command):
            with suppress(subprocess.CalledProcessError):
                found += said(command, *(["qdisc", "show"] if command == "tc" else []))
    return [re.sub(r"\[\d+:\d+\]", "", line) for line in found if not line.startswith("#")]


def foreign_rules() -> set[str]:
    """The rules that no container network explains: nobody here may change them."""
    return {line for line in rules() if not re.search(r"\bbr-[0-9a-f]|veth|172\.|192\.168\.", line)}


def stray_rules() -> list[str]:
    """Rules and bridges of networks that do not exist; others' come and go meanwhile."""
    found: list[str] = []

    def none() -> bool:
        lines = [*rules(), *said("ip", "-o", "link")]
        known = {f"br-{each[:12]}" for each in said("docker", "network", "ls", "-q", "--no-trunc")}
        found[:] = [line for line in lines if set(_BRIDGE.findall(line)) - known]
        return not found

    with suppress(WaitTimeout):
        until(none, awaited="no stray rule", within=5, interval=0.2)
    return found


def of_its_report(drill: Tortured) -> Iterator[str]:
    """What is wrong with the journal and the report that it had to leave."""
    folders = [path for path in drill.reports.glob("*-*") if path.is_dir()]
    if len(folders) != 1:
        if folders or not drill.strikes:  # who was killed before its journal has none
            yield f"expected one report, got {[path.name for path in folders]}"
        return
    try:
        timeline = read_timeline(folders[0])
        yield from of_its_faults(timeline)
        for fact in (DrillEnded, Sealed):
            if len(timeline.all(fact)) != 1:
                yield f"expected one {fact.kind}, got {len(timeline.all(fact))}"
        if judge_directory(folders[0]) != read_result(folders[0]):
            yield "judged again, it is another drill"
        if not (folders[0] / "report.html").stat().st_size:
            yield "report.html is empty"
        yield from (f"verify: {problem}" for problem in verify(folders[0]))
    except (DrillError, OSError, ValueError) as error:
        yield f"{type(error).__name__}: {error}"


def of_its_faults(timeline: Timeline) -> Iterator[str]:
    """Every fault that was armed and never proven undone."""
    for event in timeline.all(FaultIntended):
        injection = event.injection
        if timeline.first(UndoVerified, injection=injection) is None:
            yield f"{injection} was never proven undone"


def of_its_pictures(drill: Tortured) -> Iterator[str]:
    """How limits, processes and settings differ between the arming of an undo and its proof."""
    for path in drill.notes.glob("*.fault.intended.json"):
        yield f"no picture before the fault: {path.read_text('utf-8')}"
    for path in drill.notes.glob("*.undo.verified.json"):
        yield f"no picture after the undo: {path.read_text('utf-8')}"
    for path in drill.notes.glob("*.after.json"):
        after = json.loads(path.read_bytes())
        before = json.loads(path.with_name(path.name.replace("after", "before")).read_bytes())
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                yield f"{key}: {before.get(key)} became {after.get(key)}"


def its_own(timeline: Timeline) -> Timeline:
    """What the drill itself wrote, without what was added when it was healed."""
    gone = [one.seq for one in timeline.all(Note) if "process is gone" in one.text]
    return Timeline([event for event in timeline if event.seq < min(gone, default=event.seq + 1)])


def lost_ms(drill: Tortured, timeline: Timeline, folder: Path) -> float | None:
    """How much of a lane is missing until the first blow, in ms; None where no lane ran then."""
    timeline = its_own(timeline)
    lane = timeline.first(LaneStarted, lane="health")
    struck_ns = min((each.at_ns for each in drill.strikes), default=0)
    ended = timeline.first(LanesEnded)
    if lane is None or not struck_ns or lane.at_ns > struck_ns:
        return None
    samples: Sequence[Sample] = read_samples(folder / "samples").get("health", [])
    if ended is not None and ended.at_ns < struck_ns:  # it was over, so all has to be there
        struck_ns = samples[-1].intended_ns if samples else ended.at_ns
    elif in_effect(timeline, struck_ns, lane.timeout):
        struck_ns -= int(lane.timeout * NS)
    elif samples:
        struck_ns -= samples[-1].ended_ns - samples[-1].intended_ns
    period_ns = int(NS / lane.rate)
    return missing(samples, lane.at_ns, struck_ns, period_ns) * period_ns / 1e6


def in_effect(timeline: Timeline, at_ns: int, timeout: float) -> bool:
    """Whether answers may take up to their time-out: under a fault, and for as long after it."""
    armed = timeline.first(FaultIntended)
    undone = timeline.first(UndoVerified)
    over_ns = at_ns if undone is None else undone.at_ns + int(timeout * NS)
    return armed is not None and armed.at_ns <= at_ns <= over_ns


def missing(samples: Sequence[Sample], begun_ns: int, until_ns: int, period_ns: int) -> int:
    """Requests that were due by then and are not there; what was due later may be in flight."""
    first = samples[0] if samples else None
    first_ns = first.intended_ns - first.seq * period_ns if first else begun_ns + period_ns
    due = 0 if until_ns < first_ns else (until_ns - first_ns) // period_ns + 1
    return due - sum(sample.seq < due for sample in samples)
