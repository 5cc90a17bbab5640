"""New lines of a container's log, without reading again and again what is old.

The engine reads a log from its end as quickly as from its beginning slowly: so the newest lines are
asked for, more and more of them until one comes that is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from drills.errors import EngineError
from drills.stack.engines.events import EngineClock, wall_ns
from drills.stack.runtime import Log, LogLine

TAILS = (100, 2_000, 20_000)  # lines that are asked for, until they reach back far enough

Read = Callable[[int], bytes]  # so many lines from the end, each with its stamp


def fresh(read: Read, stamp_ns: int, clock: EngineClock) -> Log:
    """The lines after a stamp. Without one that is known all that are asked for are new."""
    whole, lines = False, list[tuple[int, bytes]]()
    for tail in TAILS:
        lines = list(_stamped(read(tail).split(b"\n")))
        whole = len(lines) < tail or any(stamp <= stamp_ns for stamp, _ in lines)
        if whole:
            break
    new = [(stamp, text) for stamp, text in lines if stamp > stamp_ns]
    placed = [LogLine(stamp, *clock.to_monotonic(stamp), text) for stamp, text in new]
    return Log(placed, complete=whole)


def _stamped(lines: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """What has no stamp of its own belongs to the line before it: a terminal's, or a torn one."""
    for line in lines:
        stamp, space, text = line.partition(b" ")
        if not space and not stamp:
            continue
        try:
            yield wall_ns(stamp.decode("ascii")), text
        except (ValueError, EngineError):
            continue
