"""Signals that end a run, while a drill is brought to its end.

A Ctrl-C that is raised between two statements of that would leave what comes after them undone.
So they wait: for a part that may be cut short, where they are raised as ever, or for the next
place at which somebody asks.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)  # the last is a time-out of pytest-timeout
_Handler = Callable[[int, FrameType | None], object]


class _Gate:
    """What is held of this process's signals; there is one, as there is one set of handlers."""

    def __init__(self) -> None:
        self.holders = 0
        self.open = False
        self.before: dict[int, _Handler] = {}
        self.waiting: list[BaseException] = []

    def close(self) -> None:
        """Put our handler in the place of every one that may raise; those may do so meanwhile."""
        while True:
            try:
                self._replace()
                break
            except BaseException as error:  # noqa: BLE001 - one that came before its handler went
                self.waiting.append(error)

    def _replace(self) -> None:
        for number in ENDING:
            before = signal.getsignal(number)
            if callable(before) and before != self.handle:
                self.before[number] = before
                signal.signal(number, self.handle)

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Do what the handler of before does; what it raises waits unless a part may be cut."""
        try:
            self.before[number](number, frame)
        except BaseException as error:
            if self.open or not self.holders:
                raise
            self.waiting.append(error)

    def release(self) -> None:
        """Put back every handler that is not another's by now."""
        for number, before in self.before.items():
            if signal.getsignal(number) == self.handle:
                signal.signal(number, before)
        self.before = {}


_GATE = _Gate()


class Held:
    """In its block no signal raises, but in parts of it that are ``Let``.

    What is still waiting when the outermost block ends is raised there, unless the run is being
    left already. Outside the main thread, where no signal is ever raised, nothing changes.
    """

    def __enter__(self) -> Self:
        self._here = threading.current_thread() is threading.main_thread()
        if self._here:
            _GATE.close()
            _GATE.holders += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._here:
            return
        _GATE.holders -= 1
        if _GATE.holders:
            return
        _GATE.release()
        if (late := arrived()) and (error is None or isinstance(error, Exception)):
            raise late


class Let:
    """A part of a ``Held`` block that may be cut short: signals are raised in it as they come."""

    def __enter__(self) -> None:
        self._before = _GATE.open
        _GATE.open = True

    def __exit__(self, *exception: object) -> None:
        _GATE.open = self._before


def arrived() -> BaseException | None:
    """The last of those that came and were not raised; each is told once.

    Whoever asks is in no part: one that was left at the very moment that it ended is over, too.
    """
    _GATE.open = False
    late, _GATE.waiting = _GATE.waiting[-1:], []
    return late[0] if late else None


def ends_run(error: BaseException | None) -> bool:
    """Whether it ends a run rather than a scenario: Ctrl-C, a termination signal, an exit."""
    return isinstance(error, KeyboardInterrupt | SystemExit)
