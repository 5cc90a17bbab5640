"""Whether those without right were let in: one who was is a breach, and silence proves nothing."""

from __future__ import annotations

import pytest

from drills.journal.sample import Outcome, Sample
from drills.journal.timeline import Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.intrusion import LET_IN
from drills.judgement.judge import judge
from drills.judgement.metric import Observations
from tests.doubles.observed import Told, interval, lane, ns, sample, unmeasured

NONE = Criterion("nobody gets in", LET_IN, Comparator.EXACTLY, 0)


def asked(begin: float, end: float, **statuses: int) -> list[Sample]:
    """A request without right every tenth second, refused but for those at ``s<tenth>``."""
    return [
        each._replace(status=statuses.get(f"s{round((each.intended_ns - ns(0)) / 1e8)}", 401))
        for each in lane("no-token", begin, end)
    ]


def seen(*samples: Sample, fault: float | None = 10, criteria: bool = True) -> Observations:
    told = Told(requests=20)
    told.tell(1, Kind.SERIES_STARTED, series="no-token", what="intrusion", unit="requests")
    told.tell(1, Kind.LANE_STARTED, lane="no-token", rate=10.0)
    if fault is not None:
        told.fault(fault).undone(20)
    if criteria:
        told.tell(29, Kind.CRITERION, NONE.name, NONE.stated().data())
    told.tell(30, Kind.DRILL_ENDED, status="completed")
    return told.seen(30, {"reads": lane("reads", 0, 30), "no-token": samples})


def test_whoever_was_always_refused_was_never_let_in() -> None:
    """From before the fault to the end."""
    found = seen(*asked(5, 30))
    assert interval(LET_IN, found).high == 0
    assert interval(LET_IN, found, "no-token").high == 0
    assert judge(found).criteria[0].verdict == "met"


@pytest.mark.parametrize("tenth", [60, 150, 250], ids=["before", "during", "after"])
def test_one_request_that_succeeds_is_a_breach(tenth: int) -> None:
    """Whenever that was: before the fault, during it, or after its undo."""
    found = seen(*asked(5, 30, **{f"s{tenth}": 200}))
    assert interval(LET_IN, found).low == 1
    result = judge(found)
    assert result.criteria[0].verdict == "missed"
    assert (result.verdict, result.score.value) == ("missed", 0)
    assert result.record.impact_by["Security implications"] == (
        "1 of 251 requests without right of journey no-token were let in"
    )
    one = result.intrusions["no-token"]
    assert (one.asked, one.refused, one.let_in) == (251, 250, 1)
    assert one.first_s == pytest.approx(tenth / 10 - 10)


def test_a_success_that_broke_off_was_one_all_the_same() -> None:
    """Its status says that the door was open."""
    torn = sample("no-token", 30, Outcome.RESET)._replace(status=200)
    assert interval(LET_IN, seen(*asked(5, 29.9), torn)).low == 1


@pytest.mark.parametrize("outcome", [Outcome.TIMEOUT, Outcome.ERROR, Outcome.REFUSED])
def test_no_answer_is_no_breach(outcome: Outcome) -> None:
    """Nor is an error of the server, as long as somebody was refused since the fault."""
    status = 502 if outcome is Outcome.ERROR else 0
    silent = [each._replace(outcome=outcome, status=status) for each in asked(12, 18)]
    found = seen(*asked(5, 11.9), *silent, *asked(18.1, 30))
    assert interval(LET_IN, found).high == 0


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        ([], "nobody asked without right"),
        (asked(12, 30), "not asked before the fault"),
        (asked(5, 9.9), "not asked while a fault was in effect"),
        (asked(5, 11), "only 11 requests without right were due"),
        (
            [*asked(5, 9.9), *(s._replace(status=0) for s in asked(10, 30))],
            "no request of journey no-token was refused after the fault",
        ),
        (
            [
                *asked(5, 9.9),
                *(s._replace(outcome=Outcome.DROPPED, status=0) for s in asked(10, 30)),
            ],
            "not asked while a fault was in effect",
        ),
    ],
    ids=["never", "late", "early", "seldom", "unanswered", "unsent"],
)
def test_a_journey_that_proves_nothing_is_never_green(samples: list[Sample], why: str) -> None:
    """That nobody was let in is known only of those who tried, and were told no."""
    found = seen(*samples)
    assert why in unmeasured(LET_IN, found).reason
    assert judge(found).criteria[0].verdict == "inconclusive"


def test_intruders_are_no_customers() -> None:
    """They have no availability, no outage and no place in the chart."""
    result = judge(seen(*asked(5, 30)))
    assert list(result.availability) == ["reads"]
    assert [series.journey for series in result.chart.series] == ["reads"]
    assert not result.record.impact["Security implications"]


def test_a_breach_that_no_criterion_asks_for_is_missed_too() -> None:
    """Whoever has intruders try is told of the one that got in."""
    found = seen(*asked(5, 30, s150=200), criteria=False)
    assert "requests without right let in, which no criterion allows" in judge(found).reason


def test_without_a_fault_only_a_breach_is_known() -> None:
    """It is one, fault or not."""
    assert "no fault" in unmeasured(LET_IN, seen(*asked(5, 30), fault=None)).reason
    assert interval(LET_IN, seen(*asked(5, 30, s150=200), fault=None)).low == 1
