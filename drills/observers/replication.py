"""The primary's view of its replicas, watched.

Replication is watched from the primary, because a cut-off replica says that it has no lag. Lag is
the age of the oldest position that the replica has not replayed; the primary's own reading of it
stands still when a replica hangs.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from pathlib import Path

from drills.clock import Clock
from drills.errors import DrillError
from drills.journal.sample import Outcome, Sample
from drills.stack.database import Database, Session
from drills.units import NS
from drills.wait import Watcher

_VIEW = """
SELECT pg_current_wal_lsn() - '0/0'::pg_lsn,
       (SELECT CASE WHEN count(replay_lsn) >= {replicas} THEN min(replay_lsn - '0/0'::pg_lsn) END
        FROM pg_stat_replication WHERE state = 'streaming')
"""  # the slowest replica's position, once all of them stream


class Lag:
    """Seconds of lag from positions seen: how long ago the primary passed the replica's."""

    def __init__(self) -> None:
        self._passed: deque[tuple[int, int]] = deque()

    def seconds(self, now_ns: int, primary: int, replayed: int) -> float:
        """Note the primary's position now; return the age of the oldest one not replayed."""
        if not self._passed or primary > self._passed[-1][1]:
            self._passed.append((now_ns, primary))
        while self._passed and self._passed[0][1] <= replayed:
            self._passed.popleft()
        return (now_ns - self._passed[0][0]) / NS if self._passed else 0.0


class ReplicationWatch:
    """Samples the primary's view of its replicas, ten times a second, into ``<lane>.jsonl``.

    ``dsn`` tells where the primary is now, for the ``database`` that is asked there; it is called
    before each connection.
    A sample is good while all of them stream with at most ``max_lag`` seconds of lag; its detail
    is the lag of the slowest in seconds, "" where one is missing.
    """

    def __init__(
        self,
        database: Database,
        dsn: Callable[[], str],
        max_lag: float,
        file: Path,
        clock: Clock,
        replicas: int = 1,
    ) -> None:
        self._database = database
        self._dsn = dsn
        self._question = _VIEW.format(replicas=int(replicas))
        self._max_lag = max_lag
        self._clock = clock
        self._lag = Lag()
        self._session: Session | None = None
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
        if self._session is not None:
            self._session.close()
        self._file.close()

    def streaming(self) -> bool:
        """Whether a replica streams now. Raises DatabaseError when the primary cannot be asked."""
        return self._database.query(self._dsn(), self._question)[0][1] is not None

    def _ask(self) -> None:
        asked = self._clock.monotonic_ns()
        outcome, detail = Outcome.ERROR, ""
        try:
            outcome, detail = self._view(asked)
        except DrillError:
            if self._session is not None:
                self._session.close()
            self._session = None
        answered = self._clock.monotonic_ns()
        row = Sample(self._lane, self._seq, asked, asked, answered, outcome, detail=detail).row()
        self._file.write(json.dumps(row, separators=(",", ":")) + "\n")
        self._seq += 1

    def _view(self, now_ns: int) -> tuple[Outcome, str]:
        if self._session is None:
            self._session = self._database.session(self._dsn())
        row = self._session.ask(self._question)
        primary, replayed = (int(str(row[0])), row[1]) if row else (0, None)
        if replayed is None:
            self._lag.seconds(now_ns, primary, 0)
            return Outcome.ERROR, ""
        lag = self._lag.seconds(now_ns, primary, int(str(replayed)))
        return (Outcome.OK if lag <= self._max_lag else Outcome.SLOW), f"{lag:.3f}"
