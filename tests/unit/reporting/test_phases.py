"""The phases of an incident as one bar."""

from __future__ import annotations

import pytest

from drills.judgement.moment import Floor
from drills.reporting.phases import (
    floor_place,
    floor_text,
    known,
    longest,
    offset_text,
    stretches,
)
from tests.unit.reporting.parts import course


def test_the_bar_is_full_and_in_order() -> None:
    """From the first phase to the last that is known; the longest is named."""
    found = stretches(course())
    assert [one.begin.name for one in found] == [one.name for one in course()[:-1]]
    assert sum(one.seconds for one in found) == pytest.approx(7.1)
    assert found[-1].left + found[-1].width <= 1000
    most = longest(found)
    assert most is not None
    assert most.words == "Somebody reacts to mitigated: 4.37 s"


def test_what_is_not_known_is_no_stretch() -> None:
    """What is known on both sides of it is one; a single phase is none at all."""
    gone = {"offset_s": None, "low_s": None, "high_s": None}
    some = [
        one if one.name in ("fault", "recovered") else one.model_copy(update=gone)
        for one in course()
    ]
    assert [one.words for one in stretches(some)] == ["Fault in effect to recovered: 7.1 s"]
    assert stretches(some[:1]) == []
    assert longest([]) is None


def test_phases_come_in_the_order_of_their_times() -> None:
    """A runbook may mitigate before anybody is told."""
    early = [
        one.model_copy(update={"offset_s": 1.0}) if one.name == "mitigated" else one
        for one in course()
    ]
    assert [one.name for one in known(early)][2] == "mitigated"


def test_all_at_once_is_no_bar() -> None:
    """There is nothing to draw then."""
    assert stretches([one.model_copy(update={"offset_s": 0.0}) for one in course()]) == []


def test_a_time_has_its_uncertainty() -> None:
    """Where it has one."""
    fault, symptom, *_ = course()
    assert offset_text(fault) == "0 ms ± 2"
    assert offset_text(symptom) == "50 ms ± 50"
    assert offset_text(symptom.model_copy(update={"low_s": None})) == "50 ms"
    assert offset_text(symptom.model_copy(update={"offset_s": None})) == ""


FLOOR = Floor(alert="Down", scrape_s=15, evaluation_s=10, for_s=1, group_wait_s=2)


def test_the_floor_says_what_passes_in_any_case_and_what_costs_most() -> None:
    """And what is not known of it."""
    assert floor_text(FLOOR) == (
        "By the monitoring's own configuration it takes at least 3 s (“for” of Down 1 s, "
        "group_wait 2 s), and up to 25 s (the longest scrape interval of all 15 s, the evaluation "
        "interval 10 s) more. Most of it costs the longest scrape interval of all: 15 s."
    )
    of_one = FLOOR.model_copy(update={"scrape_job": "erp"})
    assert "Most of it costs the scrape interval of erp: 15 s." in floor_text(of_one)
    half = FLOOR.model_copy(update={"group_wait_s": None, "scrape_s": None})
    assert "Not known: group_wait, the scrape interval." in floor_text(half)


def test_the_floor_is_a_line_across_the_bar_where_it_lies_in_it() -> None:
    """By the same scale."""
    assert floor_place(FLOOR, course()) == pytest.approx(3 / 7.1 * 1000, abs=0.1)
    assert floor_place(FLOOR.model_copy(update={"for_s": 60}), course()) is None
    assert floor_place(FLOOR, []) is None
