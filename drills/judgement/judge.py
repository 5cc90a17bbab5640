"""Judging a drill from its directory alone: journal, samples, final read. Pure but for reading.

Judging an old drill again gives the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from drills.errors import JournalError, PlanError
from drills.journal import regular
from drills.journal.facts import (
    Attested,
    CriterionStated,
    DrillEnded,
    DrillStarted,
    EvidenceKept,
    GroundFailed,
    LanesEnded,
)
from drills.journal.folder import BACKUP_READS, EVIDENCE, FINAL_READ, SAMPLES
from drills.journal.integrity import UNSEALED, lost, unsealed
from drills.journal.journal import last_hash, read_timeline
from drills.journal.sample import Sample
from drills.journal.samples import read_samples
from drills.journal.timeline import Timeline
from drills.judgement import account, chart, grade, spent
from drills.judgement import record as incident
from drills.judgement.conclusion import status_of, verdict_of
from drills.judgement.course import course, floor
from drills.judgement.criterion import Comparator, Criterion, Unit
from drills.judgement.declared import NOT_REACHED, unreached
from drills.judgement.follow_ups import followed_up, left
from drills.judgement.followed import followed
from drills.judgement.journeys import availabilities
from drills.judgement.metric import Metric, Observations
from drills.judgement.metrics import METRICS, SERVICES_RESTORED, metric, unit_of
from drills.judgement.readdressed import counted
from drills.judgement.recovery import by_the_drill_alone
from drills.judgement.result import CriterionResult, DrillResult
from drills.judgement.result import Metric as MetricResult
from drills.judgement.score import Judged
from drills.judgement.settling import measured_for_good, withheld
from drills.judgement.starvation import excused, exonerated, stalled_share
from drills.judgement.statement import figures, state
from drills.judgement.steps import lines, steps
from drills.judgement.telling import nobody
from drills.judgement.verdict import Measured, Unmeasured, Verdict
from drills.stack.database import FinalRead, final_read_of
from drills.units import NS

T = TypeVar("T")
_ANSWER = 1024 * 1024  # bytes of evidence that may be a service's answer
RECOVERIES = frozenset(
    {"time to recover", "time to resolve", "time to restore redundancy", SERVICES_RESTORED}
)


def observe(directory: Path) -> Observations:
    """What a drill's directory holds. Raises JournalError where that is no drill's."""
    timeline = read_timeline(directory)
    started = timeline.first(DrillStarted) or DrillStarted()
    unread: dict[str, str] = {}
    final = _final_read(directory / FINAL_READ)  # first: while it is parsed it takes twice its room
    try:
        samples = read_samples(directory / SAMPLES, final=True)
    except JournalError as error:
        samples, unread["samples"] = {}, str(error)  # without them nothing is green, nor red
    if unsealed(timeline):
        unread["journal"] = UNSEALED
    if gone := lost(directory, timeline):
        unread.setdefault("samples", f"{'; '.join(gone)}. `drills verify` tells what was changed")
    return Observations(
        timeline=timeline,
        samples=counted(timeline, samples),
        hold=started.hold_s,
        until_ns=_watched_until(timeline, samples),
        final=final,
        unread=unread,
        backups=_final_read(directory / BACKUP_READS),
        evidence=_answers(directory, timeline),
    )


def _answers(directory: Path, timeline: Timeline) -> list[str]:
    """The kept artefacts that may be a service's answer, as texts; what cannot be read is none."""
    found = []
    for kept in timeline.all(EvidenceKept):
        path = directory / EVIDENCE / Path(kept.path).name
        if kept.size > _ANSWER or kept.name.endswith(" log"):
            continue
        with suppress(OSError, ValueError):
            text = regular.read(path).decode()
            found += [text] if text.startswith("{") else []
    return found


def _watched_until(timeline: Timeline, samples: Mapping[str, Sequence[Sample]]) -> int:
    """When watching ended; of a drill that crashed, with its last sample or else its last event.

    What people or a later healing added afterwards was not watched.
    """
    if ended := timeline.last(LanesEnded):
        return ended.at_ns
    if any(samples.values()):
        return max(sample.ended_ns for lane in samples.values() for sample in lane)
    last = timeline.newest(Attested)
    return last.at_ns if last else 0


