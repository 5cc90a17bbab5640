"""Settings that a fault changes, and what ALTER SYSTEM had made of them before."""

from __future__ import annotations

import json

import pytest

from drills.errors import PlanError
from drills.faults import CommitsHang, ReplicaCutOff
from drills.journal.facts import FaultIntended
from tests.doubles.databases import Databases

NAMES = "synchronous_standby_names"


@pytest.mark.parametrize("was", ["", "FIRST 1 (a, b)", "it's", 'ANY 1 ("B\\c")', "unset", "set: x"])
def test_what_was_set_is_set_again(databases: Databases, was: str) -> None:
    """To the same, an empty one too."""
    databases.postgres.settings.alter(databases.db, NAMES, was)
    databases.inject(CommitsHang())
    assert databases.postgres.settings.value(databases.db, NAMES) == CommitsHang.value
    assert databases.undo() == ""
    assert databases.postgres.settings.altered(databases.db) == {NAMES: was}
    assert databases.postgres.settings.value(databases.db, NAMES) == was


def test_what_was_not_set_is_reset(databases: Databases) -> None:
    """So that the files hold again, and what else was altered stays."""
    databases.postgres.settings.alter(databases.db, "work_mem", "5MB")
    databases.inject(CommitsHang())
    assert databases.undo() == ""
    assert databases.postgres.settings.altered(databases.db) == {"work_mem": "5MB"}


def test_a_replica_streams_again_from_where_it_did(databases: Databases) -> None:
    """What its file says, with a password in it, is never read, and not in the journal."""
    databases.inject(ReplicaCutOff(), "standby")
    assert not databases.postgres.settings.streams(databases.standby)
    assert databases.undo() == ""
    assert databases.postgres.settings.streams(databases.standby)
    (intended,) = databases.on_disk(FaultIntended)
    assert "of-the-file" not in json.dumps(intended.undo)


@pytest.mark.parametrize(
    "conninfo", ["host=p password=x", "host=p PASSWORD = x", "postgresql://u:x@p/", "sslpassword=x"]
)
def test_a_password_is_not_written_down(databases: Databases, conninfo: str) -> None:
    """Where ALTER SYSTEM has set one nothing is done; a passfile is no password."""
    alter = databases.postgres.settings.alter
    alter(databases.standby, "primary_conninfo", conninfo)
    with pytest.raises(PlanError, match=r"primary_conninfo without a password.*Hint: .*passfile"):
        databases.inject(ReplicaCutOff(), "standby")
    alter(databases.standby, "primary_conninfo", "host=p passfile=/p")
    databases.inject(ReplicaCutOff(), "standby")
    assert databases.undo() == ""
    assert databases.postgres.settings.altered(databases.standby) == {
        "primary_conninfo": "host=p passfile=/p"
    }


@pytest.mark.parametrize(
    ("fault", "service", "setting", "value", "why"),
    [
        (CommitsHang(), "db", "synchronous_commit", "local", "commits wait for no standby"),
        (CommitsHang(), "db", "allow_alter_system", "off", "allows ALTER SYSTEM, it does not"),
        (ReplicaCutOff(), "standby", "allow_alter_system", "off", "allows ALTER SYSTEM"),
    ],
)
def test_what_could_not_work_is_refused(
    databases: Databases,
    fault: CommitsHang | ReplicaCutOff,
    service: str,
    setting: str,
    value: str,
    why: str,
) -> None:
    """Before anything is done."""
    databases.postgres.settings.files[setting] = value
    with pytest.raises(PlanError, match=why):
        databases.inject(fault, service)
    assert databases.on_disk(FaultIntended) == []


def test_a_replica_that_does_not_stream_cannot_be_cut_off(databases: Databases) -> None:
    """There is nothing to cut, and it would prove nothing."""
    databases.inject(ReplicaCutOff(), "standby")
    with pytest.raises(PlanError, match="expected a replica that streams, it does not"):
        databases.inject(ReplicaCutOff(), "standby")
