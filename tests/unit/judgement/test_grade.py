"""What of a judged drill may fail, and which drills have a score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from drills.journal.timeline import Event, Json, Kind, Timeline
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.judge import judge
from drills.judgement.metric import Observations
from drills.judgement.metrics import METRICS
from drills.judgement.score import floor
from drills.judgement.verdict import Measurement
from drills.reporting.score import add_up
from tests.doubles.observed import Told, ns
from tests.doubles.whole import FINAL, LOST, NOTICED, SAMPLES, ended, seen, whole_drill


class Counting(Timeline):
    """A timeline that counts what it is asked."""

    asked = 0

    def __iter__(self) -> Iterator[Event]:
        self.asked += 1
        return super().__iter__()

    def _told(self, *asked: Any, **how: Any) -> Iterator[Any]:
        self.asked += 1
        return super()._told(*asked, **how)


def questions(alerts: int) -> int:
    """How often the events are gone through for a drill with so many alerts more."""
    told = whole_drill(NOTICED, LOST)
    for number in range(alerts):
        told.alert(13 + number / 100, state=("resolved", "firing")[number % 2])
    timeline = Counting(ended(told).events)
    judge(Observations(timeline, SAMPLES, 2.0, ns(39), FINAL))
    return timeline.asked


def test_judging_asks_the_same_however_many_events_there_are() -> None:
    """So its cost grows with the events, not with their square."""
    assert questions(10) == questions(400)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("data", "reconciliation"),
        ("availability", "availabilities"),
        ("chart", "build"),
        ("record", "build"),
        ("evidence", "evidence"),
        ("environment", "environment"),
        ("faults", "faults"),
        ("timeline", "story"),
        ("score", "graded"),
    ],
)
def test_a_part_that_fails_costs_no_other(
    monkeypatch: pytest.MonkeyPatch, name: str, part: str
) -> None:
    """It is named with its reason, the rest stands, and the drill is never met."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("a bug in judging")

    homes = {
        "data": "drills.judgement.account",
        "availability": "drills.judgement.judge",
        "chart": "drills.judgement.chart",
        "record": "drills.judgement.record",
        "score": "drills.judgement.grade",
    }
    monkeypatch.setattr(f"{homes.get(name, 'drills.judgement.account')}.{part}", fail)
    result = judge(seen(ended(whole_drill(LOST, NOTICED))))
    assert result.failed_parts == {name: "ZeroDivisionError: a bug in judging"}
    assert (result.verdict, result.score.value) == ("inconclusive", None)
    assert result.reason == f"judging failed in part: {name}: ZeroDivisionError: a bug in judging"
    assert [item.verdict for item in result.criteria] == ["met", "met"]
    assert result.metrics["time to detect"].value == 2


def test_a_metric_that_fails_is_unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The criterion that needs it is inconclusive and says why; the others are judged."""

    def fail(*_: object) -> Measurement:
        raise ZeroDivisionError("a bug in a metric")

    broken = replace(METRICS["time to detect"], measured_by=fail)
    monkeypatch.setitem(METRICS, "time to detect", broken)
    result = judge(seen(ended(whole_drill(LOST, NOTICED))))
    assert [item.verdict for item in result.criteria] == ["met", "inconclusive"]
    why = "could not be computed: ZeroDivisionError: a bug in a metric"
    assert (result.criteria[1].reason, result.metrics["time to detect"].reason) == (why, why)
    assert result.verdict == "inconclusive"


@pytest.mark.parametrize(
    "facts", [{"metric": "time to levitate"}, {"comparator": "rather less than"}, {"priority": "?"}]
)
def test_a_criterion_that_nobody_knows_any_more_is_inconclusive(facts: dict[str, Json]) -> None:
    """As one of an older journal may be; the others are judged."""
    told = whole_drill(LOST).tell(
        12, Kind.CRITERION, "It levitates", {**NOTICED.stated().data(), **facts}
    )
    result = judge(seen(ended(told)))
    assert [item.verdict for item in result.criteria] == ["met", "inconclusive"]
    assert result.verdict == "inconclusive"


# --- no score without an end ------------------------------------------------------------------


def test_an_aborted_drill_has_no_score() -> None:
    """However good its criteria look until then: only an alert stays what it was."""
    told = ended(whole_drill(LOST, NOTICED), "aborted", reason="KeyboardInterrupt")
    result = judge(seen(told))
    assert [item.verdict for item in result.criteria] == ["inconclusive", "met"]
    score = result.score
    assert (score.value, score.low, score.high, score.rating) == (None, None, None, None)
    assert score.formula == "no score: the drill did not run to its end (KeyboardInterrupt)"


def test_a_crashed_drill_has_no_score() -> None:
    """Half a drill proves nothing."""
    score = judge(seen(whole_drill(LOST, NOTICED))).score
    assert (score.value, score.rating) == (None, None)
    assert (
        score.formula
        == "no score: the drill did not run to its end (the drill ended without a word)"
    )


@pytest.mark.parametrize("kind", [Kind.STOPPED, Kind.FAULT_FAILED, Kind.RESPONSE_FAILED])
def test_what_kept_a_drill_from_concluding_keeps_it_from_a_score(kind: Kind) -> None:
    """The reason is none of its criteria's."""
    told = ended(whole_drill(LOST, NOTICED).tell(16, kind, "it went otherwise"))
    score = judge(seen(told)).score
    assert (score.value, score.rating) == (None, None)
    assert score.formula == "no score: nothing can be concluded (it went otherwise)"


@pytest.mark.parametrize("status", ["", "aborted", "completed"])
def test_a_fault_that_nobody_undid_makes_it_nought(status: str) -> None:
    """However the drill ended: of a drill that died nobody says that undoing failed."""
    told = Told().fault(10).alert(12).tell(11, Kind.CRITERION, "", NOTICED.stated().data())
    told = ended(told, status) if status else told
    score = judge(seen(told)).score
    assert (score.value, score.low, score.high, score.rating) == (0, 0, 0, "U")
    assert score.capped_by == "a fault is not proven undone"


def test_what_is_inconclusive_by_its_criteria_has_no_score() -> None:
    """Though it ran to its end: what was not measured is neither praise nor blame."""
    nothing = Criterion("Exports work", "availability", Comparator.AT_LEAST, 0.99, "exports")
    result = judge(seen(ended(whole_drill(LOST, nothing))))
    score = result.score
    assert result.verdict == "inconclusive"
    assert (score.low, score.value, score.high, score.rating) == (None, None, None, None)
    assert score.formula == "no score: nothing can be concluded (not measured: Exports work)"


def test_what_is_missed_has_a_score_with_bounds() -> None:
    """What was not measured beside it counts nothing at worst and all at best."""
    nothing = Criterion("Exports work", "availability", Comparator.AT_LEAST, 0.99, "exports")
    late = Criterion("In time", "time to detect", Comparator.AT_MOST, 0.001)
    score = judge(seen(ended(whole_drill(LOST, nothing, late)))).score
    assert None not in (score.value, score.low, score.high, score.rating)
    assert score.low != score.high


def test_the_sum_of_the_table_is_that_of_the_formula() -> None:
    """Points are rounded once, before they are added up."""
    result = judge(seen(ended(whole_drill(LOST, NOTICED))))
    total = add_up(result.criteria)
    assert total is not None
    assert result.score.formula.endswith(f" = {total.mean:.2f}")
    assert result.score.value == floor(total.mean)
    terms = [f"{share.points:.1f}×{share.criterion.weight}" for share in total.shares]
    assert " + ".join(terms) in result.score.formula
