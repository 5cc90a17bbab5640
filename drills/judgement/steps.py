"""The scenario's steps as they went, and which of them stated each criterion."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence

from drills.journal.facts import CriterionDeclared, CriterionStated, DrillStarted, StepDone
from drills.journal.timeline import Timeline
from drills.judgement.score import Judged
from drills.judgement.step import Step, StepStatus
from drills.units import NS


def steps(timeline: Timeline) -> list[Step]:
    """What became of each; of a drill that died, nobody knows."""
    if done := timeline.all(StepDone):
        return [_step(each) for each in done]
    started = timeline.first(DrillStarted)
    return [Step(text=text, status="unknown") for text in (started.steps if started else ())]


def _step(done: StepDone) -> Step:
    return Step(
        text=done.text,
        keyword=done.keyword if done.text.startswith(done.keyword) else "",
        status=_STATUS.get(done.outcome, "unknown"),
        seconds=done.seconds,
        line=done.line,
    )


_STATUS: dict[str, StepStatus] = {"passed": "passed", "failed": "failed", "not run": "not run"}


def lines(timeline: Timeline, judged: Sequence[Judged]) -> list[int]:
    """Where the sentence of each criterion stands in its feature; 0 where that is not known.

    A criterion that no sentence declared beforehand is that of the step in which it was stated.
    """
    declared: defaultdict[tuple[str, str, str], deque[int]] = defaultdict(deque)
    for each in timeline.all(CriterionDeclared):
        declared[each.name or each.sentence, each.metric, each.subject].append(each.line)
    stated = _stated(timeline)
    found = []
    for item in judged:
        when = next(stated, 0)
        own = item.criterion
        known = declared[own.key] or declared[own.name, "", ""]
        found.append(known.popleft() if known else when)
    return found


def _stated(timeline: Timeline) -> Iterator[int]:
    """The line of the step in which each criterion was stated, in their order."""
    done = [each for each in timeline.all(StepDone) if each.began_ns]
    for each in timeline.all(CriterionStated):
        yield next((step.line for step in done if _in(step, each.at_ns)), 0)


def _in(step: StepDone, at_ns: int) -> bool:
    return step.began_ns <= at_ns <= step.began_ns + step.seconds * NS