def _final_read(path: Path) -> FinalRead | None:
    """What the nodes, or backups, held; None where nobody read it to its end.

    Raises JournalError where it cannot be read.
    """
    if not path.exists():
        return None
    try:
        return final_read_of(regular.read(path).decode())
    except (ValueError, TypeError, OverflowError):
        return None  # a crash tore it: nothing was read, so nothing is proven
    except OSError as error:
        raise JournalError(f"cannot read {path}: {error.strerror}") from error


def judge_directory(directory: Path) -> DrillResult:
    """The judged result of a drill's directory. Raises JournalError where that is no drill's."""
    return judge(observe(directory), last_hash(directory))


def judged_criteria(seen: Observations) -> list[Judged]:
    """Every criterion of the drill with its measurement and verdict, in the scenario's order.

    Those that were declared and never reached stand at the end: inconclusive, whatever was seen.
    """
    told = [_criterion(stated) for stated in seen.timeline.all(CriterionStated)]
    reached = [each for each in told if isinstance(each, Criterion)]
    share, unfounded = stalled_share(seen), _unfounded(seen)
    judged = [excused(_judged(seen, criterion), share) for criterion in told]
    return [exonerated(item, unfounded) if unfounded else item for item in judged] + [
        Judged.of(criterion, unit_of(criterion), NOT_REACHED)
        for criterion in unreached(seen.timeline, reached)
    ]


def _unfounded(seen: Observations) -> str:
    """Why what was missed proves nothing against the system; "" where it does."""
    if seen.timeline.first(GroundFailed):
        return "the ground gave way under the drill"
    return "the drill's folder is not as the drill left it" if seen.unread else ""


def _criterion(stated: CriterionStated) -> Criterion | CriterionStated:
    """The criterion that was stated; the fact itself where that cannot be read."""
    try:
        return Criterion.of(stated)
    except ValueError:
        return stated


def _judged(seen: Observations, criterion: Criterion | CriterionStated) -> Judged:
    """A criterion that cannot be measured, for whatever reason, is unmeasured; others go on."""
    if isinstance(criterion, CriterionStated):
        unread = Criterion(criterion.text, criterion.metric, Comparator.EXACTLY, 0)
        return Judged.of(unread, Unit.COUNT, Unmeasured("the journal holds no such criterion"))
    try:
        measured = metric(criterion.metric)
    except PlanError as error:
        return Judged.of(criterion, Unit.COUNT, Unmeasured(str(error)))
    judged = Judged.of(criterion, measured.unit, measured.measure(seen, criterion.subject))
    return withheld(seen, judged, final=measured.final)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


class _Parts:
    """The parts of a result. One that fails leaves a gap, and its reason in ``failed``."""

    def __init__(self, failed: Mapping[str, str]) -> None:
        self.failed = dict(failed)

    def of(self, name: str, make: Callable[[], T], gap: Callable[[], T]) -> T:
        """The part, or ``gap`` where making it fails."""
        try:
            return make()
        except Exception as error:  # noqa: BLE001 - whatever it is, the other parts still stand
            self.failed[name] = _words(error)
            return gap()


def judge(seen: Observations, root_hash: str = "") -> DrillResult:
    """The judged result of what was observed; ``root_hash`` is of the journal it was read from.

    Each part is judged by itself. One that fails is named in ``failed_parts`` with its reason, the
    others stand, and the drill is inconclusive where it was not missed.
    """
    started = seen.timeline.first(DrillStarted)
    if started is None:
        raise JournalError("expected a journal that begins with the drill's start")
    parts = _Parts(seen.unread)
    judged: list[Judged] = parts.of("criteria", lambda: judged_criteria(seen), list)
    return DrillResult(
        **_identity(seen, started),
        **_told(seen, started, parts),
        criteria=_stated(seen, judged, parts),
        metrics={each.name: _metric(seen, each) for each in METRICS.values() if not each.has_to_be},
        unanswered=_unanswered(seen, judged),
        untold=nobody(seen),
        root_hash=root_hash,
        **_concluded(seen, judged, parts),
    )


def _stated(seen: Observations, judged: Sequence[Judged], parts: _Parts) -> list[CriterionResult]:
    """Each criterion with the line of its sentence."""
    nowhere = [0] * len(judged)
    found = parts.of("lines", lambda: lines(seen.timeline, judged), lambda: nowhere)
    return [state(item, line) for item, line in zip(judged, found, strict=True)]


