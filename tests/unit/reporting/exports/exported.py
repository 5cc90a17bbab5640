"""Runs of drills as they are exported: met, missed, inconclusive, and hostile in every text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from drills.judgement.result import DrillResult
from drills.judgement.step import Step
from drills.reporting.exports.run import Failure, Finished, Run
from tests.unit.reporting import example

ROOT = Path("/checkout/shop")
FEATURE = "features/replica.feature"
STEPS = [
    Step(text="Given customers", keyword="Given ", status="passed", seconds=1.5, line=7),
    Step(text="When it stops", keyword="When ", status="passed", seconds=2, line=8),
    Step(text="Then reads fail over", keyword="Then ", status="passed", line=9),
]
FAILED = Failure(name="Never began", reason="PlanError: no such\nservice", feature=FEATURE, line=30)


def drill(result: DrillResult, **changes: Any) -> Finished:
    """A result with steps, below the folder of reports."""
    usual = {"feature": FEATURE, "line": 6, "tags": ["P2", "smoke"], "steps": STEPS}
    usual["feature_name"] = "The replica"
    whole = result.model_copy(update=usual | changes)
    return Finished(result=whole, directory=ROOT / "reports" / whole.id)


def met(**changes: Any) -> Finished:
    return drill(example.result(), **{"id": "aaaa0001", **changes})


def missed(**changes: Any) -> Finished:
    """Its second criterion is missed, at line 9; one is inconclusive, of no known line."""
    result = example.missed()
    criteria = [
        one.model_copy(update={"line": 9}) if one.verdict == "missed" else one
        for one in result.criteria
    ]
    return drill(
        result, **{"id": "bbbb0002", "scenario": "It dies", "criteria": criteria, **changes}
    )


def inconclusive(**changes: Any) -> Finished:
    """Without a single criterion."""
    return drill(example.inconclusive(), **{"id": "cccc0003", "scenario": "It hangs", **changes})


def hostile(text: str = example.HOSTILE) -> Finished:
    """Whatever others could have written is ``text``, features, steps and tags too."""
    said = [Step(text=text, keyword="", status="failed", line=9)]
    result = example.hostile(text)
    more = {"feature_name": text, "example": text, "tags": [text], "steps": said, "id": "dddd0004"}
    worst = [one.model_copy(update={"verdict": "missed"}) for one in result.criteria]
    return drill(result, feature=text, verdict="missed", criteria=worst, **more)


def run(*drills: Finished, **changes: Any) -> Run:
    return Run(drills=drills, **{"root": ROOT, "here": ROOT, "checkout": ROOT, **changes})


ALL = run(met(), missed(), inconclusive(), failures=(FAILED,))
