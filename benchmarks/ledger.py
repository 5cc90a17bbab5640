"""What verifying writes costs: a ledger in a drill's files against a final read of two nodes.

Every write says something of its own, a few in a million are lost, altered, duplicated or stale,
and what is found is held against what was seeded. Seconds and MiB are those of a process of its own
that reads the files, as judging does, and reconciles. Needs no container engine, but Linux:

    python benchmarks/ledger.py [--rounds 3] [--writes 1000000]
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from drills.stack.content import digest
from drills.units import NS

RATE = 2000  # writes a second, each acknowledged after 3 ms
TOOK_NS = 3_000_000
SEEDED = 7  # writes of each kind


def build(directory: Path, writes: int) -> None:
    """A drill's samples of so many writes, and a final read in which some are wrong."""
    (directory / "samples").mkdir(parents=True)
    chance = random.Random(1)
    ids = [str(UUID(int=chance.getrandbits(128), version=4)) for _ in range(writes)]
    with gzip.open(directory / "samples" / "orders.jsonl.gz", "wt", compresslevel=1) as file:
        for place, id_ in enumerate(ids):
            due = place * NS // RATE
            row = [place, due, due, due + TOOK_NS, "ok", 201, "", id_, "", digest([id_, "1"])]
            file.write(f"{json.dumps(row)}\n")
    wrong = chance.sample(ids, 4 * SEEDED)
    lost, altered, twice, stale = (set(wrong[n::4]) for n in range(4))
    with (directory / "final-read.json").open("w") as file:
        for node, gone in (("primary", lost), ("replica", lost | stale)):
            file.write("{" if node == "primary" else ", ")
            file.write(f'"{node}": {{{", ".join(_held(ids, gone, altered, twice))}}}')
        file.write("}")


def _held(ids: list[str], gone: set[str], altered: set[str], twice: set[str]) -> Iterator[str]:
    for id_ in ids:
        if id_ not in gone:
            said = digest([id_, "2" if id_ in altered else "1"])
            yield json.dumps(id_) + ": " + json.dumps([said] * (2 if id_ in twice else 1))


def verify(directory: Path) -> None:
    """Read the files, reconcile, and print what it took. Asserts that all seeded was found."""
    from drills.journal.samples import read_samples
    from drills.observers.ledger import reconcile
    from drills.stack.database import final_read_of

    began = time.process_time()
    samples = read_samples(directory / "samples", final=True)["orders"]
    held = final_read_of((directory / "final-read.json").read_text())
    most = status("VmHWM")
    read, holds = time.process_time(), status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    found = reconcile(samples, held["primary"], [held["replica"]])
    ended = time.process_time()
    counts = (len(found.lost), len(found.altered or ()), found.duplicated, found.stale)
    assert counts == (SEEDED,) * 4, counts
    assert (found.unexpected, found.recovered, found.misread) == (0, 0, 0), found
    print(json.dumps([read - began, ended - read, most, status("VmHWM") - holds]))


def status(field: str) -> float:
    """What the kernel says of this process's memory, in MiB."""
    text = Path("/proc/self/status").read_text()
    return int(text.split(f"{field}:")[1].split()[0]) / 1024


def measured(directory: Path) -> list[float]:
    """Seconds of reading and of reconciling, MiB of both, in a process of its own."""
    line = [sys.executable, __file__, "--verify", str(directory)]
    found: list[float] = json.loads(subprocess.run(line, stdout=subprocess.PIPE, check=True).stdout)
    return found


def report(rounds: int, writes: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "drill"
        build(directory, writes)
        taken = [measured(directory) for _ in range(rounds)]
    read, reconciled, most, more = (statistics.median(each) for each in zip(*taken, strict=True))
    print(f"{writes:,} writes, median of {rounds}, processor time and memory:")
    print(f"reading the files  {read:>7.2f} s {most:>7.0f} MiB at the peak")
    print(f"reconciling        {reconciled:>7.2f} s {more:>7.0f} MiB more than what was read")


def main() -> None:
    """Measure; or verify, for the process that does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--writes", type=int, default=1_000_000)
    parser.add_argument("--verify", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.verify is not None:
        verify(chosen.verify)
    else:
        report(chosen.rounds, chosen.writes)


if __name__ == "__main__":
    main()
