"""OpenMetrics text: the newest drill of each scenario, for a textfile collector, say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from prometheus_client.core import GaugeMetricFamily, Metric, StateSetMetricFamily
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from drills.judgement.result import Unit, Verdict
from drills.reporting.cleansing import clean_line
from drills.reporting.exports.run import Finished, Run

_OF = ("feature", "scenario", "example", "severity", "incident")
_ENDS = {"seconds": "_seconds", "ratio": "_ratio", "count": ""}
_VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def render(run: Run) -> str:
    """All of it. A series has no drill's id: it goes on from one drill to the next."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(run))
    return bytes(generate_latest(registry)).decode()  # type: ignore[no-untyped-call] # it has none


class _Collected(Collector):
    """What is known of a run."""

    def __init__(self, run: Run) -> None:
        self._failures = len(run.failures)
        self._drills = _newest(run)

    def collect(self) -> Iterator[Metric]:
        """Each family with its samples."""
        failed = GaugeMetricFamily("drills_failures", "What failed and left no result.")
        failed.add_metric([], self._failures)
        yield failed
        yield from _verdicts(self._drills)
        yield from _figures(self._drills)
        yield from _metrics(self._drills)


def _newest(run: Run) -> list[Finished]:
    """One of each scenario and row; of those that were tried again, the last."""
    ordered = sorted(run.drills, key=lambda each: each.result.ended_at)
    return list({tuple(_labels(each)[:3]): each for each in ordered}.values())


def _labels(drill: Finished) -> list[str]:
    return [clean_line(getattr(drill.result, name)) for name in _OF]


def _verdicts(drills: list[Finished]) -> Iterator[Metric]:
    verdict = StateSetMetricFamily("drills_verdict", "What came of the drill.", labels=_OF)
    criteria = GaugeMetricFamily(
        "drills_criteria", "How many criteria have this verdict.", labels=(*_OF, "verdict")
    )
    for each in drills:
        labels = _labels(each)
        verdict.add_metric(labels, {one: one == each.result.verdict for one in _VERDICTS})
        for one in _VERDICTS:
            count = sum(criterion.verdict == one for criterion in each.result.criteria)
            criteria.add_metric([*labels, one], count)
    yield from (verdict, criteria)


def _figures(drills: list[Finished]) -> Iterator[Metric]:
    score = GaugeMetricFamily("drills_score", "The score, 0 to 100.", labels=(*_OF, "bound"))
    took = GaugeMetricFamily(
        "drills_duration_seconds", "How long the drill took.", labels=_OF, unit="seconds"
    )
    ended = GaugeMetricFamily(
        "drills_ended_timestamp_seconds", "When the drill ended.", labels=_OF, unit="seconds"
    )
    for each in drills:
        labels, result = _labels(each), each.result
        for bound in ("low", "value", "high"):
            if (number := getattr(result.score, bound)) is not None:
                score.add_metric([*labels, bound], number)
        took.add_metric(labels, result.duration_s)
        ended.add_metric(labels, result.ended_at.timestamp())
    yield from (score, took, ended)


def _metrics(drills: list[Finished]) -> Iterator[Metric]:
    """What was measured, by unit; what was not measured has no sample."""
    for unit in get_args(Unit):
        family = GaugeMetricFamily(
            f"drills_measured{_ENDS[unit]}",
            f"What the drill measured, in {unit}.",
            labels=(*_OF, "metric", "bound"),
        )
        for each in drills:
            for name, metric in each.result.metrics.items():
                for bound in ("low", "value", "high"):
                    number = getattr(metric, bound)
                    if metric.unit == unit and metric.value is not None and number is not None:
                        family.add_metric([*_labels(each), name, bound], number)
        yield family
