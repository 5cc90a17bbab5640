"""Samples that were sent to where a service was no more, although it ran elsewhere already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from drills.journal.facts import AddressMoved
from drills.journal.sample import Sample
from drills.journal.timeline import Timeline

Spans: TypeAlias = Sequence[tuple[tuple[str, ...], int, int]]


def counted(
    timeline: Timeline, samples: Mapping[str, Sequence[Sample]]
) -> Mapping[str, Sequence[Sample]]:
    """The samples without those that went astray: from a service's start until we knew where it is.

    No customer asked there in that time: who looks a service up by its name finds it at once. What
    failed before the start, and what fails from then on, is the system's.
    """
    spans = astray_in(timeline)
    if not spans:
        return samples
    return {
        lane: [sample for sample in taken if not went_astray(sample, spans)]
        for lane, taken in samples.items()
    }


def astray_in(timeline: Timeline) -> Spans:
    """The lanes that were sent astray, each time from when to when."""
    return [(moved.lanes, moved.low_ns, moved.high_ns) for moved in timeline.all(AddressMoved)]


def went_astray(sample: Sample, spans: Spans) -> bool:
    """Whether the sample was sent where nobody was any more."""
    return any(sample.lane in lanes and low <= sample.sent_ns <= high for lanes, low, high in spans)
