"""Waiting for a state of the world, or watching it. Nothing else in the framework sleeps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeVar

from drills.clock import Clock, SystemClock
from drills.errors import DrillError, WaitTimeout
from drills.units import NS, format_seconds

T = TypeVar("T")


def until(
    question: Callable[[], T | None],
    *,
    awaited: str,
    within: float,
    last_seen: Callable[[], str] = lambda: "nothing",
    hint: str = "",
    interval: float = 0.05,
    clock: Clock | None = None,
    error: type[WaitTimeout] = WaitTimeout,
    retry: tuple[type[DrillError], ...] = (),
) -> T:
    """Ask ``question`` every ``interval`` seconds and return its first truthy answer.

    It is asked once more after the deadline, so a slow question is not cut short by its own time.
    Where it raises one of ``retry`` there is no answer yet; the last such is what was seen last.
    Raises ``error`` after ``within`` seconds: awaited what, how long, last seen what, one hint.
    """
    clock = clock or SystemClock()
    deadline = clock.monotonic_ns() + int(within * NS)
    while True:
        late = clock.monotonic_ns() >= deadline
        unanswered = ""
        try:
            if answer := question():
                return answer
        except retry as refused:
            unanswered = str(refused)
        if late:
            seen = unanswered or last_seen()
            message = f"{awaited}: not within {format_seconds(within)}; last seen: {seen}"
            raise error(f"{message}. {hint}" if hint else message)
        clock.sleep(interval)


class Watcher:
    """Calls ``ask`` every ``interval`` seconds on a thread of its own.

    What ``ask`` raises is passed to ``failed`` once per run of failures, and watching goes on:
    a watcher that ends in silence would make absence of news look like good news. ``ended`` is
    called when it has asked for the last time, which may be after a ``stop`` that did not wait.
    """

    def __init__(
        self,
        name: str,
        ask: Callable[[], None],
        *,
        interval: float,
        failed: Callable[[Exception], None] | None = None,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self._ask = ask
        self._interval = interval
        self._failed = failed
        self._ended = ended
        self._failing = False
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"drills-{name}", daemon=True)

    def start(self) -> Self:
        """Begin watching."""
        self._thread.start()
        return self

    def stop(self, within: float = 5.0) -> None:
        """End watching and wait for the thread. Idempotent."""
        self._end.set()
        if self._thread.ident is None:
            self._ended()  # it never began
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(within)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                self._ask()
                self._failing = False
            except Exception as error:  # noqa: BLE001 - whatever it is, it must be told and not end the watch
                self._tell(error)
                self._failing = True
            self._end.wait(self._interval)
        self._ended()

    def _tell(self, error: Exception) -> None:
        if self._failed is not None and not self._failing and not self._end.is_set():
            with suppress(Exception):  # a full disk does not end the watch either
                self._failed(error)
