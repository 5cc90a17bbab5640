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
from drills.journal.replacing import (
    LINK_SECONDS,
    OLDER_SECONDS,
    draft_name,
    forget_drafts,
    replace,
    replacing,
)
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


def aged(path: Path) -> Path:
    """The same, left alone for longer than an earlier version took to write it."""
    long_ago = os.lstat(path).st_mtime - OLDER_SECONDS - 1
    os.utime(path, (long_ago, long_ago), follow_symlinks=False)
    return path


def test_drafts_of_earlier_versions_are_forgotten_too(folder: Path) -> None:
    """Of a rendering, of samples, of the link to the latest drill: each where they made it."""
    samples = folder / "samples"
    samples.mkdir()
    (folder / "journal.jsonl").touch()
    drafts = [folder / ".report.html.123", samples / "orders.jsonl.gz.part"]
    for draft in drafts:
        draft.write_text("half")
    drafts.append(folder.parent / ".latest.123")
    drafts[-1].symlink_to(folder.name)
    young = [folder / ".drill.json.124", folder.parent / ".latest.124"]
    young[0].write_text("being written")
    young[1].symlink_to(folder.name)
    for draft in drafts:
        aged(draft)
    for each in (folder, samples, folder.parent):
        forget_drafts(each)
    assert [draft for draft in drafts if os.path.lexists(draft)] == []
    assert all(map(os.path.lexists, young))


def test_what_only_has_the_name_of_such_a_draft_stays(folder: Path, theirs: Path) -> None:
    """In a folder that is no drill's, of another kind, or of another file: it is the team's."""
    drill = folder / "drill"
    (drill / "samples").mkdir(parents=True)
    (drill / "journal.jsonl").touch()
    files = (".report.html.1", "orders.jsonl.gz.part", ".latest.1", "drill/orders.jsonl.gz.part")
    kept = [folder / name for name in (*files, "drill/.notes.md.1", "drill/report.html.1")]
    for path in kept:
        path.write_text("theirs")
    links = {".latest.2": str(theirs), ".latest.3": "drill/samples", ".latest.4": "nowhere"}
    links |= {"drill/.report.html.2": str(theirs), "drill/samples/a.jsonl.gz.part": str(theirs)}
    for name, target in links.items():
        (folder / name).symlink_to(target)
        kept.append(folder / name)
    (drill / ".incident.md.1").mkdir()
    kept.append(drill / ".incident.md.1")
    for path in kept:
        aged(path)
    for each in (folder, drill, drill / "samples"):
        forget_drafts(each)
    assert [path for path in kept if not os.path.lexists(path)] == []
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
