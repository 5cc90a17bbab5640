"""Everything a drill wrote, on disk, readable on its own.

A drill's directory holds ``journal.jsonl`` (one event a line, written as it happens),
``samples/`` (one file a lane), ``final-read.json`` and, once judged, ``drill.json``,
``incident.md``, ``report.html`` and ``evidence/``.

Every line of the journal carries the SHA-256 of the line before it (``prev``, over the line with
its newline), so that the hash of the last line, the drill's root hash, closes them all:
``tail -n 1 journal.jsonl | sha256sum`` prints it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from drills.clock import Clock
from drills.errors import JournalError, WaitTimeout
from drills.journal import regular
from drills.journal.excerpt import Room, excerpt, masked, shallow, whole, whole_json
from drills.journal.fact import Fact
from drills.journal.facts import DrillStarted
from drills.journal.folder import EVIDENCE, JOURNAL, SAMPLES
from drills.journal.timeline import WIDEST, Event, Json, Kind, Timeline
from drills.wait import until

_FIRST = 1 << 20  # bytes of a first line, which says how a drill began
OTHERS_SECONDS = 1.0  # for who adds a line to the journal of a drill that runs
_NAMED = 256  # characters of a name that a slug is made of
NOTHING = "0" * 64  # what the first line says of the line before it
Redact = Callable[[str], str]
Listener = Callable[[Event], None]


class Break(NamedTuple):
    """A place in a journal ("" for all of it) and what is wrong there."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where} {self.what}".strip()


def slug(text: str) -> str:
    """A text as a file name may hold it: lower case, words joined by ``-``, at most 48 long."""
    return re.sub(r"[^a-z0-9]+", "-", text[:_NAMED].lower()).strip("-")[:48].strip("-") or "drill"


