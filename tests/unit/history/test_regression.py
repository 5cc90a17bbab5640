"""A drill against those before it: what is told of it, and how often it is wrong."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.regression import History, cries_wolf, found_after
from drills.history.regression import RATE, RUNS, hold_against
from drills.history.row import Figure, Row
from drills.history.standing import Finding, Word
from tests.doubles.finished import row

DETECT = "time to detect"


def drill(number: int, value: float | None = 10.0, metric: str = DETECT, **changes: Any) -> Row:
    """A drill of so many hours before, with one metric of seconds."""
    figure = Figure(kind="metric", name=metric, unit=changes.pop("unit", "seconds"), value=value)
    return row(number, figures=(figure,), **changes)


def before(count: int = 20, **changes: Any) -> list[Row]:
    """Earlier drills that scatter a little."""
    return [drill(number, 10 + 0.2 * (number % 5), **changes) for number in range(1, count + 1)]


def only(now: Row, earlier: list[Row]) -> Finding:
    (finding,) = hold_against(now, earlier).findings
    return finding


class TestOfAMetric:
    def test_much_slower_is_regressed_at_once(self) -> None:
        """With its effect, the interval of that, and how likely it is chance."""
        found = only(drill(0, 20.0), before())
        assert found.word is Word.REGRESSED
        assert (found.value, found.runs, found.recent) == (20.0, 20, 1)
        assert found.effect == pytest.approx(0.93, abs=0.02)
        assert found.low is not None
        assert found.high is not None
        assert found.effect is not None
        assert 0.5 < found.low < found.effect < found.high
        assert found.chance is not None
        assert found.chance < 0.001

    def test_much_faster_is_fixed(self) -> None:
        """And no regression."""
        assert only(drill(0, 5.0), before()).word is Word.FIXED

    def test_more_of_what_there_should_be_much_of_is_fixed(self) -> None:
        """The metric says which direction is worse."""
        earlier = [drill(n, 0.0, "prevention measures", unit="count") for n in range(1, 9)]
        now = drill(0, 9.0, "prevention measures", unit="count")
        assert only(now, earlier).word is Word.FIXED
        lost = [
            replace(each, figures=drill(0, 0.0, "lost writes", unit="count").figures)
            for each in earlier
        ]
        assert only(drill(0, 9.0, "lost writes", unit="count"), lost).word is Word.REGRESSED

    def test_the_same_is_said_where_the_interval_says_so(self) -> None:
        """A metric that scatters much is not told to be the same."""
        assert only(drill(0, 10.3), before()).word is Word.SAME
        wild = [drill(n, (4.0, 22.0, 10.0, 15.0, 7.0)[n % 5]) for n in range(1, 9)]
        found = only(drill(0, 11.0), wild)
        assert (found.word, found.why) == (Word.UNTOLD, "its scatter would hide a change")

    def test_a_significant_change_that_is_not_worth_a_word_is_none(self) -> None:
        """Less than a tenth of a time, however steady it was."""
        earlier = [drill(number, 10.0) for number in range(1, 40)]
        newest = [drill(number, 10.8) for number in range(1, 5)]
        assert only(drill(0, 10.8), newest + earlier[4:]).word is Word.SAME

    def test_with_few_earlier_drills_nothing_is_told(self) -> None:
        """However much slower it is."""
        found = only(drill(0, 100.0), before(4))
        assert found.word is Word.UNTOLD
        assert found.why == "4 earlier drills measured it, 5 are needed"

    def test_the_first_of_all_is_new(self) -> None:
        """Nothing to hold it against."""
        told = hold_against(drill(0), [])
        assert (told.verdict, told.runs) == (Word.NEW, 0)
        assert [each.word for each in told.findings] == [Word.NEW]

    def test_what_was_not_measured_this_time_cannot_be_told(self) -> None:
        """Where it mostly was; what is measured now and then is left out."""
        found = only(drill(0, None), before())
        assert (found.word, found.why) == (Word.UNTOLD, "it was not measured in this drill")
        seldom = [drill(n, 10.0 if n < 3 else None) for n in range(1, 9)]
        assert hold_against(drill(0, None), seldom).findings == []

    def test_what_never_varied_is_the_same(self) -> None:
        """And is no test that others have to share the rate with."""
        earlier = [drill(number, 0.0, "lost writes", unit="count") for number in range(1, 9)]
        found = only(drill(0, 0.0, "lost writes", unit="count"), earlier)
        assert (found.word, found.chance) == (Word.SAME, None)

    def test_without_a_better_direction_nothing_is_told(self) -> None:
        """An early symptom is neither good nor bad."""
        assert hold_against(drill(0, 50.0, "time to symptom"), before(20)).findings == []

    def test_a_change_of_earlier_days_is_told_as_a_trend(self) -> None:
        """What is usual by now is no regression."""
        earlier = [drill(number, 10 + 0.2 * (number % 5)) for number in range(15, 40)]
        later = [drill(number, 20 + 0.2 * (number % 5)) for number in range(1, 15)]
        found = only(drill(0, 20.4), later + earlier)
        assert found.word is Word.SAME
        assert found.trend is not None
        assert found.trend.at == later[-1].at
        assert found.trend.effect == pytest.approx(0.96, abs=0.05)


class TestOfTheVerdict:
    @pytest.mark.parametrize(
        ("now", "earlier", "word"),
        [
            ("missed", ["met", "met"], Word.REGRESSED),
            ("missed", ["inconclusive", "met"], Word.REGRESSED),
            ("missed", ["met", "missed"], Word.UNTOLD),
            ("missed", ["missed", "met"], Word.SAME),
            ("met", ["missed", "met"], Word.FIXED),
            ("met", ["met", "missed"], Word.SAME),
            ("inconclusive", ["met"], Word.UNTOLD),
            ("met", ["inconclusive"], Word.UNTOLD),
            ("met", [], Word.NEW),
        ],
    )
    def test_its_word(self, now: str, earlier: list[str], word: Word) -> None:
        """Against what was decided, the newest first."""
        rows = [drill(n, verdict=verdict) for n, verdict in enumerate(earlier, 1)]
        assert hold_against(drill(0, verdict=now), rows).verdict is word


class TestWhatIsComparable:
    def test_another_kind_of_machine_is_left_out_and_counted(self) -> None:
        """It is not compared."""
        told = hold_against(drill(0, 20.0), before(machine="another"))
        assert (told.runs, told.elsewhere, told.regressed) == (0, 20, False)

    @pytest.mark.parametrize(
        "other",
        [
            {"scenario": "another"},
            {"feature": "another"},
            {"faults": ("kill app",)},
            {"status": "aborted"},
        ],
    )
    def test_another_drill_is_left_out(self, other: dict[str, Any]) -> None:
        """Of another fault in an outline, say, or one that did not come to its end."""
        told = hold_against(drill(0), before(**other))
        assert (told.runs, told.elsewhere) == (0, 0)

    def test_which_instance_was_hit_makes_no_other_drill(self) -> None:
        """It is one of the service's."""
        now = drill(0, faults=("stop postgres-replica-2",))
        assert hold_against(now, before(9)).runs == 9

    def test_itself_and_what_came_later_are_left_out(self) -> None:
        """A history may have both."""
        now = drill(30)
        assert hold_against(now, [now, *before(20)]).runs == 0

    def test_only_the_newest_count(self) -> None:
        """However many there are."""
        assert hold_against(drill(0), before(RUNS + 9)).runs == RUNS

    def test_a_criterion_is_a_metric_of_its_own_where_it_is_narrowed(self) -> None:
        """Else the metric has its own figure."""
        whole = Figure(kind="metric", name=DETECT, unit="seconds", value=1.0)
        told = Figure(kind="criterion", name="noticed", metric=DETECT, unit="seconds", value=1.0)
        part = replace(told, subject="ReplicaDown")
        found = hold_against(row(0, figures=(whole, told, part)), []).findings
        assert [(each.metric, each.subject) for each in found] == [
            (DETECT, ""),
            (DETECT, "ReplicaDown"),
        ]


class TestCalibration:
    """A quick one, of the same code as the benchmark's; by hand that runs 1,000 histories."""

    def test_it_cries_wolf_at_most_at_its_rate(self) -> None:
        """With many metrics, too."""
        history = History(random=random.Random(7), noise=0.2, metrics=4)
        wolves = sum(cries_wolf(history) for _ in range(150))
        assert wolves <= RATE * 150

    def test_a_slow_down_of_30_percent_is_found_within_five_drills(self) -> None:
        """At 20 % noise: of one metric in four of five histories, of all nearly always."""
        one = History(random=random.Random(7), noise=0.2, metrics=1)
        assert sum(found_after(one, 0.3, 1) is not None for _ in range(50)) >= 40
        every = History(random=random.Random(7), noise=0.2, metrics=4)
        assert sum(found_after(every, 0.3, 4) is not None for _ in range(30)) >= 28
