"""A file is replaced whole or not at all, and through nobody's link."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import pytest

from drills.history.latest import point_latest
from drills.journal.evidence import Evidence
from drills.journal.facts import EvidenceKept
from drills.journal.folder import EVIDENCE
from drills.journal.journal import Journal
from drills.journal.replacing import LINK_SECONDS, draft_name, forget_drafts, replace, replacing
from drills.testing import ManualClock


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A file that is none of ours."""
    path = tmp_path / "elsewhere" / "theirs"
    path.parent.mkdir()
    path.write_text("theirs")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "drill"
    path.mkdir()
    return path


def test_it_takes_the_place_of_what_was_there(folder: Path, theirs: Path) -> None:
    """Of a link, too: that is replaced, and not what it leads to. No draft is left."""
    (folder / "a").write_text("old")
    (folder / "b").symlink_to(theirs)
    for name in ("a", "b"):
        replace(folder / name, b"new")
        assert (folder / name).read_bytes() == b"new"
    assert theirs.read_text() == "theirs"
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b"]


def test_what_breaks_off_leaves_what_was_there(folder: Path) -> None:
    """And no draft."""
    (folder / "a").write_text("old")
    with pytest.raises(TypeError), replacing(folder / "a") as file:
        file.writelines([b"half", "no bytes"])  # type: ignore[list-item]
    assert [path.read_text() for path in folder.iterdir()] == ["old"]


def test_a_link_under_the_name_of_a_draft_is_not_written_through(
    folder: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where somebody did foresee the name: it is an error, and both files are as they were."""
    monkeypatch.setattr(secrets, "token_hex", lambda _: "0" * 16)
    draft_name(folder / "a").symlink_to(theirs)
    with pytest.raises(FileExistsError):
        replace(folder / "a", b"new")
    assert theirs.read_text() == "theirs"
    assert not (folder / "a").exists()


def test_no_two_drafts_have_one_name(folder: Path) -> None:
    """Nor one that a process id tells."""
    names = {draft_name(folder / "a").name for _ in range(9)}
    assert len(names) == 9
    assert not any(str(os.getpid()) == name.split(".")[2] for name in names)


def test_drafts_of_the_killed_are_forgotten_and_nothing_else(folder: Path, theirs: Path) -> None:
    """One that is being written stays, and so does every name that is none of ours."""
    dead, young, old = (draft_name(folder / name) for name in ("a", "young", "old"))
    dead.write_text("half")
    young.symlink_to("x")
    old.symlink_to(theirs)
    long_ago = os.lstat(old).st_mtime - LINK_SECONDS - 1
    os.utime(old, (long_ago, long_ago), follow_symlinks=False)
    for name in (".a.123", ".a.bak", "a.gz.part", ".draft", "x.0123456789abcdef.draft"):
        (folder / name).write_text("kept")
    kept = {path.name for path in folder.iterdir()} - {dead.name, old.name}
    with replacing(folder / "written"):
        forget_drafts(folder)
    assert {path.name for path in folder.iterdir()} == kept | {"written"}
    assert theirs.read_text() == "theirs"


def test_latest_takes_no_name_that_is_somebody_s(folder: Path) -> None:
    """The link is made under a name of its own, and nothing is removed for it."""
    theirs = folder.parent / f".latest.{os.getpid()}"
    theirs.write_text("theirs")
    point_latest(folder)
    assert (folder.parent / "latest").resolve() == folder
    assert theirs.read_text() == "theirs"


@pytest.mark.parametrize("link", ["the folder", "the file"])
def test_evidence_is_written_through_no_link(folder: Path, theirs: Path, link: str) -> None:
    """Neither of its folder nor of a file that is not there yet; the other artefacts are kept."""
    journal = Journal(folder / "d", ManualClock())
    place = folder / "d" / EVIDENCE
    if link == "the folder":
        place.rmdir()
        place.symlink_to(theirs.parent, target_is_directory=True)
    else:
        (place / "app-log.txt").symlink_to(theirs.parent / "made-by-us")
    Evidence(journal).keep("app log", "the engine", lambda: b"words")
    assert [path.name for path in theirs.parent.iterdir()] == ["theirs"]
    kept = journal.timeline().all(EvidenceKept)
    assert [each.path for each in kept] == (
        [] if link == "the folder" else ["evidence/app-log-2.txt"]
    )
    journal.close()
