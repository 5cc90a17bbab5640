"""What holds for every fault of a database that is made by SQL: effect, undo, proof, refusal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drills.errors import InjectionFailed, PlanError
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
    SlotLeftBehind,
    TableLocked,
    TablePageCorrupted,
)
from drills.faults.catalogue import operation_of
from drills.faults.fault import Fault, ReadBack
from drills.faults.postgres import FAULTS
from drills.faults.postgres.database import OfDatabase
from drills.faults.postgres.lost import PrimaryLost, ReplicaDataLost
from drills.faults.postgres.replay import ReplayPaused
from drills.faults.undo import Undo, typed
from drills.journal.facts import FaultCalled, FaultEffective, FaultIntended, UndoVerified
from drills.journal.redaction import Redactor
from drills.stack.runtime import Executed
from tests.doubles.databases import Databases

ERP = "sme_erp"
CASES: dict[type[OfDatabase], tuple[OfDatabase, str]] = {
    ReplicaCutOff: (ReplicaCutOff(), "standby"),
    CommitsHang: (CommitsHang(), "db"),
    TableLocked: (TableLocked("orders", database=ERP), "db"),
    LongTransaction: (LongTransaction("erp", database=ERP), "db"),
    ConnectionsLeaked: (ConnectionsLeaked("erp", database=ERP), "db"),
    ConnectionLimit: (ConnectionLimit("erp"), "db"),
    LoginRefused: (LoginRefused("erp"), "db"),
    PasswordRotated: (PasswordRotated("erp"), "db"),
    PasswordReplaced: (PasswordReplaced("erp"), "db"),
    AccessRejected: (AccessRejected("erp", database=ERP), "db"),
    TablePageCorrupted: (TablePageCorrupted("orders", block=1, database=ERP), "db"),
    IndexPageCorrupted: (IndexPageCorrupted("orders_pkey", database=ERP), "db"),
    SlotLeftBehind: (SlotLeftBehind(), "db"),
    ColumnRenamed: (ColumnRenamed("users", "is_active", database=ERP), "db"),
    MigrationMissing: (
        MigrationMissing("users", "is_active", "active", "0001", database=ERP),
        "db",
    ),
    FlagTurned: (FlagTurned("users", "is_active", "username", "drill", database=ERP), "db"),
}
ENDS_WITH_ITS_SERVER = (TableLocked, LongTransaction, ConnectionsLeaked)
EVERY = pytest.mark.parametrize(("fault", "service"), CASES.values(), ids=lambda one: str(one)[:20])


def in_effect(databases: Databases, fault: Fault, undo: Undo) -> bool:
    """Whether the database itself says so."""
    assert isinstance(fault.effect, ReadBack)
    return fault.effect.seen(databases.runtime, undo)


def armed(databases: Databases) -> Undo:
    """The undo, as another process reads it from the journal."""
    return Undo.from_data(databases.on_disk(FaultIntended)[-1].undo)


def test_every_fault_is_held_to_all_this() -> None:
    """What is not of the kind has tests of its own."""
    assert CASES.keys() == set(FAULTS) - {ReplayPaused, ReplicaDataLost, PrimaryLost}


@EVERY
def test_the_database_itself_proves_effect_and_undo(
    databases: Databases, fault: OfDatabase, service: str
) -> None:
    """The effect lies between the request and the first answer that it is there."""
    databases.inject(fault, service)
    undo = armed(databases)
    assert in_effect(databases, fault, undo)
    called, effective = databases.event(FaultCalled), databases.event(FaultEffective)
    assert called.at_ns <= effective.low_ns < effective.at_ns < effective.high_ns
    assert databases.undo() == ""
    assert not in_effect(databases, fault, undo)
    assert databases.event(UndoVerified).proof == operation_of(undo).proof


@EVERY
def test_another_process_undoes_it_from_the_journal_and_twice(
    databases: Databases, fault: OfDatabase, service: str
) -> None:
    """Whatever is needed stands in the undo's data, and to undo again changes nothing."""
    databases.inject(fault, service)
    undo = armed(databases)
    operation = operation_of(undo)
    for _ in range(2):
        operation.apply(databases.runtime, undo)
        assert operation.undone(databases.runtime, undo)
        assert not in_effect(databases, fault, undo)


