"""Work that Ctrl-C must not cut in half."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Uninterrupted:
    """Runs ``work`` once, in a thread of its own: signals only ever interrupt the main one.

    ``cancel`` asks the work to end early; without it the work is carried to its end.
    """

    def __init__(self, work: Callable[[], None], cancel: Callable[[], None] | None = None) -> None:
        self._work = work
        self._cancel = cancel
        self._error: BaseException | None = None
        self._ticket = threading.Lock()  # taken once, by whoever does the work
        self._done = threading.Event()

    def run(self) -> None:
        """Do the work. Raises what it raised, or, once it has ended, what a signal raised here.

        That is a KeyboardInterrupt, or the time-out of a test. A second one meanwhile is raised at
        once; the work goes on without us, and the interpreter does not exit before its end.
        """
        try:
            threading.Thread(target=self._perform, name="uninterrupted").start()
            self._done.wait()
        except BaseException:
            self.finish()
            raise
        if self._error is not None:
            raise self._error

    def finish(self) -> None:
        """See the work through to its end, which comes soon where it can be cancelled. Idempotent.

        Work that no thread has begun is done here, or, where it can be cancelled, never.
        """
        if self._cancel is None:
            self._perform()
        elif not self._done.is_set():
            self._cancel()
            if self._ticket.acquire(blocking=False):
                self._done.set()
        self._done.wait()

    def _perform(self) -> None:
        if not self._ticket.acquire(blocking=False):
            return
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - carried over to whoever called run()
            self._error = error
        finally:
            self._done.set()
