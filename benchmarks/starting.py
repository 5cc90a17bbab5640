"""What the plugin costs a run of pytest that collects no feature, over pytest-bdd's own plugin.

Both are started in turn, in an empty folder, so often; the medians of their seconds are compared,
with the middle half of the differences of each pair. Compiled modules are kept, as they are where a
user runs pytest, whatever this environment says of them. Needs no container engine:

    python benchmarks/starting.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

WITHOUT, WITH = ("-p", "no:drills"), ()
COMMON = ("-q", "-p", "no:cacheprovider", "--rootdir=.")


def started(folder: str, *plugins: str) -> float:
    """Seconds that a run takes from its start to its end."""
    line = [sys.executable, "-m", "pytest", *COMMON, *plugins]
    began = time.perf_counter()
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(line, cwd=folder, env=kept, stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        started(folder, *WITH)  # compiled once
        pairs = [(started(folder, *WITHOUT), started(folder, *WITH)) for _ in range(rounds)]
    without, with_ = (statistics.median(column) for column in zip(*pairs, strict=True))
    low, _, high = statistics.quantiles([b - a for a, b in pairs], n=4)
    print(f"without: {without * 1000:.0f} ms, with: {with_ * 1000:.0f} ms")
    print(f"the plugin: {(with_ - without) * 1000:.0f} ms ({low * 1000:.0f} to {high * 1000:.0f})")


if __name__ == "__main__":
    main()
