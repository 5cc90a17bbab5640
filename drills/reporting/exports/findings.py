"""What is to be shown at a line of a feature: each criterion that is not met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from drills.judgement.result import CriterionResult
from drills.reporting.cleansing import clean, clean_line
from drills.reporting.criteria import unmet, unmet_text
from drills.reporting.exports.run import Failure, Finished, Run
from drills.reporting.words import VERDICTS

Weight = Literal["missed", "weakness", "unproven"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One of them: its place, what it is called, what is said of it, and how bad it is.

    ``fingerprint`` is the same in the next run, where the same criterion of the same scenario is
    not met again.
    """

    file: str
    line: int
    title: str
    text: str
    weight: Weight
    fingerprint: str


def findings(run: Run) -> list[Finding]:
    """All of a run, what was missed first: a place that shows only some shows these."""
    found = [_failed(run, each) for each in run.failures]
    found += [each for drill in run.drills if not drill.met for each in _of(run, drill)]
    return sorted(found, key=lambda each: ("missed", "weakness", "unproven").index(each.weight))


def _of(run: Run, drill: Finished) -> Iterator[Finding]:
    result = drill.result
    if not (criteria := unmet(result)):
        word = VERDICTS[result.verdict]
        said = f"{clean(result.reason)} (report: {run.report(drill)})"
        weight: Weight = "missed" if result.verdict == "missed" else "unproven"
        yield _finding(run, drill, result.line, f"{word}: {drill.name}", said, weight)
    for one in criteria:
        title = f"{VERDICTS[one.verdict]}: {clean_line(one.name)}"
        said = f"{drill.name}: {clean(unmet_text(one))} (report: {run.report(drill)})"
        yield _finding(run, drill, one.line or result.line, title, said, _weight(one), one.name)


def _weight(one: CriterionResult) -> Weight:
    if one.verdict != "missed":
        return "unproven"
    return "missed" if one.priority == "must" else "weakness"


def _finding(
    run: Run, drill: Finished, line: int, title: str, said: str, weight: Weight, name: str = ""
) -> Finding:
    result = drill.result
    same = _fingerprint(result.feature, result.scenario, result.example, name)
    return Finding(run.file(result.feature), max(line, 1), title, said, weight, same)


def _failed(run: Run, each: Failure) -> Finding:
    title = f"No result: {clean_line(each.name)}"
    said, place = clean(each.reason), max(each.line, 1)
    return Finding(
        run.file(each.feature), place, title, said, "missed", _fingerprint(each.feature, each.name)
    )


def _fingerprint(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
