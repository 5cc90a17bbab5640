"""Sessions in everybody's way: what they are called, how long they last, whose they may be."""

from __future__ import annotations

import pytest

from drills.errors import PlanError
from drills.faults import ConnectionsLeaked, LongTransaction, TableLocked
from drills.faults.postgres import sessions
from drills.faults.postgres.database import OfDatabase
from drills.journal.facts import FaultCalled, FaultIntended
from drills.testing.fake_sessions import FakeSession
from tests.doubles.databases import Databases

ERP = "sme_erp"
OF_A_ROLE = pytest.mark.parametrize("kind", [ConnectionsLeaked, LongTransaction])


def said(databases: Databases) -> list[str]:
    """The line by which the session was begun."""
    (begun,) = databases.runtime.spawned
    return list(begun.argv)


@pytest.mark.parametrize(
    ("fault", "held"),
    [
        (TableLocked("Orders; --", "public", database=ERP), "lock"),
        (LongTransaction("erp", database=ERP), "hold"),
        (ConnectionsLeaked("erp", database=ERP), "leak"),
    ],
)
def test_it_is_called_by_its_mark_and_ends_by_itself(
    databases: Databases, fault: OfDatabase, held: str
) -> None:
    """Whatever becomes of the drill; no other limit of time ends it before."""
    databases.postgres.sessions.tables.add(("public", "Orders; --"))
    databases.inject(fault)
    (begun,) = databases.postgres.sessions.of(databases.db)
    assert (begun.what, begun.mark) == (held, "drill-d-1")
    line = said(databases)
    assert "statement_timeout=0" in line[line.index("-d") + 1]
    assert "600" in line[-1]
    assert databases.event(FaultCalled).command == databases.runtime.spawned[0].id


def test_a_table_of_any_name_is_locked_and_no_other(databases: Databases) -> None:
    """Quotes, upper case and semicolons are part of its name, never of the statement."""
    table = "Orders; DROP TABLE users; --"
    databases.postgres.sessions.tables.add(("Erp", table))
    databases.inject(TableLocked(table, "Erp"))
    assert databases.postgres.sessions.of(databases.db) == [
        FakeSession("lock", "drill-d-1", ("Erp", table))
    ]
    assert f'LOCK TABLE "Erp"."{table}" IN' in said(databases)[-1]


def test_a_table_that_is_not_there_is_refused(databases: Databases) -> None:
    """Before anything is done; names are told apart by their case."""
    with pytest.raises(PlanError, match="a table ORDERS in public of sme_erp, there is none"):
        databases.inject(TableLocked("ORDERS", database=ERP))
    assert databases.on_disk(FaultIntended) == []


@OF_A_ROLE
def test_whose_they_are_is_looked_for(databases: Databases, kind: type[OfDatabase]) -> None:
    """A role that may come by the socket without a password, and dblink."""
    with pytest.raises(PlanError, match=r'expected nobody to come to .*role "nobody" does not'):
        databases.inject(kind(user="nobody"))  # type: ignore[call-arg]
    with pytest.raises(PlanError, match="expected postgres to be no superuser, what is kept"):
        databases.inject(kind(user="postgres"))  # type: ignore[call-arg]
    databases.postgres.sessions.has_dblink = False
    with pytest.raises(PlanError, match=r"dblink, got .*could not access.*Hint: .*contrib"):
        databases.inject(kind(user="erp"))  # type: ignore[call-arg]
    databases.postgres.sessions.refused.add("erp")
    with pytest.raises(PlanError, match=r"by the socket without a password, got .*no password"):
        databases.inject(kind(user="erp"))  # type: ignore[call-arg]
    assert databases.on_disk(FaultIntended) == []


def test_whose_they_are_is_never_more_than_a_name(databases: Databases) -> None:
    """In the string by which they connect, which is a text in a statement in a text."""
    databases.postgres.roles.of(databases.db)["Erp role=x"] = databases.postgres.roles.of(
        databases.db
    )["erp"]
    databases.inject(ConnectionsLeaked("Erp role=x", database="the erp"))
    body = sessions.DO.heard(said(databases)[-1])
    assert body is not None
    leak = sessions.LEAK.heard(body["body"])
    assert leak is not None
    assert leak["to"].startswith("dbname='the erp' user='Erp role=x' application_name='drill-d-1' ")


def test_no_other_session_is_ended(databases: Databases) -> None:
    """That of the first injection does not end with that of the tenth, or of anybody else."""
    for _ in range(2):
        databases.inject(LongTransaction("erp"))
    marks = [one.mark for one in databases.postgres.sessions.of(databases.db)]
    assert marks == ["drill-d-1", "drill-d-2"]
    databases.rollbacks.unwind(budget=5, only="d-1")
    assert [one.mark for one in databases.postgres.sessions.of(databases.db)] == ["drill-d-2"]
