"""A judged criterion in words: what it is on, its limit, what was measured, and what was left."""

from __future__ import annotations

from collections.abc import Sequence

from drills.judgement.criterion import Unit
from drills.judgement.result import CriterionResult, DrillResult, Verdict
from drills.units import format_seconds, with_bounds

FIRST = 12  # criteria that are shown without being asked for
_WORST: tuple[Verdict, ...] = ("missed", "inconclusive", "not assessed", "met")


def metric_text(one: CriterionResult) -> str:
    """What it is on: ``time to detect``, ``availability of home``."""
    return f"{one.metric} of {one.subject}" if one.subject else one.metric


def limit_text(one: CriterionResult) -> str:
    """The limit with its unit, ``5 min``; "" where it is not known."""
    return "" if one.limit is None else Unit(one.unit).show(one.limit)


def held_to(one: CriterionResult) -> str:
    """Comparator and limit, ``at most 5 min``; "" where the limit is not known."""
    limit = limit_text(one)
    return f"{one.comparator} {limit}" if limit else ""


def measured_text(one: CriterionResult) -> str:
    """A measurement as readers want it: ``1.32 s ± 0.02``, ``more than 60 s``, ``99.9 %``.

    One that decides nothing is its whole interval, ``between 0 ms and 1.45 s``: no end of it is
    more likely than another.
    """
    unit = Unit(one.unit)
    if one.verdict == "inconclusive" and one.low is not None and one.high is not None:
        return f"between {unit.show(one.low)} and {unit.show(one.high)}"
    if one.value is not None:
        return value_text(unit, one.value, one.low, one.high)
    if one.at_least and unit is Unit.SECONDS:
        return f"more than {format_seconds(one.at_least)}"
    if one.at_least and unit is Unit.COUNT:
        return f"at least {unit.show(one.at_least)}"
    return "not assessed" if one.verdict == "not assessed" else "not measured"


def value_text(unit: Unit, value: float, low: float | None, high: float | None) -> str:
    """A measured value in its unit; a time with its bounds, as far as there are any."""
    if unit is not Unit.SECONDS:
        return unit.show(value)
    return with_bounds(value, value if low is None else low, value if high is None else high)


def margin_text(one: CriterionResult) -> str:
    """What was left of the limit (``4 min 58 s to spare``), or by how much it was missed."""
    if not one.margin:
        return _beyond(one)
    unit, left = Unit(one.unit), abs(one.margin)
    amount = _points(left) if unit is Unit.RATIO else unit.show(left)
    if one.comparator == "exactly":
        return f"{unit.show(left)} off"
    if one.margin > 0:
        return f"{amount} to spare"
    return f"{amount} short" if unit is Unit.RATIO else f"{amount} too much"


def _beyond(one: CriterionResult) -> str:
    """By how much it was missed at least, where the value is known only to exceed something."""
    if one.verdict != "missed" or one.value is not None or one.limit is None or not one.at_least:
        return ""
    over = one.at_least - one.limit
    return f"at least {Unit(one.unit).show(over)} too much" if over > 0 else ""


def waited_text(one: CriterionResult) -> str:
    """``waited 60 s of 5 min for it``; "" where nobody waited, or something was measured."""
    timed = one.unit == "seconds" and one.value is None and one.limit is not None
    if one.verdict != "inconclusive" or not timed or not one.at_least:
        return ""
    return f"waited {format_seconds(one.at_least)} of {limit_text(one)} for it: {one.reason}"


def figures(one: CriterionResult) -> str:
    """Measured, limit and margin in one line: ``6.04 s ± 0.05, at most 5 s, 990 ms too much``."""
    parts = (measured_text(one), held_to(one), margin_text(one))
    return ", ".join(part for part in parts if part)


def by_id(result: DrillResult) -> list[tuple[str, CriterionResult]]:
    """Every criterion with the id of its place in the report, the worst first.

    An id is that of the criterion's place in the scenario, so that a link to it stays right.
    """
    named = [(f"criterion-{place}", one) for place, one in enumerate(result.criteria, 1)]
    return sorted(named, key=lambda each: (_WORST.index(each[1].verdict), -each[1].weight))


def shown_first(named: Sequence[tuple[str, CriterionResult]]) -> int:
    """How many, the worst first, are shown at once: all that were not met, and ``FIRST`` at least.

    A list that is hardly longer is shown whole.
    """
    unmet = sum(one.verdict != "met" for _, one in named)
    shown = max(unmet, FIRST)
    return shown if len(named) > shown + FIRST // 3 else len(named)


def _points(share: float) -> str:
    amount = f"{share * 100:.2f}".rstrip("0").rstrip(".")
    return f"{amount} percentage point" + ("" if amount == "1" else "s")


def unmet(result: DrillResult) -> list[CriterionResult]:
    """The criteria that are missed or inconclusive, in the scenario's order."""
    return [one for one in result.criteria if one.verdict not in ("met", "not assessed")]


def unmet_text(one: CriterionResult) -> str:
    """``missed: we notice: time to detect 7 s (limit: at most 5 s, 2 s too much); why``."""
    margin = f", {margin_text(one)}" if margin_text(one) else ""
    held = f"(limit: {held_to(one)}{margin})"
    said = f"{metric_text(one)} {measured_text(one)} {held}; {one.reason}"
    return f"{one.verdict}: {one.name}: {said}"


def unmet_lines(result: DrillResult) -> list[str]:
    """The verdict with its reason, and a line for each criterion that is not met."""
    said = result.reason.removeprefix(f"{result.verdict}: ")
    return [f"{result.verdict}: {said}", *(f"  {unmet_text(one)}" for one in unmet(result))]
