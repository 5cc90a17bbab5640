"""Samples that were sent to where a service was no more, although it ran elsewhere already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from drills.journal.observed import ADDRESSES
from drills.journal.sample import Sample
from drills.journal.timeline import Kind, Timeline


def counted(
    timeline: Timeline, samples: Mapping[str, Sequence[Sample]]
) -> Mapping[str, Sequence[Sample]]:
    """The samples without those that went astray: from a service's start until we knew where it is.

    No customer asked there in that time: who looks a service up by its name finds it at once. What
    failed before the start, and what fails from then on, is the system's.
    """
    spans = list(_spans(timeline))
    if not spans:
        return samples
    return {
        lane: [sample for sample in taken if not _astray(sample, spans)]
        for lane, taken in samples.items()
    }


def _spans(timeline: Timeline) -> Iterator[tuple[tuple[str, ...], int, int]]:
    for event in timeline.all(Kind.OBSERVED, observer=ADDRESSES):
        yield event.strings("lanes"), event.integer("low_ns"), event.integer("high_ns")


def _astray(sample: Sample, spans: Sequence[tuple[tuple[str, ...], int, int]]) -> bool:
    return any(sample.lane in lanes and low <= sample.sent_ns <= high for lanes, low, high in spans)
