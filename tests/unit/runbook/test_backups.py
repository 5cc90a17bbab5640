"""A backup is made, restored, and held against what customers were told by then."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from drills.errors import EngineError, ResponseFailed
from drills.journal.facts import BackedUp, BackupRead, ResponseStep, RestoreBegun
from drills.journal.folder import BACKUP_READS
from drills.journal.sample import Outcome
from drills.runbook.bench import Bench as Workplace
from drills.runbook.procedure import carry_out
from drills.stack.runtime import Executed
from drills.units import NS
from tests.doubles.bench import Bench
from tests.doubles.dumps import Server
from tests.doubles.working import TITLE, action

FILE = "/tmp/a.dump"  # noqa: S108 - inside a container on paper


@pytest.fixture
def server(bench: Bench) -> Server:
    server = Server(bench.runtime, bench.clock)
    server.write("w1")
    server.write("w2")
    return server


@pytest.fixture
def here(work: Workplace, server: Server) -> Workplace:
    return replace(work, ledger=server)


def back_up(here: Workplace, **more: Any) -> None:
    words = {"service": "app", "database": "erp", "file": FILE, **more}
    carry_out(here, TITLE, (action("back up", **words),))


def restore(here: Workplace, **more: Any) -> None:
    words = {"service": "app", "database": "scratch", "file": FILE, **more}
    carry_out(here, TITLE, (action("restore", **words),))


def last(bench: Bench) -> ResponseStep:
    step = bench.journal.timeline().last(ResponseStep)
    assert step is not None
    return step


def test_a_backup_is_restored_where_nobody_is_read_and_dropped(
    bench: Bench, here: Workplace, server: Server
) -> None:
    """Both instants and the size are told, what it held is kept; the database itself is let be."""
    back_up(here)
    server.write("w3")
    restore(here)
    made, read = bench.event(BackedUp), bench.event(BackupRead)
    assert (made.size, made.reason) == (4096, "")
    assert made.ended_ns - made.begun_ns >= NS
    assert (read.backup, read.reason) == (made.seq, "")
    kept = json.loads((bench.journal.directory / BACKUP_READS).read_text())
    assert kept == {read.read: {"w1": ["one"], "w2": ["one"]}}
    assert set(server.databases) == {"erp"}
    step = last(bench)
    assert (step.works, step.acts) == (True, False)
    assert (step.detail["writes"], step.detail["acknowledged_before"]) == (2, 2)


def test_every_restored_backup_is_kept(bench: Bench, here: Workplace, server: Server) -> None:
    """The second one beside the first."""
    for _ in range(2):
        back_up(here)
        restore(here)
        server.write("w3")
    kept = json.loads((bench.journal.directory / BACKUP_READS).read_text())
    assert [sorted(held) for held in kept.values()] == [["w1", "w2"], ["w1", "w2", "w3"]]


def spoilt(server: Server, how: str) -> None:
    """What may be wrong with a dump that exists."""
    kept = dict(server.files[FILE] or {})
    if how == "torn":
        server.torn.add(FILE)
    elif how == "empty":
        server.files[FILE] = {}
    elif how == "of another database":
        server.files[FILE] = None
    elif how == "short of a write":
        server.files[FILE] = {"w1": kept["w1"]}
    elif how == "altered":
        server.files[FILE] = {**kept, "w2": ("two",)}
    elif how == "doubled":
        server.files[FILE] = {**kept, "w2": ("one", "one")}
    else:
        server.write("w3")
        server.write("w4")
        server.files[FILE] = {**kept, "w4": ("one",)}


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("torn", "could not read from input file: end of file"),
        ("empty", "2 of 2 writes acknowledged before it are missing"),
        ("of another database", 'are missing (relation "orders" does not exist)'),
        ("short of a write", "1 of 2 writes acknowledged before it are missing"),
        ("altered", "1 say something else"),
        ("doubled", "1 are there more than once"),
        ("younger than it says", "1 were sent only after it was complete"),
    ],
)
def test_a_backup_that_is_none_is_a_finding(
    bench: Bench, here: Workplace, server: Server, how: str, why: str
) -> None:
    """The step does not work, and says why; the procedure goes on, and no database is left."""
    back_up(here)
    spoilt(server, how)
    restore(here)
    step = last(bench)
    assert not step.works
    assert why in step.reason
    assert set(server.databases) == {"erp"}
    assert bench.event(BackupRead).backup == bench.event(BackedUp).seq


def test_what_was_acknowledged_while_it_was_made_need_not_be_in_it(
    bench: Bench, here: Workplace, server: Server
) -> None:
    """Nor what nobody was told of; what was refused is no loss."""
    server.write("w3", Outcome.REFUSED)
    server.write("w4", Outcome.TIMEOUT)
    back_up(here)
    restore(here)
    assert last(bench).works


def test_a_backup_that_cannot_be_made_is_told_with_its_time(bench: Bench, here: Workplace) -> None:
    """It holds nothing; neither is there anything to restore."""
    back_up(here, database="nobody's")
    made = bench.event(BackedUp)
    assert "pg_dump ended with 1" in made.reason
    assert not last(bench).works
    restore(here)
    assert f"there is no backup {FILE} on app: pg_dump ended" in last(bench).reason
    restore(here, file="/tmp/b.dump")  # noqa: S108 - inside a container on paper
    assert last(bench).reason == "there is no backup /tmp/b.dump on app"


def test_who_cannot_be_asked_proves_nothing(bench: Bench, here: Workplace, server: Server) -> None:
    """An engine or a database that does not answer says nothing of the backup."""
    back_up(here)
    server.silent = "connection refused"
    restore(here)
    assert last(bench).reason == "connection refused"
    bench.runtime.fail_next("execute", EngineError("the engine is gone"))
    restore(here)
    assert last(bench).reason == "the engine is gone"
    assert bench.journal.timeline().all(BackupRead) == []
    assert set(server.databases) == {"erp"}


def test_a_database_of_that_name_is_nobodys_to_fill(
    bench: Bench, here: Workplace, server: Server
) -> None:
    """It is let be, and not dropped."""
    back_up(here)
    server.databases["scratch"] = {"theirs": ("x",)}
    restore(here)
    assert "already exists" in last(bench).reason
    assert server.databases["scratch"] == {"theirs": ("x",)}


class TestInItsPlace:
    def replace(self, here: Workplace, **more: Any) -> None:
        restore(here, database="erp", changes=True, **more)

    def test_the_database_is_set_aside_and_kept_as_it_was(
        self, bench: Bench, here: Workplace, server: Server
    ) -> None:
        """Closed to everybody; that it is begun is told before, for what is newer is given up."""
        back_up(here)
        server.write("w3")
        self.replace(here)
        assert set(server.databases["erp"] or {}) == {"w1", "w2"}
        assert set(server.databases["erp_set_aside"] or {}) == {"w1", "w2", "w3"}
        assert server.said[0] == 'ALTER DATABASE "erp" ALLOW_CONNECTIONS false'
        begun, read = bench.event(RestoreBegun), bench.event(BackupRead)
        assert (begun.database, begun.seq < read.seq) == ("erp", True)
        assert (last(bench).acts, last(bench).works) == (True, True)

    def test_it_is_put_back_where_the_backup_cannot_be_restored(
        self, here: Workplace, server: Server
    ) -> None:
        """A damaged database is more than none."""
        back_up(here)
        server.torn.add(FILE)
        with pytest.raises(ResponseFailed, match="end of file"):
            self.replace(here)
        assert set(server.databases) == {"erp"}
        assert server.said[-1] == 'ALTER DATABASE "erp" ALLOW_CONNECTIONS true'

    def test_it_is_opened_again_where_it_cannot_be_set_aside(
        self, bench: Bench, here: Workplace, server: Server
    ) -> None:
        """And never dropped: what has its name is still the one that customers wrote to."""
        back_up(here)
        bench.runtime.answer("psql", with_=Executed(3, b"it is there already"))
        with pytest.raises(ResponseFailed, match="there already"):
            self.replace(here)
        lines = [str(call.argument) for call in bench.runtime.calls if call.method == "execute"]
        assert 'ALTER DATABASE "erp" ALLOW_CONNECTIONS true' in lines[-1]
        assert not any("DROP" in line for line in lines)

    def test_a_backup_of_another_database_takes_nobodys_place(
        self, here: Workplace, server: Server
    ) -> None:
        """That is seen before anything is done."""
        server.databases["other"] = {}
        back_up(here, database="other")
        with pytest.raises(ResponseFailed, match=r"a\.dump is a backup of other"):
            self.replace(here)
        assert server.said == []
