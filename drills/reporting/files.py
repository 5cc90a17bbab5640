"""What a run leaves: ``drill.json``, ``incident.md``, ``incident.json``, ``report.html``."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from pathlib import Path

from drills.errors import JournalError
from drills.journal import regular
from drills.journal.folder import JOURNAL, RECORD, RECORD_DATA, REPORT, RESULT
from drills.journal.keylines import json_lines, line_of
from drills.journal.misfits import Misfits
from drills.journal.replacing import forget_drafts, replace
from drills.judgement.contradictions import contradictions
from drills.judgement.result import DrillResult, result_of
from drills.reporting import schema1
from drills.reporting.html import render_html
from drills.reporting.record import record_json, render_incident
from drills.reporting.template.filling import Unfilled, fill_in
from drills.reporting.template.kept import kept_template


def write_report(result: DrillResult, directory: Path) -> Path:
    """Write all renderings of a result into a drill's directory; returns the report's path.

    Each file is replaced at once; what a killed process left half written is removed.
    Raises JournalError when the disk refuses.
    """
    try:
        for name, data in renderings(result, directory).items():
            replace(directory / name, data)
        forget_drafts(directory)
    except OSError as error:
        raise JournalError(f"expected to write the report into {directory}: {error}") from error
    return directory / REPORT


def renderings(result: DrillResult, directory: Path) -> dict[str, bytes]:
    """What each rendering holds, by its name. The same result and evidence give the same bytes.

    One that fails says so in its place, and costs no other.
    """
    makers: dict[str, Callable[[], str]] = {
        RESULT: lambda: result.model_dump_json(indent=1) + "\n",
        RECORD: lambda: _record(result, directory),
        RECORD_DATA: lambda: record_json(result),
        REPORT: lambda: render_html(result, directory),
    }
    return {name: _rendered(name, make) for name, make in makers.items()}


def _record(result: DrillResult, directory: Path) -> str:
    """The incident record after the team's own template, if the drill has one and it can be used.

    Where it cannot the standard record is written, and says why: nothing in it is lost.
    """
    try:
        if (template := kept_template(result, directory)) is None:
            return render_incident(result)
        return fill_in(*template, json.loads(record_json(result)))
    except Unfilled as error:
        return render_incident(result, f"The team's own template was not used. {error}")


def _rendered(name: str, make: Callable[[], str]) -> bytes:
    try:
        text = make()
    except Exception as error:
        if name == RESULT:  # without it there is nothing to read
            raise
        text = f"{name} could not be rendered: {type(error).__name__}: {error}"
        text = f"{escape(text)}\n<p>The judged result is in {RESULT}.</p>\n"
    return text.encode("utf-8", "replace")


def read_result(directory: Path) -> DrillResult:
    """The judged result of a directory, also as the version before this one wrote it.

    Raises JournalError where there is none that fits, with a line for everything that does not, and
    for all that contradicts itself.
    """
    path = directory / RESULT
    try:
        return _parsed(path, regular.read(path).decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, json.JSONDecodeError):
            said = f"{path}:{error.lineno}: expected a judged drill, as JSON: {error.msg}"
        elif isinstance(error, OSError):
            said = f"{path}: expected a judged drill: {error.strerror or error}"
        else:
            said = f"{path}: expected a judged drill: {error}"
        raise JournalError(f"{said}{_anew(directory)}") from error


def _parsed(path: Path, text: str) -> DrillResult:
    document = json.loads(text)
    if schema_of(text) == schema1.VERSION:
        document = schema1.upgraded(document)
    try:
        result = result_of(document)
    except Misfits as error:
        raise JournalError(error.told(path, json_lines(text)) + _anew(path.parent)) from error
    if schema_of(text) != schema1.VERSION:
        _refuse_contradictions(path, text, result)
    return result


def _refuse_contradictions(path: Path, text: str, result: DrillResult) -> None:
    if found := list(contradictions(result)):
        lines = json_lines(text)
        told = [f"{path}:{line_of(lines, where)}: {what}" for where, what in found]
        raise JournalError("\n".join(told) + _anew(path.parent))


def _anew(directory: Path) -> str:
    if not (directory / JOURNAL).is_file():
        return ""
    return f"\nHint: `drills judge {directory}` writes it anew, from the journal"


def schema_of(text: str | bytes) -> object:
    """The version of the schema that a ``drill.json`` names; None where it names none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document.get("schema_version") if isinstance(document, dict) else None
