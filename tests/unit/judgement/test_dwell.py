"""A fault that was hardly there proves nothing, and the result says for how long it was."""

from __future__ import annotations

import math
from typing import Any

import pytest

from drills.journal.timeline import Json, Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.dwell import lasted, needed, too_short
from drills.judgement.metric import Observations
from tests.doubles.observed import Told, interval, lane, unmeasured

EXPORTS = Criterion("exports go on", "availability", Comparator.AT_LEAST, 0.99, "exports")
UNDO: dict[str, Json] = {"container_id": "c"}


def held(told: Told, every: float = 0.1) -> Observations:
    return told.seen(40, {"reads": lane("reads", 0, 40, every=every)})


class TestTooShort:
    def test_a_fault_shorter_than_the_hold_window(self) -> None:
        """Frozen and thawed at once, as in a drill whose criteria all settle at its end."""
        seen = held(Told().fault(10).undone(10.021))
        assert too_short(seen) == (
            "stop of replica-1 was in effect for 21 ms, less than the hold window of 2 s"
        )

    def test_it_is_long_enough_from_the_hold_window_on(self) -> None:
        """From when it certainly was in effect to the call of its undo, not to the proof."""
        assert too_short(held(Told().fault(10).undone(12))) == ""
        assert too_short(held(Told().fault(10, error=0.1).undone(12))) != ""
        assert too_short(held(Told().fault(10).undone(12.5, took=1))) != ""

    def test_every_fault_counts_by_itself(self) -> None:
        """A long one does not excuse a short one."""
        told = Told().fault(10).undone(15).fault(20, injection="i2").undone(20.5, "i2")
        assert "for 500 ms" in too_short(held(told))

    def test_a_fault_that_nobody_met(self) -> None:
        """Fewer requests were due than the drill asks for; old journals ask for none."""
        told, old = Told(requests=20).fault(10).undone(12), Told().fault(10).undone(12)
        assert too_short(held(told)) == ""
        assert too_short(held(told, every=0.5)) == (
            "only 4 requests were due while stop of replica-1 was in effect, expected at least 20"
        )
        assert too_short(held(old, every=0.5)) == ""

    def test_a_fault_that_was_never_undone_lasts_as_long_as_it_is_watched(self) -> None:
        """Which is what a drill has that is still under way."""
        assert too_short(Told().fault(10).seen(11, {})) != ""
        assert too_short(held(Told().fault(10))) == ""


class TestLasted:
    def test_from_the_effect_to_the_undo(self) -> None:
        """Of that injection."""
        seen = held(Told().fault(10).undone(15, took=1).fault(20, injection="i2"))
        assert lasted(seen, "i1") == pytest.approx(4)
        assert lasted(seen, "i2") == pytest.approx(20)
        assert lasted(seen, "i3") is None

    @pytest.mark.parametrize(
        ("facts", "seconds"),
        [
            ({"action": "start", "container_id": "c"}, 1),
            ({"action": "unpause", "container_id": "c"}, 1),
            ({"action": "start", "container_id": "other"}, 5),
            ({"action": "kill", "container_id": "c"}, 5),
            ({"action": "exec_die", "command": "x", "container_id": "c"}, 1),
            ({"action": "exec_die", "command": "y", "container_id": "c"}, 5),
        ],
    )
    def test_what_ended_by_itself_lasted_until_then(
        self, facts: dict[str, Any], seconds: float
    ) -> None:
        """A restart, a restart policy, somebody's thaw, the end of the fault's command."""
        told = Told().fault(10, undo=UNDO, command="x").tell(11, Kind.ENGINE, "", facts)
        assert lasted(held(told.undone(15)), "i1") == pytest.approx(seconds)


class TestNeeded:
    def test_the_hold_window_and_the_time_in_which_enough_is_asked(self) -> None:
        """Of all together, and of each journey whose availability is judged."""
        asked = {"reads": 20.0, "exports": 2.0}
        assert needed(2, 20, asked, []) == 2
        assert needed(0.2, 21, asked, []) == 1
        assert needed(2, 20, asked, [EXPORTS]) == 10.5
        assert needed(2, 0, asked, [EXPORTS]) == 2

    def test_without_a_journey_it_never_ends(self) -> None:
        """Unless nobody has to be asked."""
        assert needed(2, 20, {}, [EXPORTS]) == math.inf
        assert needed(2, 0, {}, [EXPORTS]) == 2


class TestAvailability:
    def test_a_long_watch_dilutes_nothing(self) -> None:
        """Two seconds without an answer are no 99 %, however long was watched afterwards."""
        told = Told().fault(10).undone(12)
        seen = told.seen(600, {"reads": lane("reads", 0, 600, [(10, 12)])})
        assert interval("availability", seen, "reads").value == 0

    def test_what_fails_after_the_undo_counts_as_well(self) -> None:
        """The share of the whole watch, where that is the lower one."""
        told = Told().fault(10).undone(12)
        seen = told.seen(30, {"reads": lane("reads", 0, 30, [(12, 22)])})
        assert interval("availability", seen, "reads").value == pytest.approx(0.5, abs=0.01)

    def test_a_journey_that_was_hardly_asked_is_not_available(self) -> None:
        """However good its few answers were."""
        seen = (
            Told(requests=20)
            .fault(10)
            .undone(15)
            .seen(40, {"exports": lane("exports", 0, 40, every=1)})
        )
        assert unmeasured("availability", seen, "exports").reason == (
            "only 5 requests of journey exports were due while a fault was in effect, "
            "expected at least 20"
        )

    def test_who_asks_stood_still_while_the_fault_was_in_effect(self) -> None:
        """What was seen before and after says nothing of then."""
        told = Told().tell(1, Kind.LANE_STARTED, lane="reads", rate=10.0).fault(10).undone(20)
        seen = told.seen(40, {"reads": [*lane("reads", 0, 12), *lane("reads", 20, 40)]})
        assert "who asks stood still" in unmeasured("availability", seen, "reads").reason
