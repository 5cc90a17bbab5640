"""How the replicas follow their primary, watched.

Lag is the age of the oldest position of the primary that a replica has not replayed. What a replica
says of its own lag is not asked: one that is cut off says that it has none.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from pathlib import Path

from drills.clock import Clock
from drills.errors import DrillError
from drills.journal.sample import Outcome, Sample
from drills.stack.database import Database, Following
from drills.stack.position import Position
from drills.units import NS
from drills.wait import Watcher

_SAID = 200  # characters of an error


class Lag:
    """Seconds of lag from positions seen: how long ago the primary passed the replica's."""

    def __init__(self) -> None:
        self._passed: deque[tuple[int, Position]] = deque()

    def seconds(self, now_ns: int, primary: Position, replayed: Position) -> float:
        """Note the primary's position now; return the age of the oldest one not replayed."""
        if not (self._passed and self._passed[-1][1].reaches(primary)):
            self._passed.append((now_ns, primary))
        while self._passed and replayed.reaches(self._passed[0][1]):
            self._passed.popleft()
        return (now_ns - self._passed[0][0]) / NS if self._passed else 0.0


class ReplicationWatch:
    """Samples how the replicas follow their primary, ten times a second, into ``<lane>.jsonl``.

    ``nodes`` tells where the primary is now, and each of its replicas, for the ``database`` that is
    asked there; it is called before each connection.
    A sample is good while all of them follow it with at most ``max_lag`` seconds of lag; its detail
    is the lag of the slowest in seconds, or why there is none.
    """

    def __init__(
        self,
        database: Database,
        nodes: Callable[[], tuple[str, Sequence[str]]],
        max_lag: float,
        file: Path,
        clock: Clock,
    ) -> None:
        self._database = database
        self._nodes = nodes
        self._max_lag = max_lag
        self._clock = clock
        self._lags: dict[int, Lag] = defaultdict(Lag)
        self._following: Following | None = None
        self._file = file.open("x", encoding="ascii", buffering=1)
        self._lane = file.stem
        self._seq = 0
        self._watcher = Watcher("replication", self._ask, interval=0.1)

    def start(self) -> None:
        """Begin to watch."""
        self._watcher.start()

    def stop(self) -> None:
        """End. Idempotent."""
        self._watcher.stop()
        if self._following is not None:
            self._following.close()
        self._file.close()

    def _ask(self) -> None:
        asked = self._clock.monotonic_ns()
        outcome, detail = Outcome.ERROR, ""
        try:
            outcome, detail = self._view(asked)
        except DrillError as error:
            detail = str(error)[:_SAID]
            if self._following is not None:
                self._following.close()
            self._following = None
        answered = self._clock.monotonic_ns()
        row = Sample(self._lane, self._seq, asked, asked, answered, outcome, detail=detail).row()
        self._file.write(json.dumps(row, separators=(",", ":")) + "\n")
        self._seq += 1

    def _view(self, now_ns: int) -> tuple[Outcome, str]:
        if self._following is None:
            self._following = self._database.following(*self._nodes())
        look = self._following.look()
        lags = [
            self._lags[number].seconds(now_ns, look.written, replayed or Position())
            for number, replayed in enumerate(look.replayed)
        ]
        if None in look.replayed:
            return Outcome.ERROR, "a replica does not follow"
        return (Outcome.OK if max(lags) <= self._max_lag else Outcome.SLOW), f"{max(lags):.3f}"
