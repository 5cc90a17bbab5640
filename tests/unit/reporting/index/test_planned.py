"""The runbook's incidents against the drills that were run."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from drills.history.store import Group
from drills.reporting.index.planned import Planned, following, matrix

TODAY = date(2026, 11, 27)


def group(name: str, day: int) -> Group:
    return Group(name, 1, 0, datetime(2026, 11, day, tzinfo=UTC))


def test_what_is_overdue_comes_first() -> None:
    """Then what was never drilled, then by the last drill; what the runbook lacks is there too."""
    planned = [
        Planned(incident="well", title="Well", days=30, next=date(2026, 12, 1)),
        Planned(incident="late", title="Late", days=7),
        Planned(incident="never", title="Never"),
        Planned(incident="set", title="Set", next=date(2026, 11, 26)),
    ]
    lines = matrix(planned, [group("well", 20), group("late", 1), group("other", 2)], {}, TODAY)
    assert [each.incident for each in lines] == ["set", "late", "never", "other", "well"]
    assert [each.overdue for each in lines] == [True, True, False, False, False]
    assert [each.last for each in lines][:3] == [None, date(2026, 11, 1), None]
    assert [each.known for each in lines] == [True, True, True, False, True]


def test_a_drill_that_was_held_moves_what_is_due() -> None:
    """Also one that was held a little early; one long before the date that is set does not."""
    planned = [Planned(incident="x", title="X", days=40, next=date(2026, 11, 25))]
    (early,) = matrix(planned, [group("x", 16)], {}, TODAY)
    assert (early.due, early.overdue) == (date(2026, 12, 26), False)
    (before,) = matrix(planned, [group("x", 14)], {}, TODAY)
    assert (before.due, before.overdue) == (date(2026, 11, 25), True)


def test_drills_are_counted_by_verdict() -> None:
    """Every verdict is there, if only with nought."""
    (line,) = matrix(None, [group("x", 1)], {("x", "missed"): 3, ("y", "met"): 1}, TODAY)
    assert list(line.counts.values()) == [0, 3, 0, 0]
    assert (line.title, line.known, line.due) == ("x", False, None)


def test_a_drill_of_no_incident_is_in_no_line() -> None:
    """It is in the list."""
    assert matrix(None, [group("", 1)], {("", "met"): 1}, TODAY) == []


@pytest.mark.parametrize("days", [None, 0.0])
def test_nothing_follows_where_nobody_says_how_often(days: float | None) -> None:
    """The date that is set stays."""
    assert following(date(2026, 1, 1), TODAY, days) is None
