"""What got worse since last time, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from drills.history.standing import Finding, Standing, Trend, Word
from drills.reporting import earlier


def finding(word: Word = Word.SAME, **changes: Any) -> Finding:
    told = {"metric": "time to detect", "subject": "", "unit": "seconds", "why": "", "runs": 20}
    return Finding.model_validate({**told, "word": word, "value": 13.0, **changes})


def slower(**changes: Any) -> Finding:
    effect = {"effect": 0.31, "low": 0.12, "high": 0.531, "before": 10.0, "after": 13.1}
    return finding(**{"word": Word.REGRESSED, **effect, **changes})


def standing(*findings: Finding, **changes: Any) -> Standing:
    told: dict[str, Any] = {"id": "1", "machine": "m", "runs": 20, "elsewhere": 0}
    told |= {"verdict": Word.SAME, "why": "of 20 earlier drills 0 missed a criterion"}
    return Standing.model_validate({**told, "findings": findings, **changes})


def test_what_got_worse_is_named_with_its_effect() -> None:
    """And the interval of that."""
    told = standing(slower(), finding())
    expected = "Worse than 20 earlier drills: time to detect +31 % (+12 to +53 %)."
    assert earlier.sentence(told) == expected
    assert earlier.word_of(told) is Word.REGRESSED


def test_the_verdict_comes_first() -> None:
    """With the reason."""
    told = standing(slower(), verdict=Word.REGRESSED)
    assert earlier.sentence(told).startswith(
        "Worse than 20 earlier drills: the verdict, of 20 earlier drills 0 missed a criterion, time"
    )


def test_many_are_counted() -> None:
    """The report's table has all."""
    told = standing(*(slower(metric=f"m{n}") for n in range(5)))
    assert ", m2 +31 % (+12 to +53 %), 2 more." in earlier.sentence(told)


def test_nothing_worse_says_what_is_better_and_what_cannot_be_told() -> None:
    """Nobody reads the one for the other."""
    better = slower(word=Word.FIXED, effect=-0.5, low=-0.6, high=-0.4)
    told = standing(better, finding(Word.UNTOLD, metric="outage", subject="shop"), finding())
    assert earlier.sentence(told) == (
        "Nothing is told to be worse than in 20 earlier drills; "
        "better: time to detect \u221250 % (\u221260 to \u221240 %); "
        "cannot tell of: outage of shop."
    )
    assert earlier.word_of(told) is Word.UNTOLD


def test_where_nothing_can_be_told_it_says_why() -> None:
    """Of the verdict, or of what was measured too seldom."""
    few = finding(Word.UNTOLD, why="4 earlier drills measured it, 5 are needed")
    assert earlier.sentence(standing(few, runs=4)) == (
        "Cannot tell what got worse since 4 earlier drills: "
        "time to detect: 4 earlier drills measured it, 5 are needed."
    )
    unclear = standing(verdict=Word.UNTOLD, why="this drill is inconclusive", runs=1)
    assert earlier.sentence(unclear) == (
        "Cannot tell what got worse since 1 earlier drill: this drill is inconclusive."
    )


def test_drills_of_other_machines_are_told_to_be_left_out() -> None:
    """Whatever else is said."""
    alone = standing(runs=0, elsewhere=7, verdict=Word.NEW)
    assert earlier.sentence(alone) == (
        "First drill of its kind, so nothing to compare with; "
        "7 drills of other kinds of machine left out."
    )
    assert earlier.word_of(alone) is Word.NEW
    for told in (standing(slower(), elsewhere=1), standing(finding(), elsewhere=1)):
        assert earlier.sentence(told).endswith("; 1 drill of other kinds of machine left out.")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"unit": "count", "effect": 3.0, "low": 0.4, "high": 9.7}, "+3 (+0.4 to +9.7)"),
        (
            {"unit": "ratio", "effect": -0.05, "low": -0.2, "high": 0.0},
            "\u22125 points (\u221220 to 0 points)",
        ),
        ({"effect": None, "before": 0.0, "after": 1.2}, "from 0 ms to 1.2 s"),
        ({"effect": None, "before": None}, ""),
    ],
)
def test_a_change_is_told_in_its_unit(changes: dict[str, Any], words: str) -> None:
    """A time by its share, or from and to where it has none."""
    assert earlier.change(slower(**changes)) == words


def test_a_trend_says_when_and_how_much() -> None:
    """Or when alone."""
    at = datetime(2026, 1, 3, tzinfo=UTC)
    assert (
        earlier.trend(finding(trend=Trend(at=at, effect=0.3))) == "changed by +30 % on 2026-01-03"
    )
    assert earlier.trend(finding(trend=Trend(at=at, effect=None))) == "changed on 2026-01-03"
    assert earlier.trend(finding()) == ""


def test_the_worst_stands_first() -> None:
    """In the table of all."""
    words = [Word.SAME, Word.FIXED, Word.REGRESSED, Word.UNTOLD, Word.NEW]
    found = [each.word for each in earlier.ordered(standing(*map(finding, words)))]
    assert found == [Word.REGRESSED, Word.UNTOLD, Word.FIXED, Word.NEW, Word.SAME]
