"""What a history of many drills costs: its rows, its page, and one drill more.

The drill in reports/sample, so many times, two hours apart, of thirty scenarios and eleven
incidents, with figures that vary. Told are the seconds that each takes, on the clock and on a
processor, and the size of the page; with Chromium also how long that takes to open. Reading the
folders is measured with --folders, which writes a drill.json for each. Needs no container engine:

    python benchmarks/history.py [--drills 10000] [--rounds 5] [--folders] [--chromium]
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from drills.history.records import FILE, rebuild
from drills.history.row import Figure, Row, row_in
from drills.history.store import Store
from drills.journal.folder import INDEX, REPORT, RESULT
from drills.judgement.result import Verdict
from drills.reporting.index.page import write_index
from drills.reporting.index.planned import Planned
from drills.runbook.policy import Rehearsal

SAMPLE = Path(__file__).parent.parent / "reports" / "sample"
SCENARIOS, INCIDENTS = 30, 11
VERDICTS: Sequence[Verdict] = ("met", "met", "met", "met", "met", "met", "missed", "inconclusive")
PLANNED = [
    Planned(
        incident=f"incident-{n}",
        title=f"Incident {n}",
        drills={
            f"drill-{n}": Rehearsal(
                title=f"Drill {n}",
                incident=f"incident-{n}",
                every="30 days",
                next=date(2026, 11, 1),
            )
        },
    )
    for n in range(INCIDENTS + 3)
]


class Drills:
    """Drills that differ, made of one that was held."""

    def __init__(self, seed: int) -> None:
        self._sample, self._random = row_in(SAMPLE), random.Random(seed)

    def one(self, number: int) -> Row:
        """The one of two hours times ``number`` ago."""
        at = self._sample.at - timedelta(hours=2 * number)
        id_ = f"{number & 0xFFFFFFFF:08x}"
        return replace(
            self._sample,
            id=id_,
            at=at,
            folder=f"{at:%Y%m%dT%H%M%SZ}-scenario-number-{number % SCENARIOS}-{id_}",
            scenario=f"Scenario number {number % SCENARIOS} of this stack",
            incident=f"incident-{number % INCIDENTS}",
            verdict=self._random.choice(VERDICTS),
            score=round(self._random.uniform(40, 100), 1),
            figures=tuple(map(self._varied, self._sample.figures)),
        )

    def _varied(self, figure: Figure) -> Figure:
        value = figure.value and figure.value * self._random.uniform(0.7, 1.4)
        return replace(figure, value=value)


def took(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and on a processor."""
    began, on_processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - on_processor


def told(what: str, times: Sequence[tuple[float, float]], more: str = "") -> None:
    """A line of the table: the median of both."""
    clock, processor = (statistics.median(each) for each in zip(*times, strict=True))
    print(f"{what:<42}{clock:>9.3f}{processor:>11.3f}  {more}", flush=True)


def report(reports: Path, count: int, rounds: int) -> None:
    """Print the table."""
    drills = Drills(1)
    rows = [drills.one(number) for number in range(count)]
    for row in rows:
        (reports / row.folder).mkdir()
    print(f"{f'{count:,} drills, median of {rounds}':<42}{'clock s':>9}{'processor s':>11}")
    with Store.at(reports / FILE) as store:
        told("their rows, all at once", [took(lambda: store.add(rows))])
        rows.clear()  # who writes a page holds none of them
        anew = [
            took(lambda: write_index(reports, store, PLANNED, anew=True)) for _ in range(rounds)
        ]
        told("the page, from nothing", anew, f"{(reports / INDEX).stat().st_size:,} bytes")
        more = []
        for number in range(1, rounds + 1):
            row = drills.one(-number)
            (reports / row.folder).mkdir()

            def one_more(row: Row = row) -> None:
                store.add([row])
                write_index(reports, store, PLANNED)

            more.append(took(one_more))
        told("one drill more: its row, and the page", more)


def read_folders(reports: Path, count: int) -> None:
    """How long it takes to make it all anew, of folders that hold whole results."""
    result = (SAMPLE / RESULT).read_text("utf-8")
    own = row_in(SAMPLE)
    for number in range(count):
        folder = reports / f"{own.at - timedelta(hours=number):%Y%m%dT%H%M%SZ}-drill-{number:08x}"
        folder.mkdir()
        (folder / REPORT).touch()
        (folder / RESULT).write_text(result.replace(own.id, f"{number:08x}"), "utf-8")
    told("the history, from their folders", [took(lambda: rebuild(reports))])


def opened(page: Path, rounds: int) -> None:
    """How long Chromium takes until the page is loaded."""
    from tests.browser.chromium import Chromium

    entry = "performance.getEntriesByType('navigation')[0].loadEventEnd"
    loaded = []
    with Chromium() as browser:
        for _ in range(rounds):
            browser.show(page, 1200)
            loaded.append((float(browser.ask(entry)) / 1000, 0.0))
    told("the page opens", loaded)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drills", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folders", action="store_true", help="read whole results too")
    parser.add_argument("--chromium", action="store_true", help="open the page too")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report(Path(folder), chosen.drills, chosen.rounds)
        if chosen.chromium:
            opened(Path(folder) / INDEX, chosen.rounds)
    if chosen.folders:
        with tempfile.TemporaryDirectory() as folder:
            read_folders(Path(folder), chosen.drills)


if __name__ == "__main__":
    main()
