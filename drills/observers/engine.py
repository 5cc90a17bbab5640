"""What the container engine itself saw: deaths, out-of-memory kills, pauses, starts, health."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from drills.errors import EngineError, JournalError
from drills.journal.facts import EngineClockMeasured, EngineTold, ErrorNote, Note, Signal
from drills.journal.journal import Journal
from drills.journal.observed import CONTAINER, ENGINE
from drills.observers.monitoring import NOTHING, RESTARTED, STARVED, UNHEALTHY, Heeded
from drills.stack.gap import Gap
from drills.stack.runtime import HEALTH, KILLED, EngineEvent, Runtime
from drills.units import NS, format_seconds
from drills.wait import Watcher

GaveWay = Callable[[str, str, "int | None"], None]  # what, in which words, and since when
KEPT = frozenset(
    {"die", "kill", "oom", "pause", "unpause", "start", "restart", "stop", "exec_start", "exec_die"}
)
_SET = (
    "the engine's clock was set while the drill was under way: nobody knows when what it tells of "
    "happened"
)
QUIET = frozenset({"exec_start", "exec_die"})  # health checks run as these all the time


class EngineWatch:
    """Writes the engine's events to the journal, and keeps them for whoever waits for one.

    ``gave_way`` is told, with the instant, when the engine is not heard any more, or something may
    have happened that it does not tell; without it that is an error in the journal.

    A health check that answers otherwise than before is a signal, which may announce an incident.
    So is what else is ``heeded`` of containers.

    Of commands run inside containers only those that were killed are written, and the ends of
    those that are followed, since every health check is one.
    """

    def __init__(
        self,
        runtime: Runtime,
        journal: Journal,
        gave_way: GaveWay | None = None,
        heeded: Heeded | None = None,
    ) -> None:
        self._gave_way = gave_way or self._error
        self._heeded = heeded or NOTHING
        self._dead: set[str] = set()  # containers that died, and were not started since
        self._gaps_told = 0
        self._measured_ns: int | None = None  # when its clock was, where it is not ours
        self._events = runtime.events()
        self._journal = journal
        self._seen: list[EngineEvent] = []
        self._position = 0
        self._followed: set[str] = set()
        self._looking = threading.Lock()
        self._watcher = Watcher("engine", self._ask, interval=0.01, failed=self._failed)

    def start(self) -> None:
        """Begin to watch, once it is known how far the engine's clock is ahead of ours.

        Raises EngineError where the engine does not tell.
        """
        if (offset := self._events.offset()) is not None:
            measured = EngineClockMeasured(offset_ns=offset.ahead_ns, error_ns=offset.error_ns)
            self._measured_ns = self._journal.write(measured).at_ns
        self._watcher.start()

    def stop(self) -> None:
        """End. Idempotent; what was not seen is named."""
        self._watcher.stop()
        with self._looking:
            self._tell_gaps()
        self._compare_clocks()
        self._events.close()
        for gap in self._events.gaps()[self._gaps_told :]:
            self._gaps_told += 1
            self._note(gap, "from then on nothing of it was seen")

    def _compare_clocks(self) -> None:
        """Whether instants are right to the errors that they were told with."""
        if self._measured_ns is None:
            return
        with suppress(EngineError):  # that it is not heard is told elsewhere
            if (offset := self._events.offset()) is not None and not offset.kept:
                self._gave_way("engine", _SET, self._measured_ns)

    def seen(
        self, container_id: str, actions: frozenset[str], after_ns: int, command: str = ""
    ) -> EngineEvent | None:
        """The first such event at or after an instant (less the stamp's own error).

        With ``command``, only an event of that command run inside the container. Raises
        EngineError when the engine's events have broken off.
        """
        self._ask()
        for event in tuple(self._seen):
            if (
                event.container_id == container_id
                and event.action in actions
                and command in ("", event.attributes.get("execID"))
                and event.at_ns + event.error_ns >= after_ns
            ):
                return event
        return None

    def known(self, position: int) -> tuple[Sequence[EngineEvent], int]:
        """What was heard after ``position`` (0 at first), and the position to ask from next."""
        fresh = self._seen[position:]
        return fresh, position + len(fresh)

    def follow(self, command: str) -> None:
        """Write the end of this command too, however it ends, even if it has ended already."""
        with self._looking:
            self._followed.add(command)
            for event in self._seen:
                if _ends(event, {command}) and not _killed(event):
                    self._write(event)

    def _ask(self) -> None:
        with self._looking:
            events, self._position = self._events.since(self._position)
            self._seen.extend(events)
            self._tell_gaps()
            for event in events:
                told = event.action not in QUIET or _killed(event) or _ends(event, self._followed)
                if event.action == HEALTH:
                    self._signal(event)
                elif event.action in KEPT and told:
                    self._write(event)
                    self._heed(event)

    def _tell_gaps(self) -> None:
        """Of those that are over; a gap that nobody can fill is one in what the drill saw."""
        for gap in self._events.gaps()[self._gaps_told :]:
            if gap.until_ns is None:
                return
            self._gaps_told += 1
            away = format_seconds((gap.until_ns - gap.from_ns) / NS)
            if gap.complete:
                self._note(gap, f"for {away}; what happened meanwhile was told afterwards")
            else:
                self._note(gap, f"for {away}; what happened meanwhile was not seen")
                self._gave_way("engine", f"the engine was not heard for {away}", gap.from_ns)

    def _note(self, gap: Gap, text: str) -> None:
        with suppress(JournalError):
            note = Note(
                f"the engine was not heard ({gap.reason}): {text}",
                detector="engine",
                until_ns=gap.until_ns,
                complete=gap.complete,
            )
            self._journal.write(note, at_ns=gap.from_ns)

    def _failed(self, error: Exception) -> None:
        since_ns = next((gap.from_ns for gap in self._events.gaps() if gap.until_ns is None), None)
        self._gave_way("engine", f"the engine is not heard: {error}", since_ns)

    def _error(self, _what: str, text: str, _since_ns: int | None) -> None:
        self._journal.write(ErrorNote(text, detector="engine"))

    def _signal(self, event: EngineEvent) -> None:
        """A container's own health check answers otherwise than before."""
        health = event.attributes.get("health", "")
        reported = Signal(
            f"{event.attributes.get('name', event.service)} reported {health}",
            detector=CONTAINER,
            name=event.service,
            state=health,
            container_id=event.container_id,
            error_ns=event.error_ns,
            wrong=self._heeds(UNHEALTHY, event) and health == UNHEALTHY,
            heard=self._heeds(UNHEALTHY, event) and self._heeded.tells,
        )
        self._journal.write(reported, at_ns=event.at_ns)

    def _heeds(self, action: str, event: EngineEvent) -> bool:
        return self._heeded.heeds(action, event.service)

    def _heed(self, event: EngineEvent) -> None:
        """A container died, starved, or was started again after that."""
        action, identity = event.action, event.container_id
        if action == "die":
            self._dead.add(identity)
        elif action == "start" and identity in self._dead:
            self._dead.discard(identity)
            action = RESTARTED
        elif action != STARVED:
            return
        if self._heeds(action, event):
            name = event.attributes.get("name", event.service)
            told = Signal(
                f"{name}: {action}",
                detector=ENGINE,
                name=f"{event.service} {action}",
                state=action,
                container_id=identity,
                error_ns=event.error_ns,
                service=event.service,
                wrong=True,
                heard=self._heeded.tells,
            )
            self._journal.write(told, at_ns=event.at_ns)

    def _write(self, event: EngineEvent) -> None:
        code = event.attributes.get("exitCode", "")
        name = event.attributes.get("name", event.service)
        told = EngineTold(
            f"{name}: {event.action}" + (f", exit code {code}" if code else ""),
            action=event.action,
            service=event.service,
            container_id=event.container_id,
            error_ns=event.error_ns,
            exit_code=code,
            command=event.attributes.get("execID", ""),
            signal=event.attributes.get("signal", ""),
        )
        self._journal.write(told, at_ns=event.at_ns)


def _killed(event: EngineEvent) -> bool:
    return event.attributes.get("exitCode") == str(KILLED)


def _ends(event: EngineEvent, commands: set[str]) -> bool:
    return event.action == "exec_die" and event.attributes.get("execID") in commands
