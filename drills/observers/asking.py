"""Journeys that this very process asks: a command inside a service, a question to a database.

A lane is asked as the prober asks its own: due instants that nothing moves, one sample for each of
them, a cap on what is in flight, and an intent before each write. What is asked takes tens of
milliseconds and comes a few times a second, so threads will do here.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from drills.clock import Clock
from drills.errors import DrillError, JournalError
from drills.journal.rowfile import RowFile
from drills.journal.sample import Outcome, Sample
from drills.units import NS

IN_FLIGHT = 4  # of one journey: nothing piles up in the system that is asked
LATENESS = 0.25  # seconds; what is due longer ago was not asked
_PATIENCE = 10.0  # seconds beyond a time-out for what is in flight to end

# What is said too late was not said in time, whatever it is.
_TOLD = (Outcome.OK, Outcome.SLOW, Outcome.WRONG, Outcome.ERROR)

# Asks once: the id of a write ("" for none) and the seconds that are left; what became of it, and a
# few words on what was wrong.
Ask: TypeAlias = "Callable[[str, float], tuple[Outcome, str]]"


# Is told that this process stood still: when that was over, and for how long, in nanoseconds.
Stalled: TypeAlias = "Callable[[int, int], None]"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A journey to be asked ``rate`` times a second; ``writes`` gives each request its own id.

    ``timeout`` and ``slow`` are seconds from the instant a request was due.
    """

    name: str
    rate: float
    timeout: float
    slow: float
    ask: Ask
    writes: bool = False


@dataclass(frozen=True, slots=True)
class _Flying:
    """One request that was asked and has not ended, or only for its customer."""

    due_ns: int
    sent_ns: int
    subject: str


class AskedLane:
    """Asks one journey. ``meet_due`` sends whatever is due by now through ``pool``.

    ``stalled`` is told where this process stood still for so long that a request was not asked.
    A request whose time is over has its sample at once; it stays in flight until it has ended.
    """

    def __init__(
        self,
        inquiry: Inquiry,
        directory: Path,
        clock: Clock,
        pool: Executor,
        stalled: Stalled = lambda _at_ns, _gap_ns: None,
    ) -> None:
        self.inquiry = inquiry
        self._stalled = stalled
        self._clock = clock
        self._pool = pool
        self._samples = _file(directory / f"{inquiry.name}.jsonl")
        intents = directory / f"{inquiry.name}.intents.jsonl"
        self._intents = _file(intents) if inquiry.writes else None
        self._changed = threading.Condition()
        self._flying: dict[int, _Flying] = {}
        self._expired: set[int] = set()
        self._closed = False
        self._asked = 0
        self._start_ns = clock.monotonic_ns()

    @property
    def due_ns(self) -> int:
        """When the next request is due. From the start each time: nothing adds up."""
        return self._start_ns + round((self._asked + 1) * NS / self.inquiry.rate)

    @property
    def next_ns(self) -> int:
        """When ``meet_due`` has something to do, at the latest."""
        with self._changed:
            waiting = [one for seq, one in self._flying.items() if seq not in self._expired]
        return min([self.due_ns, *(self._deadline_ns(one) for one in waiting)])

    def meet_due(self) -> None:
        """See to every request that is due by now, and to those whose time is over."""
        self._expire()
        late_ns = self._clock.monotonic_ns() - self.due_ns
        if self._too_late(late_ns):
            self._stalled(self._clock.monotonic_ns(), late_ns)
        while (due := self.due_ns) <= (now := self._clock.monotonic_ns()):
            seq, self._asked = self._asked, self._asked + 1
            if self._too_late(now - due):
                self._drop(seq, due, "prober stalled")
            elif len(self._flying) >= IN_FLIGHT:
                self._drop(seq, due, f"{IN_FLIGHT} in flight")
            else:
                self._send(seq, due)

    def finish(self, within: float) -> None:
        """Wait for what is in flight, then close the files. Raises JournalError for a full disk."""
        with self._changed:
            self._changed.wait_for(lambda: self._flying.keys() <= self._expired, within)
            self._closed = True
        try:
            for file in (self._samples, self._intents):
                if file is not None:
                    file.close()
        except OSError as error:
            text = f"cannot write {self.inquiry.name}.jsonl: {error.strerror}"
            raise JournalError(text) from error

    def _too_late(self, late_ns: int) -> bool:
        return late_ns / NS > max(LATENESS, 1 / self.inquiry.rate)

    def _deadline_ns(self, one: _Flying) -> int:
        return one.due_ns + int(self.inquiry.timeout * NS)

    def _expire(self) -> None:
        now = self._clock.monotonic_ns()
        with self._changed:
            for seq, one in self._flying.items():
                if seq not in self._expired and now >= self._deadline_ns(one):
                    self._expired.add(seq)
                    self._write(seq, one, now, Outcome.TIMEOUT, "no answer")
            self._changed.notify_all()

    def _send(self, seq: int, due_ns: int) -> None:
        subject = str(uuid.uuid4()) if self._intents else ""
        if self._intents is not None:
            try:
                self._intents.write([seq, due_ns, subject])
            except OSError as error:
                self._drop(seq, due_ns, f"prober: intent not written: {error.strerror}")
                return
        one = _Flying(due_ns, self._clock.monotonic_ns(), subject)
        with self._changed:
            self._flying[seq] = one
        self._pool.submit(self._ask, seq, one)

    def _ask(self, seq: int, one: _Flying) -> None:
        left = (self._deadline_ns(one) - self._clock.monotonic_ns()) / NS
        try:
            outcome, detail = self.inquiry.ask(one.subject, max(left, 0.001))
        except DrillError as error:
            outcome, detail = Outcome.ERROR, str(error)
        except Exception as error:  # noqa: BLE001 - a request without a sample would look like none
            outcome, detail = Outcome.ERROR, f"{type(error).__name__}: {error}"
        self._ended(seq, one, outcome, detail)

    def _ended(self, seq: int, one: _Flying, outcome: Outcome, detail: str) -> None:
        now = self._clock.monotonic_ns()
        if now > self._deadline_ns(one) and outcome in _TOLD:
            outcome, detail = Outcome.TIMEOUT, detail or "answered too late"
        elif outcome is Outcome.OK and (now - one.due_ns) / NS > self.inquiry.slow:
            outcome = Outcome.SLOW
        with self._changed:
            del self._flying[seq]
            if seq not in self._expired:
                self._write(seq, one, now, outcome, detail)
            self._expired.discard(seq)
            self._changed.notify_all()

    def _drop(self, seq: int, due_ns: int, detail: str) -> None:
        with self._changed:
            one = _Flying(due_ns, due_ns, "")
            self._write(seq, one, due_ns, Outcome.DROPPED, detail)

    def _write(self, seq: int, one: _Flying, ended: int, outcome: Outcome, detail: str) -> None:
        if self._closed:  # a write is told as one without an outcome
            return
        instants = (one.due_ns, one.sent_ns, ended)
        sample = Sample(self.inquiry.name, seq, *instants, outcome, 0, "", one.subject, detail)
        self._samples.add(sample.row())
        with suppress(OSError):  # the rows are kept for the next time
            self._samples.flush()


