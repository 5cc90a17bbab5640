"""Watching a drill from here to its end: on the terminal, and as a page where that is asked for."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from drills.cli.show import show
from drills.cli.watch.chosen import BETWEEN, FOREVER
from drills.cli.watch.ending import Ending
from drills.cli.watch.page import LivePage, Portrait
from drills.cli.watch.server import Server
from drills.cli.watch.sight import Sight
from drills.errors import JournalError
from drills.journal import regular
from drills.journal.folder import REPORT
from drills.journal.timeline import Event
from drills.reporting.live import BETWEEN_LOOKS, LiveView
from drills.reporting.plain import coloured, drawable
from drills.wait import until

LINGER = 3.0  # seconds without a request, after which no other window is waited for
Note = Callable[[str], None]


def follow(sight: Sight, port: int | None, note: Note) -> int:
    """Watch the drill until it is over; returns the exit code that tells its verdict.

    With ``port`` its page is served there (0: on any that is free). ``note`` says what is no part
    of the drill. Raises JournalError where the drill is over already, dies or goes away,
    BrokenPipeError where nobody reads any more, and PlanError where the port is not to be had.
    """
    id_, folder = sight.started.id, short(sight.directory)
    watching = _Watching(sight)
    if watching.ending.over():
        raise JournalError(f"drill {id_} is over already. What came of it: drills show {id_}")
    said = f"watching drill {id_} ({folder}); Ctrl-C ends the watching, not the drill"
    note(said)
    if port is None:
        watching.until_over()
        return show(folder)
    portrait = Portrait(sight)
    watching.hear.append(portrait.hear)
    page = LivePage(portrait.state, portrait.page)
    with Server(page, port) as server:
        note(f"its report, live: {server.url}")
        watching.until_over()
        code = show(folder)
        _until_fetched(server, page, folder / REPORT, note)
    return code


def _until_fetched(server: Server, page: LivePage, report: Path, note: Note) -> None:
    """Have the page become the report, and wait until somebody has it, or does not want it."""
    try:
        page.finish(regular.read(report))
    except OSError as error:
        raise JournalError(f"{report}: expected the report: {error.strerror or error}") from error
    try:
        if not server.fetched.is_set():
            note(f"{server.url} is the report now, and served until it was fetched (or Ctrl-C)")
        until(server.fetched.is_set, awaited="it is fetched", within=FOREVER, interval=BETWEEN)
        until(
            lambda: server.quiet_s() >= LINGER,
            awaited="no other window asks",
            within=FOREVER,
            interval=BETWEEN,
        )
    except KeyboardInterrupt:
        pass
    note(f"no longer served; the report is {report}")


class _Watching:
    """Hears what the drill tells, and shows it."""

    def __init__(self, sight: Sight) -> None:
        out = sys.stdout
        self._sight = sight
        self._view = LiveView(
            out,
            wanted=partial(drawable, out),
            coloured=partial(coloured, out),
            now_ns=sight.now_ns,
            whole=True,
        )
        self.hear: list[Callable[[Event], object]] = [self._view.hear]
        self.ending = Ending(sight, tell=partial(self._view.say, "watchdog"))
        self._looked = 0.0
        self._blind = False

    def until_over(self) -> None:
        """Return once the drill is over and judged, and all that it told is shown."""
        patient = False
        try:
            until(self._step, awaited="the drill is over", within=FOREVER, interval=BETWEEN)
            patient = True
        finally:
            self._view.others_write(patient=patient)
        self._heed_reader()

    def _step(self) -> bool:
        over = self.ending.over()  # first: what it told last is read after that
        for event in self._sight.poll():
            for hear in self.hear:
                hear(event)
        self._look()
        self._heed_reader()
        return over

    def _look(self) -> None:
        if (
            self._blind
            or not self._sight.watched
            or time.monotonic() - self._looked < BETWEEN_LOOKS
        ):
            return
        self._looked = time.monotonic()
        try:
            with self._sight.lock:
                self._view.look(self._sight.look())
        except JournalError as error:
            self._blind = True
            self._view.say("samples", f"not shown any more: {error}")

    def _heed_reader(self) -> None:
        if self._view.gone:
            raise BrokenPipeError("nobody reads what is shown")


def short(path: Path) -> Path:
    """The path relative to the working directory where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
