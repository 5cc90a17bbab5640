"""`drills report --pdf`, printed by the Chromium that is here."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from drills.cli import main
from tests.doubles.finished import SAMPLE

pytestmark = pytest.mark.browser


def test_a_report_is_printed_whole(tmp_path: Path) -> None:
    """On A4, from its title to its last section, without the buttons that only a screen needs."""
    drill = shutil.copytree(SAMPLE, tmp_path / "drill")
    file = tmp_path / "report.pdf"
    assert main(["report", str(drill), "--pdf", str(file)]) == 0
    data = file.read_bytes()
    assert data.startswith(b"%PDF-")
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert {(round(float(w)), round(float(h))) for w, h in boxes} == {(595, 842)}
    command = ["pdftotext", "-layout", str(file), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for words in ("The read replica stops", "Requests and latency over the drill", "Environment"):
        assert words in text
    assert "Zoom in" not in text
