"""Space is freed by removing the largest of the files that are named, and never a database's."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from drills.errors import ResponseFailed
from drills.journal.facts import ResponseStep
from drills.runbook.bench import Bench as Workplace
from drills.runbook.procedure import carry_out
from drills.stack.runtime import Container, Executed
from tests.doubles.bench import Bench
from tests.doubles.working import TITLE, action

EVERYTHING, NOTHING = 1.0, 1e-9  # the shares free of a disk that is always short, and never


class Disks:
    """Disks of 1000 bytes and 10 inodes on paper, by folder, with the files on each."""

    def __init__(self, bench: Bench, **files: dict[str, int]) -> None:
        self.files = files
        self.removed: list[str] = []
        bench.runtime.answer("sh", with_=self._look)
        bench.runtime.answer("rm", with_=self._remove)

    def _look(self, _container: Container, _line: tuple[str, ...]) -> Executed:
        lines = []
        for number, (folder, files) in enumerate(self.files.items()):
            free, inodes = 1000 - sum(files.values()), 10 - len(files)
            lines.append(f"disk 1000 {free} 10 {inodes} {number} 1 /disks/{folder}")
            lines += [f"file {number} 81a4 {size} /disks/{folder}/{n}" for n, size in files.items()]
        return Executed(0, "\n".join(lines).encode())

    def _remove(self, _container: Container, line: tuple[str, ...]) -> Executed:
        for name in line[3:]:
            _, _, folder, file = name.split("/")
            self.files[folder].pop(file)
            self.removed.append(f"{folder}/{file}")
        return Executed(0, b"")


def free(work: Workplace, files: str = "/disks/*/*", **more: Any) -> None:
    carry_out(work, TITLE, (action("free space", service="app", files=(files,), **more),))


def step(bench: Bench) -> ResponseStep:
    found = bench.journal.timeline().last(ResponseStep)
    assert found is not None
    return found


def test_the_largest_goes_first_and_no_more_than_needed(bench: Bench, work: Workplace) -> None:
    """On the disk that is short; what is told is what was removed, and how full the disks were."""
    disks = Disks(bench, full={"a": 10, "b": 700, "c": 200}, other={"d": 500})
    free(work)
    assert disks.removed == ["full/b"]
    told = step(bench).detail
    assert (told["removed"], told["largest"]) == (1, ["/disks/full/b (700 bytes)"])
    assert step(bench).acts


def test_a_disk_without_inodes_is_short_too(bench: Bench, work: Workplace) -> None:
    """Though its files are empty, until a fifth of them is free again."""
    disks = Disks(bench, full={f"{number}": 0 for number in range(10)})
    free(work)
    assert disks.removed == ["full/0", "full/1"]


def test_what_is_not_enough_is_a_finding(bench: Bench, work: Workplace) -> None:
    """Everything that may be removed was, and the step does not work."""
    disks = Disks(bench, full={"a": 100})
    with pytest.raises(ResponseFailed, match=r"expected 95% free .* /disks/full has 900 of 1000"):
        free(work, "/disks/full/b*", free=0.95)
    assert disks.removed == []
    assert not step(bench).works


def on_this_machine(bench: Bench) -> None:
    """Commands are run here, where the files of a test are."""

    def run(_container: Container, line: tuple[str, ...]) -> Executed:
        done = subprocess.run(line, capture_output=True, check=False)
        return Executed(done.returncode, done.stdout + done.stderr)

    for command in ("sh", "rm"):
        bench.runtime.answer(command, with_=run)


@pytest.fixture
def folder(bench: Bench, tmp_path: Path) -> Path:
    """Files with all sorts of names, a folder and a link out of it."""
    on_this_machine(bench)
    folder = tmp_path / "a disk"
    (folder / "below").mkdir(parents=True)
    for name in ("one", ".hidden", "two words", "*", "below/kept"):
        (folder / name).write_text("x")
    (tmp_path / "outside").write_text("x")
    (folder / "link").symlink_to(tmp_path / "outside")
    return folder


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


def test_only_files_that_the_pattern_means_are_removed(
    work: Workplace, tmp_path: Path, folder: Path
) -> None:
    """No folder, no link nor what it leads to, nothing further below, nothing that is hidden."""
    with pytest.raises(ResponseFailed, match="expected 100% free"):
        free(work, f"{folder}/*", free=EVERYTHING)
    assert left(folder) == {".hidden", "below", "kept", "link"}
    assert (tmp_path / "outside").exists()
    with pytest.raises(ResponseFailed):
        free(work, f"{folder}/.*", free=EVERYTHING)
    assert left(folder) == {"below", "kept", "link"}


def test_where_there_is_room_nothing_is_removed(work: Workplace, folder: Path) -> None:
    """However large the files are."""
    before = left(folder)
    free(work, f"{folder}/*", free=NOTHING)
    assert left(folder) == before


@pytest.mark.parametrize(
    ("mark", "below", "whose"),
    [
        ("PG_VERSION", "base", "PostgreSQL"),
        ("pg_wal/x", "pg_wal", "PostgreSQL"),
        ("ibdata1", "shop", "MySQL"),
        ("#innodb_redo", "shop", "MySQL"),
        ("mysql-bin.index", "logs", "MySQL"),
        ("dump.rdb", "base", "redis"),
    ],
)
def test_nothing_is_removed_from_a_database(
    work: Workplace, folder: Path, mark: str, below: str, whose: str
) -> None:
    """Neither from its folder, nor from one in it, nor by way of a link: and nothing elsewhere."""
    (folder / "data" / below).mkdir(parents=True)
    (folder / "data" / mark).write_text("17")
    (folder / "data" / below / "file").write_text("x")
    (folder / "way").symlink_to(folder / "data" / below)
    before = left(folder)
    for pattern in (f"{folder}/data/{below[:4]}*/*", f"{folder}/*/*", f"{folder}/way/*"):
        with pytest.raises(ResponseFailed, match=f"is {whose}'s"):
            free(work, pattern, free=EVERYTHING)
    assert left(folder) == before


def test_folders_that_are_not_there_are_told(work: Workplace, folder: Path) -> None:
    """A slip in the manifest frees nothing, and says so."""
    with pytest.raises(ResponseFailed, match="none of the folders of"):
        free(work, f"{folder}/missing/*")
