"""What calls whoever is on call, and when it is over."""

from __future__ import annotations

import pytest

from drills.journal.timeline import Kind, Timeline
from drills.judgement.detection import calls_in
from drills.runbook.incident import Call
from tests.doubles.observed import Told, interval, ns, unmeasured

RESOLVE = "time to resolve"


def of(told: Told, at: float, state: str, instance: str, name: str = "ReplicaDown") -> Told:
    """An alert about one instance."""
    return told.tell(
        *(at, Kind.SIGNAL),
        detector="alertmanager",
        name=name,
        state=state,
        error_ns=0,
        labels={"instance": instance},
    )


class TestTimeToResolve:
    def test_it_counts_from_the_fault_to_the_last_word(self) -> None:
        """With the uncertainty of both."""
        told = Told().fault(10, error=0.1).alert(12).alert(15, state="resolved")
        found = interval(RESOLVE, told.seen())
        assert found.value == pytest.approx(5)
        assert found.half_width == pytest.approx(0.1, abs=0.01)

    def test_an_alert_that_came_again_is_over_when_it_is_over_again(self) -> None:
        """The last word counts, not the first."""
        told = Told().fault(10).alert(12).alert(13, state="resolved").alert(14)
        assert "is not taken back" in unmeasured(RESOLVE, told.seen()).reason
        assert interval(RESOLVE, told.alert(20, state="resolved").seen()).value == 10

    def test_every_instance_has_to_be_well(self) -> None:
        """One of two that is well does not speak for the other."""
        told = of(of(Told().fault(10), 12, "firing", "one"), 12, "firing", "two")
        of(told, 14, "resolved", "one")
        assert unmeasured(RESOLVE, told.seen(until=40)).at_least == pytest.approx(30)
        assert interval(RESOLVE, of(told, 17, "resolved", "two").seen()).value == 7

    def test_what_was_never_announced_is_not_over(self) -> None:
        """Nor is what was so before the fault; and another alert is none of the incident's."""
        assert "no alert ReplicaDown" in unmeasured(RESOLVE, Told().fault(10).seen()).reason
        before = Told().alert(5).fault(10).alert(12, state="resolved")
        assert "already firing" in unmeasured(RESOLVE, before.seen()).reason
        other = Told().fault(10).alert(12).alert(13, state="resolved").alert(14, name="Other")
        assert interval(RESOLVE, other.seen()).value == 3
        assert unmeasured(RESOLVE, Told().seen()).reason == "no fault took effect"


def test_calls_are_told_once_each_by_arrival() -> None:
    """With whether they last; those of before the fault are none, unless they come again."""
    told = Told().alert(1, "Old").fault(10).alert(11, "B").alert(12, "A").alert(13, "B", "resolved")
    of(of(told, 14, "firing", "one", "C"), 15, "firing", "two", "C")
    of(told, 16, "resolved", "two", "C")
    assert calls_in(Timeline(told.events), ns(20)) == [
        Call("B", by_health=False, lasts=False),
        Call("A", by_health=False, lasts=True),
        Call("C", by_health=False, lasts=True),
    ]


def test_nothing_calls_before_a_fault() -> None:
    """Then there is no incident."""
    assert calls_in(Timeline(Told().alert(1).events), ns(20)) == []
