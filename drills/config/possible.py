"""Which metrics and sentences a configuration makes possible, and what each of the others needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drills.config.document import WRITTEN, Manifest
from drills.config.sentences import BACK_UP, FOLLOW, Sentence
from drills.errors import PlanError
from drills.judgement.criterion import noun_of
from drills.judgement.metric import Metric
from drills.judgement.metrics import METRICS, metric
from drills.judgement.subjects import SECTIONS, Known, Need, Subject
from drills.judgement.telling import told_by_nobody

_NEEDED = {  # of a metric that has to be narrowed to one of these
    Subject.JOURNEY: Need.JOURNEY,
    Subject.INTRUDER: Need.INTRUDER,
    Subject.SWITCHING: Need.SWITCHING,
    Subject.ALERT: Need.ALERT,
    Subject.REPLICA: Need.REPLICA,
}
_LISTED = {  # of a metric that has to be narrowed to one of these, which nothing else needs
    Subject.SERVICE: "services under [blast_radius]",
    Subject.TOPIC: "topics that people attest, in the runbook",
}
TELLING = "[monitoring.webhook] or a pager, or a detector with tells = true"
_STEP = "[[incidents.<tag>.procedure]]"
_ANY = "any step"
_ALERT, _ZONE = "{alert}", "{zone}"  # where a sentence names one
# What is done in a drill that a metric counts.
_DONE = {
    "procedure findings": (_ANY,),
    "unworkable runbook lines": (FOLLOW,),
    "backup differences": ("restore",),
    "emergency backup differences": ("back up", "restore"),
}


@dataclass(frozen=True, slots=True)
class Possible:
    """A metric or a sentence, and what it ``needs`` that is not there: () where it is possible."""

    kind: str  # metric, given, when, then
    text: str
    needs: tuple[str, ...] = ()


def metrics(manifest: Manifest, known: Known) -> list[Possible]:
    """Every metric of the stack of a manifest, which has ``known``."""
    return [
        Possible("metric", name, tuple(lacking(each, manifest, known)))
        for name, each in METRICS.items()
    ]


def of_sentences(found: list[Sentence], manifest: Manifest, known: Known) -> list[Possible]:
    """Every sentence on the stack of a manifest."""
    return [
        Possible(
            each.kind,
            each.text,
            tuple(
                dict.fromkeys([*_needs(each, manifest, known), *_named(each.text, manifest, known)])
            ),
        )
        for each in found
    ]


def lacking(measured: Metric, manifest: Manifest, known: Known) -> Iterator[str]:
    """What a metric cannot do without and is not there, by the section that would give it.

    A drill of any scenario that could be written would say that it is not measured.
    """
    needs = [*measured.needs]
    if measured.has_to_be and measured.narrowed in _NEEDED:
        needs.append(_NEEDED[measured.narrowed])
    for need in dict.fromkeys(needs):
        if need in SECTIONS and not known.get(need, (need.value,)):
            yield SECTIONS[need]
    if (
        measured.has_to_be
        and measured.narrowed in _LISTED
        and not known.get(measured.narrowed, "-")
    ):
        yield _LISTED[measured.narrowed]
    if measured.narrowed is Subject.ALERT:
        yield from _untold(measured, manifest, known)
    for doing in _DONE.get(measured.name, ()):
        yield from _undone(doing, manifest)


def _untold(measured: Metric, manifest: Manifest, known: Known) -> Iterator[str]:
    """What is lacking for anybody to be told, whichever incident a scenario is of, or none."""
    incidents = manifest.incidents.values()
    of_any = [(each.alerts, each.unhealthy) for each in incidents if each.alerts or each.unhealthy]
    of_any += [((alert,), ()) for alert in known.get(Subject.ALERT, ())]
    if Need.ALERT not in measured.needs:
        of_any.append(((), ()))
    telling = manifest.monitoring.telling
    if not of_any:
        yield SECTIONS[Need.ALERT]
    elif all(told_by_nobody(telling, alerts, unhealthy) for alerts, unhealthy in of_any):
        yield TELLING


def _undone(doing: str, manifest: Manifest) -> Iterator[str]:
    """What is lacking for this to be done in a drill of some incident."""
    steps = [step for each in manifest.incidents.values() for step in each.steps]
    done = {step.action for step in steps}
    if doing == BACK_UP and not any(each.action == "restore" and each.changes for each in steps):
        yield f'{_STEP} with action = "restore" and changes = true'
    elif doing == FOLLOW:
        if not manifest.incidents:
            yield "[incidents.<tag>]"
        if not _is_written(manifest):
            yield f"the runbook for people: text in the runbook's file, or {WRITTEN} beside it"
    elif doing == _ANY and not steps:
        yield _STEP
    elif doing in ("restore", "back up") and doing not in done:
        yield f'{_STEP} with action = "{doing}"'


def _is_written(manifest: Manifest) -> bool:
    try:
        return manifest.written.is_file()
    except PlanError:  # the manifest was read from no file
        return False


def _needs(sentence: Sentence, manifest: Manifest, known: Known) -> Iterator[str]:
    for name in sentence.journeys:
        if name not in manifest.journeys:
            yield f"[journeys.{name}]"
    for doing in sentence.does:
        yield from _undone(doing, manifest)
    if sentence.starts and not manifest.journeys:
        yield SECTIONS[Need.JOURNEY]
    if not sentence.metric:
        return
    yield from lacking(metric(sentence.metric), manifest, known)
    noun, kept = noun_of(sentence.metric), known.get(Need.WRITES, ())
    if noun and kept and noun not in kept:
        yield f'writes = "{noun}" under [data]: it calls them {", ".join(kept)}'


def _named(text: str, manifest: Manifest, known: Known) -> Iterator[str]:
    """What is lacking of that which a sentence is given a name of."""
    if _ZONE in text and not manifest.zones:
        yield "[zones]"
    if _ALERT not in text:
        return
    if not known.get(Subject.ALERT):
        yield "alerts under [incidents.<tag>] or [monitoring]"
    if told_by_nobody(manifest.monitoring.telling, (_ALERT,), ()):
        yield "[monitoring.webhook] or a pager"
