"""The tutorial, as it is written: from its compose file to a report, by the commands it shows."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from drills.reporting.files import read_result

pytestmark = pytest.mark.engine

DOCUMENT = (Path(__file__).parents[2] / "docs" / "first-drill.md").read_text("utf-8")
PYTHON = f"incident-drills/erp:{os.environ.get('DRILLS_IMAGE_TAG', 'latest')}"


def shown(language: str) -> list[str]:
    """The document's blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)


def typed(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command of the document, by somebody who stands in the project's folder."""
    command, *words = shlex.split(line)
    program = shutil.which(command, path=str(Path(sys.executable).parent))
    assert program, line
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST"))}
    more = {**kept, "DRILLS_STATE": str(folder / "state")}
    return subprocess.run(
        [program, *words], cwd=folder, env=more, capture_output=True, text=True, check=False
    )


def test_the_tutorial_leads_to_a_report(tmp_path: Path) -> None:
    """Each command ends well; what the last one leaves is met, and nothing of it stays."""
    (compose,) = shown("yaml")
    (tmp_path / "compose.yaml").write_text(compose.replace("python:3-slim", PYTHON), "utf-8")
    *before, last = [line for block in shown("sh") for line in block.splitlines()]
    assert [line.split()[:2] for line in before[:2]] == [["drills", "init"], ["drills", "doctor"]]
    for line in before:
        done = typed(line, tmp_path)
        assert done.returncode in (0, 75 if "doctor" in line else 0), done.stdout + done.stderr
    # One of the three scenarios stands for all: each has a stack of its own.
    done = typed(f"{last} -k dies", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    result = read_result((tmp_path / "reports" / "latest").resolve())
    assert (result.verdict, result.scenario) == ("met", "web dies")


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    """Neither file is touched then; it is said which is in the way."""
    (compose,) = shown("yaml")
    (tmp_path / "compose.yaml").write_text(compose, "utf-8")
    (tmp_path / "features").mkdir()
    (tmp_path / "features" / "web.feature").write_text("mine")
    done = typed("drills init", tmp_path)
    assert done.returncode == 2
    assert "features/web.feature: there already, so nothing was written" in done.stderr
    assert not (tmp_path / "drills.toml").exists()
    assert (tmp_path / "features" / "web.feature").read_text() == "mine"
