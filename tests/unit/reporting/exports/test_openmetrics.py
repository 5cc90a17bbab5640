"""OpenMetrics text that its own parser reads, one series a scenario."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from drills.reporting.exports.openmetrics import render
from drills.reporting.exports.run import Run
from tests.unit.reporting import example
from tests.unit.reporting.exports.exported import ALL, hostile, inconclusive, met, missed, run

Samples = dict[str, list[tuple[dict[str, str], float]]]


def samples(of: Run) -> Samples:
    """What the parser reads, by the sample's name."""
    found: Samples = {}
    read = text_string_to_metric_families(render(of))  # type: ignore[no-untyped-call] # it has none
    for family in read:
        for sample in family.samples:
            found.setdefault(sample.name, []).append((dict(sample.labels), sample.value))
    return found


@pytest.mark.parametrize(
    "told", [ALL, run(), run(hostile()), run(hostile("\ud800")), run(hostile('a"b\\\nc'))]
)
def test_its_own_parser_reads_it(told: Run) -> None:
    """Whatever stands in a label."""
    assert samples(told)["drills_failures"]


def test_a_verdict_is_one_of_all() -> None:
    """The others are 0."""
    found = {
        labels["drills_verdict"]: value
        for labels, value in samples(run(missed()))["drills_verdict"]
    }
    assert found == {"met": 0, "missed": 1, "inconclusive": 0, "not assessed": 0}


def test_what_was_measured_is_there_with_its_bounds() -> None:
    """What was not has no sample: it is not nought."""
    told = samples(run(met()))
    detected = {
        labels["bound"]: value
        for labels, value in told["drills_measured_seconds"]
        if labels["metric"] == "time to detect"
    }
    assert detected == {"low": pytest.approx(1.61), "value": 1.62, "high": pytest.approx(1.63)}
    nothing = samples(run(inconclusive()))
    assert "drills_measured_seconds" not in nothing
    assert "drills_score" not in nothing


def test_of_drills_of_one_scenario_the_last_counts() -> None:
    """Two samples of one series would be refused; a row of an outline is another one."""
    later = example.result().ended_at + timedelta(seconds=60)
    told = samples(run(met(), missed(scenario="The read replica stops", ended_at=later)))
    assert [value for labels, value in told["drills_score"] if labels["bound"] == "value"] == [49]
    rows = samples(run(met(example="a"), met(example="b")))
    assert len(rows["drills_duration_seconds"]) == 2


def test_what_has_no_result_is_counted() -> None:
    """It is no drill's."""
    assert samples(ALL)["drills_failures"] == [({}, 1)]
