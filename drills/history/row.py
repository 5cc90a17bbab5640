"""One finished drill as a line of a history, made of its ``drill.json`` and of nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from drills.errors import JournalError
from drills.history.machine import kind_of
from drills.history.version import version_of
from drills.journal import regular
from drills.journal.folder import RESULT
from drills.journal.misfits import Misfits
from drills.judgement.contradictions import contradictions
from drills.judgement.environment import Environment
from drills.judgement.result import (
    Availability,
    CriterionResult,
    FaultResult,
    Metric,
    ScoreResult,
    Status,
    Verdict,
)

SIZE = 64 * 1024**2  # bytes of a drill.json; what is larger is refused
LENGTH = 300  # characters of a name that are kept
_ID = re.compile(r"[\w-]{1,80}", re.ASCII)
AVAILABILITY, LATENCY, OUTAGE = "availability", "latency p99", "outage"  # of a journey
DETECT, RECOVER = "time to detect", "time to recover"
Kind: TypeAlias = Literal["metric", "criterion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured of a metric, or of a criterion with its limit; in ``unit``.

    ``unit`` is seconds, ratio or count. Whatever is not known is null. Of a metric ``name`` is its
    own, ``subject`` the journey that it is of, and the rest is left out; of a criterion it is the
    sentence's.
    """

    kind: Kind
    name: str
    unit: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    metric: str = ""
    subject: str = ""
    comparator: str = ""
    limit: float | None = None
    verdict: Verdict | Literal[""] = ""
    priority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A finished drill. ``at`` is when it began (UTC), ``seconds`` how long it took.

    ``folder`` is the name of its folder among the reports, ``machine`` where it ran, ``faults``
    what was broken, each as ``kind target``. ``score`` has bounds; all null where there is none.
    ``version`` tells versions of the system apart, "" where it is not known.
    """

    id: str
    at: datetime
    seconds: float
    feature: str
    scenario: str
    severity: str
    incident: str
    faults: tuple[str, ...]
    status: str
    verdict: Verdict
    reason: str
    score: float | None
    score_low: float | None
    score_high: float | None
    rating: str
    machine: str
    version: str
    folder: str
    figures: tuple[Figure, ...]

    def measured(self, metric: str) -> float | None:
        """What was measured of a metric that needs not be narrowed; None where nothing was."""
        return next(
            (f.value for f in self.figures if f.kind == "metric" and f.name == metric), None
        )

    def data(self) -> dict[str, Any]:
        """As JSON has it; what a figure does not know is left out of it."""
        own = {name: getattr(self, name) for name in _FIELDS}
        figures = [_known(each) for each in self.figures]
        at, faults = self.at.isoformat(), list(self.faults)
        return {**own, "at": at, "faults": faults, "figures": figures}

    @classmethod
    def of(cls, data: Mapping[str, Any], figures: Sequence[Mapping[str, Any]]) -> Row:
        """The inverse of ``data``, whose date is one already; what else is in it is passed over."""
        own = {name: data[name] for name in _FIELDS if name != "figures"}
        made = tuple(Figure(**each) for each in figures)
        return cls(**{**own, "faults": tuple(data["faults"]), "figures": made})


_FIELDS = tuple(each.name for each in fields(Row))
_OF_FIGURE = tuple(each.name for each in fields(Figure))


def _known(figure: Figure) -> dict[str, Any]:
    said = ((name, getattr(figure, name)) for name in _OF_FIGURE)
    return {name: value for name, value in said if value not in (None, "")}


class Told(BaseModel):
    """What a history needs of a ``drill.json``; the rest is read over."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    schema_version: Literal[2]
    id: str
    feature: str
    scenario: str
    severity: str
    incident: str
    status: Status
    verdict: Verdict
    reason: str
    score: ScoreResult
    started_at: datetime
    duration_s: float
    faults: list[FaultResult]
    metrics: dict[str, Metric]
    criteria: list[CriterionResult]
    availability: dict[str, Availability] = {}
    environment: Environment
    failed_parts: dict[str, str] = {}


