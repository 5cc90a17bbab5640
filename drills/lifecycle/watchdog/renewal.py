"""Renewing a drill's lease as long as its watchdog lives: beside the drill, and healing it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress

from drills.errors import EngineError
from drills.stack.engines.lease import RENEWAL_SECONDS, Lease
from drills.wait import Watcher

END_SECONDS = 2.0  # for each answer to the removal of the last one
LATE_SECONDS = 1.0  # after which an engine has made what it was asked for while it hung


class Renewal:
    """Renews a lease in a thread of its own; ``renewed`` is called each time that it was.

    An engine that takes none is asked again every second: it may be about to come back.
    """

    def __init__(
        self,
        lease: Lease,
        renewed: Callable[[], None],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lease = lease
        self._renewed = renewed
        self._seconds = seconds
        self._due = 0.0
        self._unanswered = False  # the last one may yet be made
        self._watcher = Watcher("lease", self.renew, interval=1.0, failed=_say)

    def start(self, *, at_once: bool) -> None:
        """Begin; ``at_once`` with the first one made when this returns, or EngineError raised."""
        if at_once:
            self.renew()
        self._watcher.start()

    def renew(self) -> None:
        """Renew it where that is due. Raises EngineError."""
        now = self._seconds()
        if now >= self._due:
            self._unanswered = True
            self._lease.renew()
            self._unanswered = False
            self._due = now + RENEWAL_SECONDS
            self._renewed()

    def end(self) -> bool:
        """Nobody cares for the drill any more; whether no lease is left that says so.

        One that an engine was asked for while it hung may be made after all: that is looked for.
        """
        self._watcher.stop(within=END_SECONDS)
        try:
            self._lease.end(within=END_SECONDS)
            if self._unanswered and self._lease.possible:
                time.sleep(LATE_SECONDS)
                self._lease.end(within=END_SECONDS)
        except EngineError as error:
            if not self._lease.possible:
                return True
            _say(error)
            return False
        return True


def _say(error: Exception) -> None:
    with suppress(OSError):
        print(f"the lease: {error}", file=sys.stderr, flush=True)
