"""Whole drills on a small stack whose own alerting notifies a name: no pager of ours is in it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from drills.journal.facts import FaultEffective, Signal
from drills.journal.journal import read_timeline
from drills.judgement.result import DrillResult
from drills.reporting.files import read_result
from drills.stack.engines.attendants import tools
from drills.stack.engines.sweep import leftovers
from drills.wait import until

pytestmark = pytest.mark.engine

# The alerting looks at the web twice in a second, and posts when that has changed.
WATCHMAN = """
import json, sys, time, urllib.request

def up():
    try:
        return urllib.request.urlopen("http://web:8000/", timeout=0.5).status == 200
    except OSError:
        return False

def post(state):
    body = json.dumps({"alert": {"name": "WebDown", "status": state}}).encode()
    urllib.request.urlopen("http://oncall.internal:9095/hook", body, timeout=5).read()

told = True
while True:
    if (now := up()) != told:
        print("web is", "up" if now else "gone", flush=True)
        try:
            post("closed" if now else "open")
            told = now
        except OSError as error:
            print("nobody can be told:", error, flush=True)
            told = now if {quiet} else told
    time.sleep(0.2)
"""
COMPOSE_FILE = """
services:
  web:
    image: {image}
    init: true
    command: [python3, -m, http.server, "8000", --directory, /usr/share/doc]
    ports: ["127.0.0.1::8000"]
  watchman:
    image: {image}
    init: true
    command: [python3, -u, -c, {watchman}]
    depends_on: [web]
"""
MANIFEST = """
[stack]
name = "small"
entry = { service = "web", port = 8000 }
[stack.services]
web = 1
watchman = 1
[blast_radius]
services = ["web"]
[journeys.home]
path = "/"
always = true
"""
WEBHOOK = """
[monitoring.webhook]
as = "oncall.internal"
port = 9095
shape = { name = "alert.name", state = "alert.status", firing = "open", resolved = "closed" }
"""
LOG = """
[monitoring.logs.web-gone]
service = "watchman"
pattern = "web is gone"
tells = true
"""
FEATURE = """
Feature: The web
  Scenario: It stops
    Given the system is in steady state
    When the "web" service stops
    Then the incident is detected within 20 seconds
"""
OPTIONS = ("--drill-hold=0.2s", "--drill-patience=25s", "--drill-requests=5")


class Project:
    """A folder with a compose file, a manifest and a feature, and the drills that run there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reports = folder / "reports"

    def write(self, *detectors: str) -> None:
        watchman = json.dumps(WATCHMAN.replace("{quiet}", "True"))
        image = tools()
        text = COMPOSE_FILE.replace("{image}", image).replace("{watchman}", watchman)
        (self.folder / "compose.yaml").write_text(text)
        (self.folder / "drills.toml").write_text("\n".join([MANIFEST, *detectors]))
        sentence = "the system is in steady state"
        conftest = f'''
            from pytest_bdd import given

            @given("{sentence}")
            def _(drill):
                drill.reach_steady_state()
        '''
        (self.folder / "conftest.py").write_text(dedent(conftest))
        (self.folder / "web.feature").write_text(FEATURE)

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "web.feature"]
        line += ["--drill-manifest=drills.toml", *OPTIONS, *options]
        environment = {**os.environ, "DRILLS_STATE": str(self.folder / "state")}
        with (self.folder / "output.txt").open("wb") as output:
            return subprocess.Popen(
                line,
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def run(self, *options: str) -> str:
        process = self.start(*options)
        try:
            process.wait(120)
        finally:
            process.kill()
        return (self.folder / "output.txt").read_text("utf-8")

    @property
    def begun(self) -> bool:
        return any(self.reports.glob("*-*/journal.jsonl"))

    @property
    def journal(self) -> str:
        """What it holds so far."""
        return (self.drill / "journal.jsonl").read_text("utf-8")

    @property
    def drill(self) -> Path:
        (folder,) = self.reports.glob("*-*")
        return folder

    def result(self) -> DrillResult:
        return read_result(self.drill)

    def signals(self) -> list[Signal]:
        return read_timeline(self.drill).all(Signal)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    yield made
    if made.begun:
        identity = made.drill.name.rpartition("-")[2]
        assert leftovers(identity) == []


def test_what_the_team_s_alerting_sends_is_when_it_was_detected(project: Project) -> None:
    """By a payload of its own shape, to a name that nobody of theirs has; and nothing is left."""
    project.write(WEBHOOK)
    output = project.run()
    result = project.result()
    assert result.verdict == "met", output
    found = result.metrics["time to detect"]
    assert found.value is not None
    assert 0 <= found.value < 10  # it refuses before the engine tells that it died
    assert found.high is not None
    assert found.low is not None
    assert found.high - found.low < 0.2
    assert result.untold == ""
    first = project.signals()[0]
    assert (first.name, first.state) == ("WebDown", "firing")
    assert first.error_ns < 50_000_000


@pytest.mark.thorough
def test_a_line_in_a_log_that_somebody_hears_of_detects_it(project: Project) -> None:
    """At the engine's own stamp of the line, to about a thousandth of a second."""
    project.write(LOG)
    output = project.run()
    assert project.result().verdict == "met", output
    (signal_,) = project.signals()
    assert signal_.text.endswith("matches web-gone: web is gone")
    assert signal_.error_ns < 10_000_000
    (effective,) = read_timeline(project.drill).all(FaultEffective)
    assert signal_.at_ns > effective.low_ns


def test_where_nobody_would_be_told_nothing_is_green(project: Project) -> None:
    """The criterion is not measured; the terminal, the report and the record say why."""
    project.write()
    plan = project.run("--drill-dry-run")
    assert "nothing would have told anybody: no [monitoring.webhook]" in plan
    assert "not measured, so not met: The incident is detected" in plan
    output = project.run("--drill-patience=3s")
    result = project.result()
    assert (result.verdict, result.metrics["time to detect"].value) == ("inconclusive", None)
    assert "Nothing would have told anybody: no [monitoring.webhook]" in output
    for name in ("report.html", "incident.md"):
        text = (project.drill / name).read_text("utf-8")
        assert "Nothing would have told anybody" in text


@pytest.mark.thorough
def test_a_drill_that_is_killed_leaves_no_receiver(project: Project) -> None:
    """The watchdog removes it with the stack."""
    project.write(WEBHOOK)
    process = project.start()
    identity = ""
    try:
        until(
            lambda: project.begun and str(FaultEffective.kind) in project.journal,
            awaited="the fault takes effect",
            within=60,
        )
        identity = project.drill.name.rpartition("-")[2]
        assert any("-inbox" in each for each in leftovers(identity))
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        until(lambda: not leftovers(identity), awaited="nothing is left", within=60)
    finally:
        process.kill()
