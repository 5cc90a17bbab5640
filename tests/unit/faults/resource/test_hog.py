"""The CPU hog: what it is told, and its shell's way as a real process."""

from __future__ import annotations

import os
import subprocess
import time

import pytest

from drills.errors import EngineError, PlanError
from drills.faults import CpuHog
from drills.faults.resource.hog import BY_SHELL, MOST
from drills.faults.resource.lent import MARK
from drills.faults.target import Target
from drills.journal.facts import FaultCalled
from tests.doubles.bench import Bench


def test_its_program_carries_the_injection_s_mark(bench: Bench) -> None:
    """And is taken back with it."""
    (injection,) = bench.injector().inject(CpuHog(), Target("app", 1), "d")
    (spawned,) = bench.runtime.spawned
    assert spawned.argv == ("cpu-hog", injection)
    assert spawned.environment == {MARK: injection}
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert bench.runtime.left(bench.runtime.find("app"), injection) == []


def test_where_nothing_can_be_lent_the_container_s_own_shell_computes(bench: Bench) -> None:
    """On so many processors, for so many seconds."""
    bench.runtime.fail_next("lend", EngineError("no program for a machine of kind 's390x'"))
    bench.injector().inject(CpuHog(processors=3, time_to_live=29.5), Target("app", 1), "d")
    (spawned,) = bench.runtime.spawned
    assert spawned.argv[3:] == ("sh", "d-1", "3", "30")
    assert bench.event(FaultCalled).way == "its own shell"


@pytest.mark.parametrize("processors", [0, -1, MOST + 1])
def test_it_takes_some_processors_and_not_any_number(processors: int) -> None:
    """What the plan shows already."""
    with pytest.raises(PlanError, match=f"expected 1 to {MOST} processors, got {processors}"):
        CpuHog(processors).foresee("app", {})


def test_its_parameters_have_units() -> None:
    """Processors, seconds."""
    assert CpuHog(4, 60).parameters() == {"processors": 4, "time_to_live_s": 60}


@pytest.mark.thorough
def test_the_shell_s_way_ends_by_itself() -> None:
    """All of it, and it computed until then."""
    line = ["/bin/sh", "-c", BY_SHELL, "sh", "d-1", "2", "1"]
    before, began = os.times(), time.monotonic()
    subprocess.run(line, check=True, timeout=60)
    after = os.times()
    assert time.monotonic() - began >= 0.9
    assert after.children_user - before.children_user > 0.1