@EVERY
@pytest.mark.parametrize("how", ["restart", "stop", "kill", "replaced"])
def test_it_is_undone_whatever_became_of_the_server(
    databases: Databases, fault: OfDatabase, service: str, how: str
) -> None:
    """It runs as before, and is asked; what took its place, with its data or not, is asked too."""
    runtime, there = databases.runtime, databases.runtime.find(service)
    databases.inject(fault, service)
    getattr(runtime, how)(there)
    if how == "replaced":
        databases.postgres.keep(there, there := runtime.find(service))
    assert databases.undo() == ""
    assert runtime.state(there).running
    assert not in_effect(databases, fault, armed(databases))


@pytest.mark.parametrize(
    ("fault", "service"),
    [case for kind, case in CASES.items() if kind not in ENDS_WITH_ITS_SERVER],
    ids=lambda one: str(one)[:20],
)
def test_a_replaced_server_that_keeps_the_fault_is_not_proven(
    databases: Databases, fault: OfDatabase, service: str
) -> None:
    """That its container is gone proves nothing of what it kept on a volume."""
    there = databases.runtime.find(service)
    databases.inject(fault, service)
    databases.postgres.keep(there, databases.runtime.replaced(there))
    databases.postgres.deaf = True
    assert "another container in its place" in databases.undo(budget=0.5)


@EVERY
def test_what_is_gone_for_good_takes_the_fault_along(
    databases: Databases, fault: OfDatabase, service: str
) -> None:
    """Nothing is left that could be put back."""
    databases.inject(fault, service)
    databases.runtime.vanish(databases.runtime.find(service))
    assert databases.undo() == ""
    assert "gone" in databases.event(UndoVerified).proof


@EVERY
def test_a_server_that_does_not_answer_yet_is_asked_again(
    databases: Databases, fault: OfDatabase, service: str
) -> None:
    """One that is still starting refuses; that is no failure of the undo, and no proof."""
    databases.inject(fault, service)
    starting = iter([Executed(2, b"FATAL:  the database system is starting up")] * 5)
    told = databases.postgres.psql
    databases.runtime.answer(
        "psql", with_=lambda one, said: next(starting, None) or told(one, said)
    )
    assert databases.undo() == ""
    assert next(starting, None) is None
    assert not in_effect(databases, fault, armed(databases))


@EVERY
def test_a_server_that_dies_again_is_asked_when_it_is_back(
    databases: Databases, fault: OfDatabase, service: str
) -> None:
    """Whoever brings it back; nothing is proven of one that does not run."""
    runtime, there = databases.runtime, databases.runtime.find(service)
    databases.inject(fault, service)
    runtime.restarts(there, after=1.0)
    runtime.die(there)
    runtime.ignore_next("start")
    assert databases.undo() == ""
    assert runtime.state(there).restarts == 1
    assert not in_effect(databases, fault, armed(databases))


