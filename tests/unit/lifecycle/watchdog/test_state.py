"""Where a user's running drills are entered, whoever the user is."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.state import state_directory


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder; nothing is said of where drills are entered."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.delenv("DRILLS_STATE")
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return folder


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither HOME nor an entry in passwd."""

    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)


class TestWithoutAHome:
    def test_it_is_a_folder_of_the_users_own(self, homeless: None, temporary: Path) -> None:
        """That nobody else reads or plants anything in."""
        own = temporary / f"incident-drills-{os.getuid()}"
        assert state_directory() == own / "running"
        assert stat.S_IMODE(own.stat().st_mode) == 0o700
        registry.register("d1", temporary, "drill-d1").remove()

    @pytest.mark.parametrize("how", ["a link", "a file", "open to others"])
    def test_a_folder_that_others_may_have_made_is_refused(
        self, how: str, homeless: None, temporary: Path, tmp_path: Path
    ) -> None:
        """An entry says what is healed where, so whoever plants one says that."""
        own = temporary / f"incident-drills-{os.getuid()}"
        if how == "a link":
            own.symlink_to(tmp_path)
        elif how == "a file":
            own.touch(mode=0o600)
        else:
            own.mkdir()
            own.chmod(0o777)
        with pytest.raises(JournalError, match="DRILLS_STATE"):
            state_directory()

    def test_a_home_that_takes_no_file_is_none(
        self, monkeypatch: pytest.MonkeyPatch, temporary: Path
    ) -> None:
        """A container's user without a name has ``/`` for a home."""
        monkeypatch.setenv("HOME", "/proc")
        monkeypatch.setattr(os, "access", lambda path, _: not str(path).startswith("/proc"))
        assert state_directory().parent.parent == temporary

    def test_a_home_that_is_not_there_yet_may_be_made(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """As long as somebody may make it."""
        monkeypatch.setenv("HOME", str(tmp_path / "new" / "home"))
        home = tmp_path / "new" / "home"
        assert state_directory() == home / ".local/state/incident-drills/running"