class Journal:
    """The journal while it is being written. Threads may write at once.

    ``redact`` is applied to every text before it reaches the disk. Listeners hear each event
    after it was written.
    """

    def __init__(
        self,
        directory: Path,
        clock: Clock,
        redact: Redact = lambda text: text,
        *,
        events: Sequence[Event] | None = None,
    ) -> None:
        self.directory = directory
        self.redact = redact
        self._clock = clock
        self._lock = threading.RLock()
        self._events: list[Event] = list(events or ())
        self._timeline = Timeline()  # of the events so far that somebody asked for
        self._listeners: list[Listener] = []
        try:
            self._file = _create(directory) if events is None else _reopen(directory)
            self._prev = last_hash(directory)
            self._size = os.fstat(self._file).st_size
        except OSError as error:
            raise JournalError(f"expected to create a journal in {directory}: {error}") from error

    @classmethod
    def resume(cls, directory: Path, clock: Clock, redact: Redact = lambda text: text) -> Journal:
        """Go on with the journal of a drill whose process died, at whatever byte it was cut.

        What follows the last event that can be read is cut off. Raises JournalError where the
        directory takes no journal.
        """
        try:
            return cls(directory, clock, redact, events=_mended(directory))
        except OSError as error:
            raise JournalError(
                f"expected to go on with {directory / JOURNAL}: {error.strerror or error}"
            ) from error

    def listen(self, listener: Listener) -> None:
        """Have every later event passed to ``listener``, on the thread that wrote it."""
        self._listeners.append(listener)

    def write(self, fact: Fact, *, at_ns: int | None = None, sync: bool = False) -> Event:
        """Append one fact; it is on its way to disk when this returns, or on it with ``sync``.

        ``at_ns`` is when it happened, if that was before now; nothing is written before it
        happened, whatever a foreign clock says.

        Raises JournalError when the disk refuses.
        """
        with self._lock, self._alone():
            self._catch_up()
            now = self._clock.monotonic_ns()
            at = now if at_ns is None else max(-WIDEST, min(at_ns, now))
            event = _kept(fact.event(len(self._events), at), self.redact)
            line = _line(event, self._prev)
            try:
                _write_whole(self._file, line)
                if sync:
                    os.fsync(self._file)
            except OSError as error:
                raise JournalError(
                    f"expected to write {self.directory / JOURNAL}: {error}"
                ) from error
            self._prev = hash_of(line)
            self._events.append(event)
            self._size += len(line)  # last: see _catch_up
        for listener in self._listeners:
            listener(event)
        return event

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep who attests something meanwhile from adding a line, but wait for nobody for long."""
        held = self._file >= 0 and _held(self._file)
        try:
            yield
        finally:
            if held and self._file >= 0:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _catch_up(self) -> None:
        """Take in what somebody else added, and a line whose writing Ctrl-C cut short."""
        try:
            if self._file < 0 or os.fstat(self._file).st_size == self._size:
                return
            self._events, self._timeline = _mended(self.directory), Timeline()
            self._prev = last_hash(self.directory)
            self._size = os.fstat(self._file).st_size
        except OSError as error:
            raise JournalError(
                f"expected to read {self.directory / JOURNAL}: {error.strerror or error}"
            ) from error

    def heard(self) -> Timeline:
        """Everything written so far, also by who attests something while the drill runs."""
        with self._lock, self._alone():
            self._catch_up()
            return self.timeline()

    def timeline(self) -> Timeline:
        """Everything written so far."""
        with self._lock:
            if len(self._timeline) != len(self._events):
                self._timeline = self._timeline.followed_by(self._events[len(self._timeline) :])
            return self._timeline

    def close(self) -> None:
        """Sync and close the file. Idempotent."""
        with self._lock:
            if self._file >= 0:
                os.fsync(self._file)
                os.close(self._file)
                self._file = -1


def _held(file: int) -> bool:
    """Whether a journal is ours alone; not so where whoever has it does not give it up in time."""

    def taken() -> bool:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    with suppress(WaitTimeout):
        return until(taken, awaited="the journal", within=OTHERS_SECONDS, interval=0.01)
    return False


def _create(directory: Path) -> int:
    (directory / SAMPLES).mkdir(parents=True)
    (directory / EVIDENCE).mkdir()
    return os.open(directory / JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)


def _reopen(directory: Path) -> int:
    """A drill may have died before its directory was complete."""
    for name in (SAMPLES, EVIDENCE):
        (directory / name).mkdir(exist_ok=True)
    return regular.opened(directory / JOURNAL, os.O_WRONLY | os.O_APPEND)


def _mended(directory: Path) -> list[Event]:
    """The events of a journal, which holds nothing else afterwards."""
    file = regular.opened(directory / JOURNAL, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    try:
        lines = regular.read(directory / JOURNAL).split(b"\n")
        events = list(read_events(lines))
        if len(events) == len(lines):  # only the last newline is missing
            _write_whole(file, b"\n")
        else:
            os.ftruncate(file, sum(len(line) + 1 for line in lines[: len(events)]))
        os.fsync(file)
    finally:
        os.close(file)
    return events


def append(directory: Path, event: Event) -> None:
    """Add an event to a journal, as a person's attestation after the drill, or while it runs.

    Raises JournalError where there is no journal to add to: a regular file whose lines follow each
    other, to its last byte. Whoever added to a broken one would vouch for what was changed.
    """
    try:
        file = regular.opened(directory / JOURNAL, os.O_RDWR | os.O_APPEND)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)  # two at once would both follow the same line
            _refuse_broken(directory / JOURNAL)
            _write_whole(file, _line(_kept(event, lambda text: text), last_hash(directory)))
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise JournalError(f"expected a journal to add to in {directory}: {error}") from error


def _refuse_broken(path: Path) -> None:
    if broken := breaks(regular.read(path)):
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        raise JournalError(
            f"nothing is added to {path}: {broken[0]}{more}. "
            f"Hint: `drills verify {path.parent}` tells what was changed"
        )


def breaks(journal: bytes) -> list[Break]:
    """Each place where a line of a journal does not follow the one before it, or is not whole."""
    lines = BytesIO(journal).readlines()
    said = [_said(line) for line in lines]
    if not any(said):
        return [Break("", "has no hash chain")]
    found, before = [], NOTHING
    for number, (line, prev) in enumerate(zip(lines, said, strict=True), 1):
        if not line.endswith(b"\n"):
            found.append(Break(f"line {number}", "is not whole"))
        if prev != before:
            found.append(Break(f"line {number}", "does not follow the line before it"))
        before = hash_of(line)
    return found


def _said(line: bytes) -> str:
    """The hash of the line before it, as a line has it; "" for a line that has none."""
    try:
        return str(json.loads(line)["prev"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _write_whole(file: int, data: bytes) -> None:
    """All of it or, where the disk refuses, nothing: half a line would damage the next one too."""
    size = os.fstat(file).st_size
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(file, view) :]
    except OSError:
        os.ftruncate(file, size)
        raise


def hash_of(line: bytes) -> str:
    """SHA-256 of a line with its newline, in hexadecimal."""
    return hashlib.sha256(line).hexdigest()


def last_hash(directory: Path) -> str:
    """The hash of the last whole line of a journal, ``NOTHING`` where it has none.

    Raises OSError where there is no journal.
    """
    data = regular.read(directory / JOURNAL)
    end = data.rfind(b"\n") + 1
    return hash_of(data[data.rfind(b"\n", 0, end - 1) + 1 : end]) if end else NOTHING


def _line(event: Event, prev: str) -> bytes:
    entry = {**_as_json(event), "prev": prev}
    return json.dumps(entry, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def _as_json(event: Event) -> Mapping[str, Json]:
    return {
        "seq": event.seq,
        "at_ns": event.at_ns,
        "kind": event.kind.value,
        "text": event.text,
        "data": event.data,
    }


def _kept(event: Event, redact: Redact) -> Event:
    """The event as a line may hold it; the keys of its data are ours, so none is left out."""
    data = {key: Room(redact).fit(shallow(value), key) for key, value in event.data.items()}
    text = excerpt(masked(event.text, redact))
    return Event(event.seq, event.at_ns, event.kind, text, data)


def read_timeline(directory: Path) -> Timeline:
    """The events of a drill's directory; a torn or damaged last line is left out.

    Raises JournalError when there is no journal or its first event is not a drill's start.
    """
    path = directory / JOURNAL
    try:
        lines = regular.read(path).split(b"\n")
    except OSError as error:
        raise JournalError(f"expected a journal at {path}: {error.strerror or error}") from error
    timeline = Timeline(read_events(lines))
    if timeline.first(DrillStarted) is None:
        raise JournalError(f"{path}: expected a journal that begins with {DrillStarted.kind}")
    return timeline


def first_event(directory: Path) -> Event | None:
    """The first event of a drill's directory, without the others; None where it is damaged.

    Raises OSError where there is no journal.
    """
    with regular.reader(directory / JOURNAL) as journal:
        return next(read_events([journal.readline(_FIRST)]), None)


def read_events(lines: list[bytes]) -> Iterator[Event]:
    """The events of a journal's lines, up to the first that is none."""
    for line in lines:
        try:
            entry = json.loads(line)
            yield Event(
                int(entry["seq"]),
                int(entry["at_ns"]),
                Kind(entry["kind"]),
                whole(str(entry["text"])),
                {key: whole_json(value) for key, value in dict(entry["data"]).items()},
            )
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return  # what follows a damaged line was not written in order
