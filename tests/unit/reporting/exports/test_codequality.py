"""GitLab's code quality report has what its widget asks for."""

from __future__ import annotations

import json

from drills.reporting.exports.codequality import render
from tests.unit.reporting.exports.exported import ALL, FEATURE, hostile, met, missed, run


def test_an_issue_has_every_key_that_is_required() -> None:
    """Severity by what it is."""
    issues = json.loads(render(ALL))
    assert [issue["severity"] for issue in issues] == ["critical", "critical", "major", "major"]
    for issue in issues:
        assert issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["location"]["path"] == FEATURE
        assert issue["location"]["lines"]["begin"] >= 1


def test_a_drill_that_was_tried_again_is_told_once() -> None:
    """GitLab wants fingerprints that differ."""
    issues = json.loads(render(run(missed(), missed(id="again"))))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 2


def test_hostile_text_stays_text() -> None:
    """And where all is met the list is empty."""
    assert "[31m" not in json.loads(render(run(hostile())))[0]["description"]
    assert json.loads(render(run(met()))) == []
