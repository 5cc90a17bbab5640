"""CTRF: what its own schema says, and nothing passed that is not met.

The schema beside this test is CTRF's own, under its licence.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from drills.reporting.exports.ctrf import render
from drills.reporting.exports.run import Run
from tests.unit.reporting.exports.exported import (
    ALL,
    FAILED,
    hostile,
    inconclusive,
    met,
    missed,
    run,
)

SCHEMA = json.loads(Path(__file__).with_name("ctrf.schema.json").read_text("utf-8"))


def results(of: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(of))["results"]
    return found


@pytest.mark.parametrize(
    "told",
    [ALL, run(), run(failures=(FAILED,)), run(hostile()), run(hostile("\ud800")), run(hostile(""))],
    ids=["all", "nothing", "failures", "hostile", "half", "empty"],
)
def test_it_is_what_the_schema_says(told: Run) -> None:
    """Whatever the run was."""
    document = json.loads(render(told).encode("utf-8", "replace"))
    assert list(Draft7Validator(SCHEMA).iter_errors(document)) == []


def test_what_is_inconclusive_has_failed() -> None:
    """And says what it is; the counts are those of the tests."""
    told = results(ALL)
    found = [(each["status"], each["rawStatus"]) for each in told["tests"]]
    assert found == [
        ("failed", "no result"),
        ("failed", "missed"),
        ("failed", "inconclusive"),
        ("passed", "met"),
    ]
    summary = told["summary"]
    assert (summary["tests"], summary["passed"], summary["failed"]) == (4, 1, 3)


def test_a_test_has_its_place_its_times_and_what_it_left() -> None:
    """In milliseconds, and links from where one stands."""
    (test,) = results(run(missed()))["tests"]
    assert (test["filePath"], test["line"], test["suite"]) == (
        "features/replica.feature",
        6,
        ["The replica"],
    )
    assert test["stop"] - test["start"] == test["duration"] == 31_400
    assert test["attachments"][0]["path"] == "reports/bbbb0002/report.html"
    assert test["message"].startswith("missed: 1 criterion missed")
    assert test["extra"]["incident-drills.score"] == 49


def test_the_run_lasts_from_the_first_beginning_to_the_last_end() -> None:
    """Of all drills."""
    told = results(run(met(), inconclusive()))
    assert told["summary"]["stop"] - told["summary"]["start"] == 31_400
