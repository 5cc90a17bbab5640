"""GitLab's code quality report: each finding as an issue at the line of a feature."""

from __future__ import annotations

import json

from drills.reporting.exports.findings import Finding, findings
from drills.reporting.exports.run import Run

_SEVERITY = {"missed": "critical", "unproven": "major", "weakness": "minor"}


def render(run: Run) -> str:
    """A list of issues; of two that are alike (a drill that was tried again) the first."""
    issues = {each.fingerprint: _issue(each) for each in reversed(findings(run))}
    return json.dumps(list(reversed(issues.values())), indent=1, ensure_ascii=False) + "\n"


def _issue(each: Finding) -> dict[str, object]:
    return {
        "description": f"{each.title}. {each.text}",
        "check_name": f"drills/{each.weight}",
        "fingerprint": each.fingerprint,
        "severity": _SEVERITY[each.weight],
        "location": {"path": each.file, "lines": {"begin": each.line}},
    }
