"""Writing what a run leaves: ``drill.json``, ``incident.md``, ``report.html``, ``latest``."""

from __future__ import annotations

import os
from pathlib import Path

from drills.errors import JournalError
from drills.reporting.html import render_html
from drills.reporting.markdown import render_incident
from drills.result import DrillResult

RESULT, RECORD, REPORT = "drill.json", "incident.md", "report.html"


def write_report(result: DrillResult, directory: Path) -> Path:
    """Write all renderings of a result into a drill's directory; returns the report's path.

    Each file is replaced at once. Raises JournalError when the disk refuses.
    """
    try:
        for name, data in renderings(result, directory).items():
            _replace(directory / name, data)
    except OSError as error:
        raise JournalError(f"expected to write the report into {directory}: {error}") from error
    return directory / REPORT


def renderings(result: DrillResult, directory: Path) -> dict[str, bytes]:
    """What each rendering holds, by its name. The same result and evidence give the same bytes."""
    texts = {
        RESULT: result.model_dump_json(indent=1) + "\n",
        RECORD: render_incident(result),
        REPORT: render_html(result, directory),
    }
    return {name: text.encode("utf-8", "replace") for name, text in texts.items()}


def read_result(directory: Path) -> DrillResult:
    """The judged result of a directory. Raises JournalError where there is none that fits."""
    try:
        return DrillResult.model_validate_json((directory / RESULT).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise JournalError(f"{directory / RESULT}: expected a judged drill: {error}") from error


def _replace(path: Path, data: bytes) -> None:
    """Write it whole or not at all; what a killed process left half written is removed."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_bytes(data)
    partial.replace(path)
    for draft in path.parent.glob(f".{path.name}.*"):
        draft.unlink(missing_ok=True)


def point_latest(directory: Path) -> None:
    """Have ``latest``, beside the directory, point at it. Raises OSError when the disk refuses."""
    link = directory.parent / f".latest.{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(directory.name, target_is_directory=True)
    link.replace(directory.parent / "latest")
