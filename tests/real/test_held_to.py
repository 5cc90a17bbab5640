"""What a drill is held to when something about the stack, or the run itself, goes wrong."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from drills.journal.facts import EngineTold, FaultEffective, Phase
from tests.real.conftest import ROOT, Drills, criterion

pytestmark = pytest.mark.engine

LIGHT = ROOT / "tests" / "torture" / "stack"


def without_the_alert(stack: Path) -> None:
    """Delete the rule that announces the incident."""
    rules = stack / "monitoring" / "rules.yml"
    text = rules.read_text()
    begin = text.index("      - alert: ReplicaDown")
    end = text.index("      - alert: ", begin + 1)
    rules.write_text(text[:begin] + text[end:])


def setting(name: str, value: str) -> Callable[[Path], None]:
    """Give a key of the ERP's environment file another value."""

    def edit(stack: Path) -> None:
        file = stack / "config" / "erp.env"
        lines = [
            f"{name}={value}" if line.startswith(f"{name}=") else line
            for line in file.read_text().splitlines()
        ]
        assert f"{name}={value}" in lines
        file.write_text("\n".join(lines) + "\n")

    return edit


@pytest.mark.thorough
def test_a_deleted_alert_rule_turns_the_drill_red(run_drill: Drills) -> None:
    """Nobody was told: detection is not met, whatever our own probes saw."""
    run = run_drill("--drill-patience=6s", edit=without_the_alert)
    assert run.finish() in (1, 75), run.output
    result = run.result()
    assert result.verdict in ("missed", "inconclusive")
    assert criterion(result, "The incident is detected") in ("missed", "inconclusive")
    assert result.metrics["time to detect"].value is None
    assert result.faults[0].reverted_at is not None
    assert run.leaves_nothing()


def test_a_stack_that_never_gets_healthy_is_inconclusive(run_drill: Drills) -> None:
    """Nothing is injected into a system that was broken before; its logs are kept."""
    wrong = setting("DATABASE_URL", "postgresql://erp:wrong@postgres:5432/sme_erp")
    run = run_drill("--drill-ready=6s", edit=wrong)
    assert run.finish() == 75, run.output
    result = run.result()
    assert (result.verdict, result.score.value, result.faults) == ("inconclusive", None, [])
    assert {"app-1 log", "postgres-1 log"} <= {one.name for one in result.evidence}
    assert run.leaves_nothing()


@pytest.mark.thorough
def test_two_drills_at_the_same_time_do_not_see_each_other(
    run_drill: Drills, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a stack of its own, the light one: neither sees or undoes the other's fault."""
    monkeypatch.setenv("TORTURE_TOKEN", f"side-by-side-{os.getpid()}")
    faults = ("freeze", "stop")
    runs = [
        run_drill(
            *("--drill-hold=0.2s", "--drill-patience=1s"),
            scenario=f"{LIGHT / 'torture.feature'}::{fault}",
            manifest=LIGHT / "drills.toml",
        )
        for fault in faults
    ]
    codes = [run.finish() for run in runs]
    assert set(codes) <= {1, 75}, runs[0].output + runs[1].output  # nobody is paged there
    for fault, run in zip(faults, runs, strict=True):
        result = run.result()
        assert [(one.kind, one.reverted_at is not None) for one in result.faults] == [(fault, True)]
        seen = [event.text for event in run.timeline().all(EngineTold)]
        assert seen
        assert all(text.startswith(f"drill-{result.id}-") for text in seen)
        assert run.leaves_nothing()
    assert runs[0].result().id != runs[1].result().id


def test_an_interrupted_drill_is_undone_and_reported(run_drill: Drills) -> None:
    """SIGTERM, as CI systems send it: the fault is undone, the report says aborted, all is gone.

    Ctrl-C and pairs of signals, at every phase, are tried on the light stack (tests/torture).
    """
    run = run_drill()
    run.await_event(FaultEffective)
    run.interrupt(signal.SIGTERM)
    assert run.finish() == 2, run.output
    result = run.result()
    assert (result.status, result.verdict) == ("aborted", "inconclusive")
    assert result.faults[0].reverted_at is not None
    assert (run.directory() / "report.html").exists()
    assert run.leaves_nothing()


def test_a_drill_interrupted_while_its_stack_comes_up_leaves_nothing(run_drill: Drills) -> None:
    """Ctrl-C before anything was injected: no fault, no containers."""
    run = run_drill()
    run.await_event(Phase)
    run.interrupt(signal.SIGINT)
    assert run.finish() == 2, run.output
    assert run.result().faults == []
    assert run.leaves_nothing()