class Asker:
    """Asks the lanes that the prober cannot, into the same folder. Safe from several threads."""

    def __init__(self, directory: Path, clock: Clock, stalled: Stalled) -> None:
        self._directory = directory
        self._stalled = stalled
        self._clock = clock
        self._lock = threading.Lock()
        self._lanes: dict[str, tuple[AskedLane, threading.Event, threading.Thread]] = {}
        self._pools: list[ThreadPoolExecutor] = []

    def add(self, inquiry: Inquiry) -> None:
        """Begin to ask. Raises JournalError where its files cannot be made."""
        pool = ThreadPoolExecutor(IN_FLIGHT, f"drills-{inquiry.name}")
        lane = AskedLane(inquiry, self._directory, self._clock, pool, self._stalled)
        over = threading.Event()
        thread = threading.Thread(
            target=self._keep_time, args=(lane, over), name=f"drills-{inquiry.name}", daemon=True
        )
        with self._lock:
            self._pools.append(pool)
            self._lanes[inquiry.name] = lane, over, thread
        thread.start()

    def stop(self, name: str) -> None:
        """Let nothing more fall due, and wait for what is in flight. Idempotent."""
        with self._lock:
            known = self._lanes.pop(name, None)
        if known is None:
            return
        lane, over, thread = known
        over.set()
        thread.join(_PATIENCE)
        lane.finish(lane.inquiry.timeout)

    def end(self) -> None:
        """Stop every lane. Idempotent. Raises the first error, after the last lane has ended."""
        errors = []
        for name in list(self._lanes):
            try:
                self.stop(name)
            except DrillError as error:
                errors.append(error)
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)
        if errors:
            raise errors[0]

    def _keep_time(self, lane: AskedLane, over: threading.Event) -> None:
        while not over.wait(max(0.0, (lane.next_ns - self._clock.monotonic_ns()) / NS)):
            lane.meet_due()


def _file(path: Path) -> RowFile:
    try:
        return RowFile(path)
    except OSError as error:
        raise JournalError(f"cannot create {path}: {error.strerror}") from error
