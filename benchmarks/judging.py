"""What judging costs: the drill in reports/sample, with its events or its samples multiplied.

Flapping alerts are put between fault and undo, and the samples are asked again and again. Every
figure is the median of several processes: seconds on a processor, and what judging adds to the
process's peak of memory. Needs no container engine:

    python benchmarks/judging.py [--rounds 3] [--most 1000000]
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parent.parent / "reports" / "sample"
EVENTS = (1_000, 10_000, 50_000)
SAMPLES = (10_000, 100_000, 1_000_000)
STEADY = 3  # seconds of every lane that are asked again: nothing fails in them


def with_events(directory: Path, count: int) -> None:
    """The sample with so many events in all: the alert flaps."""
    shutil.copytree(SAMPLE, directory)
    lines = (directory / "journal.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    alert = next(event for event in events if event["kind"] == "signal")
    undo = next(event for event in events if event["kind"] == "undo.called")
    missing = max(count - len(events), 0)
    apart = (undo["at_ns"] - alert["at_ns"]) // (missing + 1)
    for number in range(missing):
        state = "resolved" if number % 2 == 0 else "firing"
        data = {**alert["data"], "state": state}
        at_ns = alert["at_ns"] + (number + 1) * apart
        events.append({**alert, "at_ns": at_ns, "data": data, "text": f"alert {state}"})
    events.sort(key=lambda event: int(event["at_ns"]))
    rows = (json.dumps({**event, "seq": seq}) for seq, event in enumerate(events))
    (directory / "journal.jsonl").write_text("\n".join(rows) + "\n")


def with_samples(directory: Path, count: int) -> None:
    """The sample with so many samples in all: every lane goes on as it ended."""
    shutil.copytree(SAMPLE, directory)
    lanes = {
        path: [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
        for path in sorted((directory / "samples").glob("*.jsonl.gz"))
        if not path.name.startswith(("stalls", "orders.intents"))
    }
    times = max(count // sum(map(len, lanes.values())), 1)
    final: dict[str, Any] = json.loads((directory / "final-read.json").read_text())
    for path, rows in lanes.items():
        more = _longer(rows, times)
        path.write_bytes(gzip.compress("".join(f"{json.dumps(row)}\n" for row in more).encode()))
        for ids in final.values():  # what each write said, where that was noted
            ids.update({row[7]: row[9:] or 1 for row in more if row[7]})
    (directory / "final-read.json").write_text(json.dumps(final))
    end = max(row[3] for path, rows in lanes.items() for row in _longer(rows, times)[-1:])
    lines = (directory / "journal.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    last = next(event["at_ns"] for event in events if event["kind"] == "lanes.ended")
    for event in events:
        event["at_ns"] += end - last if event["at_ns"] >= last else 0
    (directory / "journal.jsonl").write_text("".join(f"{json.dumps(event)}\n" for event in events))


def _longer(rows: list[list[Any]], times: int) -> list[list[Any]]:
    """The rows, and their end so often that there are ``times`` as many."""
    since = rows[-1][1] - STEADY * 1_000_000_000
    tail = [row for row in rows if row[1] > since]
    span = tail[-1][1] - tail[0][1] + (tail[1][1] - tail[0][1])
    found = list(rows)
    turn = 0
    while len(found) < times * len(rows):
        turn += 1
        for row in tail:
            _, due, sent, ended, outcome, status, route, subject, *rest = row
            by = turn * span
            name = f"{subject[:-8]}{len(found):08x}" if subject else ""
            moved = [due + by, sent + by, ended + by]
            found.append([len(found), *moved, outcome, status, route, name, *rest])
    return found


def measured(directory: Path) -> tuple[float, float]:
    """Seconds and MiB that judging takes, in a process of its own."""
    line = [sys.executable, __file__, "--judge", str(directory)]
    done = subprocess.run(line, stdout=subprocess.PIPE, check=True)
    seconds, mib = json.loads(done.stdout)
    return seconds, mib


def judge(directory: Path) -> None:
    """Judge once, and print what it took."""
    from drills.judgement.judge import judge_directory

    judge_directory(SAMPLE)  # what is loaded on first use is no part of it
    before, began = peak(), time.process_time()
    judge_directory(directory)
    print(json.dumps([time.process_time() - began, (peak() - before) / 1024]))


def peak() -> int:
    """The most memory that this process ever had, in KiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def report(rounds: int, most: int) -> None:
    """Print the table."""
    print(f"{'median of ' + str(rounds):<20}{'seconds':>10}{'MiB':>10}")
    for what, counts, build in (
        ("events", EVENTS, with_events),
        ("samples", SAMPLES, with_samples),
    ):
        for count in (each for each in counts if each <= most):
            with tempfile.TemporaryDirectory() as folder:
                directory = Path(folder) / "drill"
                build(directory, count)
                taken = [measured(directory) for _ in range(rounds)]
            seconds, mib = (statistics.median(values) for values in zip(*taken, strict=True))
            print(f"{count:>11,} {what:<8}{seconds:>10.2f}{mib:>10.0f}", flush=True)


def main() -> None:
    """Measure; or judge, for the process that does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, default=SAMPLES[-1], help="events or samples at most")
    parser.add_argument("--judge", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.judge is not None:
        judge(chosen.judge)
    else:
        report(chosen.rounds, chosen.most)


if __name__ == "__main__":
    main()
