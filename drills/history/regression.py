"""A drill against those before it: what got worse, what was mended, and what cannot be told.

It is held against the newest ``RUNS`` drills of the same scenario and fault on the same kind of
machine that ran to their end, as far as these lie after the last change of a metric. Of each metric
the drill by itself, and the mean of the newest five with it, are compared with the others, by
Student's test of logarithms for times, of roots and angles for counts and ratios (``shift``,
``series``). A metric *regressed* where so much for the worse is unlikely to be chance, is worth a
word (10 % of a time), and this drill lies on that side. It is the *same* where the interval of the
difference says so: within 30 % for times. Whatever is neither cannot be told.

**The rate.** Of drills in which nothing changed, at most 5 in 100 tell of a regression in any
metric. The tests have 4 of these: two looks at each metric by Bonferroni, many metrics by the
step-up rule of Benjamini and Hochberg, which holds the rate where nothing changed in any. The
search for the last change has 1, by Bonferroni. What never varied is not tested. Improvements have
a rate of their own, of the same size. ``benchmarks/regression.py`` measures both, and how soon a
slow-down is found.

The verdict is no matter of chance: where all drills that were decided met their criteria, one that
missed some regressed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from drills.history.comparison import better
from drills.history.row import Figure, Row
from drills.history.series import LEAST, Seen, seen
from drills.history.shift import Shift, discoveries
from drills.history.standing import Finding, Standing, Trend, Word
from drills.judgement.criterion import Comparator

RUNS = 50  # earlier drills at most
RATE = 0.05  # of false alarms; the two parts below add up to it
_INSTANCE = re.compile(r"-\d+$")
OF_TESTS, OF_CHANGES = 0.04, 0.01


def hold_against(row: Row, earlier: Sequence[Row]) -> Standing:
    """A drill against the earlier ones among the rows, in any order; it may be one of them."""
    alike = sorted((each for each in earlier if _precedes(each, row)), key=lambda each: each.at)
    here = [each for each in alike if each.machine == row.machine]
    taken = here[-RUNS:]
    verdict, why = _of_verdict(row, taken)
    return Standing(
        id=row.id,
        machine=row.machine,
        runs=len(taken),
        elsewhere=len(alike) - len(here),
        verdict=verdict,
        why=why,
        findings=_findings(row, taken),
    )


def _precedes(each: Row, row: Row) -> bool:
    return (
        _kind(each) == _kind(row)
        and each.id != row.id
        and each.at < row.at
        and each.status == "completed"
    )


def _kind(row: Row) -> tuple[str, str, tuple[str, ...]]:
    """What was drilled: which instance of a service was hit makes no other drill."""
    return row.feature, row.scenario, tuple(_INSTANCE.sub("", fault) for fault in row.faults)


def _of_verdict(row: Row, earlier: Sequence[Row]) -> tuple[Word, str]:
    """What became of the verdict. Only met and missed are decided."""
    decided = [each.verdict for each in earlier if each.verdict in ("met", "missed")]
    if not earlier:
        return Word.NEW, "there is no earlier drill of this kind"
    if row.verdict not in ("met", "missed"):
        return Word.UNTOLD, f"this drill is {row.verdict}"
    if not decided:
        return Word.UNTOLD, f"none of {len(earlier)} earlier drills was decided"
    missed = decided.count("missed")
    told = f"of {len(decided)} earlier drills {missed} missed a criterion"
    if row.verdict == decided[-1]:
        return Word.SAME, told
    if row.verdict == "met":
        return Word.FIXED, told
    return (Word.UNTOLD if missed else Word.REGRESSED), told


@dataclass(frozen=True, slots=True, kw_only=True)
class _Metric:
    """A metric of this drill, and what the earlier ones measured of it, the oldest first."""

    name: str
    subject: str
    figure: Figure
    worse_is_more: bool
    rows: Sequence[Row]
    values: Sequence[float]
    seen: Seen | None = None

    @property
    def testable(self) -> bool:
        return self.figure.value is not None and len(self.values) >= LEAST

    @property
    def varied(self) -> bool:
        return len({*self.values, self.figure.value}) > 1

    def held(self, rate: float) -> Seen:
        """What a comparison finds."""
        assert self.figure.value is not None
        more, unit = self.worse_is_more, self.figure.unit
        return seen(self.values, self.figure.value, unit, rate, worse_is_more=more)


def _findings(row: Row, earlier: Sequence[Row]) -> list[Finding]:
    metrics = list(_metrics(row, earlier))
    tested = [each for each in metrics if each.testable and each.varied]
    found = [each.held(OF_CHANGES / len(tested)) for each in tested]
    worse, mended = (
        discoveries([each.chance(worse=side) for each in found], OF_TESTS) for side in (True, False)
    )
    told = {
        _key(metric.figure): _tested(metric, one, more, less)
        for metric, one, more, less in zip(tested, found, worse, mended, strict=True)
    }
    return [told.get(_key(each.figure)) or _untested(each) for each in metrics]


def _metrics(row: Row, earlier: Sequence[Row]) -> Iterator[_Metric]:
    """Each metric that has a better direction and is measured, or mostly was."""
    known = [(each, _by_key(each)) for each in earlier]
    for key, figure in _by_key(row).items():
        way = better(figure)
        found = [
            (each, old[key].value)
            for each, old in known
            if key in old and old[key].unit == figure.unit and old[key].value is not None
        ]
        usual = figure.value is not None or 2 * len(found) > len(earlier)
        if usual and way in (Comparator.AT_MOST, Comparator.AT_LEAST):
            yield _Metric(
                name=key[0],
                subject=key[1],
                figure=figure,
                worse_is_more=way is Comparator.AT_MOST,
                rows=[each for each, _ in found],
                values=[value for _, value in found if value is not None],
            )


def _by_key(row: Row) -> Mapping[tuple[str, str], Figure]:
    """Metrics by name and what they are narrowed to; of a criterion only where that is something.

    A metric that is not narrowed has a figure of its own.
    """
    found: dict[tuple[str, str], Figure] = {}
    for each in row.figures:
        if each.kind == "metric" or each.subject:
            found.setdefault(_key(each), each)
    return found


def _key(figure: Figure) -> tuple[str, str]:
    return figure.metric or figure.name, figure.subject


def _untested(metric: _Metric) -> Finding:
    """A metric that was measured too seldom, not in this drill, or never in another way."""
    runs = len(metric.values)
    if metric.figure.value is None:
        return _finding(metric, Word.UNTOLD, "it was not measured in this drill")
    if not runs:
        return _finding(metric, Word.NEW, "no earlier drill of this kind measured it")
    if runs < LEAST:
        return _finding(
            metric, Word.UNTOLD, f"{runs} earlier drills measured it, {LEAST} are needed"
        )
    return _finding(metric, Word.SAME, f"it was so in all {runs} earlier drills")


def _finding(metric: _Metric, word: Word, why: str) -> Finding:
    return Finding(
        metric=metric.name,
        subject=metric.subject,
        unit=metric.figure.unit,
        word=word,
        why=why,
        runs=len(metric.values),
        value=metric.figure.value,
    )


def _tested(metric: _Metric, found: Seen, worse: bool, mended: bool) -> Finding:
    """What the tests tell of a metric, whose words on either side these are."""
    if worse and found.tells(worse=True):
        return _told(metric, found, Word.REGRESSED, found.look(worse=True), "")
    if mended and found.tells(worse=False):
        return _told(metric, found, Word.FIXED, found.look(worse=False), "")
    widest = found.widest()
    if widest[1].alike:
        return _told(metric, found, Word.SAME, widest, "")
    if worse or mended:
        why = "the newest drills differ from those before, and this one does not tell which it is"
        return _told(metric, found, Word.UNTOLD, widest, why)
    return _told(metric, found, Word.UNTOLD, widest, "its scatter would hide a change")


def _told(metric: _Metric, found: Seen, word: Word, taken: tuple[int, Shift], why: str) -> Finding:
    recent, look = taken
    changed, trend = found.changed, None
    if changed is not None and found.change is not None:
        trend = Trend(at=metric.rows[changed].at, effect=found.change.effect)
    return _finding(metric, word, why).model_copy(
        update={
            "before": look.before,
            "after": look.after,
            "recent": recent,
            "effect": look.effect,
            "low": look.low,
            "high": look.high,
            "chance": found.chance(worse=word is not Word.FIXED),
            "trend": trend,
        }
    )
