"""Where a drill ran: best effort, never the end of it."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import pytest

from drills.lifecycle import surroundings
from drills.lifecycle.surroundings import git_state, host, versions


def git(root: Path, *words: str) -> None:
    who = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one commit."""
    git(tmp_path, "init", "-q")
    (tmp_path / "file").write_text("one")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "-q", "-m", "one")
    return tmp_path


def test_a_clean_checkout_is_its_commit(checkout: Path) -> None:
    """Twelve digits; an untracked file is no change of the code."""
    (checkout / "other").write_text("untracked")
    state = git_state(checkout)
    assert len(state) == 12
    assert set(state) <= set("0123456789abcdef")


def test_a_changed_checkout_says_so(checkout: Path) -> None:
    """Nobody can rebuild what ran from the commit alone."""
    (checkout / "file").write_text("two")
    assert git_state(checkout).endswith("+changes")


def test_without_a_checkout_or_git_there_is_no_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is raised."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git_state(tmp_path) == ""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_state(tmp_path) == ""


def test_versions_name_every_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is not there says so."""
    monkeypatch.setattr(surroundings, "PACKAGES", ("pytest", "no-such-package"))
    found = versions()
    assert found["python"] == platform.python_version()
    assert found["pytest"] == pytest.__version__
    assert found["no-such-package"] == "not installed"


def test_the_host_is_described_and_not_named() -> None:
    """Kernel, processors, memory; reports are shared."""
    said = host()
    assert "processors" in said
    assert "GiB" in said
    assert platform.node() not in said.split()
