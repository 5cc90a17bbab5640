"""Our prober beside the poller that most scripts have: a loop around one httpx client.

Both watch the same server through the same outages, whose begin and end are known from the very
calls that made them. Needs no container engine:

    python benchmarks/prober.py [--rounds 5]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import httpx

from drills.journal.sample import Lane
from drills.journal.samples import read_samples
from drills.judgement.outage import outages
from drills.observers.prober.prober import Prober
from drills.units import NS

INTERVAL = 0.01  # seconds between requests, for both
TIMEOUT = 0.25
OUTAGE = (0.3, 0.5)  # seconds, drawn anew each round so as not to keep step with the schedule
CALM = 0.6
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass(frozen=True)
class Truth:
    """One outage as it was made, in monotonic nanoseconds."""

    kind: str
    begin_ns: int
    end_ns: int


# --- the server under both -------------------------------------------------------------------


def serve(port: int) -> None:
    """Answer every request, keep connections open, say on stdout from when on."""
    listener = socket.create_server(("127.0.0.1", port), backlog=4096)
    print(json.dumps([time.monotonic_ns(), listener.getsockname()[1]]), flush=True)
    ready = selectors.DefaultSelector()
    ready.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in ready.select():
            if key.fileobj is listener:
                ready.register(listener.accept()[0], selectors.EVENT_READ)
            elif isinstance(key.fileobj, socket.socket):
                _answer(key.fileobj, ready)


def _answer(connection: socket.socket, ready: selectors.BaseSelector) -> None:
    try:
        if connection.recv(65536):
            connection.sendall(ANSWER)
            return
    except OSError:
        pass
    ready.unregister(connection)
    connection.close()


class Server:
    """The server as a process that can be broken for a known time."""

    def __init__(self) -> None:
        self._process, _, self.port = self._start(0)

    def _start(self, port: int) -> tuple[subprocess.Popen[bytes], int, int]:
        process = subprocess.Popen(
            [sys.executable, __file__, "--serve", str(port)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        since_ns, port = json.loads(process.stdout.readline())
        return process, since_ns, port

    def kill(self, seconds: float) -> Truth:
        """Dead for at least so long; up again when the new process listens."""
        begin_ns = time.monotonic_ns()
        self._process.kill()
        self._process.wait()
        time.sleep(seconds)
        self._process, end_ns, _ = self._start(self.port)
        return Truth("killed", begin_ns, end_ns)

    def freeze(self, seconds: float) -> Truth:
        """There, and not running."""
        begin_ns = time.monotonic_ns()
        os.kill(self._process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        end_ns = time.monotonic_ns()
        os.kill(self._process.pid, signal.SIGCONT)
        return Truth("frozen", begin_ns, end_ns)

    def stop(self) -> None:
        """Gone for good."""
        self._process.kill()
        self._process.wait()


# --- the peer --------------------------------------------------------------------------------


def poll(port: int, path: Path) -> None:
    """Ask, note when the answer came and whether it was good, sleep, until told to stop."""
    rows: list[tuple[int, int, bool]] = []
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: ended.append(number))
    with httpx.Client(timeout=TIMEOUT) as client:
        print("ready", flush=True)
        while not ended:
            begin_ns = time.monotonic_ns()
            try:
                good = client.get(f"http://127.0.0.1:{port}/").status_code == 200
            except httpx.HTTPError:
                good = False
            rows.append((begin_ns, time.monotonic_ns(), good))
            time.sleep(INTERVAL)
    path.write_text(json.dumps(rows))


# --- what each of them says about an outage --------------------------------------------------


def bracketed(directory: Path, truth: Truth) -> tuple[float, bool]:
    """Our outage in seconds, and whether both true edges lie within its bounds."""
    spans = [
        span
        for span in outages(read_samples(directory)["reads"])
        if span.end and span.start.low_ns < truth.end_ns and span.end.high_ns > truth.begin_ns
    ]
    if not spans or spans[-1].end is None:
        return 0.0, False
    start, end = spans[0].start, spans[-1].end
    covered = start.low_ns <= truth.begin_ns <= start.high_ns and (
        end.low_ns <= truth.end_ns <= end.high_ns
    )
    return (end.ns - start.ns) / NS, covered


def noticed(rows: list[tuple[int, int, bool]], truth: Truth) -> float:
    """The poller's outage in seconds: from the first failure seen to the first success seen."""
    failures = [
        end
        for begin, end, good in rows
        if not good and begin < truth.end_ns and end > truth.begin_ns
    ]
    if not failures:
        return 0.0
    return (next(end for _, end, good in rows if good and end > failures[-1]) - failures[0]) / NS


