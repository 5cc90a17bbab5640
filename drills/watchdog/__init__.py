"""A drill's safety net: it is entered as running, and a process of its own waits for its death.

``Guard`` is the drill's handle on both; ``python -m drills.watchdog`` is the process.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from drills import registry
from drills.errors import DrillError
from drills.registry import Claim, Entry

__all__ = ["Guard", "Watchdog"]

ARMED, DONE = b"armed\n", b"done\n"
ARM_SECONDS = 30.0  # for a Python to start on a busy machine
LEAVE_SECONDS = 5.0
_PACKAGES = Path(__file__).resolve().parents[2]
_TAIL = 2000


class Watchdog:
    """The process that heals a drill the moment the drill's process dies.

    It learns of that by its standard input, which the kernel closes with whoever holds the other
    end. It is no child of the terminal, and no signal but SIGKILL ends it.
    """

    def __init__(self, entry: Entry) -> None:
        self._log = entry.log
        self._armed = False
        paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
        try:
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    # -P: a json.py in the user's folder is none of ours.
                    [sys.executable, "-P", "-m", "drills.watchdog", str(entry.path)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    cwd="/",
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                    start_new_session=True,
                )
        except OSError as error:
            raise DrillError(f"the watchdog cannot be started: {error}") from error

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def check(self) -> None:
        """Return once it is armed, at once from then on. Raises DrillError when it is not there."""
        if not self._armed:
            self._armed = self._reply() == ARMED
        if not self._armed or self._process.poll() is not None:
            raise DrillError(
                "the watchdog died: nobody would undo the faults if the drill died too, so it ends "
                f"here. {self._said()}".strip()
            )

    def _reply(self) -> bytes:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], ARM_SECONDS)
        return self._process.stdout.readline() if ready else b""

    def _said(self) -> str:
        try:
            return self._log.read_bytes()[-_TAIL:].decode("utf-8", "replace")
        except OSError:
            return ""

    def dismiss(self) -> None:
        """The drill ended and left nothing: let the process leave. Idempotent."""
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
        self._log.unlink(missing_ok=True)

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
    ) -> None:
        self._held: Claim = registry.register(
            drill_id, directory, project, engine=engine, allow_remote=allow_remote
        )
        try:
            self.watchdog = Watchdog(self._held.entry)
        except BaseException:
            self._held.remove()
            raise
        self.clean: Callable[[], bool] = lambda: False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.end(clean=self.clean())

    def check(self) -> None:
        """Raise DrillError where nobody guards the drill any more. The first call waits for it."""
        self.watchdog.check()

    def end(self, *, clean: bool) -> None:
        """The drill is over. Where it left something, the watchdog goes on from here."""
        if clean:
            self._held.remove()
            self.watchdog.dismiss()
        else:
            self._held.release()
            self.watchdog.abandon()
