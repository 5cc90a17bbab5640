"""What a dead drill leaves on this host besides containers: its compose command and its files."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from drills.errors import StackError
from drills.stack.engines.ground import end_processes, forget_configuration


def test_the_commands_of_a_drill_are_ended_and_no_others() -> None:
    """They run in sessions of their own and would go on creating containers."""
    drill = f"test-{os.getpid()}"
    sleep = ["sleep", "60"]
    with (
        subprocess.Popen(sleep, env={**os.environ, "DRILL_ID": drill}) as ours,
        subprocess.Popen(sleep, env={**os.environ, "DRILL_ID": f"{drill}0"}) as other,
    ):
        try:
            assert end_processes(drill) == 1
            assert ours.wait(30) == -9
            assert other.poll() is None
            assert end_processes(drill) == 0
        finally:
            ours.kill()
            other.kill()


def test_what_of_it_cannot_be_removed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container wrote what this user may not remove, and secrets may be in it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    (tmp_path / "drills-drill-d1-abc").mkdir()
    with pytest.raises(StackError, match=r"By hand: sudo rm -r .*drills-drill-d1-abc"):
        forget_configuration("drill-d1")


def test_the_configuration_of_a_stack_is_forgotten_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link that somebody planted is not followed."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    kept = tmp_path / "kept"
    for path in ("tmp/drills-drill-d1-abc/config", "tmp/drills-drill-d2-abc", "kept/inner"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "tmp" / "drills-drill-d1-link").symlink_to(kept)
    forget_configuration("drill-d1")
    assert not (tmp_path / "tmp" / "drills-drill-d1-abc").exists()
    assert (tmp_path / "tmp" / "drills-drill-d2-abc").is_dir()
    assert (kept / "inner").is_dir()
