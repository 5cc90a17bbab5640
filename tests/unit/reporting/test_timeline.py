"""A long timeline, told short: what repeats is folded, what the drill turns on is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drills.judgement.result import TimelineEntry
from drills.reporting.timeline import OFTEN, abridge
from tests.unit.reporting import example


def entry(offset_s: float, kind: str, text: str) -> TimelineEntry:
    """One event so many seconds from the fault."""
    at = example.FAULT + timedelta(seconds=offset_s)
    return TimelineEntry(at=at, offset_s=offset_s, kind=kind, text=text)


def flapping(count: int, begin: float, end: float) -> list[TimelineEntry]:
    """An alert that fires and is resolved again and again."""
    apart = (end - begin) / count
    states = ("firing", "resolved")
    return [
        entry(begin + n * apart, "signal", f"alert ReplicaDown {states[n % 2]}")
        for n in range(count)
    ]


TURNS = [
    entry(-5, "drill.started", "drill began"),
    entry(0, "fault.effective", "the replica stopped"),
    entry(90, "undo.verified", "it runs"),
    entry(120, "final.read", "writes found"),
    entry(130, "drill.ended", "drill completed"),
]


def told(entries: list[TimelineEntry]) -> list[TimelineEntry]:
    return sorted(entries, key=lambda each: each.offset_s)


def test_a_flapping_alert_is_told_once_with_how_often_and_how_long() -> None:
    """Its first word from the fault on is the detection; its last is how it stood at the end."""
    story = abridge(told([*TURNS, *flapping(400, 1, 80)]))
    signals = [each.text for each in story.entries if each.kind == "signal"]
    assert signals == [
        "alert ReplicaDown firing",
        "alert ReplicaDown resolved",
        "alert ReplicaDown: flapping, 396 times more, from +1.40 s to +79.41 s",
        "alert ReplicaDown firing",
        "alert ReplicaDown resolved",
    ]
    assert [each for each in story.entries if each in TURNS] == TURNS
    assert story.untold == ""


def test_the_detection_stays_where_it_flapped_before_the_fault() -> None:
    """What was there before hides nothing of what came then."""
    story = abridge(told([*TURNS, *flapping(50, -4, -1), *flapping(50, 1, 80)]))
    first = next(each for each in story.entries if each.kind == "signal" and each.offset_s > 0)
    assert (first.offset_s, first.text) == (1, "alert ReplicaDown firing")


def test_what_happens_seldom_is_told_each_time() -> None:
    """Nothing is folded that a reader can take in."""
    entries = told([*TURNS, *flapping(OFTEN, 1, 80)])
    assert abridge(entries).entries == entries


@pytest.mark.parametrize("kind", ["note", "engine"])
def test_turning_points_are_never_left_out(kind: str) -> None:
    """However many other events there are; those that are left out are counted by kind."""
    many = [entry(n / 100, kind, f"{n} happened") for n in range(5_000)]
    errors = [entry(50 + n / 100, "error", f"{n} failed") for n in range(5)]
    story = abridge(told([*TURNS, *many, *errors]), rows=40)
    assert [each for each in story.entries if each in [*TURNS, *errors]] == told([*TURNS, *errors])
    assert len(story.entries) == 40
    assert story.left_out == {kind: 4_970}
    assert story.untold == f"4\u202f970 of {kind}"


def test_an_error_that_is_told_thousands_of_times_is_one_line() -> None:
    """It is no news the second time."""
    errors = [entry(n / 100, "error", "the pager does not answer: refused") for n in range(9_000)]
    texts = [each.text for each in abridge(told([*TURNS, *errors])).entries if each.kind == "error"]
    assert texts[0] == texts[-1] == "the pager does not answer: refused"
    assert "again and again, 8\u202f998 times more" in texts[1]
    assert len(texts) == 3
