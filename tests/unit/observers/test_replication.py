"""Seconds of replication lag from positions seen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.observers.replication import Lag
from drills.stack.database import await_replay
from drills.stack.position import up_to
from drills.testing import FakeDatabase, ManualClock
from drills.units import NS

LOOKS = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 4), st.integers(0, 20)), max_size=30)


@given(LOOKS)
def test_lag_is_the_age_of_the_oldest_position_not_replayed(
    looks: list[tuple[int, int, int]],
) -> None:
    """Against a reference that remembers every look: (seconds, growth, how far behind)."""
    lag, now, primary, best = Lag(), 0, 0, 0
    history: list[tuple[int, int]] = []
    for seconds, growth, behind in looks:
        now += seconds * NS
        primary += growth
        best = max(best, primary - behind)
        history.append((now, primary))
        waiting = [at for at, position in history if position > best]
        expected = (now - waiting[0]) / NS if waiting else 0.0
        assert lag.seconds(now, up_to(primary), up_to(best)) == expected


def test_a_replica_that_stands_still_falls_behind_by_the_second() -> None:
    """Its lag is time, not bytes; a silent primary leaves nobody behind."""
    lag = Lag()
    assert lag.seconds(0, up_to(100), up_to(100)) == 0
    assert lag.seconds(10 * NS, up_to(100), up_to(100)) == 0
    assert lag.seconds(11 * NS, up_to(200), up_to(100)) == 0
    assert lag.seconds(14 * NS, up_to(300), up_to(100)) == 3
    assert lag.seconds(15 * NS, up_to(300), up_to(200)) == 1
    assert lag.seconds(16 * NS, up_to(300), up_to(300)) == 0


class Databases:
    """A replica that replays ``speed`` bytes a second of it."""

    def __init__(self, clock: ManualClock, speed: float | None) -> None:
        self._clock = clock
        self._speed = speed
        self._begun = clock.monotonic_ns()

    def replayed(self, _dsn: str) -> list[tuple[object, ...]]:
        seconds = (self._clock.monotonic_ns() - self._begun) / NS
        return [(None if self._speed is None else Decimal(int(self._speed * seconds)),)]


@pytest.mark.parametrize(
    ("speed", "replayed"), [(2000, True), (1000, True), (900, False), (0, False), (None, False)]
)
def test_a_replica_has_its_lag_to_replay_what_was_written(
    speed: float | None, replayed: bool
) -> None:
    """And not more: what hangs, or is no replica any more, is not waited for any longer."""
    clock = ManualClock()
    database = FakeDatabase()
    database.on("SELECT pg_current_wal_lsn()", [(Decimal(1000),)])
    database.on("SELECT pg_last_wal_replay_lsn()", Databases(clock, speed).replayed)
    begun = clock.monotonic_ns()
    assert await_replay(database, "primary", "replica", within=1.0, clock=clock) is replayed
    assert clock.monotonic_ns() - begun <= 1.1 * NS
