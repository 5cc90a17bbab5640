"""The trend of each metric of a scenario, against its limit."""

from __future__ import annotations

from dataclasses import replace

from drills.history.row import Figure, Row
from drills.judgement.result import Verdict
from drills.reporting.index import trends
from drills.reporting.index.trends import scenario
from tests.doubles.finished import CJK, HOSTILE, row

DETECT = Figure(
    kind="criterion",
    name="It is detected",
    metric="time to detect",
    unit="seconds",
    value=5.0,
    comparator="at most",
    limit=10.0,
    verdict="met",
)
LAG = Figure(kind="metric", name="replication lag", unit="seconds", value=0.2)


def detected(number: int, seconds: float | None, limit: float = 10.0) -> Row:
    verdict: Verdict = (
        "inconclusive" if seconds is None else "met" if seconds <= limit else "missed"
    )
    figure = replace(DETECT, value=seconds, limit=limit, verdict=verdict)
    same = Figure(kind="metric", name="time to detect", unit="seconds", value=seconds)
    return row(number, score=None, figures=(same, figure, LAG))


def test_a_metric_with_a_limit_comes_first_and_is_told_in_words() -> None:
    """Its criterion's verdict and the newest limit; the same for who does not see the picture."""
    rows = [detected(0, 12.0), detected(1, None), detected(2, 4.0, limit=20.0)]
    found = list(trends.trends(rows))
    assert [each.name for each in found] == ["time to detect", "replication lag"]
    assert (found[0].limit, found[0].at_most) == (10.0, True)
    assert [each.value for each in found[0].points] == [4.0, None, 12.0]
    assert [each.verdict for each in found[0].points] == ["met", "inconclusive", "missed"]
    text = scenario("x", rows, 7)
    told = "2 drills: last 12 s, from 4 s to 12 s, limit at most 10 s, 1 missed"
    assert f"<p>{told}</p>" in text
    assert f'aria-label="time to detect: {told}"' in text
    assert "the newest 3 of 7" in text


def test_noughts_that_nobody_limits_are_not_drawn() -> None:
    """There are many of them, and they say nothing."""
    rows = [row(0, score=None, figures=(replace(LAG, value=0.0),))]
    assert list(trends.trends(rows)) == []
    limited = replace(DETECT, value=0.0)
    assert len(list(trends.trends([row(0, score=None, figures=(limited,))]))) == 1


def test_the_score_is_a_trend_of_its_own() -> None:
    """With the drill's verdict."""
    rows = [row(0), row(1, verdict="missed", score=40.0)]
    score = next(iter(trends.trends(rows)))
    assert [each.value for each in score.points] == [40.0, 99.9]
    assert [each.verdict for each in score.points] == ["missed", "met"]
    assert "2 drills: last 99.9, from 40 to 99.9, 1 missed" in scenario("x", rows, 2)


def test_what_is_narrowed_is_a_metric_of_its_own() -> None:
    """The availability of one journey is not that of another."""
    own = [replace(DETECT, metric="availability", subject=each, unit="ratio") for each in "ab"]
    found = list(trends.trends([row(0, score=None, figures=tuple(own))]))
    assert [each.name for each in found] == ["availability of a", "availability of b"]


def test_more_than_there_is_room_for_is_told() -> None:
    """Those with a limit are never among them."""
    many = [replace(LAG, name=f"m{number}") for number in range(trends.MOST + 3)]
    text = scenario("x", [row(0, score=None, figures=(*many, DETECT))], 1)
    assert text.count("<figure>") == trends.MOST
    assert "<p class=quiet>4 more are in" in text
    assert text.index("time to detect") < text.index(">m0<")


def test_names_are_text() -> None:
    """Whatever is in them, however long they are."""
    text = scenario(HOSTILE, [row(0, figures=(replace(DETECT, metric="<b>" + CJK * 40),))], 1)
    assert "<script" not in text
    assert "<b>" not in text
    assert "-->" not in text
    assert "\u202e" not in text
