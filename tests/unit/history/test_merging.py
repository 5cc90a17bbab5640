"""Drills of another machine come in whole, once, and nowhere but into the reports."""

from __future__ import annotations

import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.history import merging
from drills.history.merging import merge
from drills.history.records import FILE, rebuild
from drills.history.row import Row
from drills.history.store import Store
from drills.journal.folder import JOURNAL, RESULT
from tests.doubles.finished import SAMPLE, drill, row


def zipped(source: Path, to: Path, below: str = "") -> Path:
    with zipfile.ZipFile(to, "w") as archive:
        for path in sorted(source.rglob("*")):
            archive.write(path, f"{below}{path.relative_to(source)}")
    return to


def merged(source: Path, reports: Path) -> merging.Merged:
    reports.mkdir(exist_ok=True)
    with Store.at(reports / FILE) as store:
        return merge(source, reports, store)


def left(reports: Path) -> list[str]:
    """All that lies in a folder of reports, but the history itself."""
    return sorted(p.name for p in reports.iterdir() if not p.name.startswith(FILE))


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """Two drills, as a CI job leaves them."""
    for number in range(2):
        drill(tmp_path / "theirs", number)
    return tmp_path / "theirs"


@pytest.mark.parametrize("below", ["", "artefact/", "a/b/reports/"])
def test_a_zip_and_a_folder_are_taken_alike(tmp_path: Path, theirs: Path, below: str) -> None:
    """However deep the drills lie in it; and a second time adds nothing."""
    archive = zipped(theirs, tmp_path / "a.zip", below)
    for source, reports in ((theirs, tmp_path / "one"), (archive, tmp_path / "other")):
        found = merged(source, reports)
        assert {each.id for each in found.added} == {row(0).id, row(1).id}
        assert left(reports) == sorted(row(number).folder for number in range(2))
        again = merged(source, reports)
        assert (again.added, len(again.known)) == ([], 2)
        assert rebuild(reports) == (2, [])


def test_a_drill_that_is_the_whole_artefact_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    """Whatever the artefact is called: two of one name are two drills."""
    for number in range(2):
        folder = drill(tmp_path / str(number), number)
        found = merged(zipped(folder, tmp_path / "artefact.zip"), tmp_path / "reports")
        assert [each.id for each in found.added] == [row(number).id]
    assert left(tmp_path / "reports") == sorted(row(number).folder for number in range(2))


def test_all_that_a_drill_left_is_taken(tmp_path: Path) -> None:
    """Samples and evidence too: it can be judged and verified here."""
    found = merged(SAMPLE, tmp_path / "reports")
    (folder,) = (tmp_path / "reports" / each.folder for each in found.added)
    assert folder.name == "20261127T091257Z-the-read-replica-stops-5e8fac18"
    names = {path.relative_to(SAMPLE) for path in SAMPLE.rglob("*")}
    assert {path.relative_to(folder) for path in folder.rglob("*")} == names


BAD = {
    "../../evil.txt": "leads out of its folder",
    "/etc/evil": "begins at the root of a disk",
    "C:/evil": "begins at the root of a disk",
    "a\\..\\evil": "leads out of its folder",
    "a/\x1b[31m": "has a sign that nobody can see",
}


@pytest.mark.parametrize("name", BAD)
def test_a_member_that_would_land_elsewhere_is_named(
    tmp_path: Path, theirs: Path, name: str
) -> None:
    """And nothing of the whole archive is taken."""
    archive = zipped(theirs, tmp_path / "a.zip")
    with zipfile.ZipFile(archive, "a") as more:
        more.writestr(zipfile.ZipInfo(name), "x")
    with pytest.raises(JournalError) as caught:
        merged(archive, tmp_path / "reports")
    assert f"{name!r}: {BAD[name]}" in str(caught.value)
    assert left(tmp_path / "reports") == []
    assert not list(tmp_path.rglob("evil*"))


def test_a_link_is_refused(tmp_path: Path, theirs: Path) -> None:
    """In a ZIP and in a folder: it may lead to anything of ours."""
    archive = zipped(theirs, tmp_path / "a.zip")
    link = zipfile.ZipInfo("x/evidence")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "a") as more:
        more.writestr(link, "/etc")
    (theirs / row(0).folder / "evidence").symlink_to("/etc")
    for source in (archive, theirs):
        with pytest.raises(JournalError, match=r"evidence.*neither a folder nor a regular"):
            merged(source, tmp_path / "reports")
    assert left(tmp_path / "reports") == []


def test_many_bad_members_are_not_all_told(tmp_path: Path, theirs: Path) -> None:
    """Twenty of them suffice."""
    archive = zipped(theirs, tmp_path / "a.zip")
    with zipfile.ZipFile(archive, "a") as more:
        for number in range(50):
            more.writestr(f"../{number}", "x")
    with pytest.raises(JournalError, match="and 30 more"):
        merged(archive, tmp_path / "reports")


