"""The runbook's incidents against the drills that were run."""

from __future__ import annotations

from datetime import UTC, date, datetime

from drills.history.store import Group
from drills.reporting.index.planned import Planned, matrix, schedule
from drills.runbook.due import Held
from drills.runbook.policy import Rehearsal

TODAY = date(2026, 11, 27)


def group(name: str, day: int) -> Group:
    return Group(name, 1, 0, datetime(2026, 11, day, tzinfo=UTC))


def held(incident: str, day: int, scenario: str = "") -> Held:
    return Held(incident, scenario, date(2026, 11, day))


def planned(incident: str, every: str = "", on: date | None = None) -> Planned:
    drill = Rehearsal(title=incident, incident=incident, every=every, next=on)
    return Planned(incident=incident, title=incident.title(), drills={incident: drill})


def test_what_is_overdue_comes_first() -> None:
    """Then what was never drilled, then by the last drill; what the runbook lacks is there too."""
    incidents = [
        planned("well", "30 days", date(2026, 12, 1)),
        planned("late", "7 days"),
        Planned(incident="never", title="Never"),
        planned("set", "", date(2026, 11, 26)),
        Planned(incident="", title="", drills={"x": Rehearsal(title="X", scenario="s")}),
    ]
    groups = [group("well", 20), group("late", 1), group("other", 2)]
    lines = matrix(incidents, groups, {}, [held("well", 20), held("late", 1)], TODAY)
    assert [each.incident for each in lines] == ["set", "late", "never", "other", "well"]
    assert [each.overdue for each in lines] == [True, True, False, False, False]
    assert [each.last for each in lines][:3] == [None, date(2026, 11, 1), None]
    assert [each.known for each in lines] == [True, True, True, False, True]


def test_a_drill_that_was_broken_off_moves_nothing() -> None:
    """It is the last one, and what is due is still due: as `drills schedule` has it."""
    incidents = [planned("x", "40 days", date(2026, 11, 25))]
    (line,) = matrix(incidents, [group("x", 26)], {}, [], TODAY)
    assert (line.last, line.due, line.overdue) == (date(2026, 11, 26), date(2026, 11, 25), True)


def test_drills_are_counted_by_verdict() -> None:
    """Every verdict is there, if only with nought."""
    counts = {("x", "missed"): 3, ("y", "met"): 1}
    (line,) = matrix(None, [group("x", 1)], counts, [], TODAY)
    assert list(line.counts.values()) == [0, 3, 0, 0]
    assert (line.title, line.known, line.due) == ("x", False, None)


def test_a_drill_of_no_incident_is_in_no_line() -> None:
    """It is in the list."""
    assert matrix(None, [group("", 1)], {("", "met"): 1}, [], TODAY) == []


def test_the_schedule_has_the_first_one_first() -> None:
    """Those without a date last; also of a scenario alone."""
    alone = Planned(
        incident="",
        title="",
        drills={"s": Rehearsal(title="S", scenario="s", every="2 days"), "n": Rehearsal(title="N")},
    )
    found = schedule([planned("x", "", date(2026, 12, 1)), alone], [held("", 20, "s")])
    assert [each.name for each in found] == ["s", "x", "n"]
    assert [each.overdue(TODAY) for each in found] == [True, False, False]
    assert schedule(None, []) == []
