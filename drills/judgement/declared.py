"""What a scenario declared before anything happened, and the drill never came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

from drills.journal.facts import CriterionDeclared, StepPassed
from drills.journal.timeline import Timeline
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.verdict import Unmeasured

NOT_REACHED = Unmeasured("not reached: the drill ended before it")
SENTENCE = "sentence"  # the metric of a sentence that stands for whatever it would have asked for


def unreached(timeline: Timeline, reached: Sequence[Criterion]) -> Iterator[Criterion]:
    """The criteria that were declared and never reached, in the scenario's order."""
    left = Counter(criterion.key for criterion in reached)
    left.update((passed.sentence, SENTENCE, "") for passed in timeline.all(StepPassed))
    for declared in timeline.all(CriterionDeclared):
        criterion = _criterion(declared)
        if left[criterion.key]:
            left[criterion.key] -= 1
        else:
            yield criterion


def _criterion(declared: CriterionDeclared) -> Criterion:
    """The criterion, or one for the sentence where it is not known or damaged."""
    with suppress(ValueError):
        if declared.metric:
            return Criterion.of(declared)
    return Criterion(declared.sentence, SENTENCE, Comparator.AT_LEAST, 1)
