"""`drills calibrate` on this machine, with few outages: how exact they are is the machine's."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from drills.judgement.calibration import Accuracy, Row
from drills.lifecycle.calibrated import NONE, Calibration, stated, write
from drills.lifecycle.surroundings import host
from drills.observers.calibration.truth import OutageKind
from drills.wait import until
from tests.doubles.processes import runs
from tests.paper.project import MET, Project

ROOT = Path(__file__).parents[2]


def calibrating(reports: Path, *words: str) -> subprocess.Popen[str]:
    code = "import sys; from drills.cli import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.Popen(
        [sys.executable, "-c", code, "calibrate", "--reports", str(reports), *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def children(pid: int) -> list[int]:
    """The processes that one started and that are there yet."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in found]


def test_a_few_outages_make_a_table_and_a_file(tmp_path: Path) -> None:
    """Of this machine, which reports then quote; the status says what it is worth."""
    process = calibrating(tmp_path, "--outages", "6")
    said, errors = process.communicate(timeout=120)
    assert process.returncode in {0, 1, 75}, errors
    assert "on 127.0.0.1" in errors
    kinds = {line.split("  ")[0] for line in said.splitlines()}
    document = json.loads((tmp_path / "calibration.json").read_text("utf-8"))
    assert {row["kind"] for row in document["rows"]} <= {kind.value for kind in OutageKind} & kinds
    assert document["host"] == host()
    made = sum(row["made"] for row in document["rows"])
    assert made + document["set_aside"] == 6
    assert document["trusted"] is (process.returncode == 0)
    assert re.match("known outages|calibrated", stated(tmp_path))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    """No process, no file, no traceback."""
    process = calibrating(tmp_path, "--outages", "500")
    until(lambda: len(children(process.pid)) >= 3, awaited="server, spare and prober", within=60)
    started = children(process.pid)
    os.kill(process.pid, number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "drills: interrupted; nothing is left running, nothing was written" in errors
    assert "Traceback" not in errors
    # One that was just being started dies with whoever started it, which is over by now.
    until(lambda: not any(map(runs, started)), awaited="all to be gone", within=30)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("known", [False, True])
def test_every_report_states_how_exact_its_machine_is(known: bool, project: Project) -> None:
    """What was found on it, or that nobody asked, and what to type."""
    reports = project.path / "reports"
    if known:
        row = Row("all", 60, 60, 60, 120, 0, 0.1, 2.5, 6.04, 9.96, 10.2)
        write(Calibration(Accuracy((row,), row, 0, 0), 0.26, 0.4, 0.0, 40.0, ""), reports)
    project.feature(It_stops=MET)
    project.run()
    said = project.result()["environment"]["calibration"]
    assert said == (stated(reports) if known else NONE)
    assert known is ("95 % of them to 6.0 ms" in said)
    report = project.reports()[-1] / "report.html"
    assert f"<dt>Exactness</dt><dd>{said}</dd>" in report.read_text("utf-8")
