"""A line at the head of pg_hba.conf, and a file that is as before without it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import AccessRejected
from drills.faults.postgres import access
from drills.journal.facts import FaultIntended
from drills.stack.runtime import Executed
from drills.testing.fake_access import FIRST
from tests.doubles.databases import Databases

ERP = "sme_erp"
LINE = 'host "sme_erp" "erp" all reject # drill-d-1'


def run(text: str, *arguments: str) -> int:
    """The script, by this machine's shell."""
    return subprocess.run(access.script(text, *arguments), check=False).returncode


@pytest.mark.parametrize(
    "before",
    [
        "host all all all trust\n",
        "no line break",
        "",
        "\n\n",
        "# a $HOME `x` \\n %s\r\n\n",
        "x\n" * 500,
    ],
)
def test_the_file_is_as_before_to_the_byte(tmp_path: Path, before: str) -> None:
    """Whatever its end is, and it stays the same file; ours stands first meanwhile."""
    file = tmp_path / "pg_hba.conf"
    file.write_bytes(before.encode())
    inode = file.stat().st_ino
    named = (str(file), LINE, "drill-d-1")
    assert run(access.HAS, *named) == 1
    assert run(access.ADD, *named) == 0
    assert file.read_bytes() == f"{LINE}\n{before}".encode()
    assert run(access.HAS, *named) == 0
    for _ in range(2):
        assert run(access.REMOVE, *named) == 0
        assert file.read_bytes() == before.encode()
    assert file.stat().st_ino == inode


def test_only_our_line_is_taken_out(tmp_path: Path) -> None:
    """Not that of another injection, nor what somebody wrote meanwhile."""
    file = tmp_path / "pg_hba.conf"
    others = f"{LINE}0\nhost all all all trust # drill-d-1 was here\n"
    file.write_text(f"new\n{LINE}\n{others}")
    assert run(access.REMOVE, str(file), LINE, "drill-d-1") == 0
    assert file.read_text() == f"new\n{others}"


def test_a_file_that_is_gone_is_not_made(tmp_path: Path) -> None:
    """Nor is anything else that cannot be read taken for an empty one."""
    path = str(tmp_path / "pg_hba.conf")
    for text in (access.ADD, access.REMOVE):
        assert run(text, path, LINE, "drill-d-1") != 0
    assert list(tmp_path.iterdir()) == []


def test_our_line_stands_first(databases: Databases) -> None:
    """The first that fits is the one that counts."""
    databases.inject(AccessRejected("erp", database=ERP))
    assert databases.postgres.access.file(databases.db) == [LINE, *FIRST]
    assert databases.undo() == ""
    assert databases.postgres.access.file(databases.db) == [*FIRST]


@pytest.mark.parametrize("name", ["/erp", "+erp", "@erp"])
def test_a_name_that_means_more_there_is_refused(databases: Databases, name: str) -> None:
    """A pattern, a group or a file, of which nobody knows whom it hits."""
    for fault in (AccessRejected(name, database=ERP), AccessRejected("erp", database=name)):
        with pytest.raises(PlanError, match=r"a name that does not begin with /, . or @, got"):
            databases.inject(fault)
    assert databases.on_disk(FaultIntended) == []


def test_a_file_that_its_owner_may_not_write_is_refused(databases: Databases) -> None:
    """As where it is mounted to be read."""
    databases.postgres.access.writable = False
    with pytest.raises(PlanError, match=r"that user 999 may write his /etc/.*pg_hba.conf, he may"):
        databases.inject(AccessRejected("erp", database=ERP))
    assert databases.on_disk(FaultIntended) == []


def test_a_server_to_which_nobody_can_come_is_refused(databases: Databases) -> None:
    """What nobody can try is not proven; nor is it where that is so only afterwards."""
    databases.postgres.access.listening = False
    with pytest.raises(PlanError, match=r"a server that listens on 127\.0\.0\.1:5432, it does not"):
        databases.inject(AccessRejected("erp", database=ERP))
    databases.postgres.access.listening = True
    databases.inject(AccessRejected("erp", database=ERP))
    databases.postgres.access.listening = False
    assert "admit-role" in databases.undo(budget=0.5)


def test_a_file_that_cannot_be_written_after_all_is_told(databases: Databases) -> None:
    """With what the shell says."""
    full = Executed(1, b"printf: write error: No space left on device")
    databases.runtime.answer("sh", "-c", access.ADD, with_=full)
    with pytest.raises(InjectionFailed, match=r"pg_hba.conf ended with 1: printf: write error"):
        databases.inject(AccessRejected("erp", database=ERP))
    assert databases.undo() == ""
