"""Which metrics and sentences a configuration makes possible, and what each of the others needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drills.config.document import Manifest
from drills.config.sentences import Sentence
from drills.judgement.criterion import noun_of
from drills.judgement.metric import Metric
from drills.judgement.metrics import METRICS, metric
from drills.judgement.subjects import SECTIONS, Known, Need, Subject

_NEEDED = {  # of a metric that has to be narrowed to one of these
    Subject.JOURNEY: Need.JOURNEY,
    Subject.INTRUDER: Need.INTRUDER,
    Subject.SWITCHING: Need.SWITCHING,
    Subject.ALERT: Need.ALERT,
    Subject.REPLICA: Need.REPLICA,
}


@dataclass(frozen=True, slots=True)
class Possible:
    """A metric or a sentence, and what it ``needs`` that is not there: () where it is possible."""

    kind: str  # metric, given, when, then
    text: str
    needs: tuple[str, ...] = ()


def metrics(known: Known) -> list[Possible]:
    """Every metric of a stack that has ``known``."""
    return [Possible("metric", name, tuple(lacking(each, known))) for name, each in METRICS.items()]


def of_sentences(found: list[Sentence], manifest: Manifest, known: Known) -> list[Possible]:
    """Every sentence on the stack of a manifest."""
    return [
        Possible(each.kind, each.text, tuple(dict.fromkeys(_needs(each, manifest, known))))
        for each in found
    ]


def lacking(measured: Metric, known: Known) -> Iterator[str]:
    """What a metric cannot do without and is not there, by the section that would give it."""
    needs = [*measured.needs]
    if measured.has_to_be and measured.narrowed in _NEEDED:
        needs.append(_NEEDED[measured.narrowed])
    for need in dict.fromkeys(needs):
        if need in SECTIONS and not known.get(need, (need.value,)):
            yield SECTIONS[need]


def _needs(sentence: Sentence, manifest: Manifest, known: Known) -> Iterator[str]:
    for name in sentence.journeys:
        if name not in manifest.journeys:
            yield f"[journeys.{name}]"
    if sentence.starts and not manifest.journeys:
        yield SECTIONS[Need.JOURNEY]
    if not sentence.metric:
        return
    yield from lacking(metric(sentence.metric), known)
    noun, kept = noun_of(sentence.metric), known.get(Need.WRITES, ())
    if noun and kept and noun not in kept:
        yield f'writes = "{noun}" under [data]: it calls them {", ".join(kept)}'
