"""How the world on paper is sabotaged, and the drill that runs on it."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from drills.clock import Anchor, SystemClock
from drills.errors import EngineError, StackError
from drills.faults import injection
from drills.stack.abilities import Ability
from drills.stack.database import DatabaseError
from drills.units import NS
from tests.doubles.scripted import Answer, Query
from tests.sabotage.case import Scene
from tests.sabotage.stage import EXPORT, EXPORTS

Act = Callable[[Scene], None]
STEP = 3600  # seconds by which the wall clock is set forward
LATE = 1.3  # seconds that an answer takes; the journey allows one


# Monitoring


def another_alert(scene: Scene) -> None:
    """The pager hears of something else."""
    world = scene.world
    world.alerting = False

    def pages(query: Query) -> Answer:
        if not world.pages and not world.replicates:
            world.page("DiskFull")
        return {"records": world.pages[int(query["since"]) :], "last_seq": len(world.pages)}

    world.service.on("/alerts", pages)


def slow_monitoring(scene: Scene) -> None:
    """The alert comes two seconds after the fault."""
    world, gone = scene.world, []
    world.alerting = False

    def pages(query: Query) -> Answer:
        if not world.replicates:
            gone.append(time.monotonic())
        if gone and not world.pages and time.monotonic() >= gone[0] + 2.0:
            world.page("ReplicaDown")
        return {"records": world.pages[int(query["since"]) :], "last_seq": len(world.pages)}

    world.service.on("/alerts", pages)


# The fault


def refusing_engine(scene: Scene) -> None:
    """The engine refuses to do it."""
    scene.world.runtime.fail_next("crash", EngineError("signal replica: permission denied"))


def deaf_target(scene: Scene) -> None:
    """The target ignores every polite signal."""
    scene.world.runtime.deaf(scene.world.replica)
    scene.patch.setattr(injection, "EFFECT_WITHIN", 0.5)


def idle_engine(scene: Scene) -> None:
    """The engine says yes and does nothing."""
    scene.world.runtime.ignore_next("crash")
    scene.patch.setattr(injection, "EFFECT_WITHIN", 0.5)


def silent_engine(scene: Scene) -> None:
    """The engine's events break off."""
    scene.world.runtime.break_events()


def short_leak(scene: Scene) -> None:
    """The leaking process ends by itself, at once."""
    runtime = scene.world.runtime
    runtime.finish(runtime.spawned[-1].id, 1)


def no_way_back(scene: Scene) -> None:
    """What was broken does not start again."""
    scene.world.runtime.ignore_next("start", times=1000)
    scene.drill.settings = replace(scene.drill.settings, undo_within=0.5)


def idle_postgres(scene: Scene) -> None:
    """The database says yes and does nothing."""
    scene.world.postgres.deaf = True
    scene.patch.setattr(injection, "EFFECT_WITHIN", 0.5)


def obstinate_postgres(scene: Scene) -> None:
    """What was changed stays so, though the database says yes."""
    scene.world.postgres.deaf = True
    scene.drill.settings = replace(scene.drill.settings, undo_within=0.5)


def deaf_kernel(scene: Scene) -> None:
    """The kernel says yes and drops nothing."""
    scene.world.runtime.links.deaf = True
    scene.patch.setattr(injection, "EFFECT_WITHIN", 0.5)


def unable_to_cut(scene: Scene) -> None:
    """The kernel has no packet filter."""
    scene.world.runtime.lacking[Ability.LINKS] = "the packet filter is not there"


def endless_cut(scene: Scene) -> None:
    """What is dropped stays so, though the kernel says yes."""
    scene.world.runtime.links.deaf = True
    scene.drill.settings = replace(scene.drill.settings, undo_within=0.5)


def deaf_process(scene: Scene) -> None:
    """A signal is sent, and the process takes no notice."""
    scene.world.runtime.processes.deaf = True
    scene.patch.setattr(injection, "EFFECT_WITHIN", 0.5)


def endless_hang(scene: Scene) -> None:
    """Nothing lets the process go on, though the kernel says yes."""
    scene.world.runtime.processes.deaf = True
    scene.drill.settings = replace(scene.drill.settings, undo_within=0.5)


def deaf_limits(scene: Scene) -> None:
    """The engine says yes and limits nothing."""
    scene.world.runtime.limits.deaf = True
    scene.patch.setattr(injection, "EFFECT_WITHIN", 0.5)


