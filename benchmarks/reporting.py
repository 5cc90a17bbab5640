"""What a report costs: the drill in reports/sample with many more samples, judged and rendered.

Each figure is the median of several renderings, in seconds on a processor; the size is that of the
file. A share of the requests fails, in every lane and all the time, so that every bar and every row
has much to tell, and it is said how many of those failures the pictures and their tables still
count. Needs no container engine:

    python benchmarks/reporting.py [--rounds 5] [--samples 100000]
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import statistics
import tempfile
import time
from pathlib import Path

from drills.judgement.judge import judge_directory
from drills.judgement.result import DrillResult
from drills.reporting.chart.counts import rows
from drills.reporting.html import render_html
from drills.reporting.words import group_of

FAILING = ("timeout", "reset", "slow", "error")
EVERY = 7  # of so many requests one fails


def multiplied(directory: Path, count: int) -> None:
    """The sample with so many samples, of which one in ``EVERY`` fails."""
    place = Path(__file__).with_name("judging.py")
    spec = importlib.util.spec_from_file_location("judging", place)
    assert spec is not None
    assert spec.loader is not None
    judging = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(judging)
    judging.with_samples(directory, count)
    for path in (directory / "samples").glob("*.jsonl.gz"):
        if not path.name.startswith(("stalls", "orders.intents", "replication")):
            _fail_some(path)


def _fail_some(path: Path) -> None:
    lines = gzip.decompress(path.read_bytes()).splitlines()
    for number in range(0, len(lines), EVERY):
        row = json.loads(lines[number])
        row[4] = FAILING[number // EVERY % len(FAILING)]
        lines[number] = json.dumps(row).encode()
    path.write_bytes(gzip.compress(b"\n".join(lines) + b"\n"))


def told(result: DrillResult) -> tuple[int, int]:
    """How many requests failed by the chart's data, and how many its table counts."""
    series = result.chart.series
    given = sum(
        count
        for one in series
        for point in one.points
        for name, count in point.outcomes.items()
        if group_of(name) != "good"
    )
    shown = sum(
        count
        for row in rows(series)
        for name, count in row.outcomes.items()
        if group_of(name) != "good"
    )
    return given, shown


def main() -> None:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--samples", type=int, default=100_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "drill"
        multiplied(directory, chosen.samples)
        result = judge_directory(directory)
        render_html(result, directory)  # templates are compiled once
        taken, size = [], 0
        for _ in range(chosen.rounds):
            began = time.process_time()
            html = render_html(result, directory)
            taken.append(time.process_time() - began)
            size = len(html.encode())
    failed, shown = told(result)
    seconds = statistics.median(taken)
    print(
        f"{chosen.samples:,} samples: {seconds:.2f} s, {size / 1000:.0f} kB, "
        f"{shown:,} of {failed:,} failures in the table"
    )


if __name__ == "__main__":
    main()