def test_a_zip_that_is_too_large_or_broken_is_told(
    tmp_path: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says of its size is what counts: nothing more is ever unpacked."""
    archive = zipped(theirs, tmp_path / "a.zip")
    monkeypatch.setattr(merging, "LARGEST", 100)
    with pytest.raises(JournalError, match="expected at most"):
        merged(archive, tmp_path / "reports")
    monkeypatch.undo()
    data = bytearray(archive.read_bytes())
    at = data.index(b'"schema_version"')
    data[at : at + 4] = b"XXXX"
    archive.write_bytes(data)
    with pytest.raises(JournalError, match="expected a folder or a whole ZIP"):
        merged(archive, tmp_path / "reports")
    archive.write_text("no zip")
    with pytest.raises(JournalError, match="expected a folder or a whole ZIP"):
        merged(archive, tmp_path / "reports")
    assert left(tmp_path / "reports") == []


def test_a_drill_that_cannot_be_read_is_left_out_and_told(tmp_path: Path, theirs: Path) -> None:
    """The others come in; a drill that has no result yet is told too."""
    (theirs / row(0).folder / RESULT).write_text("{")
    running = drill(theirs, 2)
    (running / RESULT).unlink()
    found = merged(zipped(theirs, tmp_path / "a.zip"), tmp_path / "reports")
    assert [each.id for each in found.added] == [row(1).id]
    assert sorted(row(n).folder in " ".join(found.unread) for n in (0, 1, 2)) == [False, True, True]
    assert left(tmp_path / "reports") == [row(1).folder]


def test_nothing_is_left_where_the_history_cannot_be_written(tmp_path: Path, theirs: Path) -> None:
    """No half of it: the folders go again."""

    class Full(Store):
        def add(self, rows: object) -> None:
            raise JournalError("database or disk is full")

    reports = tmp_path / "reports"
    with Full.in_memory() as store, pytest.raises(JournalError, match="disk is full"):
        merge(theirs, reports, store)
    assert left(reports) == []


def test_what_lies_there_already_is_never_replaced(tmp_path: Path, theirs: Path) -> None:
    """A folder of that name with something else in it stops all of it."""
    reports = tmp_path / "reports"
    (reports / row(1).folder).mkdir(parents=True)
    (reports / row(1).folder / "mine").write_text("mine")
    with pytest.raises(JournalError, match="expected nothing there"):
        merged(theirs, reports)
    assert left(reports) == [row(1).folder]
    assert (reports / row(1).folder / "mine").read_text() == "mine"


def test_what_holds_no_drill_is_told(tmp_path: Path) -> None:
    """A folder, a ZIP, and nothing at all."""
    (tmp_path / "empty").mkdir()
    for source in (tmp_path / "empty", zipped(tmp_path / "empty", tmp_path / "e.zip")):
        with pytest.raises(JournalError, match="expected drills"):
            merged(source, tmp_path / "reports")
    with pytest.raises(JournalError, match="nothing was added"):
        merged(tmp_path / "none", tmp_path / "reports")


def test_evidence_that_is_called_as_a_drill_is_none(tmp_path: Path) -> None:
    """Only the topmost folder is the drill's."""
    folder = drill(tmp_path / "theirs", 0)
    (folder / "evidence").mkdir()
    (folder / "evidence" / JOURNAL).write_text("")
    for source in (tmp_path / "theirs", zipped(tmp_path / "theirs", tmp_path / "a.zip")):
        found: list[Row] = list(merged(source, tmp_path / f"of-{source.stem}").added)
        assert [each.id for each in found] == [row(0).id]


def test_a_drill_that_only_the_history_knows_gets_its_folder(tmp_path: Path, theirs: Path) -> None:
    """Of a history that a team shares, or where somebody removed it."""
    reports = tmp_path / "reports"
    merged(theirs, reports)
    shutil.rmtree(reports / row(0).folder)
    found = merged(theirs, reports)
    assert [each.id for each in found.added] == [row(0).id]
    assert [each.id for each in found.known] == [row(1).id]
    assert (reports / row(0).folder / RESULT).is_file()


def test_another_drill_of_the_same_id_is_told_and_takes_no_place(
    tmp_path: Path, theirs: Path
) -> None:
    """An id is eight signs, made by lot."""
    reports = tmp_path / "reports"
    merged(theirs, reports)
    other = drill(tmp_path / "other", 5, id=row(0).id)
    found = merged(other.parent, reports)
    assert (found.added, found.known) == ([], [])
    assert f"another drill has the id {row(0).id}" in found.unread[0]
    with Store.at(reports / FILE) as store:
        assert [each.at for each in store.named(row(0).id)] == [row(0).at]
