"""A throw-away project whose stack is a world on paper: real plugin, real drills, no engine."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.doubles import parsed

# httpx loads it at its first request and keeps its exceptions. A run inside this process forgets
# what was loaded in it; were that the first request, the next one would not know its own errors.
import_module("httpcore")
# What a test replaces in it must be what the run inside this process uses, so it is loaded before.
import_module("drills.plugin.fixture")
# What each drill loads as it goes along, the engine's client above all, is a third of its time.
for each in (
    "drills.config.composed",
    "drills.plugin.exporting",
    "drills.plugin.gherkin.collect",
    "drills.plugin.gherkin.tags",
    "drills.plugin.interrupted",
    "drills.plugin.telling",
    "drills.reporting.index.page",
    "drills.reporting.terminal",
):
    import_module(each)
parsed.share()

ROOT = Path(__file__).parents[2]

CONFTEST = """
    import os
    import signal
    from contextlib import ExitStack
    from pathlib import Path

    import pytest
    from pytest_bdd import given, then, when

    from drills.config.document import Manifest
    from tests.doubles.scripted import serving
    from tests.doubles.world import MANIFEST, World

    WORLDS, OPEN = [], ExitStack()

    @pytest.fixture(scope="session")
    def manifest():
        return Manifest.of(MANIFEST)

    def pytest_drills_stack(config, manifest, project, drill_id, clock):
        assert project == f"drill-{drill_id}"
        assert manifest.stack.name == "paper"
        directory = Path("stacks", drill_id)
        directory.mkdir(parents=True)
        WORLDS.append(World(OPEN.enter_context(serving()), directory))
        WORLDS[-1].runtime.labels["incident-drills.drill"] = drill_id
        return WORLDS[-1].stack

    def pytest_drills_judged(config, result, directory):
        with open("judged.txt", "a") as file:
            file.write(f"{result.scenario}: {result.verdict} {directory.name}\\n")

    def pytest_unconfigure():
        OPEN.close()
        for world in WORLDS:
            assert not world.stack.is_up, "a stack was left up"

    @given("monitoring is silent")
    def _(drill): WORLDS[-1].alerting = False

    @given("the ERP is out of order")
    def _(drill): WORLDS[-1].service.on("/inventory", (500, {}))

    @when("somebody terminates the run")
    def _(drill): os.kill(os.getpid(), signal.SIGTERM)

    @when("a step breaks")
    def _(drill): raise TypeError("a bug in a step")

    @when("the rollback cannot work")
    def _(drill): WORLDS[-1].runtime.ignore_next("start", times=9)
"""

MET = """
    Given the ERP is in steady state
    When the "replica" service stops
    Then the incident is detected within 5 minutes
"""
# What is missed is counted, not timed: a busy host would excuse a miss by time.
TABLE = """
    Then the drill meets every success criterion
      | criterion   | metric                | limit            |
      | we notice   | time to detect        | at most 5 min    |
      | explained   | root-cause findings   | at least 9       |
      | they read   | availability of reads | at least 1 %     |
      | as planned  | prevention measures   | exactly 7        |
"""
MISSED = MET + TABLE
INCONCLUSIVE = MET.replace("When", "And monitoring is silent\n    When")

# Anyio, hypothesis and allure are left out: each run in this process would import them again.
WITHOUT = ("no:drills", "no:hypothesispytest", "no:anyio", "no:cacheprovider", "no:allure_pytest")
PLUGINS = [part for name in (*WITHOUT, "drills.plugin") for part in ("-p", name)]
# A few requests tell what many do: how many a fault must meet is tested where it is judged.
QUICK = ["--drill-hold", "100 ms", "--drill-requests", "3", "--drill-patience", "20 s"]


def _named(args: tuple[str, ...]) -> tuple[str, ...]:
    return args if any("drill.feature" in arg for arg in args) else ("drill.feature", *args)


class Project:
    """Writes features and runs pytest on them."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        pytester.makeini(f"[pytest]\npythonpath = {ROOT}\nmarkers =\n    P2: severity\n")
        self.write("conftest.py", CONFTEST)

    def write(self, path: str, text: str) -> None:
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), "utf-8")

    def feature(self, tags: str = "@P2 @read-replica-down", **scenarios: str) -> None:
        """A feature file; scenarios by name, underscores for spaces."""
        blocks = [
            f"  Scenario: {name.replace('_', ' ')}{steps.rstrip()}\n"
            for name, steps in scenarios.items()
        ]
        self.write("drill.feature", f"{tags}\nFeature: The replica\n\n" + "\n".join(blocks))

    def run(self, *args: str) -> pytest.RunResult:
        """In this process: the project's feature, unless another path is named."""
        return self.pytester.runpytest_inprocess(*PLUGINS, *QUICK, *_named(args))

    def run_alone(self, *args: str) -> pytest.RunResult:
        """In a process of its own, which may be killed."""
        self.pytester.syspathinsert(ROOT)
        return self.pytester.runpytest_subprocess(*PLUGINS, *QUICK, *_named(args))

    def reports(self, folder: str = "reports") -> list[Path]:
        """The directories of the drills, oldest first."""
        drills = (self.path / folder).glob("2*T*Z-*")
        return sorted(drills, key=lambda path: path.stat().st_ctime_ns)

    def result(self) -> dict[str, Any]:
        """The one drill's result."""
        (directory,) = self.reports()
        document: dict[str, Any] = json.loads((directory / "drill.json").read_text("utf-8"))
        return document

    def kinds(self) -> list[str]:
        """The kinds of event in the one drill's journal."""
        (directory,) = self.reports()
        lines = (directory / "journal.jsonl").read_text("ascii").splitlines()
        return [json.loads(line)["kind"] for line in lines]