@EVERY
def test_a_database_that_says_yes_and_does_nothing_proves_nothing(
    databases: Databases, fault: OfDatabase, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the fault nor its undo; and a person is told what to type."""
    monkeypatch.setattr("drills.faults.injection.EFFECT_WITHIN", 0.5)
    databases.postgres.deaf = True
    with pytest.raises(InjectionFailed, match="it is read back that"):
        databases.inject(fault, service)
    assert databases.on_disk(FaultEffective) == []
    databases.postgres.deaf = False
    databases.undo()
    databases.inject(fault, service)
    databases.postgres.deaf = True
    problem = databases.undo(budget=0.5)
    assert "By hand: docker exec " in problem
    assert f" fake-{service}-1 " in problem


@pytest.mark.parametrize(
    ("fault", "service"),
    [CASES[kind] for kind in (ReplicaCutOff, CommitsHang, ConnectionLimit, LoginRefused)],
    ids=lambda one: str(one)[:20],
)
def test_what_is_so_already_is_left_alone(
    databases: Databases, fault: OfDatabase, service: str
) -> None:
    """It would prove nothing, and the undo would put back somebody else's doing."""
    databases.inject(fault, service)
    undo = armed(databases)
    with pytest.raises((InjectionFailed, PlanError)):
        databases.inject(fault, service)
    assert len(databases.on_disk(FaultIntended)) == 1
    assert in_effect(databases, fault, undo)


@EVERY
def test_a_server_of_the_other_kind_is_refused(
    databases: Databases, fault: OfDatabase, service: str
) -> None:
    """Before anything is done or armed."""
    other = {"db": "standby", "standby": "db"}[service]
    with pytest.raises(PlanError, match=rf"{fault.kind} of fake-{other}-1: expected a \w+, it is"):
        databases.inject(fault, other)
    assert databases.on_disk(FaultIntended) == []


@EVERY
def test_who_is_no_superuser_is_refused(
    databases: Databases, fault: OfDatabase, service: str
) -> None:
    """He would not see what has to be proven; nor does one that is not known there."""
    databases.postgres.superuser = False
    with pytest.raises(PlanError, match="expected postgres to be a superuser, it is none"):
        databases.inject(fault, service)
    with pytest.raises(PlanError, match=r'as nobody, got exit code 2: FATAL: +role "nobody" does'):
        databases.inject(replace(fault, role="nobody"), service)
    assert databases.on_disk(FaultIntended) == []


@EVERY
@pytest.mark.parametrize("name", ["x'; rm -rf /", 'a"b', "a\nb", "$(reboot)", "a`b`", "\\", "{x}"])
def test_a_name_that_nobody_could_type_is_refused(
    databases: Databases, fault: OfDatabase, service: str, name: str
) -> None:
    """A person pastes the line to type into a shell."""
    with pytest.raises(PlanError, match=rf"{fault.kind}: expected a database without quotes"):
        databases.inject(replace(fault, database=name), service)
    assert databases.on_disk(FaultIntended) == []


@EVERY
def test_what_a_person_would_type_names_all_of_it(
    databases: Databases, fault: OfDatabase, service: str
) -> None:
    """Nothing in either line is left open."""
    databases.inject(fault, service)
    undo = armed(databases)
    for words in (typed(fault.by_hand, undo), operation_of(undo).line(undo)):
        assert "docker exec" in words
        assert f" fake-{service}-1 " in words
        assert "<" not in words


@EVERY
def test_it_is_said_in_words(databases: Databases, fault: OfDatabase, service: str) -> None:
    """In a scenario, on the chart and in the journal; " for " begins how long it lasts."""
    assert " for " not in fault.phrase
    databases.inject(fault, service)
    (intended,) = databases.on_disk(FaultIntended)
    assert (intended.fault, intended.label, intended.colour) == (
        fault.kind,
        fault.label,
        "database",
    )


def test_an_undo_that_the_journal_would_mask_is_not_armed(databases: Databases) -> None:
    """Whoever undoes it from there would put the mask in the place of what was there."""
    databases.postgres.settings.alter(databases.db, "synchronous_standby_names", "of-the-customer")
    databases.journal.redact = Redactor(["of-the-customer"])
    with pytest.raises(PlanError, match=r"can be written down whole .*was.* masked as a secret"):
        databases.inject(CommitsHang())
    assert databases.on_disk(FaultIntended) == []
    assert databases.postgres.settings.value(databases.db, "synchronous_standby_names") == (
        "of-the-customer"
    )