def row_in(folder: Path) -> Row:
    """The row of a drill's folder. Raises JournalError where no judged drill is there that fits.

    Neither is one that contradicts itself: nobody counts as met what is not.
    """
    path = folder / RESULT
    try:
        if path.stat().st_size > SIZE:
            raise JournalError(f"{path}: expected a judged drill, found {SIZE} bytes and more")
        told = Told.model_validate_json(regular.read(path))
    except OSError as error:
        raise JournalError(f"{path}: expected a judged drill: {error.strerror or error}") from error
    except ValidationError as error:
        raise JournalError(_unfit(path, error)) from error
    except RecursionError as error:
        raise JournalError(f"{path}: expected a judged drill: {error}") from error
    if not _ID.fullmatch(told.id):
        raise JournalError(f"{path}: id: expected letters, digits and hyphens, found {told.id!r}")
    if found := next(contradictions(told), None):
        raise JournalError(f"{path}: {found[1]}. Hint: `drills judge {folder}` writes it anew")
    return row_of(told, folder.name)


def row_of(told: Told, folder: str) -> Row:
    """The row of a judged result, whose folder has this name."""
    own = f"drill-{told.id}-"  # of a stack that was brought up for it
    targets = [(each.kind, each.target.removeprefix(own)) for each in told.faults]
    faults = dict.fromkeys(_short(f"{kind} {target}") for kind, target in targets)
    metrics = [_metric(name, each) for name, each in told.metrics.items()]
    metrics += [
        figure for name, each in told.availability.items() for figure in _journey(name, each)
    ]
    return Row(
        id=_short(told.id),
        at=told.started_at.astimezone(UTC),
        seconds=told.duration_s,
        feature=_short(told.feature),
        scenario=_short(told.scenario),
        severity=_short(told.severity),
        incident=_short(told.incident),
        faults=tuple(faults),
        status=told.status,
        verdict=told.verdict,
        reason=_short(told.reason),
        score=told.score.value,
        score_low=told.score.low,
        score_high=told.score.high,
        rating=told.score.rating or "",
        machine=_short(kind_of(told.environment)),
        version=version_of(told.environment),
        folder=folder,
        figures=(*metrics, *map(_criterion, told.criteria)),
    )


def _metric(name: str, one: Metric) -> Figure:
    return Figure(
        kind="metric",
        name=_short(name),
        unit=one.unit,
        value=one.value,
        low=one.low,
        high=one.high,
    )


def _journey(name: str, one: Availability) -> Iterator[Figure]:
    """What customers had of a journey from the fault on; of what is known to be more, nothing."""
    spans = [each.seconds for each in one.outages]
    out = None if None in spans else sum(each for each in spans if each is not None)
    p99 = None if one.latency_p99_at_least else one.latency_p99_s
    for metric, unit, value in (
        (AVAILABILITY, "ratio", one.ratio),
        (LATENCY, "seconds", p99),
        (OUTAGE, "seconds", out),
    ):
        yield Figure(kind="metric", name=metric, subject=_short(name), unit=unit, value=value)


def _criterion(one: CriterionResult) -> Figure:
    return Figure(
        kind="criterion",
        name=_short(one.name),
        metric=_short(one.metric),
        subject=_short(one.subject),
        unit=one.unit,
        value=one.value,
        low=one.low,
        high=one.high,
        comparator=one.comparator,
        limit=one.limit,
        verdict=one.verdict,
        priority=one.priority,
    )


def _short(text: str) -> str:
    """A text that every store can keep: no NUL, no half of a character, not longer than a name."""
    whole = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return whole if len(whole) <= LENGTH else f"{whole[: LENGTH - 1]}\u2026"


def _unfit(path: Path, error: ValidationError) -> str:
    """What does not fit, and what writes it anew: drills that an older version judged, say."""
    try:
        document = json.loads(regular.read(path))
        said = str(Misfits.of(error, document, Told).problems[0])
    except (OSError, ValueError, RecursionError) as unread:
        said = f"expected a judged drill, as JSON: {unread}"
    return f"{path}: {said}. Hint: `drills judge {path.parent}` writes it anew"
