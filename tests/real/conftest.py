"""Whole drills, run as a user runs them: pytest in a process of its own, on the real stack."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.journal.fact import Fact
from drills.journal.facts import DrillStarted
from drills.journal.journal import read_timeline
from drills.journal.timeline import Timeline
from drills.judgement.result import DrillResult
from drills.reporting.files import read_result
from drills.stack.engines.sweep import leftovers
from drills.wait import until

ROOT = Path(__file__).resolve().parents[2]
STOP = 'features/replica_failure.feature::"The read replica stops"'


@dataclass
class Run:
    """A pytest process that runs drills, and where it leaves them."""

    process: subprocess.Popen[str]
    reports: Path
    output: str = ""

    def finish(self, within: float = 240) -> int:
        """Wait for its end; returns its exit code."""
        self.output, _ = self.process.communicate(timeout=within)
        return self.process.returncode

    def interrupt(self, number: signal.Signals) -> None:
        """Signal the process, as a terminal or a CI system would."""
        self.process.send_signal(number)

    def directory(self) -> Path:
        """The directory of its one drill."""
        found = list(self.reports.glob("2*T*Z-*"))
        assert len(found) == 1, self.output
        return found[0]

    def timeline(self) -> Timeline:
        """Its drill's journal, so far."""
        return read_timeline(self.directory())

    def result(self) -> DrillResult:
        """Its drill's result."""
        return read_result(self.directory())

    def await_event(self, fact: type[Fact], within: float = 120) -> None:
        """Wait until its drill's journal holds such an event."""

        def there() -> bool:
            assert self.process.poll() is None, self.process.communicate()[0]
            try:
                return self.reports.exists() and self.timeline().first(fact) is not None
            except (JournalError, AssertionError):
                return False

        until(there, awaited=f"{fact.kind} in the journal", within=within)

    def leaves_nothing(self) -> bool:
        """Whether no container, network or volume of its drill is left."""
        started = self.timeline().first(DrillStarted)
        assert started is not None
        left = leftovers(started.id)
        assert left == [], left
        return True


Drills = Callable[..., Run]
Edit = Callable[[Path], None]


@pytest.fixture
def run_drill(tmp_path: Path) -> Iterator[Drills]:
    """Start pytest on a scenario; ``edit`` changes a copy of the ERP's stack before."""
    runs: list[Run] = []

    def run(
        *options: str,
        edit: Edit | None = None,
        scenario: str = STOP,
        manifest: Path = ROOT / "compose" / "drills.toml",
    ) -> Run:
        reports = tmp_path / f"reports-{len(runs)}"
        if edit is not None:
            copy = tmp_path / f"compose-{len(runs)}"
            shutil.copytree(ROOT / "compose", copy)
            edit(copy)
            manifest = copy / "drills.toml"
        line = [sys.executable, "-m", "pytest", scenario.replace('"', ""), "-p", "no:cacheprovider"]
        line += [f"--drill-reports={reports}", f"--drill-manifest={manifest}", *options]
        process = subprocess.Popen(
            line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        runs.append(Run(process, reports))
        return runs[-1]

    yield run
    for each in runs:
        if each.process.poll() is None:
            each.process.send_signal(signal.SIGINT)
            each.finish()


def criterion(result: DrillResult, name: str) -> str:
    """The verdict of the criterion with this name."""
    return next(one.verdict for one in result.criteria if one.name == name)
