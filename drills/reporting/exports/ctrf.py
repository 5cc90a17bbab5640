"""CTRF, the Common Test Report Format: one JSON document for a run, whatever ran it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from drills.journal.folder import RECORD, REPORT, RESULT
from drills.judgement.step import Step
from drills.reporting.cleansing import clean, clean_line
from drills.reporting.exports.run import Failure, Finished, Run, reason

SPECIFICATION = "1.0.0"
_STEPS = {"passed": "passed", "failed": "failed", "not run": "skipped", "unknown": "other"}
_KEPT = ((REPORT, "text/html"), (RECORD, "text/markdown"), (RESULT, "application/json"))
_OWN = "incident-drills"  # what begins the keys that the format leaves to its producers


def render(run: Run) -> str:
    """The document. What is inconclusive has failed, and says so in ``rawStatus``."""
    tests = [*map(_failed, run.failures), *(_test(run, each) for each in run.drills)]
    document = {
        "reportFormat": "CTRF",
        "specVersion": SPECIFICATION,
        "generatedBy": _OWN,
        "results": {
            "tool": {"name": _OWN, "version": version(_OWN)},
            "summary": _summary(run, tests),
            "tests": tests,
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _summary(run: Run, tests: list[dict[str, Any]]) -> dict[str, int]:
    counted = [each["status"] for each in tests]
    nobody = dict.fromkeys(("skipped", "pending", "other"), 0)
    begun = [each.result.started_at for each in run.drills]
    ended = [each.result.ended_at for each in run.drills]
    return {
        "tests": len(tests),
        "passed": counted.count("passed"),
        "failed": counted.count("failed"),
        **nobody,
        "start": _ms(min(begun, default=_NEVER)),
        "stop": _ms(max(ended, default=_NEVER)),
    }


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _test(run: Run, drill: Finished) -> dict[str, Any]:
    result = drill.result
    said = {} if drill.met else {"message": reason(drill)}
    labels = {"severity": result.severity, "incident": result.incident}
    return {
        "testId": f"{result.feature}::{drill.name}",
        "executionId": result.id,
        "name": drill.name,
        "status": "passed" if drill.met else "failed",
        "rawStatus": result.verdict,
        **said,
        "duration": round(result.duration_s * 1000),
        "start": _ms(result.started_at),
        "stop": _ms(result.ended_at),
        "suite": [clean_line(result.feature_name) or result.feature],
        "filePath": run.file(result.feature),
        "line": result.line,
        "type": "incident drill",
        "tags": list(result.tags),
        "labels": {name: value for name, value in labels.items() if value},
        "steps": [_step(each) for each in result.steps],
        "attachments": [*_attachments(run, drill)],
        "extra": {
            f"{_OWN}.score": result.score.value,
            f"{_OWN}.verdict": result.verdict,
            f"{_OWN}.criteria": {clean_line(one.name): one.verdict for one in result.criteria},
        },
    }


def _step(step: Step) -> dict[str, str]:
    return {"name": clean_line(step.text), "status": _STEPS[step.status]}


def _attachments(run: Run, drill: Finished) -> list[dict[str, str]]:
    folder = run.report(drill).removesuffix(REPORT)
    return [{"name": name, "contentType": kind, "path": f"{folder}{name}"} for name, kind in _KEPT]


def _failed(each: Failure) -> dict[str, Any]:
    place = {"filePath": each.feature} if each.feature else {}
    return {
        "name": clean_line(each.name) or "a drill",
        "status": "failed",
        "rawStatus": "no result",
        "message": clean(each.reason),
        "duration": 0,
        "line": each.line,
        **place,
    }
