"""The faults: what each does, how it is undone, and the leak as a real process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from drills.fault import Fault
from drills.faults import Freeze, Kill, MemoryLeak, Restart, Stop, SuddenDeath
from drills.faults.memory import LEAK
from drills.rollback import MARK
from drills.target import Target
from drills.units import MIB, NS
from tests.acting.bench import Bench

ALL: list[Fault] = [
    Stop(),
    SuddenDeath(),
    Kill(),
    Freeze(),
    Restart(),
    MemoryLeak(),
]
PIECE = 30_000  # bytes; more than one piece of the leak takes

# Time that passes when told, and what the leak holds whenever it sleeps: "<seconds> <bytes>".
PRELUDE = """
import time
now = [0.0]
time.monotonic = lambda: now[0]
def sleep(seconds):
    print(now[0], size)
    now[0] += seconds
time.sleep = sleep
"""


def run(program: str, rate: float, bound: float, time_to_live: float) -> list[tuple[float, int]]:
    """What the leak held, over its own time. Fails when it does not end by itself."""
    arguments = [str(number) for number in (rate, bound, time_to_live)]
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    rows = [line.split() for line in ended.stdout.splitlines()]
    return [(float(seconds), int(size)) for seconds, size in rows]


class TestLifecycle:
    @pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.kind)
    def test_what_it_does_its_undo_takes_back(self, bench: Bench, fault: Fault) -> None:
        """After the rollback the container is as it was, and nothing of the fault is left."""
        app = bench.runtime.find("app")
        bench.injector().inject(fault, Target("app", 1), "d")
        (done,) = bench.rollbacks.unwind(budget=5)
        assert done.problem == ""
        state = bench.runtime.state(app)
        assert state.running
        assert not state.paused

    @pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.kind)
    def test_its_undo_is_one_that_can_be_carried_out(self, bench: Bench, fault: Fault) -> None:
        """On the very container, and only with text, so that it survives in a journal."""
        undo = fault.undo(bench.runtime.find("app"), "d-1")
        bench.rollbacks.arm("d-1", undo, "a fault", {})
        assert undo.container == bench.runtime.find("app")

    def test_a_stop_is_orderly_and_a_kill_is_not(self, bench: Bench) -> None:
        """The first leaves exit code 0, the second 137."""
        app, replica = bench.runtime.find("app"), bench.runtime.find("replica")
        Stop(grace=1).apply(bench.runtime, app, "d-1")
        Kill().apply(bench.runtime, replica, "d-2")
        assert bench.runtime.state(app).exit_code == 0
        assert bench.runtime.state(replica).exit_code == 137

    def test_what_restarts_a_dead_service_does_so_after_a_sudden_death_only(
        self, bench: Bench
    ) -> None:
        """A kill by the engine is a stop by hand to it, so that nothing is to be seen of a policy.

        The undo leaves one that came back by itself alone.
        """
        app, replica = bench.runtime.find("app"), bench.runtime.find("replica")
        for container in (app, replica):
            bench.runtime.restarts(container, after=1)
        injector = bench.injector(at_once=2)
        injector.inject(SuddenDeath(), Target("app", 1), "d")
        injector.inject(Kill(), Target("replica"), "d")
        bench.clock.advance(1)
        began = bench.runtime.state(app)
        assert (began.running, began.restarts) == (True, 1)
        assert not bench.runtime.state(replica).running
        assert [one.problem for one in bench.rollbacks.unwind(budget=5)] == ["", ""]
        assert bench.runtime.state(app) == began

    def test_an_orderly_end_gives_the_grace_that_the_service_declares(self, bench: Bench) -> None:
        """Sixty seconds of compose's are sixty, and a drill's own word outdoes them."""
        app, replica = bench.runtime.find("app"), bench.runtime.find("replica")
        for container in (app, replica):
            bench.runtime.deaf(container)
            bench.runtime.declare_grace(container, 60)
        for fault, container, grace in ((Stop(), app, 60), (Stop(grace=2), replica, 2)):
            began = bench.clock.monotonic_ns()
            fault.apply(bench.runtime, container, "d-1")
            taken = (bench.clock.monotonic_ns() - began) / NS
            assert grace <= taken <= grace + bench.runtime.latency

    def test_a_freeze_pauses_and_a_restart_comes_back(self, bench: Bench) -> None:
        """A frozen one still runs; a restarted one runs again by itself."""
        app, replica = bench.runtime.find("app"), bench.runtime.find("replica")
        Freeze().apply(bench.runtime, app, "d-1")
        Restart().apply(bench.runtime, replica, "d-2")
        assert bench.runtime.state(app).paused
        assert bench.runtime.state(replica).running


class TestMemoryLeak:
    def test_its_process_carries_the_injection_s_mark(self, bench: Bench) -> None:
        """So that the undo finds it, and only it."""
        app = bench.runtime.find("app")
        leak = MemoryLeak(rate=2 * MIB, bound=64 * MIB, time_to_live=30)
        command = leak.apply(bench.runtime, app, "d-1").command
        (spawned,) = bench.runtime.spawned
        assert spawned.id == command
        assert spawned.environment == {MARK: "d-1"}
        assert spawned.argv == ("python3", "-c", LEAK, "2097152", "67108864", "30")
        assert leak.undo(app, "d-1").arguments == {"mark": "d-1"}

    def test_its_parameters_have_units_that_people_read(self) -> None:
        """MiB a second, MiB, seconds."""
        parameters = MemoryLeak(rate=10 * MIB, bound=512 * MIB, time_to_live=60).parameters()
        assert parameters == {"rate_mib_per_s": 10, "bound_mib": 512, "time_to_live_s": 60}

    def test_it_grows_at_its_rate(self) -> None:
        """By its own clock, ahead of it by less than one piece."""
        seen = run(PRELUDE + LEAK, rate=1_000_000, bound=1e9, time_to_live=2)
        assert len(seen) > 10
        for seconds, size in seen:
            assert seconds * 1_000_000 <= size < seconds * 1_000_000 + PIECE

    def test_it_stops_growing_at_its_bound(self) -> None:
        """And holds it to the end of its time."""
        seen = run(PRELUDE + LEAK, rate=1_000_000, bound=500_000, time_to_live=2)
        assert max(size for _, size in seen) < 500_000 + PIECE
        assert seen[-1][1] >= 500_000
        assert seen[-1][0] > 1

    def test_it_ends_by_itself(self) -> None:
        """On the machine's own clock too, whoever forgot it."""
        program = LEAK + "\nprint(time.monotonic() - begin, size)"
        ((seconds, size),) = run(program, rate=MIB, bound=MIB / 4, time_to_live=0.3)
        assert seconds >= 0.3
        assert size < MIB / 4 + PIECE

    def test_what_it_counts_is_what_it_takes(self) -> None:
        """Its resident memory grows by about what it says that it holds."""
        program = (
            "def resident():\n"
            "    return int(open('/proc/self/statm').read().split()[1]) * 4096\n"
            "before = resident()\n" + LEAK + "\nprint(resident() - before, size)"
        )
        ((grown, size),) = run(program, rate=1024 * MIB, bound=32 * MIB, time_to_live=0.5)
        assert size <= 32 * MIB + PIECE
        assert 0.8 * size <= grown <= 1.5 * size + 4 * MIB
