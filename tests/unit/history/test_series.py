"""One metric over many drills."""

from __future__ import annotations

import pytest

from drills.history.series import LEAST, RECENT, seen

STEADY = [10 + 0.5 * (number % 5) for number in range(20)]


def test_it_is_looked_at_alone_and_with_the_newest() -> None:
    """Each against those before."""
    found = seen(STEADY, 11.0, "seconds", 0.01, worse_is_more=True)
    assert list(found.looks) == [1, RECENT]
    assert found.widest()[0] == RECENT
    assert found.changed is None


def test_with_few_it_is_looked_at_alone() -> None:
    """The mean of the newest needs as many before them."""
    found = seen(STEADY[:LEAST], 11.0, "seconds", 0.01, worse_is_more=True)
    assert list(found.looks) == [1]


@pytest.mark.parametrize("more", [True, False])
def test_worse_is_the_side_that_the_metric_says(more: bool) -> None:
    """More of a time, less of what there should be much of; two looks share the chance."""
    found = seen(STEADY, 30.0, "seconds", 0.01, worse_is_more=more)
    assert (found.chance(worse=more) < 0.001) is True
    assert found.chance(worse=not more) == 1
    assert found.tells(worse=more)
    taken, look = found.look(worse=more)
    assert found.chance(worse=more) == pytest.approx(2 * look.more)
    assert taken == 1


def test_a_drill_that_is_well_again_is_not_worse_though_the_newest_are() -> None:
    """Four that took three times as long, and one as before."""
    found = seen([*STEADY, 31.0, 32.0, 33.0, 31.5], 11.0, "seconds", 0.0, worse_is_more=True)
    assert found.chance(worse=True) < 0.05
    assert not found.tells(worse=True)


def test_only_what_lies_after_the_last_change_counts() -> None:
    """Twice it changed; since then it is steady, and so is the newest."""
    known = [*STEADY[:10], *(3 * x for x in STEADY[:10]), *(6 * x for x in STEADY)]
    found = seen(known, 66.0, "seconds", 0.01, worse_is_more=True)
    assert found.changed == 20
    assert found.change is not None
    assert found.change.effect == pytest.approx(1, abs=0.05)
    assert found.chance(worse=True) > 0.1
    assert found.widest()[1].alike


def test_a_change_among_the_newest_is_no_trend_yet() -> None:
    """It is what is looked for."""
    known = [*STEADY, 31.0, 32.0, 33.0, 31.5]
    found = seen(known, 32.0, "seconds", 0.01, worse_is_more=True)
    assert found.changed is None
    assert found.chance(worse=True) < 1e-6
