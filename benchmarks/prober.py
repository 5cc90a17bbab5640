"""Our prober held to outages that are known, beside the poller that most scripts have.

Both watch the same server, which is killed, frozen, cut off, slowed, made to answer nonsense, and
broken by half, each from one known instant to another. Ours asks three journeys, which differ in
what they allow: nothing that is measured may depend on that. The poller is a loop around one httpx
client. Needs no container engine:

    python benchmarks/prober.py [--outages 600] [--longest 5] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from drills.cli.calibrate import table
from drills.journal.sample import Lane
from drills.judgement.calibration import accuracy, lateness
from drills.lifecycle.calibrating import QUICK, Measured, lane, measure, plan, seconds_of
from drills.observers.calibration.truth import OutageKind, Truth
from drills.units import NS

TIMEOUT = 0.25
LANES = (
    QUICK,
    lane("even", timeout=TIMEOUT, slow=TIMEOUT),
    lane("patient", timeout=2.0, slow=1.0),  # as a journey is by default
)
Rows = list[tuple[int, int, bool]]


# --- the peer --------------------------------------------------------------------------------


def poll(port: int, path: Path) -> None:
    """Ask, note when the answer came and whether it was good, sleep, until told to stop."""
    rows: Rows = []
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: ended.append(number))
    with httpx.Client(timeout=TIMEOUT) as client:
        print("ready", flush=True)
        while not ended:
            begin_ns = time.monotonic_ns()
            try:
                good = client.get(f"http://127.0.0.1:{port}/").text == "right"
            except httpx.HTTPError:
                good = False
            rows.append((begin_ns, time.monotonic_ns(), good))
            time.sleep(1 / QUICK.rate)
    path.write_text(json.dumps(rows))


@contextmanager
def polling(path: Path, port: int) -> Iterator[None]:
    """The poller as a process, which leaves its rows in a file."""
    poller = subprocess.Popen(
        [sys.executable, __file__, "--poll", str(port), str(path)], stdout=subprocess.PIPE
    )
    try:
        assert poller.stdout is not None
        poller.stdout.readline()
        yield
        poller.terminate()
        poller.wait()
    finally:
        poller.kill()


def noticed(rows: Rows, truth: Truth) -> float:
    """The poller's outage in seconds: from the first failure seen to the first success seen."""
    failures = [
        end
        for begin, end, good in rows
        if not good and begin < truth.end.ns and end > truth.begin.ns
    ]
    if not failures:
        return 0.0
    return (next(end for _, end, good in rows if good and end > failures[-1]) - failures[0]) / NS


# --- the table -------------------------------------------------------------------------------


def report(measured: Measured, lanes: Sequence[Lane], rows: Rows) -> None:
    """Print what was measured of each journey, and what the poller says of the same outages."""
    for each in lanes:
        samples = measured.samples[each.name]
        found = accuracy(samples, measured.truths, each)
        print(f"\ntime-out {each.timeout * 1000:.0f} ms, slow from {each.slow * 1000:.0f} ms on")
        for line in table(found):
            print(line)
        print(
            f"set aside {found.set_aside}, false {found.false}, lateness of a send p50 / p99: "
            f"{lateness(samples, 0.5):.2f} / {lateness(samples, 0.99):.2f} ms"
        )
    print(f"\nprocessor time a request: {measured.processor_ms:.3f} ms")
    print(f"the prober stood still: {measured.stalled:.2%} of {measured.seconds:.0f} s")
    for kind in (OutageKind.KILL, OutageKind.FREEZE) if rows else ():
        known = [truth for truth in measured.truths if truth.kind is kind]
        errors = sorted((noticed(rows, each) - each.length_ns / NS) * 1000 for each in known)
        print(
            f"closed loop, httpx: {kind}: error median {statistics.median(errors):.1f} "
            f"({errors[0]:.1f} .. {errors[-1]:.1f}) ms, no bounds"
        )


def main() -> None:
    """Measure; or be the poller, for the process that does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outages", type=int, default=600)
    parser.add_argument("--longest", type=float, default=5.0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alone", action="store_true", help="without the poller beside it")
    parser.add_argument("--poll", nargs=2, metavar=("PORT", "FILE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.poll:
        poll(int(chosen.poll[0]), Path(chosen.poll[1]))
        return
    planned = plan(chosen.outages, chosen.longest, chosen.seed)
    print(f"{len(planned)} outages, {seconds_of(planned):.0f} s; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as directory:
        peers = Path(directory, "poller.json")
        if chosen.alone:
            measured, rows = measure(planned, LANES, Path(directory, "samples")), []
        else:
            measured = measure(
                planned, LANES, Path(directory, "samples"), beside=lambda port: polling(peers, port)
            )
            rows = json.loads(peers.read_text())
        report(measured, LANES, rows)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
