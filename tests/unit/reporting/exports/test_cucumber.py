"""Cucumber JSON: each step as it went, outlines row by row, and nothing green that is not."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

from drills.judgement.step import Step
from drills.reporting.exports.cucumber import render
from drills.reporting.exports.run import Run
from tests.unit.reporting import example
from tests.unit.reporting.exports.exported import (
    ALL,
    FEATURE,
    STEPS,
    drill,
    hostile,
    inconclusive,
    met,
    missed,
    run,
)


def elements(of: Run) -> list[dict[str, Any]]:
    features = json.loads(render(of))
    return [element for feature in features for element in feature["elements"]]


def statuses(element: dict[str, Any]) -> list[str]:
    told = [*element.get("before", ()), *element["steps"], *element.get("after", ())]
    return [each["result"]["status"] for each in told]


def test_a_feature_has_all_its_scenarios() -> None:
    """Named as it is, with path and tags."""
    (feature,) = json.loads(render(ALL))
    assert (feature["uri"], feature["name"], feature["keyword"]) == (
        FEATURE,
        "The replica",
        "Feature",
    )
    assert {each["name"] for each in feature["elements"]} == {
        *("Never began", "It dies", "It hangs", "The read replica stops")
    }
    assert [tag["name"] for tag in feature["elements"][-1]["tags"]] == ["@P2", "@smoke"]


def test_a_drill_that_is_met_has_passed() -> None:
    """Every step, and its verdict; keyword, text, line and nanoseconds of each."""
    (element,) = elements(run(met()))
    assert set(statuses(element)) == {"passed"}
    first = element["steps"][0]
    assert (first["keyword"], first["name"], first["line"]) == ("Given ", "customers", 7)
    assert first["result"]["duration"] == 1_500_000_000


def test_the_step_whose_criterion_is_missed_has_failed() -> None:
    """Though the scenario went on; the others have passed."""
    (element,) = elements(run(missed()))
    assert statuses(element) == ["passed", "passed", "failed", "failed"]
    assert element["steps"][2]["result"]["error_message"].startswith("missed: reads failed over")


def test_what_is_inconclusive_is_never_green() -> None:
    """Where no step failed and there is no criterion, the verdict after them has."""
    (element,) = elements(run(inconclusive()))
    assert statuses(element) == ["passed", "passed", "passed", "failed"]
    said = element["after"][0]["result"]["error_message"]
    assert said.startswith("inconclusive: steady state not reached")


def test_steps_that_were_not_run_are_skipped() -> None:
    """One that broke has failed; of a drill that died nobody knows."""
    broke = [
        STEPS[0],
        STEPS[1].model_copy(update={"status": "failed"}),
        STEPS[2].model_copy(update={"status": "not run"}),
        Step(text="Then so", status="unknown"),
    ]
    (element,) = elements(run(inconclusive(steps=broke)))
    assert statuses(element) == ["passed", "failed", "skipped", "skipped", "failed"]


def test_what_has_no_result_has_failed() -> None:
    """With the reason."""
    element = elements(ALL)[0]
    assert statuses(element) == ["failed"]
    assert element["before"][0]["result"]["error_message"] == "PlanError: no such\nservice"


def test_rows_of_an_outline_are_scenarios_of_their_own() -> None:
    """Each with its row, its line and an id."""
    rows = elements(run(met(example="stop", line=20), met(example="kill", line=21, id="b")))
    assert [each["keyword"] for each in rows] == ["Scenario Outline"] * 2
    assert [each["line"] for each in rows] == [20, 21]
    assert len({each["id"] for each in rows}) == 2
    assert rows[0]["name"] == "The read replica stops [stop]"


def test_the_report_is_linked() -> None:
    """As a page that shows an embedding of HTML shows it; what others wrote in it is escaped."""
    (element,) = elements(run(met(id='"><script>')))
    (embedded,) = element["after"][0]["embeddings"]
    assert embedded["mime_type"] == "text/html"
    shown = b64decode(embedded["data"]).decode()
    assert shown.startswith('<a href="reports/')
    assert "<script" not in shown


def test_hostile_text_is_still_json() -> None:
    """Without escapes of terminals; halves of characters too."""
    for text in (example.HOSTILE, "half \ud800", "\x00\x1b[2J"):
        (feature,) = json.loads(render(run(hostile(text))).encode("utf-8", "replace"))
        (element,) = feature["elements"]
        shown = [feature["name"], element["name"], element["steps"][0]["name"]]
        shown += [element["after"][0]["result"]["error_message"]]
        assert not any(sign in said for said in shown for sign in "\x00\x1b\ud800\u202e")


def test_an_old_drill_without_steps_is_shown_all_the_same() -> None:
    """Its verdict is all there is."""
    (element,) = elements(run(drill(example.result(), steps=[])))
    assert statuses(element) == ["passed"]
