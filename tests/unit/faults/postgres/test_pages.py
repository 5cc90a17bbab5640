"""Sixteen bytes of a page on disk: which ones, and that they come back."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import IndexPageCorrupted, TablePageCorrupted
from drills.faults.postgres.pages import OURS, overwrite
from drills.journal.facts import FaultIntended
from tests.doubles.databases import Databases

ERP = "sme_erp"
WAS = "00112233445566778899aabbccddeeff"
TABLE = TablePageCorrupted("orders", block=1, database=ERP)


def test_sixteen_bytes_are_written_and_no_other(tmp_path: Path) -> None:
    """By a shell and dd, behind the first eight of the page; the file keeps its size."""
    file = tmp_path / "base"
    before = bytes(range(256)) * 96
    file.write_bytes(before)
    for header in (OURS.hex(), WAS):
        command = overwrite("base", 8192, header)
        assert subprocess.run(["sh", "-c", command], cwd=tmp_path, check=False).returncode == 0
        start = 8192 + 8
        wanted = before[:start] + bytes.fromhex(header) + before[start + 16 :]
        assert file.read_bytes() == wanted


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("base/1/10; rm -rf /", WAS),
        ("../../etc/passwd", WAS),
        ("/etc/passwd", WAS),
        ("base/1/10", WAS + "00"),
        ("base/1/10", "'; reboot; '" + "0" * 20),
        ("base/1/$(x)", WAS),
    ],
)
def test_nothing_but_a_header_of_a_relations_file_is_written(path: str, header: str) -> None:
    """Whatever a journal says that somebody wrote into."""
    with pytest.raises(PlanError, match="a file of a relation and 16 bytes"):
        overwrite(path, 0, header)


@pytest.mark.parametrize("path", ["base/5/16384", "pg_tblspc/1/PG_17_202406281/5/16384.3"])
def test_files_of_relations_are_known(path: str) -> None:
    """In a tablespace, and behind the first GiB too."""
    assert f"of={path} " in overwrite(path, 0, WAS)


def test_what_was_there_comes_back(databases: Databases) -> None:
    """Of that page, and it is what stands in the journal: no row of anybody's."""
    headers = databases.postgres.pages.headers(databases.db)
    headers.update({("base/1/10", "8192"): WAS, ("base/1/10", "0"): "ff" * 16})
    databases.inject(TABLE)
    assert headers == {("base/1/10", "8192"): OURS.hex(), ("base/1/10", "0"): "ff" * 16}
    (intended,) = databases.on_disk(FaultIntended)
    assert WAS in str(intended.undo)
    assert databases.undo() == ""
    assert headers == {("base/1/10", "8192"): WAS, ("base/1/10", "0"): "ff" * 16}


def test_a_page_that_others_wrote_meanwhile_is_left_alone(databases: Databases) -> None:
    """What was there belongs to another state of it, so putting it back would damage it."""
    headers = databases.postgres.pages.headers(databases.db)
    databases.inject(TABLE)
    headers["base/1/10", "8192"] = "ab" * 16
    assert databases.undo() == ""
    assert headers["base/1/10", "8192"] == "ab" * 16


def test_a_page_that_changes_is_not_damaged(databases: Databases) -> None:
    """Between the look at it and the damage; nobody would know what to put back."""
    databases.postgres.pages.changing = True
    with pytest.raises(InjectionFailed, match=r"the page has changed meanwhile"):
        databases.inject(TABLE)
    assert databases.postgres.pages.headers(databases.db) == {}
    assert databases.undo() == ""


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (TablePageCorrupted("orders", block=2, database=ERP), "with a page 2, it has 2"),
        (TablePageCorrupted("orders", block=-1, database=ERP), "with a page -1, it has 2"),
        (
            TablePageCorrupted("Orders", database=ERP),
            r"public\.Orders in sme_erp .*, there is none",
        ),
        (TablePageCorrupted("orders", schema="pg_catalog"), "there is none"),
        (TablePageCorrupted("orders_pkey", database=ERP), "there is none"),
        (IndexPageCorrupted("orders", database=ERP), "there is none"),
    ],
)
def test_a_page_that_is_none_is_refused(
    databases: Databases, fault: TablePageCorrupted | IndexPageCorrupted, why: str
) -> None:
    """Nor is one of the server's own tables, without which nothing could be undone."""
    with pytest.raises(PlanError, match=why):
        databases.inject(fault)
    assert databases.on_disk(FaultIntended) == []


def test_a_server_whose_memory_we_do_not_know_is_refused(databases: Databases) -> None:
    """A page that is in memory is read from there, and written over the damage."""
    databases.postgres.pages.version = "18"
    with pytest.raises(PlanError, match="expected a PostgreSQL 17, it is 18"):
        databases.inject(TABLE)
    databases.postgres.pages.version = "17"
    databases.postgres.pages.has_buffers = False
    with pytest.raises(PlanError, match="could not access file"):
        databases.inject(TABLE)
    assert databases.on_disk(FaultIntended) == []
