"""Which outages a calibration makes, and what asks meanwhile."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from drills.judgement.calibration import APART, PARTIAL
from drills.lifecycle.calibrating import QUICK, SHORTEST, lane, plan, seconds_of
from drills.observers.calibration.truth import OutageKind


def test_a_plan_is_the_same_for_the_same_seed() -> None:
    """So a benchmark can be run again."""
    assert plan(60, 5.0, 1) == plan(60, 5.0, 1)
    assert plan(60, 5.0, 1) != plan(60, 5.0, 2)


def test_all_kinds_and_lengths() -> None:
    """From 20 ms to the longest, as many short as long ones; some follow hard upon another."""
    planned = plan(600, 5.0, 1)
    kinds = Counter(each.kind for each in planned)
    assert (len(planned), set(kinds)) == (600, set(OutageKind))
    assert min(kinds.values()) == kinds[OutageKind.HALF] == 50
    lengths = sorted(each.seconds for each in planned if each.kind is not OutageKind.HALF)
    assert SHORTEST <= lengths[0] < 0.021
    assert 4.5 < lengths[-1] <= 5.0
    assert 0.2 < lengths[len(lengths) // 2] < 0.5
    assert any(each.calm == 0.05 for each in planned)


def test_a_partial_one_has_whole_calm_seconds_around_it() -> None:
    """Or else the failures of its neighbours would be counted as its own."""
    planned = plan(120, 1.0, 3)
    for before, each in pairwise(planned):
        if OutageKind.HALF in {before.kind, each.kind}:
            assert each.calm == APART
        if each.kind is OutageKind.HALF:
            assert each.seconds >= PARTIAL


def test_the_first_one_fails_at_once() -> None:
    """What an answer takes is learnt until then, and a short freeze would be learnt with it."""
    assert {plan(count, 0.5, seed)[0].kind for count in (1, 5, 72) for seed in range(9)} == {
        OutageKind.KILL
    }


def test_a_calibration_takes_about_forty_seconds() -> None:
    """And the plan says how long."""
    from drills.cli.calibrate import LONGEST, OUTAGES

    assert 30 < seconds_of(plan(OUTAGES, LONGEST, 1)) < 50


def test_a_lane_is_never_at_its_cap() -> None:
    """One that waits long has as many in flight as fall due meanwhile, and as many again."""
    assert QUICK.in_flight == 32
    assert lane("patient", timeout=2.0, slow=1.0).in_flight == 400
