"""What the documents show works as they show it. Drills are run dry, so no engine is needed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest

from drills.cli import main
from drills.config.document import Manifest
from drills.journal.timeline import Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.standing import standing
from drills.reporting.progress import Progress
from drills.reporting.terminal import drawn
from drills.runbook.action import NEEDS
from tests.doubles.certified import CA
from tests.doubles.observed import Told, lane, ns

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md"]
STEPS = ("stack", "workload", "faults", "recovery", "judgement", "runbook")
OPTION = re.compile(r"--drill-[a-z-]+")


def blocks(language: str) -> list[str]:
    """Every fenced block of a language in the documents."""
    fence = re.compile(rf"^```{language}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    return [block for path in DOCUMENTS for block in fence.findall(path.read_text("utf-8"))]


def commands(first: str) -> list[str]:
    """Every indented command line of the documents that begins with ``first``."""
    line = re.compile(rf"^    ({re.escape(first)}\b[^#\n]*)", re.MULTILINE)
    found = [each for path in DOCUMENTS for each in line.findall(path.read_text("utf-8"))]
    return sorted({each.strip() for each in found})


DryRun: TypeAlias = Callable[..., pytest.RunResult]


@pytest.fixture
def dry_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> DryRun:
    """Runs pytest at the project's root with some arguments, told to touch nothing.

    There is no engine: what one is able to do would be asked of it.
    """
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/engine.sock")
    return partial(pytester.runpytest_inprocess, "--drill-dry-run", "-p", "no:cacheprovider")


def collected_from(folder: Path, *plugins: str) -> list[str]:
    """Arguments that run the features of a folder with the project's own sentences."""
    named = [f"steps.{module}" for module in STEPS] + list(plugins)
    options = [word for plugin in named for word in ("-p", plugin)]
    root = [f"--rootdir={ROOT}", "-c", str(ROOT / "pyproject.toml")]
    return [*root, *options, *map(str, sorted(folder.glob("*.feature")))]


def test_every_scenario_in_the_documents_is_a_sound_plan(dry_run: DryRun, tmp_path: Path) -> None:
    """Its sentences exist, and its targets, metrics and limits are what the stack knows."""
    shown = blocks("gherkin")
    assert shown
    for number, block in enumerate(shown):
        (tmp_path / f"shown{number}.feature").write_text(block, "utf-8")
    done = dry_run(*collected_from(tmp_path))
    assert done.ret == 0
    assert "may touch" in done.stdout.str()


def test_no_example_imports_from_deep_inside() -> None:
    """The front door has what the documents show, as has that of the fakes."""
    deep = re.compile(r"^\s*(?:from|import) drills\.(?!testing\b)\S*", re.MULTILINE)
    assert [found for block in blocks("python") for found in deep.findall(block)] == []