def _identity(seen: Observations, started: DrillStarted) -> dict[str, Any]:
    """Which drill it was, and from when to when it ran."""
    ended, anchor = seen.timeline.last(DrillEnded), started.anchor
    end = ended or seen.timeline.newest(Attested) or started
    return {
        "id": started.id,
        "feature": started.feature,
        "scenario": started.scenario,
        "severity": started.severity,
        "incident": started.incident,
        "status": status_of(ended),
        "started_at": anchor.date(started.at_ns),
        "ended_at": anchor.date(end.at_ns),
        "duration_s": (end.at_ns - started.at_ns) / NS,
        "feature_name": started.feature_name,
        "line": started.line,
        "example": started.example,
        "tags": list(started.tags),
    }


def _told(seen: Observations, started: DrillStarted, parts: _Parts) -> dict[str, Any]:
    """What is told beside the judgement, each part by itself."""
    anchor, zero = started.anchor, _zero(seen)
    return {
        "faults": parts.of("faults", lambda: account.faults(seen, anchor), list),
        "data": parts.of("data", lambda: account.data(seen, zero), account.no_data),
        "availability": parts.of("availability", lambda: availabilities(seen, zero), dict),
        "intrusions": parts.of("intrusions", lambda: account.intrusions(seen, zero), dict),
        "timeline": parts.of("timeline", lambda: account.story(seen, anchor, zero), list),
        "evidence": parts.of("evidence", lambda: account.evidence(seen), list),
        "steps": parts.of("steps", lambda: steps(seen.timeline), list),
        "spent": parts.of("spent", lambda: spent.spans(seen, zero), list),
        "chart": parts.of("chart", lambda: chart.build(seen, zero), chart.nothing),
        "record": parts.of("record", lambda: incident.build(seen), incident.nothing),
        "course": parts.of("course", lambda: course(seen), list),
        "floor": parts.of("floor", lambda: floor(seen), lambda: None),
        "followed": parts.of("followed", lambda: followed(seen), list),
        "left": parts.of("left", lambda: left(seen), list),
        "follow_ups": parts.of("follow-ups", lambda: followed_up(seen), list),
        "environment": parts.of(
            "environment", lambda: account.environment(seen, started), account.nowhere
        ),
    }


def _concluded(seen: Observations, judged: Sequence[Judged], parts: _Parts) -> dict[str, Any]:
    """Verdict, reason and score, and which parts are missing: then nothing is green."""
    verdict, reason = parts.of(
        "verdict", lambda: verdict_of(seen, judged), lambda: (Verdict.INCONCLUSIVE, "")
    )
    given = parts.of(
        "score",
        lambda: grade.graded(seen, judged),
        lambda: grade.none("scoring failed"),
    )
    if parts.failed and verdict is not Verdict.MISSED:
        failed = "; ".join(f"{name}: {why}" for name, why in parts.failed.items())
        verdict, reason = Verdict.INCONCLUSIVE, f"judging failed in part: {failed}"
        given = given if given.capped_by else grade.none(f"no score: {reason}")
    return {
        "verdict": verdict.value,
        "reason": reason,
        "score": given,
        "failed_parts": parts.failed,
    }


def _unanswered(seen: Observations, judged: Sequence[Judged]) -> str:
    """That a recovery was met by the drill's own end of its fault alone; "" where none was."""
    met = [item for item in judged if item.verdict is Verdict.MET]
    back = [item.measurement for item in met if item.criterion.metric in RECOVERIES]
    told = (by_the_drill_alone(seen, each) for each in back if isinstance(each, Measured))
    return next(filter(None, told), "")


def _zero(seen: Observations) -> int:
    fault = seen.fault()
    started = seen.timeline.first(DrillStarted)
    return fault.ns if fault else (started.at_ns if started else 0)


def _metric(seen: Observations, metric: Metric) -> MetricResult:
    """A metric of the whole drill, not narrowed to any subject."""
    measurement = measured_for_good(seen, metric)
    reason = None if isinstance(measurement, Measured) else measurement.reason
    return MetricResult(unit=metric.unit.value, **figures(measurement), reason=reason)
