"""A pause of replay: made, seen, undone and proven by the database's own word."""

from __future__ import annotations

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import ReplayPaused
from drills.faults.target import Target
from drills.faults.undo import Place, Undo
from drills.journal.facts import FaultCalled, FaultEffective, FaultIntended, UndoVerified
from drills.stack.runtime import Executed
from drills.testing import FakePostgres
from tests.doubles.bench import Bench

REPLICA = Target("replica")


@pytest.fixture
def postgres(bench: Bench) -> FakePostgres:
    return FakePostgres(bench.runtime, "replica")


def test_the_database_itself_proves_effect_and_undo(bench: Bench, postgres: FakePostgres) -> None:
    """The effect lies between the request and the first answer that it is paused."""
    replica = bench.runtime.find("replica")
    bench.injector().inject(ReplayPaused(), REPLICA, "d")
    assert postgres.paused(replica)
    called, effective = bench.event(FaultCalled), bench.event(FaultEffective)
    low, high = effective.low_ns, effective.high_ns
    assert called.at_ns <= low < effective.at_ns < high == bench.clock.monotonic_ns()
    assert "replay is paused" in effective.text
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert not postgres.paused(replica)
    assert bench.event(UndoVerified).proof == "replaying, says the database"


def test_its_undo_names_the_database_and_survives_the_journal(
    bench: Bench, postgres: FakePostgres
) -> None:
    """Another process finds place, role and what to type there."""
    bench.injector().inject(ReplayPaused(), REPLICA, "d")
    (intended,) = bench.on_disk(FaultIntended)
    undo = Undo.from_data(intended.undo)
    assert undo.place == Place(undo.container, database="postgres")
    assert (undo.container.name, undo.arguments) == ("fake-replica-1", {"role": "postgres"})
    assert (intended.label, intended.colour) == ("replay paused", "database")


@pytest.mark.parametrize("how", ["restart", "promotion"])
def test_a_pause_that_is_gone_with_its_server_is_undone(
    bench: Bench, postgres: FakePostgres, how: str
) -> None:
    """A restarted or promoted server has none, which it is asked for all the same."""
    replica = bench.runtime.find("replica")
    bench.injector().inject(ReplayPaused(), REPLICA, "d")
    if how == "restart":
        bench.runtime.restart(replica, 0)
    else:
        postgres.promote("replica")
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""


def test_a_replica_that_stopped_meanwhile_is_started(bench: Bench, postgres: FakePostgres) -> None:
    """It ran before the fault, so it is not as before until it runs."""
    replica = bench.runtime.find("replica")
    bench.injector().inject(ReplayPaused(), REPLICA, "d")
    bench.runtime.stop(replica, 0)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert bench.runtime.state(replica).running


def test_a_replica_that_is_gone_takes_the_pause_with_it(
    bench: Bench, postgres: FakePostgres
) -> None:
    """Nothing is left to be resumed."""
    bench.injector().inject(ReplayPaused(), REPLICA, "d")
    bench.runtime.vanish(bench.runtime.find("replica"))
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert "gone" in bench.event(UndoVerified).proof


def test_a_server_that_does_not_answer_yet_is_asked_again(
    bench: Bench, postgres: FakePostgres
) -> None:
    """One that is still starting refuses; that is no failure of the undo, and no proof."""
    bench.injector().inject(ReplayPaused(), REPLICA, "d")
    answers = iter([Executed(2, b"FATAL: the database system is starting up")] * 5)
    psql = postgres.psql
    bench.runtime.answer("psql", with_=lambda one, line: next(answers, None) or psql(one, line))
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert not postgres.paused(bench.runtime.find("replica"))


def test_a_resume_that_does_nothing_is_a_failed_undo(bench: Bench, postgres: FakePostgres) -> None:
    """However often the database says yes; and a person is told what to type."""
    bench.injector().inject(ReplayPaused(), REPLICA, "d")
    postgres.deaf = True
    (done,) = bench.rollbacks.unwind(budget=1)
    assert "docker exec fake-replica-1 psql -U postgres -d postgres" in done.problem
    assert "pg_wal_replay_resume()" in done.problem


def test_a_pause_that_has_no_effect_is_a_failed_injection(
    bench: Bench, postgres: FakePostgres
) -> None:
    """A database that says yes and goes on is not paused."""
    postgres.deaf = True
    with pytest.raises(InjectionFailed, match="it is read back that replay is paused"):
        bench.injector().inject(ReplayPaused(), REPLICA, "d")
    assert bench.on_disk(FaultEffective) == []
    assert len(bench.rollbacks) == 1


def test_one_that_is_paused_already_is_left_alone(bench: Bench, postgres: FakePostgres) -> None:
    """It would prove nothing, and its undo would resume what somebody else paused."""
    ReplayPaused().apply(bench.runtime, Place(bench.runtime.find("replica")), "of others")
    with pytest.raises(InjectionFailed, match="it is so already; nothing was done"):
        bench.injector().inject(ReplayPaused(), REPLICA, "d")
    assert postgres.paused(bench.runtime.find("replica"))
    assert bench.on_disk(FaultIntended) == []


@pytest.mark.parametrize(
    ("target", "fault", "why"),
    [
        ("app", ReplayPaused(), "expected a standby"),
        ("replica", ReplayPaused(role="nobody"), 'reach its PostgreSQL as nobody.*"nobody" does'),
    ],
)
def test_what_it_needs_is_looked_for_before_anything_is_done(
    bench: Bench, postgres: FakePostgres, target: str, fault: ReplayPaused, why: str
) -> None:
    """What was expected and what was found is said; nothing is armed."""
    with pytest.raises(PlanError, match=why):
        bench.injector().inject(fault, Target(target, 1), "d")
    assert bench.on_disk(FaultIntended) == []


def test_a_role_that_may_not_is_told_what_to_grant(bench: Bench, postgres: FakePostgres) -> None:
    """Before anything is done."""
    postgres.permitted = False
    with pytest.raises(PlanError, match="Hint: GRANT EXECUTE ON FUNCTION"):
        bench.injector().inject(ReplayPaused(), REPLICA, "d")
    assert bench.on_disk(FaultIntended) == []
