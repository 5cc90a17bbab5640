"""Engine events for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drills.errors import EngineError
from drills.stack.gap import Gap
from drills.stack.offset import Offset
from drills.stack.runtime import EngineEvent


class FakeEngineEvents:
    """What ``FakeRuntime.events`` gives: the events from the moment of subscribing."""

    def __init__(self) -> None:
        self._events: list[EngineEvent] = []
        self._broken = ""
        self._gaps: list[Gap] = []
        self.closed = False
        self.ahead: Offset | None = None  # how far its clock is, None for the same one

    def since(self, position: int) -> tuple[Sequence[EngineEvent], int]:
        """The events after ``position``, and the position to ask from next."""
        fresh = tuple(self._events[position:])
        if not fresh and self._broken and not self.closed:
            raise EngineError(self._broken)
        return fresh, position + len(fresh)

    def gaps(self) -> Sequence[Gap]:
        """When nothing was heard, in order."""
        return tuple(self._gaps)

    def offset(self) -> Offset | None:
        """How far its clock is ahead."""
        return self.ahead

    def close(self) -> None:
        """Stop listening."""
        self.closed = True

    def take(self, event: EngineEvent) -> None:
        """Deliver an event, unless nobody listens any more."""
        if not self.closed and not self._broken:
            self._events.append(event)

    def break_off(self, reason: str, at_ns: int = 0) -> None:
        """From now on nothing arrives, and whoever asks is told so."""
        self._broken = reason
        self._gaps.append(Gap(at_ns, None, complete=False, reason=reason))

    def resume(self, at_ns: int = 0, *, complete: bool) -> None:
        """From now on it arrives again; ``complete``: nothing happened that was not told."""
        self._broken = ""
        self._gaps[-1] = replace(self._gaps[-1], until_ns=at_ns, complete=complete)
