"""A throw-away project around one sabotaged scenario, and pytest run on it as a user would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from drills.config.document import load
from drills.journal.facts import DrillStarted, FaultIntended, UndoVerified
from drills.journal.folder import RESULT
from drills.journal.journal import read_timeline
from drills.journal.timeline import Timeline
from drills.judgement.judge import judge_directory
from drills.judgement.result import CriterionResult, DrillResult
from drills.reporting.files import read_result
from drills.stack.engines.sweep import leftovers
from tests.paper.project import PLUGINS, ROOT
from tests.sabotage.case import Bench, Case
from tests.sabotage.scenario import feature_of

INCIDENTS = tuple(load(ROOT / "compose" / "drills.toml").incidents)
WITHIN = 240.0  # seconds, after which a drill that hangs is killed; it takes some 30
STEPS = ["stack", "workload", "faults", "recovery", "judgement"]
CONFTEST = """
    import pytest

    pytest_plugins = [{plugins}]

    @pytest.fixture
    def paper():
        return None
"""
PAPER = """
    from contextlib import ExitStack
    from pathlib import Path
    from drills.stack.runtime import DRILL_LABEL
    from tests.doubles.scripted import serving
    from tests.sabotage import stage

    WORLDS, OPEN = [], ExitStack()

    @pytest.fixture(scope="session")
    def manifest():
        return stage.manifest()

    @pytest.fixture
    def paper():
        return WORLDS[-1]

    def pytest_drills_stack(config, manifest, project, drill_id, clock):
        directory = Path("stacks", drill_id)
        directory.mkdir(parents=True)
        WORLDS.append(stage.staged(OPEN.enter_context(serving()), directory))
        WORLDS[-1].runtime.labels[DRILL_LABEL] = drill_id
        return WORLDS[-1].stack

    def pytest_unconfigure():
        OPEN.close()
        stage.note_end(WORLDS, Path("end.json"))
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run of pytest on one sabotaged scenario: its exit code, output, and what it left."""

    code: int
    output: str
    project: Path
    bench: Bench

    def directory(self) -> Path:
        """The one drill's directory."""
        (found,) = (self.project / "reports").glob("2*T*Z-*")
        return found

    def result(self) -> DrillResult:
        """The one drill's result; as its journal tells it where it could not be written."""
        if (self.directory() / RESULT).exists():
            return read_result(self.directory())
        return judge_directory(self.directory())  # as `drills judge` would, once there is room

    def timeline(self) -> Timeline:
        """The one drill's journal."""
        return read_timeline(self.directory())

    def criterion(self, name: str) -> CriterionResult:
        """The criterion of that name."""
        (found,) = [one for one in self.result().criteria if one.name == name]
        return found

    def undone(self) -> bool:
        """Whether every fault that was begun was proven undone."""
        timeline = self.timeline()
        begun = {event.injection for event in timeline.all(FaultIntended)}
        return begun == {event.injection for event in timeline.all(UndoVerified)}

    def left(self) -> list[str]:
        """What is left of the stack."""
        if self.bench is Bench.PAPER:
            return list(self.end()["up"])
        started = self.timeline().first(DrillStarted)
        assert started is not None, self.output
        return leftovers(started.id)

    def end(self) -> dict[str, list[str]]:
        """The world on paper at its end: stacks that are ``up``, containers that are ``broken``."""
        found: dict[str, list[str]] = json.loads((self.project / "end.json").read_text("utf-8"))
        return found


def run(case: Case, project: Path) -> Ran:
    """Run pytest on the case's scenario in a new folder ``project``."""
    project.mkdir()
    _write(case, project)
    line = [*case.around, sys.executable, "-m", "pytest", *PLUGINS, "drill.feature", "-rN"]
    line += [*_options(case, project), *case.options]
    done = subprocess.run(
        line,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DRILLS_STATE": str(project / "state")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    return Ran(done.returncode, done.stdout, project, case.bench)


def _write(case: Case, project: Path) -> None:
    names = [f"steps.{name}" for name in STEPS] + ["tests.sabotage.steps"]
    conftest = CONFTEST.format(plugins=", ".join(map(repr, names)))
    if case.bench is Bench.PAPER:
        conftest += PAPER
    else:
        shutil.copytree(ROOT / "compose", project / "compose")
        case.edit(project / "compose")
    (project / "conftest.py").write_text(dedent(conftest), "utf-8")
    (project / "drill.feature").write_text(feature_of(case), "utf-8")
    tags = ["P1: severity", "P2: severity", "smoke: one of each feature"]
    tags += [f"{incident}: incident" for incident in INCIDENTS]
    (project / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n" + "".join(f"    {tag}\n" for tag in tags), "utf-8"
    )


def _options(case: Case, project: Path) -> list[str]:
    if case.bench is Bench.PAPER:
        return ["--drill-hold=200ms", "--drill-patience=20s"]
    manifest = project / "compose" / "drills.toml"
    chosen = f"-k{case.chosen or 'sudden'}" if case.chosen or not case.feature else "-msmoke"
    return [f"--drill-manifest={manifest}", "--drill-hold=1s", "--drill-patience=20s", chosen]
