"""Where a judged result contradicts itself: who judges writes no such one, so it was changed."""

from __future__ import annotations

from collections.abc import Iterator

from drills.journal.keylines import KeyPath
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.result import CriterionResult, DrillResult
from drills.judgement.verdict import Measured, Verdict, judge
from drills.units import Interval


def contradictions(result: DrillResult) -> Iterator[tuple[KeyPath, str]]:
    """Each place that says something is met, and why that cannot be."""
    for place, one in enumerate(result.criteria):
        if one.verdict == "met" and (why := _unmet(one)):
            yield ("criteria", place, "verdict"), f"{one.name} cannot be met: {why}"
    if result.verdict == "met" and (why := _unproven(result)):
        yield ("verdict",), f"the drill cannot be met: {why}"


def _unmet(one: CriterionResult) -> str:
    """Why a criterion cannot be met; "" where it can."""
    if one.value is None or one.limit is None:
        return "nothing was measured"
    low = one.value if one.low is None else one.low
    high = one.value if one.high is None else one.high
    if not low <= one.value <= high:
        return "what was measured lies outside its own bounds"
    held = Criterion(one.name, one.metric, Comparator(one.comparator), one.limit)
    if judge(held, Measured(Interval(one.value, low, high), "")) is Verdict.MET:
        return ""
    return f"what was measured is not {one.comparator} its limit"


def _unproven(result: DrillResult) -> str:
    """Why the drill cannot be met; "" where it can."""
    if result.status != "completed":
        return f"it was {result.status}"
    if result.failed_parts:
        return f"it could not be judged in part ({', '.join(result.failed_parts)})"
    if open_ := [one.name for one in result.criteria if one.verdict in ("missed", "inconclusive")]:
        return f"{open_[0]} is not"
    return "" if any(one.verdict == "met" for one in result.criteria) else "no criterion is"
