"""Where a judged result contradicts itself: who judges writes no such one, so it was changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from drills.journal.keylines import KeyPath
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.result import CriterionResult
from drills.judgement.verdict import Measured, Verdict, judge
from drills.units import Interval


class Judged(Protocol):
    """As much of a judged result as may contradict itself."""

    @property
    def verdict(self) -> str:
        """The drill's."""

    @property
    def status(self) -> str:
        """Whether it ran to its end."""

    @property
    def failed_parts(self) -> Mapping[str, str]:
        """What could not be judged, and why."""

    @property
    def criteria(self) -> Sequence[CriterionResult]:
        """Each as judged."""


def contradictions(result: Judged) -> Iterator[tuple[KeyPath, str]]:
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


def _unproven(result: Judged) -> str:
    """Why the drill cannot be met; "" where it can."""
    if result.status != "completed":
        return f"it was {result.status}"
    if result.failed_parts:
        return f"it could not be judged in part ({', '.join(result.failed_parts)})"
    if open_ := [one.name for one in result.criteria if one.verdict in ("missed", "inconclusive")]:
        return f"{open_[0]} is not"
    return "" if any(one.verdict == "met" for one in result.criteria) else "no criterion is"
