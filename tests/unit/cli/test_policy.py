"""`drills runbook import`."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.cli import main

COUNTED = "0 severities, 0 roles, 0 contacts, 1 incidents, 0 drills"
TEXT = "# Down\n\n**Alert:** ShopDown\n\n1. Look\n\nThat is all â€“ really 🚨 ðŸ”¥.\n"


def test_a_runbook_becomes_a_file_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What found no place is listed with its line, and what was read as what."""
    (tmp_path / "RUNBOOK.md").write_text(TEXT, "utf-8")
    assert main(["runbook", "import", str(tmp_path / "RUNBOOK.md")]) == 0
    said = capsys.readouterr().out.replace(f"{tmp_path}/", "")
    assert said.splitlines() == [
        "wrote runbook.toml",
        "RUNBOOK.md:7: 'â€“' read as '–': UTF-8 that was once read as windows-1252",
        "RUNBOOK.md:7: 'ðŸ”¥' read as '🔥': UTF-8 that was once read as windows-1252",
        "RUNBOOK.md:7: not placed: That is all – really 🚨 🔥.",
        f"{COUNTED}; 1 lines found no place, or not a certain one",
    ]
    assert 'alerts = ["ShopDown"] # RUNBOOK.md:3' in (tmp_path / "runbook.toml").read_text("utf-8")


def test_a_file_that_is_there_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody may have worked on it; `-` prints instead."""
    (tmp_path / "RUNBOOK.md").write_text(TEXT, "utf-8")
    (tmp_path / "runbook.toml").write_text("mine")
    assert main(["runbook", "import", str(tmp_path / "RUNBOOK.md")]) == 2
    assert "expected nothing there, found a file" in capsys.readouterr().err
    assert (tmp_path / "runbook.toml").read_text() == "mine"
    assert main(["runbook", "import", str(tmp_path / "RUNBOOK.md"), "--to", "-"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith('text = "RUNBOOK.md"\n')
    assert "not placed" in captured.err
