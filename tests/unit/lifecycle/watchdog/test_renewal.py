"""A lease is renewed in time; who cannot renew it ends before others take the drill for dead."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from drills.errors import EngineError, GroundGaveWay
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.guard import UNRENEWED_SECONDS, Guard, Watchdog
from drills.lifecycle.watchdog.renewal import Renewal
from drills.stack.engines.lease import LEASE_SECONDS, RENEWAL_SECONDS
from tests.doubles.dead import DRILL, PROJECT
from tests.doubles.hung_engine import hung_engine


class PaperLease:
    """A lease on paper. ``trouble`` is what its engine raises."""

    def __init__(self) -> None:
        self.made = 0
        self.there = False
        self.possible = True
        self.trouble: EngineError | None = None

    def renew(self) -> None:
        if self.trouble:
            raise self.trouble
        self.made += 1
        self.there = True

    def end(self, within: float = 0) -> None:
        if self.trouble:
            raise self.trouble
        self.there = False


class World:
    """A lease, its renewal, the seconds since the beginning, and how often it was told."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.told = 0
        self.lease = PaperLease()
        self.renewal = Renewal(self.lease, self.tell, lambda: self.now)  # type: ignore[arg-type]

    def tell(self) -> None:
        self.told += 1


class TestRenewal:
    def test_it_is_renewed_when_it_is_due(self) -> None:
        """And not at each look; early enough for one that fails to be made up for."""
        world = World()
        world.renewal.renew()
        world.now += RENEWAL_SECONDS - 1
        world.renewal.renew()
        assert world.lease.made == 1
        world.now += 1
        world.renewal.renew()
        assert (world.lease.made, world.told) == (2, 2)
        assert RENEWAL_SECONDS * 2 < UNRENEWED_SECONDS < LEASE_SECONDS

    @pytest.mark.parametrize("answers", [True, False])
    def test_one_that_an_engine_makes_late_is_removed_too(
        self, monkeypatch: pytest.MonkeyPatch, answers: bool
    ) -> None:
        """It hung while it was asked for it, and makes it once all were removed."""
        monkeypatch.setattr("drills.lifecycle.watchdog.renewal.LATE_SECONDS", 0.0)
        world = World()
        world.lease.trouble = None if answers else EngineError("it did not answer")
        with suppress(EngineError):
            world.renewal.renew()
        world.lease.trouble, remove = None, world.lease.end
        ends: list[float] = []

        def end(within: float) -> None:
            remove(within)
            world.lease.there = not ends  # made late
            ends.append(within)

        monkeypatch.setattr(world.lease, "end", end)
        assert world.renewal.end()
        assert len(ends) == (1 if answers else 2)
        assert world.lease.there is answers

    def test_an_engine_that_takes_none_is_asked_again_soon(self) -> None:
        """And nobody is told that it was renewed."""
        world = World()
        world.lease.trouble = EngineError("away")
        with pytest.raises(EngineError):
            world.renewal.renew()
        assert world.told == 0
        world.lease.trouble = None
        world.renewal.renew()
        assert world.told == 1

    def test_an_engine_that_answers_and_takes_none_is_an_error_at_once(self) -> None:
        """A drill that nobody else can see must not begin."""
        world = World()
        world.lease.trouble = EngineError("the engine refused")
        with pytest.raises(EngineError, match="refused"):
            world.renewal.start(at_once=True)

    def test_nothing_shows_life_once_nobody_cares(self, capsys: pytest.CaptureFixture[str]) -> None:
        """What could not be removed is said."""
        world = World()
        world.renewal.start(at_once=True)
        world.lease.trouble = EngineError("away")
        assert not world.renewal.end()
        assert "the lease: away" in capsys.readouterr().err
        world.lease.trouble = None
        assert world.renewal.end()
        assert not world.lease.there

    def test_an_engine_that_never_answered_keeps_no_lease(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """There is none to remove, and nothing to tell of."""
        world = World()
        world.renewal.start(at_once=False)
        world.lease.trouble, world.lease.possible = EngineError("away"), False
        assert world.renewal.end()


@pytest.mark.thorough
class TestWatchdog:
    @pytest.fixture
    def entry(self, tmp_path: Path) -> Iterator[registry.Entry]:
        """Of a drill whose engine is away."""
        away = f"unix://{tmp_path}/no-engine.sock"
        held = registry.register(DRILL, tmp_path / "drill", PROJECT, engine=away)
        yield held.entry
        held.remove()

    def test_a_drill_whose_lease_is_not_renewed_ends(self, entry: registry.Entry) -> None:
        """Before it runs out: the watchdog stands still, or its engine is away."""
        now = [time.monotonic()]
        watchdog = Watchdog(entry, lambda: now[0])
        try:
            watchdog.check()
            os.kill(watchdog.pid, signal.SIGSTOP)
            now[0] += UNRENEWED_SECONDS - 1
            watchdog.check()
            now[0] += 2
            with pytest.raises(GroundGaveWay, match="was not renewed for 45 s"):
                watchdog.check()
        finally:
            os.kill(watchdog.pid, signal.SIGCONT)
            watchdog.dismiss()

    def test_what_it_left_is_said(self, tmp_path: Path) -> None:
        """A lease on an engine that answers no more can only run out."""
        with hung_engine(tmp_path) as engine:
            engine.answers |= {"/volumes/create": {}, "/volumes": {"Volumes": []}}
            held = registry.register(DRILL, tmp_path / "drill", PROJECT, engine=engine.address)
            watchdog = Watchdog(held.entry)
            watchdog.check()
            del engine.answers["/volumes"]
            assert "the lease: " in watchdog.dismiss()
        held.remove()

    def test_an_engine_that_was_never_there_has_nothing_of_it(self, entry: registry.Entry) -> None:
        """Nothing was made, so nobody has to look for it."""
        watchdog = Watchdog(entry)
        watchdog.check()
        assert watchdog.dismiss() == ""

    def test_a_lease_that_nobody_could_remove_is_said(self, tmp_path: Path) -> None:
        """The watchdog was killed, and the engine is away."""
        away = f"unix://{tmp_path}/no-engine.sock"
        guard = Guard(DRILL, tmp_path / "drill", PROJECT, engine=away)
        guard.check()
        os.kill(guard.watchdog.pid, signal.SIGKILL)
        guard.end(clean=True)
        assert guard.left.startswith("the lease: ")

    def test_what_was_said_long_ago_is_no_news(self, entry: registry.Entry) -> None:
        """A drill that looks seldom counts from when the lease was renewed, not from its look."""
        watchdog = Watchdog(entry, lambda: 1000.0)
        assert watchdog._hears(b"renewed 900000000000\n")
        assert watchdog._renewed == 900.0
        watchdog.dismiss()
