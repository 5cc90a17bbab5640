"""Two drills held against each other, as a table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from drills.history.comparison import Change, Pair
from drills.history.row import Figure, Row
from drills.judgement.criterion import Unit
from drills.reporting.cleansing import clean_line
from drills.reporting.criteria import value_text
from drills.reporting.figures import points
from drills.reporting.tables import Column, table
from drills.reporting.words import VERDICTS

_STYLES = {Change.BETTER: "green", Change.WORSE: "red"}
_NOT = "\u2013"


def compared(
    first: Row, second: Row, pairs: Sequence[Pair], width: int, *, colour: bool = False
) -> str:
    """Both drills, then each criterion and metric with both values and what changed."""
    lines = [clean_line(f"{name}: {_drill(row)}") for name, row in (("A", first), ("B", second))]
    if first.scenario != second.scenario:
        lines.append("These are drills of different scenarios.")
    columns = [
        Column("", folds=True),
        *(Column("A", folds=True), Column("B", folds=True), Column("B less A"), Column("")),
    ]
    cells = [
        (_name(pair), _value(pair.first), _value(pair.second), _difference(pair), pair.change)
        for pair in pairs
    ]
    styles = [_STYLES.get(pair.change, "") for pair in pairs]
    head = "".join(f"{line}\n" for line in lines)
    return f"{head}\n{table(columns, cells, width, styles, colour=colour)}"


def _drill(row: Row) -> str:
    score = "no score" if row.score is None else f"score {points(row.score)}"
    return (
        f"{row.id}, {row.at:%Y-%m-%d %H:%M} UTC, {row.scenario}: {VERDICTS[row.verdict]}, {score}"
    )


def _name(pair: Pair) -> str:
    figure = pair.figure
    if figure.kind == "metric":
        return f"{figure.name} of {figure.subject}" if figure.subject else figure.name
    limits = list(dict.fromkeys(_limit(each) for each in (pair.first, pair.second) if each))
    return f"{figure.name} ({', then '.join(limits)})"


def _limit(figure: Figure) -> str:
    limit = "?" if figure.limit is None else Unit(figure.unit).show(figure.limit)
    return f"{figure.comparator} {limit}"


def _value(figure: Figure | None) -> str:
    """What was measured, and of a criterion whether the limit was met."""
    if figure is None:
        return "not there"
    verdict = VERDICTS[figure.verdict] if figure.verdict else ""
    if figure.value is None:
        return verdict or "not measured"
    value = value_text(Unit(figure.unit), figure.value, figure.low, figure.high)
    return f"{value}, {verdict.lower()}" if verdict else value


def _difference(pair: Pair) -> str:
    if pair.difference is None:
        return _NOT
    shown = Unit(pair.figure.unit).show(abs(pair.difference))
    sign = "+" if pair.difference > 0 else "\u2212" if pair.difference < 0 else ""
    return f"{sign}{shown}"
