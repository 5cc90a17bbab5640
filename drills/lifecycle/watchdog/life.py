"""Whether somebody cares for a drill, as far as its engine knows: wherever its process runs.

A lease that is young enough shows life. One that is not, or none at all, proves death only where
nobody renews it while it is watched: it may have been removed by hand, the engine may have hung,
the machine may have slept, and a clock may have been set.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass

from drills.clock import Clock
from drills.errors import WaitTimeout
from drills.stack.engines.ground import Ground
from drills.stack.engines.lease import LEASE_SECONDS, RENEWAL_SECONDS, Remains
from drills.wait import until

WATCH_SECONDS = RENEWAL_SECONDS + 5.0  # whoever cares for a drill renews its lease in this time


@dataclass(frozen=True, slots=True)
class Life:
    """What shows that a drill is somebody's. ``sign`` is "" where nothing does.

    ``again`` is after how many seconds it is worth another look, where life is only presumed.
    """

    sign: str = ""
    again: float = 0.0


def signs(remains: Remains) -> Life:
    """What an engine's remains of a drill show at one look. An age below 0 shows nothing."""
    if fresh := [age for age in remains.leases.values() if 0 <= age < LEASE_SECONDS]:
        return Life(f"it is somebody's: its lease on the engine was renewed {min(fresh):.0f} s ago")
    youngest = remains.youngest
    if youngest is not None and 0 <= youngest < LEASE_SECONDS:
        wait = LEASE_SECONDS - youngest
        said = f"too young to be taken for dead: its last part was made {youngest:.0f} s ago"
        return Life(f"{said}, and there is no lease. Ask again in {wait:.0f} s", wait)
    return Life()


def lives(
    ground: Ground, drills: Collection[str], clock: Clock, tell: Callable[[str], None]
) -> Mapping[str, Life]:
    """The life of each of these drills. Raises EngineError where the engine does not say.

    Where something is there that shows none it takes WATCH_SECONDS, of which ``tell`` is told.
    """
    found = _look(ground, drills)
    silent = [drill for drill, life in found.items() if life is not None and not life.sign]
    if silent:
        names = ", ".join(silent)
        tell(f"watching for {WATCH_SECONDS:.0f} s whether anybody renews the lease of {names}")
        with suppress(WaitTimeout):
            until(
                lambda: all(life is None or life.sign for life in _again(ground, silent, found)),
                awaited="a sign of life",
                within=WATCH_SECONDS,
                interval=2.0,
                clock=clock,
            )
    return {drill: life or Life() for drill, life in found.items()}


def _look(ground: Ground, drills: Collection[str]) -> dict[str, Life | None]:
    """None where the engine has nothing of a drill."""
    remains = ground.drills()
    return {each: signs(remains[each]) if each in remains else None for each in drills}


def _again(
    ground: Ground, silent: Collection[str], found: dict[str, Life | None]
) -> Collection[Life | None]:
    """Another look at those that showed no life so far; what they show now is in ``found`` too."""
    found |= _look(ground, [each for each in silent if _silent(found[each])])
    return [found[each] for each in silent]


def _silent(life: Life | None) -> bool:
    return life is None or not life.sign
