"""What many threads say of a drill, drawn by one: in the order in which it was said.

On a terminal that can be drawn on it is a live view; elsewhere, and where the view fails, each
thing that is said is a plain line.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from drills.journal.timeline import Event
    from drills.judgement.metric import Observations
    from drills.reporting.progress import Progress, Row
    from drills.reporting.screen import Screen
    from drills.reporting.terminal import PhaseLines

DRAWN_SECONDS = 2.0  # for what was said to be drawn; a terminal may be held up for ever
BETWEEN_DRAWS = 0.25  # seconds
_WIDEST = 100  # columns of a frame, however wide the terminal
BETWEEN_LOOKS = 0.5  # seconds, for a look costs the drill's own thread
_ROOM = 1000  # lines that wait for a terminal that is held up; what is said beyond them is dropped


class LiveView:
    """A view of a drill for threads: whoever says something never waits for the terminal.

    ``midline`` says whether somebody else left the cursor in the middle of a line, which is asked
    before the first line after ``others_write``. ``wanted`` says whether the terminal may be drawn
    on, asked when a drill begins, and ``coloured`` whether in colour. ``now_ns`` is the drill's own
    monotonic clock. Nothing here raises anything: what goes wrong ends the view, with a line that
    says so. With ``whole`` nothing that was said is dropped, however long the terminal is held up.
    """

    def __init__(
        self,
        stream: TextIO,
        midline: Callable[[], bool] = lambda: False,
        wanted: Callable[[], bool] = lambda: False,
        coloured: Callable[[], bool] = lambda: False,
        *,
        now_ns: Callable[[], int] = time.monotonic_ns,
        whole: bool = False,
    ) -> None:
        self._stream = stream
        self._midline, self._wanted, self._coloured = midline, wanted, coloured
        self._now_ns = now_ns
        self._lines: PhaseLines | None = None
        self._progress: Progress | None = None  # while there is a view
        self._screen: Screen | None = None
        self._failed = False
        self._kept: list[Row] = []
        self._shown: object = None  # the frame that is on the screen, with the screen's size
        self._others_wrote = True
        self._drawn = self._looked = 0.0
        self._whole = whole
        self._todo: Queue[Callable[[], None]] = Queue(0 if whole else _ROOM)
        self._gone = False
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    # --- what any thread may call ---------------------------------------------------------

    @property
    def gone(self) -> bool:
        """Whether nothing can be written there any more: the terminal, or who read it, is gone."""
        return self._gone

    def say(self, phase: str, text: str = "") -> None:
        """The run does this, or waits for it."""
        self._put(partial(self._tell, phase, text))

    def hear(self, event: Event) -> None:
        """Take in what happens in a drill, and show what a person wants to see of it."""
        try:
            self._hear(event)
        except Exception as error:  # noqa: BLE001 - whatever it is, it costs no drill its verdict
            self._give_up(error)

    def _hear(self, event: Event) -> None:
        from drills.journal.facts import DrillStarted
        from drills.reporting.progress import told

        if DrillStarted.tells(event):
            from drills.reporting.progress import Progress

            self._progress = None if self._failed or not self._wanted() else Progress()
        if self._progress is None:
            if said := told(event):
                self.say(*said)
            return
        for row in self._progress.hear(event):
            self._put(partial(self._kept.append, row))
        if self._progress.under_way and self._todo.empty():
            self._put(self._nothing)  # so that somebody draws

    def look(self, seen: Observations) -> None:
        """Take in what was observed of a drill, not more often than is drawn."""
        now = time.monotonic()
        if self._progress is None or now - self._looked < BETWEEN_LOOKS:
            return
        self._looked = now
        try:
            from drills.judgement.standing import standing

            self._progress.look(standing(seen))
        except Exception as error:  # noqa: BLE001 - likewise
            self._give_up(error)

    def others_write(self, *, patient: bool = False) -> None:
        """End the view, and return once all that was said before is drawn, or cannot be.

        ``patient``: where nothing is dropped, a terminal that is held up is waited for, for as long
        as it takes.
        """
        drawn = threading.Event()
        if self._thread is not None:
            self._put(self._close)
            self._put(drawn.set)
            if not drawn.wait(None if patient and self._whole else DRAWN_SECONDS):
                self._abandon()

    def _abandon(self) -> None:
        """Leave what is on a terminal that is held up: clearing it later could clear others'."""
        self._screen = self._shown = None
        if self._progress is not None:
            self._progress.close(self._now_ns())

    def plain(self) -> None:
        """From now on plain lines only: somebody works at this terminal."""
        self._failed = True
        self.others_write()
        self._progress = None

    def _give_up(self, error: Exception) -> None:
        self._put(partial(self._end_view, error))

    def _put(self, act: Callable[[], None]) -> None:
        with suppress(Full):
            self._todo.put_nowait(act)
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="drills-live", daemon=True)
                self._thread.start()

    # --- what the thread that draws does --------------------------------------------------

    def _run(self) -> None:
        while True:
            progress = self._progress
            drawing = progress is not None and (self._kept or progress.under_way)
            try:
                act = self._todo.get(timeout=BETWEEN_DRAWS if drawing else None)
            except Empty:
                act = self._nothing
            try:
                act()
                if time.monotonic() - self._drawn >= BETWEEN_DRAWS:
                    self._draw()
            except Exception as error:  # noqa: BLE001 - whatever it is, the drill goes on
                self._end_view(error)

    def _nothing(self) -> None:
        """A draw is due, and that is all."""

    def _tell(self, phase: str, text: str) -> None:
        if self._progress is not None:
            from drills.reporting.progress import Row

            self._kept.append(Row(phase, text))
            return
        if self._lines is None:
            from drills.reporting.terminal import PhaseLines

            self._lines = PhaseLines(self._stream)
        self._begin_line()
        self._lines(phase, text)

    def _begin_line(self) -> None:
        if self._others_wrote and self._midline():
            self._stream.write("\n")
            self._stream.flush()
        self._others_wrote = False

    def _draw(self, *, last: bool = False) -> None:
        """The lines that stay, and below them the frame; none with ``last``."""
        progress = self._progress
        if progress is None:
            return
        from drills.reporting.screen import Screen
        from drills.reporting.terminal import drawn

        screen = self._screen = self._screen or Screen(self._stream)
        width, height = size = screen.size()
        frame = [] if last else progress.frame(self._now_ns(), height)
        shown = (size, frame) if frame else None
        if not self._kept and (shown == self._shown or (screen.empty and not frame)):
            return
        colour = self._coloured()
        kept = [drawn(row, width, colour) for row in self._kept]
        lines = [drawn(row, min(width, _WIDEST), colour) for row in frame]
        self._kept.clear()
        self._begin_line()
        screen.draw(kept, lines)
        self._shown, self._drawn = shown, time.monotonic()

    def _close(self) -> None:
        if self._progress is not None:
            self._kept += self._progress.close(self._now_ns())
            self._draw(last=True)
        if self._lines is not None:
            self._lines.close()
        self._others_wrote = True

    def _end_view(self, error: Exception) -> None:
        """Plain lines from now on; what was not shown yet is."""
        viewed, self._progress, self._failed = self._progress is not None, None, True
        self._gone = self._gone or isinstance(error, OSError)
        self._shown = None
        kept = [*self._kept]
        self._kept.clear()
        with suppress(OSError, ValueError):  # a terminal that is gone ends no drill
            if viewed and self._screen is not None:
                self._screen.draw((), ())
            for row in kept:
                self._tell(row.word, " ".join((row.text, *row.figures)))
            if viewed:
                self._tell("live view", f"switched off: {type(error).__name__}: {error}")
