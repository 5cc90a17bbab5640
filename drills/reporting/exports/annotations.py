"""Annotations that GitHub shows at the line of a feature: a workflow command for each finding."""

from __future__ import annotations

from collections.abc import Mapping

from drills.reporting.exports.findings import Finding, findings
from drills.reporting.exports.run import Run

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def render(run: Run) -> str:
    """A line for each; GitHub shows the first ten errors of a step, so the worst come first."""
    return "".join(f"{_command(each)}\n" for each in findings(run))


def _command(each: Finding) -> str:
    """Everything in it is escaped: no text of others ends the command or begins another one."""
    title = f",title={_escaped(each.title, _PROPERTY)}"
    place = f"file={_escaped(each.file, _PROPERTY)},line={each.line}" if each.file else ""
    told = f"{place}{title}" if place else title.removeprefix(",")
    return f"::error {told}::{_escaped(each.text, _DATA)}"


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(sign, sign) for sign in text)
