"""Faults of a real PostgreSQL and its standby: what customers meet, and that it is as before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from drills.errors import InjectionFailed, PlanError, WaitTimeout
from drills.faults import (
    AccessRejected,
    ColumnRenamed,
    CommitsHang,
    ConnectionLimit,
    ConnectionsLeaked,
    FlagTurned,
    IndexPageCorrupted,
    LoginRefused,
    LongTransaction,
    MigrationMissing,
    PasswordReplaced,
    PasswordRotated,
    ReplicaCutOff,
    ReplicaDataLost,
    SlotLeftBehind,
    TableLocked,
    TablePageCorrupted,
)
from drills.faults.postgres.database import OfDatabase
from drills.faults.postgres.slots import named
from drills.wait import until
from tests.contract.postgres_pair import ERP, PostgresPair

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresPair]:
    """Both, for all tests of this module."""
    with closing(PostgresPair(tmp_path_factory.mktemp("pair") / "journal")) as pair:
        yield pair


@pytest.fixture(scope="module")
def before(running: PostgresPair) -> list[str]:
    """What faults may change, as it is before the first of them."""
    return running.picture()


@pytest.fixture
def pair(running: PostgresPair, before: list[str]) -> Iterator[PostgresPair]:
    """Nothing of what faults may change differs afterwards, and the standby streams."""
    yield running
    if running.rollbacks:  # where the test failed, the next one is not to fail for it
        running.undo()
    assert running.picture() == before
    until(running.streams, awaited="the standby streams again", within=10)


ONE_MORE = "UPDATE items SET quantity = quantity + 1 WHERE id = 1"
HOW_MANY = "SELECT quantity FROM items WHERE id = 1"


def test_a_replica_that_is_cut_off_answers_with_old_data(pair: PostgresPair) -> None:
    """Until it is undone; then it has what was written meanwhile."""
    before = pair.say(HOW_MANY)
    pair.inject(ReplicaCutOff(), "standby")
    pair.effect()
    assert not pair.streams()
    pair.say(ONE_MORE)
    assert pair.say(HOW_MANY) == str(int(before) + 1)
    assert pair.say(HOW_MANY, of=pair.standby) == before
    pair.undo()
    until(
        lambda: pair.say(HOW_MANY, of=pair.standby) == str(int(before) + 1),
        awaited="what was written meanwhile",
        within=10,
    )


def test_commits_hang_and_are_made_when_it_is_undone(pair: PostgresPair) -> None:
    """A client's own time-out does not help; reads go on. A setting that was set is set again."""
    pair.say("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
    altered, before = pair.picture(), pair.say(HOW_MANY)
    pair.inject(CommitsHang(), "postgres")
    pair.effect()
    pair.begin("SET statement_timeout = 200", ONE_MORE)
    until(lambda: pair.customers("IPC"), awaited="the commit waits", within=10)
    with pytest.raises(WaitTimeout):
        until(lambda: not pair.customers("IPC"), awaited="it ends", within=0.5)
    assert pair.say(HOW_MANY) == before
    pair.undo()
    until(lambda: pair.say(HOW_MANY) == str(int(before) + 1), awaited="it is made", within=10)
    assert pair.picture() == altered
    pair.say("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")


def test_a_setting_is_put_back_in_a_server_that_was_started_anew(pair: PostgresPair) -> None:
    """It is in its files, so it outlives that."""
    pair.inject(CommitsHang(), "postgres")
    pair.runtime.stop(pair.primary, 5)
    pair.undo()


@pytest.mark.parametrize(
    ("fault", "service", "why"),
    [
        (ReplicaCutOff(), "postgres", "expected a standby, it is a primary"),
        (CommitsHang(role="observer"), "postgres", "expected observer to be a superuser"),
    ],
)
def test_what_cannot_be_done_is_refused(
    pair: PostgresPair, fault: OfDatabase, service: str, why: str
) -> None:
    """Before anything is done or armed."""
    armed = len(pair.intended())
    with pytest.raises(PlanError, match=why):
        pair.inject(fault, service)
    assert len(pair.intended()) == armed


def test_a_locked_table_is_waited_for_and_others_are_not(pair: PostgresPair) -> None:
    """By who reads it, too, until it is undone."""
    pair.inject(TableLocked("orders", database=ERP), "postgres")
    pair.effect()
    pair.begin("SELECT count(*) FROM orders")
    until(lambda: pair.customers("Lock"), awaited="the reader waits", within=10)
    assert pair.say(HOW_MANY).isdigit()
    pair.undo()
    until(lambda: not pair.customers("Lock"), awaited="the reader goes on", within=10)


def test_a_lock_that_is_not_to_be_had_hurts_nobody_for_long(
    pair: PostgresPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who holds the table keeps it, and who came meanwhile goes on after five seconds."""
    monkeypatch.setattr("drills.faults.injection.EFFECT_WITHIN", 0.5)
    monkeypatch.setattr(TableLocked, "patience", "200ms")
    pair.begin("BEGIN; SELECT FROM orders LIMIT 1; SELECT pg_sleep(3)")
    with pytest.raises(InjectionFailed, match="the table is locked"):
        pair.inject(TableLocked("orders", database=ERP), "postgres")
    assert pair.say("SELECT count(*) FROM orders").isdigit()
    pair.undo()


def test_leaked_connections_leave_none(pair: PostgresPair) -> None:
    """Who comes is refused; who undoes it is not, and a superuser is not."""
    pair.inject(ConnectionsLeaked("erp", database=ERP), "postgres")
    pair.effect()
    until(  # whoever looked for the effect held one of them, which is taken within a second
        lambda: "remaining connection slots are reserved" in pair.login(),
        awaited="who comes is refused",
        within=10,
    )
    assert pair.say(HOW_MANY).isdigit()
    pair.undo()
    assert pair.login() == "1"


def test_an_open_transaction_holds_back_what_can_be_cleaned_up(pair: PostgresPair) -> None:
    """As the server itself says of its horizon; and nobody waits for it."""
    pair.inject(LongTransaction("erp", database=ERP), "postgres")
    pair.effect()
    pair.say(ONE_MORE)
    told = pair.say("VACUUM (VERBOSE) items")
    assert "1 are dead but not yet removable" in told
    pair.undo()
    assert "0 are dead but not yet removable" in pair.say("VACUUM (VERBOSE) items")


def test_sessions_end_by_themselves(pair: PostgresPair) -> None:
    """At their time to live, if nobody ends them before."""
    pair.inject(LongTransaction("erp", database=ERP, time_to_live=1), "postgres")
    told = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'drill-%'"
    until(lambda: pair.say(told) == "0", awaited="it ends", within=10)
    pair.undo()


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (ConnectionLimit("erp"), 'too many connections for role "erp"'),
        (LoginRefused("erp"), 'role "erp" is not permitted to log in'),
        (PasswordReplaced("erp"), 'password authentication failed for user "erp"'),
    ],
)
def test_a_role_may_not_come_until_it_is_undone(
    pair: PostgresPair, fault: OfDatabase, told: str
) -> None:
    """By the network, with its old password; then it may, and all about it is as before."""
    assert pair.login() == "1"
    pair.inject(fault, "postgres")
    pair.effect()
    assert told in pair.login()
    pair.undo()
    assert pair.login() == "1"


def test_what_is_kept_of_a_password_is_nowhere(pair: PostgresPair) -> None:
    """Neither in the journal nor in the server's log."""
    pair.inject(PasswordRotated("erp"), "postgres")
    pair.undo()
    journal = (pair.journal.directory / "journal.jsonl").read_text("utf-8")
    log = pair.runtime.logs(pair.primary, 10_000).decode("utf-8", "replace")
    assert "SCRAM-SHA-256$" not in journal + log


def test_a_name_of_any_kind_is_one_name(pair: PostgresPair) -> None:
    """Of a role, a table and a database."""
    name = "Erp; DROP ROLE erp; --"
    pair.say(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'x'", f'CREATE TABLE "{name}" ()')
    before = pair.picture()
    for fault in (PasswordRotated(name), TableLocked(name, database=ERP)):
        pair.inject(fault, "postgres")
    pair.undo()
    assert pair.picture() == before
    pair.say(f'DROP TABLE "{name}"', f'DROP ROLE "{name}"')


def test_a_slot_keeps_what_is_written_until_it_is_undone(pair: PostgresPair) -> None:
    """Then the server removes that, as before."""
    # Not how many there are: the server keeps some of those that it is done with, for reuse. And
    # more is written than wal_keep_size, which it keeps whoever reads.
    oldest = "SELECT min(name) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'"
    switch = "SELECT pg_switch_wal() FROM pg_logical_emit_message(true, 'x', 'y')"
    injection = pair.inject(SlotLeftBehind(), "postgres")
    pair.effect()
    slot = f"FROM pg_replication_slots WHERE slot_name = '{named(injection)}'"
    held = pair.say(f"SELECT pg_walfile_name(restart_lsn) {slot}")
    pair.say(*[switch] * 24, "CHECKPOINT")
    assert pair.say(oldest) <= held
    pair.undo()

    def removed() -> bool:
        pair.say("CHECKPOINT")
        return pair.say(oldest) > held

    until(removed, awaited="what the slot held is removed", within=30)


@pytest.mark.parametrize("revision", ["", "0000"], ids=["alone", "with its revision"])
def test_a_renamed_column_fails_who_asks_for_it(pair: PostgresPair, revision: str) -> None:
    """Of the whole table, until it is called as before."""
    before = pair.say("SELECT version_num FROM alembic_version")
    older = MigrationMissing("items", "quantity", "pieces", "0000", database=ERP)
    pair.inject(older if revision else ColumnRenamed("items", "quantity", database=ERP), "postgres")
    pair.effect()
    assert 'column "quantity" does not exist' in pair.say(HOW_MANY)
    assert pair.say("SELECT version_num FROM alembic_version") == (revision or before)
    pair.undo()
    assert pair.say(HOW_MANY).isdigit()
    assert pair.say("SELECT version_num FROM alembic_version") == before


def test_a_column_is_renamed_back_as_soon_as_its_table_is_free(pair: PostgresPair) -> None:
    """The undo waits two seconds at a time, so that nobody waits behind it for longer."""
    pair.inject(ColumnRenamed("items", "quantity", database=ERP), "postgres")
    pair.begin("BEGIN; SELECT FROM items LIMIT 1; SELECT pg_sleep(3)")
    until(lambda: pair.customers("Timeout"), awaited="the table is in use", within=10)
    pair.undo()
    assert pair.say(HOW_MANY).isdigit()


def test_a_user_is_deactivated_and_no_other(pair: PostgresPair) -> None:
    """As a person would by SQL."""
    told = "SELECT string_agg(username, ',' ORDER BY id) FROM users WHERE NOT is_active"
    users = pair.say("SELECT min(username) FROM users WHERE is_active")
    before = pair.say(told)
    fault = FlagTurned("users", "is_active", "username", users, database=ERP)
    pair.inject(fault, "postgres")
    pair.effect()
    assert users in pair.say(told).split(",")
    assert len(pair.say(told).split(",")) == len([*filter(None, before.split(","))]) + 1
    pair.undo()
    assert pair.say(told) == before


@pytest.mark.parametrize(
    "fault",
    [
        FlagTurned("users", "username", "id", "1", database=ERP),
        FlagTurned("users", "is_active", "created_at", "x", database=ERP),
        FlagTurned("users", "is_active", "username", "nobody", database=ERP),
    ],
)
def test_a_flag_that_is_none_is_refused(pair: PostgresPair, fault: FlagTurned) -> None:
    """Nor is one turned of more than one row, or of none."""
    with pytest.raises(PlanError, match=r"flag turned of .*: expected"):
        pair.inject(fault, "postgres")


def test_a_role_is_rejected_at_the_door(pair: PostgresPair) -> None:
    """By the network; the file is the same to the byte afterwards, whosever it is."""
    digest = ("sha256sum", "/etc/postgresql/pg_hba.conf")
    before = pair.run(pair.primary, *digest)
    pair.inject(AccessRejected("erp", database=ERP), "postgres")
    pair.effect()
    assert "pg_hba.conf rejects connection for host" in pair.login()
    assert pair.login("observer") == "1"
    pair.undo()
    assert pair.login() == "1"
    assert pair.run(pair.primary, *digest) == before


def test_a_role_that_was_rejected_may_come_to_a_server_that_was_started_anew(
    pair: PostgresPair,
) -> None:
    """The line is in its file, so it outlives that."""
    pair.inject(AccessRejected("erp", database=ERP), "postgres")
    pair.runtime.stop(pair.primary, 5)
    pair.undo()
    assert pair.login() == "1"


def test_a_corrupt_page_of_a_table_is_noticed_by_who_reads_it(pair: PostgresPair) -> None:
    """By nobody else, and not by the standby; it outlives the server, and then it is whole."""
    asked = "SELECT count(*), sum(quantity), max(placed_by) FROM orders"
    before = pair.say(asked)
    pair.inject(TablePageCorrupted("orders", block=2, database=ERP), "postgres")
    pair.effect()
    assert "invalid page in block 2 of relation" in pair.say(asked)
    assert pair.say("SELECT count(*) FROM orders WHERE ctid < '(2,0)'").isdigit()
    assert pair.say(asked, of=pair.standby) == before
    pair.say("UPDATE orders SET quantity = quantity WHERE ctid < '(1,0)'")
    pair.runtime.kill(pair.primary)
    pair.undo()
    assert pair.say(asked) == before
    check = "CREATE EXTENSION amcheck SCHEMA public; SELECT count(*) FROM"
    assert pair.say(f"BEGIN; {check} public.verify_heapam('orders')").splitlines()[-1] == "0"


def test_a_corrupt_page_of_an_index_is_noticed_by_who_looks_up(pair: PostgresPair) -> None:
    """Who reads the whole table gets all of it."""
    one = pair.say("SELECT min(id::text) FROM orders")
    first = "SELECT count(*) FROM orders WHERE id = (SELECT min(id::text)::uuid FROM orders)"
    seek = ("SET enable_seqscan = off", first)
    pair.inject(IndexPageCorrupted("orders_pkey", block=1, database=ERP), "postgres")
    pair.effect()
    assert "invalid page in block 1 of relation" in pair.say(*seek)
    assert pair.say("SELECT min(id::text) FROM orders") == one
    pair.undo()
    assert pair.say(*seek) == "1"
    check = "CREATE EXTENSION amcheck SCHEMA public; SELECT"
    told = pair.say(f"BEGIN; {check} public.bt_index_check('orders_pkey', true)")
    assert "ERROR" not in told


def test_a_page_that_was_restored_otherwise_is_left_alone(pair: PostgresPair) -> None:
    """As by REINDEX, which makes another file."""
    pair.inject(IndexPageCorrupted("orders_pkey", block=1, database=ERP), "postgres")
    pair.say("REINDEX INDEX orders_pkey", "CHECKPOINT")
    pair.undo()
    assert pair.say("SELECT count(*) FROM orders").isdigit()


def test_a_corrupt_page_takes_only_what_nobody_holds(pair: PostgresPair) -> None:
    """Where its table is in use for long nothing is done; its own servers' tables are nobody's."""
    pair.begin("BEGIN; SELECT FROM orders LIMIT 1; SELECT pg_sleep(4)")
    until(lambda: pair.customers("Timeout"), awaited="the table is in use", within=10)
    with pytest.raises(InjectionFailed, match="lock timeout"):
        pair.inject(TablePageCorrupted("orders", block=2, database=ERP), "postgres")
    pair.undo()
    catalog = TablePageCorrupted("pg_class", schema="pg_catalog", database=ERP)
    with pytest.raises(PlanError, match="there is none"):
        pair.inject(catalog, "postgres")


@pytest.mark.parametrize("meanwhile", ["nothing", "copied anew", "being copied"])
def test_a_replica_whose_data_is_lost_has_all_of_it_again(
    pair: PostgresPair, meanwhile: str
) -> None:
    """Its own, or what it copied of the primary since; nothing else is on its volume then."""
    before = pair.say(HOW_MANY)
    pair.inject(ReplicaDataLost(), "standby")
    pair.effect()
    assert not pair.runtime.state(pair.standby).running
    assert pair.say("SELECT count(*) FROM pg_stat_replication") == "0"
    pair.say(ONE_MORE)
    if meanwhile != "nothing":
        pair.runtime.start(pair.standby)
    if meanwhile == "copied anew":
        until(pair.streams, awaited="the standby streams from its copy", within=30)
    pair.undo()
    until(pair.streams, awaited="the standby streams", within=10)
    until(
        lambda: pair.say(HOW_MANY, of=pair.standby) == str(int(before) + 1),
        awaited="what was written meanwhile",
        within=10,
    )
    assert pair.run(pair.standby, "ls", "-A", "/var/lib/postgresql") == "data"
    assert pair.helpers() == []


def test_the_data_of_a_replica_on_somebody_elses_volume_is_not_touched(pair: PostgresPair) -> None:
    """Where a container of another drill mounts it too nothing is done."""
    guest = pair.add("guest", binds=[f"{pair.kept}:/guest"], drill="another")
    with pytest.raises(PlanError, match="mounts it too"):
        pair.inject(ReplicaDataLost(), "standby")
    pair.remove(guest)
