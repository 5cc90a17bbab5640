"""``NAME=PATH``: what it means, and a file that is whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.errors import PlanError
from drills.reporting.exports import catalogue
from drills.reporting.exports.target import Target, rendered, targets_of, write
from tests.unit.reporting.exports.exported import ALL


def test_paths_count_from_the_folder(tmp_path: Path) -> None:
    """Those that are whole are taken as they are; an equals sign may stand in a path."""
    said = ["ctrf=out/a=b.json", " badge = /tmp/b.svg ", ""]
    assert targets_of(said, tmp_path) == [
        Target("ctrf", tmp_path / "out/a=b.json"),
        Target("badge", Path("/tmp/b.svg")),  # noqa: S108 - nothing is written there
    ]


def test_every_mistake_is_told() -> None:
    """Each on a line of its own."""
    with pytest.raises(PlanError) as told:
        targets_of(["ctrf", "=x", "ctrf=", "ctfr=x"], Path())
    lines = str(told.value).splitlines()
    assert lines[0] == "expected NAME=PATH, such as ctrf=reports/ctrf.json, got 'ctrf'"
    assert len(lines) == 4
    assert lines[3].endswith("got 'ctfr'; did you mean 'ctrf'?")


def test_off_is_nothing() -> None:
    """Whatever stands beside it."""
    assert targets_of(["ctrf=x", "off"], Path()) == []


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    """And takes the place of what was there."""
    target = Target("badge", tmp_path / "a" / "b.svg")
    for _ in range(2):
        write(target, ALL)
    assert target.path.read_text("utf-8").startswith("<svg")
    assert [path.name for path in target.path.parent.iterdir()] == ["b.svg"]


def test_what_cannot_be_written_is_told_with_its_path(tmp_path: Path) -> None:
    """A folder stands there, say."""
    with pytest.raises(PlanError, match=rf"{tmp_path}: expected to write ctrf there: "):
        write(Target("ctrf", tmp_path), ALL)


def test_others_code_that_fails_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it raises, or returns."""
    monkeypatch.setattr(catalogue, "import_module", lambda _: type("M", (), {"render": len}))
    with pytest.raises(PlanError, match="the export 'ctrf' failed: TypeError: "):
        rendered("ctrf", ALL)
