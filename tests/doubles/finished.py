"""Finished drills for what keeps many of them: as rows, and as folders of reports."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from drills.history.row import Row, row_in
from drills.journal.folder import JOURNAL, REPORT, RESULT

SAMPLE = Path(__file__).parents[2] / "reports" / "sample"
BEGAN = datetime(2026, 11, 27, 9, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> --> \u202e evil \x1b[31m"
CJK, RTL = "読み取りレプリカが停止する", "توقف النسخة المتماثلة"


def row(number: int = 0, **changes: Any) -> Row:
    """The sample's drill, begun so many hours before; ``changes`` replace fields."""
    at = changes.pop("at", BEGAN - timedelta(hours=number))
    id_ = changes.pop("id", f"{number:08x}")
    folder = changes.pop("folder", f"{at:%Y%m%dT%H%M%SZ}-the-read-replica-stops-{id_}")
    return replace(row_in(SAMPLE), id=id_, at=at, folder=folder, **changes)


def drill(reports: Path, number: int = 0, *, whole: bool = False, **changes: Any) -> Path:
    """The folder of such a drill among the reports; ``changes`` are of its result.

    ``whole``: with all that the sample has.
    """
    made = row(number)
    folder = reports / str(changes.pop("folder", made.folder))
    if whole:
        shutil.copytree(SAMPLE, folder)
    else:
        folder.mkdir(parents=True)
        (folder / JOURNAL).write_text("")
        (folder / REPORT).write_text("<!doctype html>")
    document: dict[str, Any] = json.loads((SAMPLE / RESULT).read_text("utf-8"))
    told = {"id": made.id, "started_at": made.at.isoformat()}
    (folder / RESULT).write_text(json.dumps({**document, **told, **changes}))
    return folder