# --- the run ---------------------------------------------------------------------------------


def processor_seconds(pid: int) -> float:
    """Seconds on a processor so far, as the scheduler counts them."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / NS


def measure(rounds: int, directory: Path) -> None:
    """Run the outages and print the table."""
    server = Server()
    ours, peers = directory / "samples", directory / "poller.json"
    lane = Lane(
        "reads", "127.0.0.1", server.port, "/", rate=1 / INTERVAL, timeout=TIMEOUT, slow=TIMEOUT
    )
    poller = subprocess.Popen(
        [sys.executable, __file__, "--poll", str(server.port), str(peers)], stdout=subprocess.PIPE
    )
    try:
        assert poller.stdout is not None
        poller.stdout.readline()
        with Prober(ours) as prober:
            prober.add(lane)
            before = processor_seconds(prober.pid), processor_seconds(poller.pid)
            truths = [truth for _ in range(rounds) for truth in _outages(server)]
            time.sleep(CALM)
            after = processor_seconds(prober.pid), processor_seconds(poller.pid)
            poller.terminate()
            poller.wait()
    finally:
        poller.kill()
        server.stop()
    rows = json.loads(peers.read_text())
    report(ours, rows, truths, (after[0] - before[0], after[1] - before[1]))


def _outages(server: Server) -> Iterable[Truth]:
    for breaking in (server.kill, server.freeze):
        time.sleep(CALM)
        yield breaking(random.uniform(*OUTAGE))


def spread(values: Iterable[float]) -> str:
    """Median and range, in milliseconds."""
    ordered = sorted(value * 1000 for value in values)
    return f"{statistics.median(ordered):.1f} ({ordered[0]:.1f} .. {ordered[-1]:.1f})"


def percentiles(values: Iterable[float]) -> str:
    """Median and 99th percentile, in milliseconds."""
    cuts = statistics.quantiles((value * 1000 for value in values), n=100)
    return f"{cuts[49]:.2f} / {cuts[98]:.2f}"


def line(what: str, prober: object, poller: object) -> None:
    """Print a row of the table."""
    print(f"{what:<44}{prober!s:>26}{poller!s:>26}")


def report(
    directory: Path,
    rows: list[tuple[int, int, bool]],
    truths: list[Truth],
    processor: tuple[float, float],
) -> None:
    """Print what either measured, beside the truth."""
    samples = read_samples(directory)["reads"]
    print(
        f"{len(truths)} outages; every {INTERVAL * 1000:.0f} ms, time-out {TIMEOUT * 1000:.0f} ms"
    )
    line("ms unless said otherwise", "prober", "closed loop, httpx")
    for kind in ("killed", "frozen"):
        known = [truth for truth in truths if truth.kind == kind]
        lengths = [(truth.end_ns - truth.begin_ns) / NS for truth in known]
        mine = [bracketed(directory, truth) for truth in known]
        line(
            f"{kind}: error of the outage, median (range)",
            spread(found - true for (found, _), true in zip(mine, lengths, strict=True)),
            spread(noticed(rows, t) - true for t, true in zip(known, lengths, strict=True)),
        )
        line(
            f"{kind}: truth within the bounds",
            f"{sum(c for _, c in mine)}/{len(mine)}",
            "no bounds",
        )
    line(
        "lateness of a send, p50 / p99",
        percentiles((s.sent_ns - s.intended_ns) / NS for s in samples),
        percentiles((b[0] - a[0]) / NS - INTERVAL for a, b in pairwise(rows)),
    )
    line("requests", len(samples), len(rows))
    line(
        "processor time a request",
        f"{processor[0] / len(samples) * 1000:.2f}",
        f"{processor[1] / len(rows) * 1000:.2f}",
    )


def main() -> None:
    """Measure; or be the server, or the poller, for the process that does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="one kill and one freeze in each")
    parser.add_argument("--serve", type=int, metavar="PORT", help=argparse.SUPPRESS)
    parser.add_argument("--poll", nargs=2, metavar=("PORT", "FILE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve is not None:
        serve(chosen.serve)
    elif chosen.poll:
        poll(int(chosen.poll[0]), Path(chosen.poll[1]))
    else:
        with tempfile.TemporaryDirectory() as directory:
            measure(chosen.rounds, Path(directory))


if __name__ == "__main__":
    main()
