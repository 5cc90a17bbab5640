"""Cucumber JSON: features with their scenarios, each step as it went, and a link to the report.

pytest-bdd's own (``--cucumberjson``) knows no verdict, and is empty under pytest-xdist: it finds
what a scenario did by the identity of a report, which another process made.
"""

from __future__ import annotations

import json
from base64 import b64encode
from html import escape
from typing import Any

from drills.journal.folder import REPORT
from drills.judgement.step import Step
from drills.reporting.cleansing import clean, clean_line
from drills.reporting.criteria import unmet, unmet_text
from drills.reporting.exports.run import Failure, Finished, Run, reason
from drills.units import NS

_STATUS = {"passed": "passed", "failed": "failed", "not run": "skipped", "unknown": "skipped"}


def render(run: Run) -> str:
    """A feature for each file that was drilled; what is inconclusive has failed."""
    features: dict[str, dict[str, Any]] = {}
    for each in run.failures:
        _feature(features, each.feature, "")["elements"].append(_failed(each))
    for drill in run.drills:
        feature = _feature(features, drill.result.feature, drill.result.feature_name)
        feature["elements"].append(_element(run, drill))
    return json.dumps(list(features.values()), indent=1, ensure_ascii=False) + "\n"


def _feature(features: dict[str, dict[str, Any]], path: str, name: str) -> dict[str, Any]:
    feature = features.setdefault(
        path,
        {
            "keyword": "Feature",
            "uri": path,
            "id": path or "drills",
            "name": path or "drills",
            "line": 1,
            "description": "",
            "tags": [],
            "elements": [],
        },
    )
    if name:
        feature["name"] = clean_line(name)
    return feature


def _element(run: Run, drill: Finished) -> dict[str, Any]:
    result = drill.result
    return {
        "keyword": "Scenario Outline" if result.example else "Scenario",
        "type": "scenario",
        "id": f"{result.feature};{result.scenario};{result.example};{result.id}",
        "name": drill.name,
        "line": result.line,
        "description": "",
        "start_timestamp": f"{result.started_at:%Y-%m-%dT%H:%M:%S}.{_ms(result.started_at)}Z",
        "tags": [{"name": f"@{tag}", "line": result.line} for tag in result.tags],
        "steps": [_step(drill, step) for step in result.steps],
        "after": [_verdict(run, drill)],
    }


def _ms(moment: Any) -> str:
    return f"{moment.microsecond // 1000:03d}"


def _step(drill: Finished, step: Step) -> dict[str, Any]:
    """A step as it went; one whose criterion is not met has failed, though the scenario went on."""
    said = [unmet_text(one) for one in unmet(drill.result) if one.line and one.line == step.line]
    status = _STATUS[step.status]
    outcome: dict[str, Any] = {"status": status, "duration": round(step.seconds * NS)}
    if said and status == "passed":
        outcome |= {"status": "failed", "error_message": clean("\n".join(said))}
    elif status == "failed":
        outcome["error_message"] = clean(drill.result.reason)
    return {
        "keyword": step.keyword,
        "name": clean_line(step.text.removeprefix(step.keyword)),
        "line": step.line,
        "match": {"location": f"{drill.result.feature}:{step.line}"},
        "result": outcome,
    }


def _verdict(run: Run, drill: Finished) -> dict[str, Any]:
    """What comes after the last step: the verdict, which no step tells, and the report's link."""
    outcome: dict[str, Any] = {"status": "passed", "duration": 0}
    if not drill.met:
        outcome |= {"status": "failed", "error_message": reason(drill)}
    link = escape(run.report(drill))
    shown = f'<a href="{link}">{REPORT} of drill {escape(drill.result.id)}</a>'
    return {
        "match": {"location": f"verdict: {drill.result.verdict}"},
        "result": outcome,
        "embeddings": [
            {
                "name": REPORT,
                "mime_type": "text/html",
                "data": b64encode(shown.encode("utf-8", "replace")).decode(),
            }
        ],
    }


def _failed(each: Failure) -> dict[str, Any]:
    said = {"status": "failed", "duration": 0, "error_message": clean(each.reason)}
    return {
        "keyword": "Scenario",
        "type": "scenario",
        "id": f"{each.feature};{each.name}",
        "name": clean_line(each.name),
        "line": each.line,
        "description": "",
        "tags": [],
        "steps": [],
        "before": [{"match": {"location": "no result"}, "result": said}],
    }