def endless_limit(scene: Scene) -> None:
    """What was limited stays so, though the engine says yes."""
    scene.world.runtime.limits.deaf = True
    scene.drill.settings = replace(scene.drill.settings, undo_within=0.5)


def deaf_volume(scene: Scene) -> None:
    """The engine says yes and fills nothing."""
    scene.world.runtime.volumes.deaf = True
    scene.patch.setattr(injection, "EFFECT_WITHIN", 0.5)


def foreign_volume(scene: Scene) -> None:
    """The volume was there before the drill."""
    scene.world.runtime.volumes.add(scene.world.replica, "data", drill="")


def endless_filling(scene: Scene) -> None:
    """The file stays, though the engine says that it is removed."""
    scene.world.runtime.volumes.deaf = True
    scene.drill.settings = replace(scene.drill.settings, undo_within=0.5)


# The data


def forgetful(scene: Scene) -> None:
    """Orders are acknowledged and not stored."""
    scene.world.service.on("/orders", {"id": "thank you"})


def refused_orders(scene: Scene) -> None:
    """No order is ever taken."""
    scene.world.service.on("/orders", (409, {"detail": "out of stock"}))


def tampered(scene: Scene) -> None:
    """Every order says something else than its customer sent."""
    scene.world.quantity = 99


def vanished(scene: Scene) -> None:
    """The table of orders is dropped."""
    scene.world.has_orders = False


def unreadable(scene: Scene) -> None:
    """Nobody can read the orders any more."""
    lost = DatabaseError("OperationalError: the connection was lost")
    scene.world.database.on("SELECT id, quantity FROM orders", lost)


# The customers' journeys, and who asks


def without_rows(scene: Scene) -> None:
    """Exports are whole, and nothing is in them."""
    scene.world.service.on(EXPORTS, "id,name\n#rows,0\n")


def truncated(scene: Scene) -> None:
    """Exports answer 200 and end in the middle."""
    scene.world.service.on(EXPORTS, EXPORT)


def empty_answers(scene: Scene) -> None:
    """Reads answer 200 with nothing in it."""
    scene.world.service.on("/inventory", {"items": [], "route": "primary"})


def late_answers(scene: Scene) -> None:
    """Every read is answered right, and later than customers wait."""
    answer = scene.world.service.answers["/inventory"]

    def later(_: Query) -> Answer:
        time.sleep(LATE)
        return answer

    scene.world.service.on("/inventory", later)


def round_robin(scene: Scene) -> None:
    """One of two instances behind a round robin is broken: every second read fails."""
    answer, turn = scene.world.service.answers["/inventory"], itertools.count()

    def by_turns(query: Query) -> Answer:
        if next(turn) % 2 == 0:
            return 500, {"detail": "a bad instance"}
        return answer(query) if callable(answer) else answer

    scene.world.service.on("/inventory", by_turns)


def lasting_damage(scene: Scene) -> None:
    """The system does not recover from the fault."""
    scene.world.status = 500


def killed_prober(scene: Scene) -> None:
    """The process that asks is killed."""
    os.kill(scene.drill.observers._prober.pid, signal.SIGKILL)


def frozen_prober(scene: Scene) -> None:
    """The process that asks stands still."""
    os.kill(scene.drill.observers._prober.pid, signal.SIGSTOP)


# The drill itself


def lasting_stack(scene: Scene) -> None:
    """Somebody's container is on its network when it is to be taken down."""
    stack = scene.world.stack
    down = stack.down

    def held() -> None:
        down()
        raise StackError("left: network n, which the container debug is on")

    scene.patch.setattr(stack, "down", held)


def forgetful_engine(scene: Scene) -> None:
    """It was killed and started again: what happened meanwhile is in no log."""
    runtime = scene.world.runtime
    runtime.break_events("the engine ended the stream of its events")
    runtime.resume_events(complete=False)


def stepped_clock(scene: Scene) -> None:
    """An administrator sets the wall clock an hour forward."""
    anchor = SystemClock.anchor

    def later(clock: SystemClock) -> Anchor:
        now = anchor(clock)
        return replace(now, wall_ns=now.wall_ns + STEP * NS)

    scene.patch.setattr(SystemClock, "anchor", later)


def broken_step(scene: Scene) -> None:
    """A step has a bug."""
    raise TypeError("a bug in a step")


def full_disk(scene: Scene) -> None:
    """Nothing more fits on the disk that the report is written to."""
    filler = Path(scene.drill.journal.directory.parent, "filler")
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 512)
        except OSError:
            return
