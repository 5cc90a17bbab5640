"""Each journey is told before, during and after the fault."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal.packed import PackedSamples
from drills.journal.sample import Outcome, Sample
from drills.judgement.journeys import availabilities
from drills.judgement.latency import Waits
from drills.judgement.result import Availability
from tests.doubles.observed import Told, lane, ns, sample


def journey(told: Told, samples: Sequence[Sample]) -> Availability:
    packed = PackedSamples("reads")
    packed.add(samples)
    seen = told.seen(40, {"reads": packed})
    return availabilities(seen, ns(10))["reads"]


def test_the_fault_parts_what_was_due() -> None:
    """Up to its effect, up to the proof of its undo, and from there on."""
    one = journey(Told().fault(10).undone(20), lane("reads", 0, 30, [(12, 13)]))
    assert one.before is not None
    assert one.during is not None
    assert one.after is not None
    assert (one.before.intended, one.during.intended, one.after.intended) == (100, 100, 101)
    assert (one.before.good, one.during.good, one.after.good) == (100, 90, 101)
    assert one.during.ratio == pytest.approx(0.9)
    assert (one.intended, one.good) == (201, 191)


def test_latency_has_something_to_be_compared_with() -> None:
    """Each part has its own quantiles; who was not answered waited at least so long."""
    slow = [sample("reads", 10 + n, took=0.5) for n in range(5)]
    gone = [sample("reads", 15 + n, Outcome.TIMEOUT, took=2) for n in range(5)]
    one = journey(Told().fault(10).undone(20), [*lane("reads", 0, 9), *slow, *gone])
    assert one.before is not None
    assert one.during is not None
    assert one.before.latency_p50_s == pytest.approx(0.01)
    assert one.during.latency_p50_s == pytest.approx(0.5)
    assert one.during.latency_p99_s == pytest.approx(2)
    assert one.during.latency_p99_at_least
    assert not one.during.latency_p50_at_least
    assert one.after is None


def test_what_was_not_there_is_not_told() -> None:
    """Customers who came with the fault have no before; a fault not undone has no after."""
    one = journey(Told().fault(10), lane("reads", 10, 30))
    assert (one.before, one.after) == (None, None)
    assert one.during is not None
    assert one.during.intended == one.intended


def test_without_a_fault_there_are_no_parts() -> None:
    """Nothing parts them."""
    one = journey(Told(), lane("reads", 0, 30))
    assert (one.before, one.during, one.after) == (None, None, None)


def test_of_several_faults_all_count() -> None:
    """From the first one's effect to the last one's undo."""
    told = Told().fault(10).undone(12).fault(15, injection="i2").undone(20, "i2")
    one = journey(told, lane("reads", 0, 30))
    assert one.during is not None
    assert one.during.intended == 100


@given(st.lists(st.floats(0.001, 9)), st.lists(st.floats(0.001, 9)))
def test_merged_waits_are_those_of_all(some: list[float], others: list[float]) -> None:
    """In order, and no sample is looked at again."""
    first, second = Waits(sorted(some), 3.0), Waits(sorted(others), 2.0)
    merged = first.merged(second)
    assert (list(merged.seconds), merged.given_up) == (sorted(some + others), 2.0)
