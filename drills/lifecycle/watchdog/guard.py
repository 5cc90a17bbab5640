"""A drill's safety net: it is entered as running, and a process of its own waits for its death.

``Guard`` is the drill's handle on both; ``python -m drills.lifecycle.watchdog`` is the process.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from drills.errors import DrillError, GroundGaveWay
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.registry import Claim, Entry
from drills.units import NS

ARMED, DONE = b"armed\n", b"done\n"
RENEWED = b"renewed"  # with the instant, in monotonic nanoseconds
UNDOES = b"undoes"  # with the names of the operations that it has loaded, before it is armed
ARM_SECONDS = 30.0  # for a Python to start on a busy machine
LEAVE_SECONDS = 8.0  # to remove the lease, too
LEASE_SECONDS = 2.0  # for each answer of the engine, where the watchdog is gone
UNRENEWED_SECONDS = 45.0  # without news of the lease, after which the drill ends: it lasts for 60
_PACKAGES = Path(__file__).resolve().parents[3]
_TAIL = 2000


class Watchdog:
    """The process that heals a drill the moment the drill's process dies.

    It learns of that by its standard input, which the kernel closes with whoever holds the other
    end. It is no child of the terminal, and no signal but SIGKILL ends it.
    """

    def __init__(self, entry: Entry, seconds: Callable[[], float] = time.monotonic) -> None:
        self._log = entry.log
        self._leased = bool(entry.engine)
        self._armed = False
        self._undoes: frozenset[str] = frozenset()
        self._seconds = seconds
        self._renewed = seconds()
        paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
        try:
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    # -P: a json.py in the user's folder is none of ours.
                    [
                        sys.executable,
                        "-P",
                        "-m",
                        "drills.lifecycle.watchdog",
                        str(entry.path),
                    ],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    cwd="/",
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                    bufsize=0,  # what was not read by us, nobody read
                    start_new_session=True,
                )
        except OSError as error:
            raise DrillError(f"the watchdog cannot be started: {error}") from error

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def check(self) -> None:
        """Return once it is armed, at once from then on.

        Raises GroundGaveWay when it is not there, or stands still: nobody would undo the faults if
        the drill died, and without its lease others may take the drill for a dead one.
        """
        if not self._armed:
            self._armed = self._arms()
        if not self._armed or self._process.poll() is not None:
            raise GroundGaveWay(
                "the watchdog died: nobody would undo the faults if the drill died too, so it ends "
                f"here. {self._said()}".strip()
            )
        while self._hears(self._line(0)):
            pass
        if self._leased and self._seconds() - self._renewed > UNRENEWED_SECONDS:
            raise GroundGaveWay(
                "the watchdog stands still, or the engine takes nothing from it: the drill's lease "
                f"was not renewed for {UNRENEWED_SECONDS:.0f} s, and whoever heals may soon take "
                f"the drill for dead, so it ends here. {self._said()}".strip()
            )

    def undoes(self, operation: str) -> bool:
        """Whether it said, before it was armed, that it can carry out that operation."""
        return operation in self._undoes

    def _arms(self) -> bool:
        """Whether it says so; what it undoes and that its lease was made, it says before."""
        deadline = self._seconds() + ARM_SECONDS
        while self._seconds() < deadline:
            line = self._line(max(deadline - self._seconds(), 0))
            if not self._hears(line):
                return line == ARMED
        return False

    def _line(self, within: float) -> bytes:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], within)
        return self._process.stdout.readline() if ready else b""

    def _hears(self, line: bytes) -> bool:
        """Take in that the lease was renewed, or what it undoes, if that is what the line says."""
        word, _, told = line.partition(b" ")
        if word == RENEWED:
            self._renewed = int(told) / NS
        elif word == UNDOES:
            self._undoes = frozenset(told.decode("ascii").split())
        return word in (RENEWED, UNDOES)

    def _said(self) -> str:
        try:
            return self._log.read_bytes()[-_TAIL:].decode("utf-8", "replace")
        except OSError:
            return ""

    def dismiss(self) -> str:
        """The drill ended and left nothing: let the process leave. Idempotent.

        Returns what it left all the same, in its own words; "" where that is nothing.
        """
        assert self._process.stdin is not None
        with suppress(OSError):  # it died, which matters to nobody any more
            if not self._process.stdin.closed:
                self._process.stdin.write(DONE)
        self.abandon()
        try:
            self._process.wait(LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        code = self._process.returncode
        said = (self._said() or f"the watchdog ended with {code}") if code else ""
        with suppress(OSError):
            self._log.unlink(missing_ok=True)
        return said

    def abandon(self) -> None:
        """Leave the rest to it, as if this process had died. Idempotent."""
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()


class Guard:
    """One drill's entry in the registry and its watchdog, from before its first container on.

    ``clean`` says at its end whether the drill left nothing behind. Raises JournalError or
    DrillError where the drill cannot be guarded: then it must not begin.
    """

    def __init__(
        self,
        drill_id: str,
        directory: Path,
        project: str,
        *,
        engine: str = "",
        allow_remote: bool = False,
        root: Path | None = None,
        attached: str = "",
    ) -> None:
        self._held: Claim = registry.register(
            *(drill_id, directory, project),
            engine=engine,
            allow_remote=allow_remote,
            root=root,
            attached=attached,
        )
        try:
            self.watchdog = Watchdog(self._held.entry)
        except BaseException:
            self._held.remove()
            raise
        self.clean: Callable[[], bool] = lambda: False
        self.left = ""  # what a clean end left all the same, such as its lease

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.end(clean=self.clean())

    def check(self) -> None:
        """Raise DrillError where nobody guards the drill any more. The first call waits for it."""
        self.watchdog.check()

    def undoes(self, operation: str) -> bool:
        """Whether the watchdog can carry out that operation, as it said before it was armed."""
        return self.watchdog.undoes(operation)

    def end(self, *, clean: bool) -> None:
        """The drill is over. Where it left something, the watchdog goes on from here."""
        if clean:
            self._held.remove()
            self.left = self.watchdog.dismiss() and self._end_lease()
        else:
            self._held.release()
            self.watchdog.abandon()

    def _end_lease(self) -> str:
        """Remove it in the stead of a watchdog that died or could not; what went wrong, or ""."""
        from drills.stack.engines.ground import DockerGround  # an engine's library is slow to load

        entry = self._held.entry
        try:
            if entry.engine:
                ground = DockerGround(entry.engine, allow_remote=entry.allow_remote)
                ground.lease(entry.drill_id).end(within=LEASE_SECONDS)
        except DrillError as error:
            return f"the lease: {error}"
        return ""
