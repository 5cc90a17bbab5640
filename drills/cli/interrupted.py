"""A command that is interrupted cleans up and says so, by Ctrl-C as by SIGTERM."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from drills.errors import DrillError


@contextmanager
def terminated_as_interrupted(told: str) -> Iterator[None]:
    """Meanwhile SIGTERM is a Ctrl-C, so that all is undone; then DrillError says what is told."""

    def interrupt(number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt(f"terminated by {signal.Signals(number).name}")

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt as error:
        raise DrillError(told) from error
    finally:
        signal.signal(signal.SIGTERM, before)
