"""Variables that are called otherwise by now work by either name, and the old one says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.cli import main
from drills.config.finding import find
from drills.config.renamed import BEFORE, MANIFEST, NOTIFY, notes, said
from drills.config.settings import notifies
from drills.errors import PlanError

TOLD = "DRILLS_NOTIFY is called DRILL_NOTIFY by now; it still works by its old name"


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for names in BEFORE.items():
        for name in names:
            monkeypatch.delenv(name, raising=False)


def test_the_old_name_works_and_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As the new one does, which is not told of."""
    assert (said(NOTIFY), notes()) == ((NOTIFY, ""), [])
    monkeypatch.setenv("DRILLS_NOTIFY", "off")
    assert not notifies(None)
    assert notes() == [TOLD]
    monkeypatch.setenv("DRILLS_MANIFEST", "old.toml")
    assert find(tmp_path) == Path("old.toml")
    assert len(notes()) == 2
    monkeypatch.setenv("DRILLS_NOTIFY", "never")
    with pytest.raises(PlanError, match=r"^DRILLS_NOTIFY: expected on or off, got 'never'$"):
        notifies(None)


def test_the_new_name_goes_before_the_old_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Then nobody needs to be told of that."""
    for name, old, new in ((NOTIFY, "off", "on"), (MANIFEST, "old.toml", "new.toml")):
        monkeypatch.setenv(BEFORE[name], old)
        monkeypatch.setenv(name, new)
    assert notifies(None)
    assert find(tmp_path) == Path("new.toml")
    assert notes() == []


def test_the_command_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside what it prints, and not in it."""
    monkeypatch.setenv("DRILLS_NOTIFY", "off")
    assert main(["schema"]) == 0
    assert capsys.readouterr().err == f"drills: {TOLD}\n"
