"""The watchdog's process: ``python -m drills.lifecycle.watchdog ENTRY``, started by the drill.

All that undoing and removing need is imported and connected before it says ``armed``, and what
ends and judges a drill right after it, while the drill's stack comes up: later on there may be no
room left, on the disk or in memory, and there is no time.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from drills.clock import SystemClock
from drills.errors import DrillError, WaitTimeout
from drills.faults.catalogue import OPERATIONS
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.guard import ARMED, DONE, RENEWED, UNDOES
from drills.lifecycle.watchdog.heal import Healed, Healer, load_ending
from drills.lifecycle.watchdog.registry import Entry
from drills.lifecycle.watchdog.renewal import Renewal
from drills.stack.engines.ground import DockerGround
from drills.wait import until

RELEASED_WITHIN = 2.0  # seconds: the kernel frees the lock with the process that died
ENGINE_WITHIN = 120.0  # seconds to wait for an engine that is away, as when it restarts
AGAIN_SECONDS = 1.0  # between two tries to heal
WHO = "the watchdog"


def main() -> int:
    """Wait for the drill's end, and heal it where it died. Exit code: 0 when nothing is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    _be_spared()
    entry = registry.read(Path(sys.argv[1]))
    ground = DockerGround(entry.engine, allow_remote=entry.allow_remote)
    drill = os.dup(sys.stdout.fileno())
    renewal = Renewal(ground.lease(entry.drill_id), lambda: _tell(drill, _renewed()))
    on_an_engine = bool(entry.engine)
    if on_an_engine:
        renewal.start(at_once=_answers(ground))  # before the drill's first container
    _tell(drill, b"%s %s\n" % (UNDOES, " ".join(sorted(OPERATIONS)).encode("ascii")))
    _tell(drill, ARMED)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    load_ending()
    if dismissed(sys.stdin.buffer):
        return 0 if not on_an_engine or renewal.end() else 1
    try:
        return _finish(entry, ground)
    finally:
        if on_an_engine:
            renewal.end()


def _answers(ground: DockerGround) -> bool:
    """Whether the engine does; a drill without one ends by itself."""
    try:
        ground.ready()
    except DrillError:
        return False
    return True


def _renewed() -> bytes:
    return b"%s %d\n" % (RENEWED, time.monotonic_ns())


def _tell(drill: int, word: bytes) -> None:
    """Say a word to the drill, which may have died already, or may be reading nothing."""
    with suppress(OSError):
        os.write(drill, word)


def _finish(entry: Entry, ground: DockerGround) -> int:
    healed = heal(entry, Healer(lambda *_: ground, SystemClock()))
    print(healed or f"drill {entry.drill_id}: somebody else heals it, or it was healed", flush=True)
    if healed and healed.problems:
        return 1
    entry.log.unlink(missing_ok=True)
    return 0


def _be_spared() -> None:
    """Ask the kernel to kill anything else first when memory runs out; only root is heard."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("-900", "ascii")


def dismissed(drill: BinaryIO) -> bool:
    """Wait until the drill says that it is done, or dies."""
    return any(line == DONE for line in iter(drill.readline, b""))


def heal(entry: Entry, healer: Healer, within: float = ENGINE_WITHIN) -> Healed | None:
    """Heal the drill, again while that fails, at most ``within`` seconds; None where none is to.

    Raises nothing: what is left over is there for ``drills heal``.
    """
    last: list[Healed] = []

    def healed() -> bool:
        held = registry.claim(entry, within=RELEASED_WITHIN)
        if held is None:
            return True
        last[:] = [healer.heal(held, WHO, keep_log=True)]
        return not last[0].again

    with suppress(WaitTimeout):
        until(healed, awaited="the drill is healed", within=within, interval=AGAIN_SECONDS)
    return last[0] if last else None


if __name__ == "__main__":
    raise SystemExit(main())
