"""What the drills of a folder carried out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from drills.history.carried import drilled

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"


def test_a_drill_tells_which_procedure_came_to_its_end(tmp_path: Path) -> None:
    """With its steps, and what of the runbook was carried out as written."""
    shutil.copytree(SAMPLE, tmp_path / "one")
    result = tmp_path / "one" / "drill.json"
    told = json.loads(result.read_text("utf-8")) | {
        "followed": [{"section": "Disk", "command": "df -h"}, {}, 7]
    }
    result.write_text(json.dumps(told))
    (tmp_path / "latest").symlink_to("one")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "journal.jsonl").write_text("{")
    (found,) = drilled(tmp_path)
    assert (found.incident, found.completed) == ("read-replica-down", True)
    assert "Read replica down" in found.answered
    assert found.steps["Read replica down"][1][0] == "point"
    assert found.commands == (("Disk", "df -h"),)
    assert f"{found.at:%Y-%m}" == "2026-11"


def test_a_folder_that_is_not_there_holds_no_drill(tmp_path: Path) -> None:
    """It is no error: nothing was drilled yet."""
    assert drilled(tmp_path / "none") == []
