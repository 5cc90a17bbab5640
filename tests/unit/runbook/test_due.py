"""When a runbook's own drills are due."""

from __future__ import annotations

from datetime import date

import pytest

from drills.runbook.due import Held, coming, days, following
from drills.runbook.policy import Rehearsal

SET = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("day", "due"),
    [(16, date(2026, 12, 26)), (15, date(2026, 12, 25)), (14, SET)],
)
def test_a_drill_that_was_held_moves_what_is_due(day: int, due: date) -> None:
    """Also one that was held a little early; one long before the date that is set does not."""
    drills = {"x": Rehearsal(title="X", incident="x", every="40 days", next=SET)}
    (found,) = coming(
        drills, [Held("x", "s", date(2026, 11, day)), Held("x", "s", date(2026, 1, 1))]
    )
    assert (found.next, found.held) == (due, date(2026, 11, day))
    assert found.overdue(date(2026, 11, 27)) is (due == SET)


@pytest.mark.parametrize(
    ("drill", "held"),
    [
        (Rehearsal(title="X", incident="i"), True),
        (Rehearsal(title="X", scenario="s"), True),
        (Rehearsal(title="X", incident="i", scenario="s"), True),
        (Rehearsal(title="X", incident="i", scenario="t"), False),
        (Rehearsal(title="X", incident="j"), False),
        (Rehearsal(title="X"), False),
    ],
)
def test_a_drill_is_held_by_its_like(drill: Rehearsal, held: bool) -> None:
    """Of its incident and its scenario, as far as it names them; one that names none never is."""
    (found,) = coming({"x": drill}, [Held("i", "s", SET)])
    assert (found.held == SET) is held


@pytest.mark.parametrize("every", [None, 0.0])
def test_nothing_follows_where_nobody_says_how_often(every: float | None) -> None:
    """The date that is set stays."""
    assert following(date(2026, 1, 1), SET, every) is None


def test_a_span_is_days() -> None:
    """None is none."""
    assert (days("2 weeks"), days("")) == (14.0, None)
