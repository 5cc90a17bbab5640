"""Telling those who must be told, as a drill goes on: what is due, and what was sent of it.

Nothing here holds a drill up or fails it: messages are sent on threads of their own, and what is
not sent by the drill's end stands in the journal as such.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from threading import Event, Lock, Thread

from drills.clock import Clock
from drills.config.variables import filled
from drills.errors import JournalError, PlanError
from drills.journal.facts import ErrorNote, MessageDue, MessageSent, MessageUnsent, Signal
from drills.journal.journal import Journal
from drills.journal.keylines import KeyPath
from drills.journal.misfits import dotted
from drills.judgement.detection import announced, said
from drills.judgement.metric import Observations
from drills.judgement.recovery import time_to_recover
from drills.judgement.verdict import Measured
from drills.runbook.communication import Message, Owed, dues
from drills.runbook.messages import poster, sender
from drills.runbook.policy import Policy, Target
from drills.units import NS
from drills.wait import Watcher

ATTEMPTS = 3
PAUSE = 1.0  # seconds before another attempt
LOOKS_EVERY = 0.1  # seconds between two looks for a page
MUTED = "sending is switched off (--drill-notify off, or DRILL_NOTIFY)"
Due = tuple[int, int]  # the number of a message, and when it was due
Send = Callable[[Message], str]  # returns "" where it arrived, or why it did not
Port = Callable[[str, int], tuple[str, int]]  # where a port of a service is now


def nowhere(service: str, _port: int) -> tuple[str, int]:
    """Where no stack is."""
    raise PlanError(f"expected a stack with {service}, there is none")


class Communicator:
    """Writes down each message that is due, and has it sent to every target once."""

    def __init__(self, owed: Owed, journal: Journal, clock: Clock, port: Port = nowhere) -> None:
        self._owed = owed
        self._port = port
        self._journal = journal
        self._clock = clock
        self._ended = Event()
        self._writing = Lock()  # nothing is written any more once ``stop`` has returned
        self._open: dict[tuple[str, int], int] = {}  # what is on its way, by target and number
        self._page: Signal | None = None
        self._looked_ns = 0
        self._number = 0
        self._back_ns: int | None = None  # when service was restored, as far as is known
        self._asked_ns = 0
        self._lines = {
            name: self._line(name, target, self._message) for name, target in owed.targets.items()
        }
        self._watcher = Watcher(
            *("communication", self._look), interval=LOOKS_EVERY, failed=self._failed
        )

    def _line(self, name: str, target: Target, message: Callable[[int], Message]) -> Line:
        ready = partial(_ready, target, self._port, muted=self._owed.muted)
        return Line(name, ready, message, self._became, self._ended)

    def start(self) -> None:
        """Begin to wait for the page, where anybody must be told."""
        if self._owed.to:
            for line in self._lines.values():
                line.start()
            self._watcher.start()

    def heed(self, seen: Observations) -> None:
        """Learn whether service is restored: nothing more is due from then on."""
        now_ns = self._clock.monotonic_ns()
        if self._page is None or not self._owed.severity.every or now_ns - self._asked_ns < NS:
            return
        self._asked_ns = now_ns
        fault, found = seen.fault(), time_to_recover(seen, "")
        self._back_ns = None
        if fault is not None and isinstance(found, Measured):
            self._back_ns = fault.ns + round(found.interval.value * NS)

    def stop(self, within: float) -> None:
        """Look once more, then give what is on its way so many seconds. Idempotent."""
        if not self._owed.to or self._ended.is_set():
            return
        self._watcher.stop()
        with suppress(JournalError):  # a full disk is told by whoever else writes
            self._look()
        self._end(self._lines.values(), within)

    def _end(self, lines: Iterable[Line], within: float) -> None:
        """Give these so many seconds; what is on its way by then is given up, and told."""
        end_ns = self._clock.monotonic_ns() + round(within * NS)
        for line in lines:
            line.end(max(0.0, (end_ns - self._clock.monotonic_ns()) / NS))
        with self._writing, suppress(JournalError):
            self._ended.set()
            for (name, number), due_ns in self._open.items():
                why = "the drill ended before the target had answered"
                self._journal.write(
                    MessageUnsent(number=number, target=name, due_ns=due_ns, attempts=1, reason=why)
                )
            self._open = {}

    def close(self, outcome: Callable[[], str], within: float) -> None:
        """Tell each target that took a message that the drill is over, and what came of it.

        Once, after ``stop``, and for so many seconds. What is in the stack is gone by then. Raises
        JournalError where it cannot be written down.
        """
        timeline = self._journal.timeline()
        took = {sent.target for sent in timeline.all(MessageSent)}
        told = {n: each for n, each in self._owed.targets.items() if n in took and not each.at}
        if not told or timeline.all(MessageDue, over=True) or not self._ended.is_set():
            return
        number, now_ns, said = self._number + 1, self._clock.monotonic_ns(), outcome()
        due = MessageDue(number=number, to=self._owed.to, targets=tuple(told), over=True)
        self._journal.write(due, at_ns=now_ns)
        self._ended = Event()  # what was given up before stays given up
        self._open = {(name, number): now_ns for name in told}
        lines = [
            self._line(name, target, lambda _: self._owed.closing(number, said))
            for name, target in told.items()
        ]
        for line in lines:
            line.start()
            line.put((number, now_ns))
        self._end(lines, within)

    def _look(self) -> None:
        now_ns = self._clock.monotonic_ns()
        if self._page is None:
            seen = Observations(self._journal.timeline(), {}, 0.0, now_ns)
            page = announced(seen, "")
            if not isinstance(page, Signal):
                return
            self._page, self._looked_ns = page, page.at_ns - 1
        until_ns = now_ns + 1 if self._back_ns is None else min(self._back_ns, now_ns + 1)
        for due_ns in dues(self._page.at_ns, self._owed.severity.every, until_ns):
            if self._looked_ns < due_ns:
                self._is_due(due_ns)
        self._looked_ns = max(self._looked_ns, now_ns)

    def _is_due(self, due_ns: int) -> None:
        number = self._number + 1
        with self._writing:
            told = MessageDue(number=number, to=self._owed.to, targets=tuple(self._lines))
            self._journal.write(told, at_ns=due_ns)
            self._open |= {(name, number): due_ns for name in self._lines}
        self._number = number
        for line in self._lines.values():
            line.put((number, due_ns))

    def _message(self, number: int) -> Message:
        return self._owed.message(number, said(self._page) if self._page else "")

    def _became(self, fact: MessageSent | MessageUnsent) -> None:
        """Write what became of a message, unless the drill went on without it."""
        with self._writing, suppress(JournalError):
            if self._open.pop((fact.target, fact.number), None) is not None:
                self._journal.write(fact)

    def _failed(self, error: Exception) -> None:
        self._journal.write(ErrorNote(f"nobody can be told: {error}"))


class Line:
    """The way to one target, on a thread of its own: a target that hangs holds up no other."""

    def __init__(
        self,
        name: str,
        ready: Callable[[], Send | str],
        message: Callable[[int], Message],
        became: Callable[[MessageSent | MessageUnsent], None],
        ended: Event,
    ) -> None:
        self._name = name
        self._ready = ready
        self._message = message
        self._became = became
        self._ended = ended
        self._waiting: SimpleQueue[Due | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name=f"drills-notify-{name}", daemon=True)

    def start(self) -> None:
        """Make ready to send: what that takes has nothing to do with how soon one arrives."""
        self._thread.start()

    def put(self, due: Due) -> None:
        """Send that one as soon as those before it are done with."""
        self._waiting.put(due)

    def end(self, within: float) -> None:
        """Wait so many seconds until all is done with."""
        self._waiting.put(None)
        if self._thread.ident is not None:
            self._thread.join(within)

    def _run(self) -> None:
        ready = self._ready()
        while (due := self._waiting.get()) is not None and not self._ended.is_set():
            self._became(self._send(ready, *due))

    def _send(self, ready: Send | str, number: int, due_ns: int) -> MessageSent | MessageUnsent:
        attempts, why = 0, ready if isinstance(ready, str) else ""
        while callable(ready) and attempts < ATTEMPTS:
            attempts += 1
            why = self._try(ready, number)
            if not why:
                return MessageSent(
                    number=number, target=self._name, due_ns=due_ns, attempts=attempts
                )
            if attempts < ATTEMPTS and self._ended.wait(PAUSE * attempts):
                break
        return MessageUnsent(
            number=number, target=self._name, due_ns=due_ns, attempts=attempts, reason=why
        )

    def _try(self, send: Send, number: int) -> str:
        try:
            return send(self._message(number))
        except Exception as error:  # noqa: BLE001 - whatever a library does, the drill goes on
            return type(error).__name__


def _ready(target: Target, port: Port, *, muted: bool) -> Send | str:
    """What sends there, or why nothing can be sent."""
    if target.at is not None:
        return poster(target.at, port)
    if muted:
        return MUTED
    try:
        return sender(filled(target.url))
    except Exception as error:  # noqa: BLE001 - whatever a library does, the drill goes on
        return str(error) if isinstance(error, PlanError) else type(error).__name__


def unsendable_at(
    policy: Policy, severity: str, place: Callable[[KeyPath], str] = dotted
) -> Iterator[str]:
    """Why nothing could be sent from here to which target of this severity; nothing is sent.

    Each says where the target stands: ``place`` tells that of a key of the manifest.
    """
    for name in policy.targets(severity):
        if policy.notify[name].at is not None:
            continue
        try:
            sender(filled(policy.notify[name].url))
        except PlanError as error:
            yield f"{name} ({place(('runbook', 'notify', name, 'url'))}): {error}"
