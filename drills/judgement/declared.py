"""What a scenario declared before anything happened, and the drill never came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from drills.journal.timeline import Event, Kind, Timeline
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.verdict import Unmeasured

NOT_REACHED = Unmeasured("not reached: the drill ended before it")
SENTENCE = "sentence"  # the metric of a sentence that stands for whatever it would have asked for


def unreached(timeline: Timeline, reached: Sequence[Criterion]) -> Iterator[Criterion]:
    """The criteria that were declared and never reached, in the scenario's order."""
    left = Counter(criterion.key for criterion in reached)
    left.update((event.string("sentence"), SENTENCE, "") for event in timeline.all(Kind.STEP))
    for event in timeline.all(Kind.DECLARED):
        criterion = _criterion(event)
        if left[criterion.key]:
            left[criterion.key] -= 1
        else:
            yield criterion


def _criterion(event: Event) -> Criterion:
    """The criterion of an event, or one for the sentence where it is not known or damaged."""
    try:
        if event.string("metric"):
            return Criterion.from_event(event)
    except ValueError:
        pass
    return Criterion(event.string("sentence"), SENTENCE, Comparator.AT_LEAST, 1)
