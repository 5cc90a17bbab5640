"""A row tells of a finished drill what a history needs, and nothing that is not so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drills.errors import JournalError
from drills.history.row import LENGTH, Row, row_in
from drills.journal.folder import RESULT
from tests.doubles.finished import SAMPLE, drill, row


def test_the_sample_becomes_a_row() -> None:
    """With its figures, and what was broken without the name of a container that nobody knows."""
    made = row_in(SAMPLE)
    assert (made.scenario, made.verdict, made.severity) == ("The read replica stops", "met", "P2")
    assert made.faults == ("stop postgres-replica-1",)
    assert made.measured("time to detect") == pytest.approx(0.33, abs=0.01)
    detected = next(
        f for f in made.figures if f.kind == "criterion" and f.metric.endswith("detect")
    )
    assert (detected.limit, detected.comparator, detected.verdict) == (300.0, "at most", "met")


def test_each_journey_is_a_metric_of_what_customers_had() -> None:
    """Availability, p99 latency, and for how long it was out; what is only a bound is left out."""
    availability = json.loads((SAMPLE / RESULT).read_text("utf-8"))["availability"]
    made = {(f.name, f.subject): f for f in row_in(SAMPLE).figures if f.kind == "metric"}
    assert {"orders", "reads", "exports"} < set(availability)
    for journey, one in availability.items():
        assert made["availability", journey].value == one["ratio"]
        assert made["latency p99", journey].value == one["latency_p99_s"]
        assert made["outage", journey].value == sum(each["seconds"] for each in one["outages"])


def test_a_bound_is_no_value(tmp_path: Path) -> None:
    """Neither of a latency nor of an outage that was not over."""
    availability = json.loads((SAMPLE / RESULT).read_text("utf-8"))["availability"]
    out = {"start_s": 1.0, "end_s": None, "seconds": None, "half_width_s": None, "failures": 3}
    changed = {**availability["reads"], "latency_p99_at_least": True, "outages": [out]}
    made = row_in(drill(tmp_path, availability={"reads": changed}))
    found = {f.name: f.value for f in made.figures if f.kind == "metric" and f.subject == "reads"}
    assert (found["latency p99"], found["outage"]) == (None, None)


def test_a_row_comes_back_from_its_data() -> None:
    """Whatever is not known is left out, and is not known again."""
    made = row(3)
    data = json.loads(json.dumps(made.data()))
    assert Row.of({**data, "at": made.at}, data["figures"]) == made


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"verdict": "met", "status": "crashed"}, "the drill cannot be met: it was crashed"),
        ({"verdict": "fine"}, "verdict: expected one of 'met', 'missed'"),
        ({"schema_version": 1}, "schema_version: expected one of 2, found 1. Hint: `drills judge "),
        ({"id": "../../etc"}, "id: expected letters, digits and hyphens, found '../../etc'"),
        ({"id": "a" * 81}, "id: expected letters"),
        ({"started_at": "yesterday"}, "started_at: "),
        ({"criteria": [{}]}, "criteria.0."),
    ],
)
def test_what_is_no_result_is_no_row(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    """Neither is one that contradicts itself: nobody counts as met what is not."""
    folder = drill(tmp_path, **changes)
    with pytest.raises(JournalError) as caught:
        row_in(folder)
    assert said in str(caught.value)
    assert str(folder / RESULT) in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "[" * 100_000])
def test_what_is_no_json_object_is_told(tmp_path: Path, text: str) -> None:
    """As what it is, without a traceback of a library's."""
    (tmp_path / RESULT).write_text(text)
    with pytest.raises(JournalError, match="expected a") as caught:
        row_in(tmp_path)
    assert "pydantic" not in str(caught.value)


def test_a_folder_without_a_result_is_told(tmp_path: Path) -> None:
    """And so is one whose result is no file."""
    with pytest.raises(JournalError, match="expected a judged drill"):
        row_in(tmp_path)
    (tmp_path / RESULT).mkdir()
    with pytest.raises(JournalError, match="expected a judged drill"):
        row_in(tmp_path)


def test_long_and_broken_names_are_what_every_store_can_keep(tmp_path: Path) -> None:
    """No NUL, no half of a character, and not the length of a book."""
    name = "a\0b\ud800" + "x" * 10_000
    document = json.loads((drill(tmp_path) / RESULT).read_text())
    document["scenario"] = name
    (tmp_path / RESULT).write_text(json.dumps(document).replace("\\ud800", ""))
    made = row_in(tmp_path)
    assert len(made.scenario) == LENGTH
    assert "\0" not in made.scenario
