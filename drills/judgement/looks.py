"""Looks at a drill that is under way, each as cheap as what is new since the one before."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from drills.journal.samples import SampleTail
from drills.journal.timeline import Timeline
from drills.judgement.metric import Observations
from drills.judgement.readdressed import Spans, astray_in, went_astray


class Looks:
    """Reads the samples as they are written, by whoever writes them.

    ``hold`` is the drill's hold window in seconds.
    """

    def __init__(self, samples: Path, hold: float) -> None:
        self._tail = SampleTail(samples)
        self._hold = hold
        self._astray: Spans = []

    def at(self, timeline: Timeline, now_ns: int) -> Observations:
        """What is seen now, of a drill that told so much. Raises JournalError as ``poll`` does.

        What was sent where a service was no more is left out. To be used until the next look.
        """
        if (spans := astray_in(timeline)) != self._astray:
            self._astray = spans
            self._tail.drop(partial(went_astray, spans=spans))
        return Observations(timeline, self._tail.poll(), self._hold, now_ns, under_way=True)
