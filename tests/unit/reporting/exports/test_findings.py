"""Each criterion that is not met has its place, and the same fingerprint in the next run."""

from __future__ import annotations

from drills.reporting.exports.findings import findings
from tests.unit.reporting.exports.exported import ALL, FEATURE, inconclusive, met, missed, run


def test_each_is_at_the_line_of_its_sentence() -> None:
    """Or of its scenario, where that is not known; the worst come first."""
    found = [(each.title, each.file, each.line, each.weight) for each in findings(ALL)]
    assert found == [
        ("No result: Never began", FEATURE, 30, "missed"),
        ("Missed: reads failed over", FEATURE, 9, "missed"),
        ("Inconclusive: redundancy restored", FEATURE, 6, "unproven"),
        ("Inconclusive: It hangs", FEATURE, 6, "unproven"),
    ]


def test_what_is_met_has_none() -> None:
    """Nor what only people can say."""
    assert findings(run(met())) == []


def test_a_should_that_is_missed_is_a_weakness() -> None:
    """It weighs less."""
    (late, _) = (
        one for one in missed().result.criteria if one.verdict not in ("met", "not assessed")
    )
    should = late.model_copy(update={"priority": "should"})
    (found,) = findings(run(missed(criteria=[should])))
    assert found.weight == "weakness"


def test_the_next_run_has_the_same_fingerprints() -> None:
    """Other criteria, scenarios and rows have others."""
    first = {each.fingerprint for each in findings(ALL)}
    again = {
        each.fingerprint for each in findings(run(missed(id="x", line=60), inconclusive(id="y")))
    }
    assert again < first
    rows = findings(run(inconclusive(example="a"), inconclusive(example="b")))
    assert len({each.fingerprint for each in rows} | first) == len(first) + 2


def test_a_finding_says_where_the_report_is() -> None:
    """And what was measured, against which limit."""
    said = findings(run(missed()))[0].text
    assert "6.04 s ± 0.05 (limit: at most 5 s, 990 ms too much)" in said
    assert said.endswith("(report: reports/bbbb0002/report.html)")
