"""What many threads say, drawn by one: in the order in which they said it, and in nobody's way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Full, Queue
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from drills.reporting.terminal import PhaseLine

DRAWN_SECONDS = 2.0  # for what was said to be drawn; a terminal may be held up for ever
_ROOM = 1000  # lines that wait for a terminal that is held up; what is said beyond them is dropped


class LiveLine:
    """A ``PhaseLine`` for threads: whoever says something never waits for the terminal.

    ``midline`` says whether somebody else left the cursor in the middle of a line, which is asked
    before the first line after ``others_write``.
    """

    def __init__(self, stream: TextIO, midline: Callable[[], bool] = lambda: False) -> None:
        self._stream = stream
        self._line: PhaseLine | None = None  # made for the first drill that says something
        self._midline = midline
        self._others_wrote = True
        self._todo: Queue[Callable[[], None]] = Queue(_ROOM)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def __call__(self, phase: str, text: str = "") -> None:
        """The drill is in this phase, and this is what it does or waits for."""
        self._put(partial(self._draw, phase, text))

    def others_write(self) -> None:
        """End the line, and return once all that was said before is drawn, or cannot be."""
        drawn = threading.Event()
        if self._thread is not None:
            self._put(self._close)
            self._put(drawn.set)
            drawn.wait(DRAWN_SECONDS)

    def _put(self, act: Callable[[], None]) -> None:
        with suppress(Full):
            self._todo.put_nowait(act)
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="drills-live", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            act = self._todo.get()
            with suppress(OSError, ValueError):  # a terminal that is gone ends no drill
                act()

    def _draw(self, phase: str, text: str) -> None:
        if self._line is None:
            from drills.reporting.terminal import PhaseLine

            self._line = PhaseLine(self._stream)
        if self._others_wrote and self._midline():
            self._stream.write("\n")
            self._stream.flush()
        self._others_wrote = False
        self._line(phase, text)

    def _close(self) -> None:
        if self._line is not None:
            self._line.close()
        self._others_wrote = True
