"""How long a drill waits for what was broken to come back."""

from __future__ import annotations

from typing import Any

import pytest

from drills.errors import EngineError, InjectionFailed
from drills.faults import Stop
from drills.journal.facts import Note, UndoVerified
from tests.doubles.drilled import REPLICA, STREAMS, events, steady, texts
from tests.doubles.world import World


def test_a_replica_that_takes_its_time_is_waited_for(
    world: World, drills: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That it does not stream at first decides nothing: what follows finds it streaming."""
    looks: list[bool] = []

    def later(self: World) -> bool:
        runs = self.runtime.state(self.replica).running
        if runs and events(drill, UndoVerified):
            looks.append(True)
            return len(looks) > 60  # asked ten times a second for the lag, and by the readers
        return runs

    drill = steady(drills(respond=False))
    monkeypatch.setattr(World, "replicates", property(later))
    with drill.inject(Stop(), REPLICA):
        drill.expect(STREAMS)
        assert len(looks) > 60
        assert texts(drill, Note) == ""
    assert drill.conclude(None).verdict == "met"


def test_a_fault_that_never_was_is_not_recovered_from_for_long(world: World, drills: Any) -> None:
    """All is well at once, so nobody's patience ends."""
    world.runtime.fail_next("stop", EngineError("stop: refused"))
    drill = steady(drills())
    with pytest.raises(InjectionFailed, match="refused") as failed, drill.inject(Stop(), REPLICA):
        pass
    assert drill.conclude(failed.value).verdict == "inconclusive"
    assert texts(drill, Note) == ""