def test_the_step_of_ones_own_works_as_shown(
    dry_run: DryRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Python of the documents is a step module that a feature can use."""
    (shown,) = [block for block in blocks("python") if "pytest_bdd" in block]
    (tmp_path / "own_steps.py").write_text(shown, "utf-8")
    (tmp_path / "own.feature").write_text(
        "@no-incident\n"
        "Feature: Own\n"
        "  Scenario: Own\n"
        "    Given the ERP is in steady state\n"
        '    When the "postgres-replica" service is killed politely\n'
        '    Then at least 90 % of "reads" succeed in time\n',
        "utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    done = dry_run(*collected_from(tmp_path, "own_steps"))
    assert done.ret == 0
    assert "kill of postgres-replica (signal=SIGTERM)" in done.stdout.str()


@pytest.mark.parametrize("command", commands(".venv/bin/pytest"))
def test_every_pytest_command_selects_a_sound_plan(dry_run: DryRun, command: str) -> None:
    """Feature, scenario, line, keyword and mark: each way of naming a drill finds one."""
    done = dry_run(*shlex.split(command)[1:])
    assert done.ret == 0
    assert "passed" in done.stdout.str()


@pytest.mark.parametrize("command", commands("make"))
def test_every_make_target_exists(command: str) -> None:
    """A target that is shown is one that make knows."""
    line = [*shlex.split(command), "--dry-run", "--silent"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_every_subcommand_is_documented_and_every_documented_one_exists(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """``drills --help`` and the documents name the same commands."""
    with pytest.raises(SystemExit):
        main(["--help"])
    offered = set(re.findall(r"^    ([a-z]+)(?:  |$)", capsys.readouterr().out, re.MULTILINE))
    text = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    assert offered
    assert {name for name in offered if f"drills {name}" not in text} == set()
    assert set(re.findall(r"`drills ([a-z]+)", text)) <= offered


def test_every_option_is_documented_and_every_documented_one_exists(dry_run: DryRun) -> None:
    """``pytest --help`` and the documents name the same options."""
    offered = set(OPTION.findall(dry_run("--help").stdout.str()))
    text = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    assert offered
    assert set(OPTION.findall(text)) == offered


def test_every_manifest_in_the_documents_is_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole one as it is; what shows some sections, beside those that it does not show."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "certs").mkdir()
    shutil.copy(CA, tmp_path / "certs" / "ca.pem")
    for name in ("SHOP_PASSWORD", "SHOP_TOKEN", "READER_PASSWORD"):
        monkeypatch.setenv(name, "made-up")
    shown_ones = [tomllib.loads(block) for block in blocks("toml")]
    with_stack = [shown for shown in shown_ones if "stack" in shown]
    others = [shown for shown in with_stack if "attach" in shown["stack"]]
    whole, *more = [shown for shown in with_stack if shown not in others]
    sections = [shown for shown in shown_ones if "stack" not in shown]
    orders = {"path": "/", "method": "POST", "body": '{"id": "{id}", "item_id": 7, "quantity": 1}'}
    nodes = {"db": {"service": "db", "dsn": "postgresql://{host}:{port}/shop", "role": "primary"}}
    assert {Manifest.of(each).stack.name for each in (whole, *more, *others)} == {"shop"}
    assert sections
    for shown in sections:
        if "severities" in shown:  # a runbook's file
            bare = {name: each for name, each in whole.items() if name not in shown}
            Manifest.of({**bare, "runbook": shown})
            continue
        journeys = {"orders": orders, **whole["journeys"], **shown.get("journeys", {})}
        kept = {"writes": "orders", "final_read": "SELECT id FROM orders", "nodes": nodes}
        data = {"data": {**kept, **shown.get("data", {})}}
        Manifest.of({**whole, **shown, **data, "journeys": journeys})


def live_view() -> str:
    """What a terminal of 80 columns shows while the replica's drill waits for its fail-over."""
    told, progress = Told(scenario="The read replica stops"), Progress()
    told.tell(0, Kind.PHASE, "bringing the stack up", phase="stack")
    told.tell(31.4, Kind.LANE_STARTED, lane="exports").tell(31.4, Kind.LANE_STARTED, lane="orders")
    told.tell(31.4, Kind.LANE_STARTED, lane="reads")
    told.tell(31.4, Kind.PHASE, "holding steady state with customers", phase="steady state")
    told.tell(36.1, Kind.PHASE, "injecting stop into postgres-replica", phase="fault")
    told.tell(36.1, Kind.FAULT_INTENDED, "stop: postgres-replica", injection="i1")
    effect = "stop of postgres-replica took effect"
    told.tell(36.6, Kind.FAULT_EFFECTIVE, effect, injection="i1")
    told.tell(36.7, Kind.PHASE, "watching: Reads fail over to the primary", phase="watch")
    alert = {"detector": "alertmanager", "name": "ReplicaDown", "state": "firing"}
    told.tell(41.8, Kind.SIGNAL, "alert ReplicaDown firing", {**alert, "error_ns": 4_000_000})
    criteria = (
        ("The incident is detected", "time to detect", Comparator.AT_MOST, 300, ""),
        ("Reads fail over to the primary", "time to fail over", Comparator.AT_MOST, 900, ""),
        ("No acknowledged order is lost", "lost orders", Comparator.EXACTLY, 0, ""),
    )
    for name, metric, comparator, limit, subject in criteria:
        one = Criterion(name, metric, comparator, limit, subject)
        told.tell(36.7, Kind.CRITERION, name, one.stated().data())
    kept = [row for event in told.events for row in progress.hear(event)]
    samples = {
        "exports": lane("exports", 32, 44, [(37, 38.4)], every=0.5),
        "orders": lane("orders", 32, 44, every=0.05),
        "reads": lane("reads", 32, 44, [(36.6, 38)], every=0.05),
    }
    progress.look(standing(told.seen(44, samples)))
    rows = [*kept, *progress.frame(ns(44.2), 20)]
    return "".join(drawn(row, 79, False).rstrip() + "\n" for row in rows)


def test_the_live_view_is_shown_as_it_is_drawn() -> None:
    """The lines that stay, and the frame below them."""
    assert live_view() in blocks("text")


def test_every_action_of_a_procedure_is_documented_with_what_it_needs() -> None:
    """The table and the code have the same list."""
    text = (ROOT / "docs" / "own-procedure.md").read_text("utf-8")
    section = text[text.index("## Actions") : text.index("## What becomes of a step")]
    rows = re.findall(r"^\| `((?!action)[\w ]+)` \|.*\| (.*) ?\|$", section, re.MULTILINE)
    documented = {name: tuple(re.findall(r"`(\w+)`", needs)) for name, needs in rows}
    assert documented == dict(NEEDS)


def test_the_zones_that_are_shown_are_hit_as_it_is_said(dry_run: DryRun, tmp_path: Path) -> None:
    """Everything that is there, or of a role only that."""
    (zones,) = [block for block in blocks("toml") if "[zones]" in block]
    sentences = [one for block in blocks("text") for one in block.splitlines() if " zone " in one]
    services = "".join(
        f"  {name}: {{image: incident-drills/tools}}\n"
        for name in ("web-1", "web-2", "database", "replica")
    )
    (tmp_path / "compose.yaml").write_text(f"name: zoned\nservices:\n{services}", "utf-8")
    (tmp_path / "drills.toml").write_text(zones, "utf-8")
    scenarios = "".join(
        f"  Scenario: Number {number}\n    Given the system is in steady state\n    {sentence}\n"
        "    Then service is restored within 1 minute\n"
        for number, sentence in enumerate(sentences)
    )
    feature = f"@no-incident\nFeature: Zones\n{scenarios}"
    (tmp_path / "zones.feature").write_text(feature, "utf-8")
    done = dry_run(*collected_from(tmp_path), "--drill-manifest", str(tmp_path / "drills.toml"))
    shown = done.stdout.str()
    assert len(sentences) == 4
    assert done.ret == 0, shown
    done_to = re.findall(r"^    \d\. (.*)", shown, re.MULTILINE)
    assert done_to == [
        *("sudden death of web-1", "sudden death of database"),
        *("freeze of web-1", "freeze of database"),
        *("hang of web-2", "hang of web-2"),
    ]
