"""The pages that are looked at: reports of every kind, and the page of all drills."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from drills.history.store import Store
from drills.reporting.html import render_html
from drills.reporting.index.page import write_index
from drills.reporting.index.planned import Planned
from drills.runbook.policy import Rehearsal
from tests.doubles.finished import BEGAN, CJK, HOSTILE, RTL, row
from tests.unit.reporting import example
from tests.unit.reporting.odd import ODD

COUNT = 300  # drills on the page of all drills
VARIANTS = [*example.VARIANTS, *ODD, "one-word"]


def reports(directory: Path) -> dict[str, Path]:
    """Every variant as a file, and one in which every text is a single endless word."""
    results = {name: build() for name, build in (example.VARIANTS | ODD).items()}
    results["one-word"] = example.hostile("unbreakable" * 40)
    paths = {name: directory / f"{name}.html" for name in results}
    for name, path in paths.items():
        path.write_text(render_html(results[name]), "utf-8")
    return paths


def index(directory: Path, count: int = COUNT) -> Path:
    """So many drills, twenty-five a month, some of hostile names."""
    names = ("It stops", f"{HOSTILE} {'x' * 400}", CJK * 30, RTL * 10)
    rows = [
        row(
            number,
            at=BEGAN - timedelta(days=number * 1.2),
            scenario=names[number % 4],
            verdict="missed" if number % 3 == 0 else "met",
            severity=f"P{number % 2 + 1}",
        )
        for number in range(count)
    ]
    for each in rows:
        (directory / each.folder).mkdir()
    with Store.in_memory() as store:
        store.add(rows)
        late = Rehearsal(title=HOSTILE * 20, incident="never", next=BEGAN.date())
        steady = Rehearsal(title="Steady", scenario="It stops", every="3 months")
        planned = [
            Planned(incident="never", title=HOSTILE * 20, drills={"late": late}),
            Planned(incident="", title="", drills={"steady": steady}),
        ]
        return write_index(directory, store, planned)
