"""A whole drill without an engine: what happens in order, and before anything happens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drills.errors import (
    BlastRadiusExceeded,
    PlanError,
    StackError,
    SteadyStateNotReached,
)
from drills.faults import Freeze, Stop
from drills.faults.target import Target
from drills.journal.facts import (
    CriterionStated,
    FaultEffective,
    FaultIntended,
    Phase,
    ResponseEnded,
    ResponseStarted,
    ResponseStep,
    Signal,
    SteadyReached,
    UndoCalled,
    UndoVerified,
)
from drills.journal.timeline import Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.observers.prober.prober import Prober
from drills.runbook import actions
from drills.runbook.action import Action
from drills.runbook.bench import Bench
from drills.stack.database import DatabaseError
from drills.wait import until
from tests.doubles.drilled import (
    DETECTED,
    FAILED_OVER,
    NOTHING_LOST,
    READ,
    REPLICA,
    STREAMS,
    events,
    lasted_s,
    steady,
    texts,
    undone,
    wound_up,
)
from tests.doubles.world import World


class TestTheWholeOfIt:
    def test_customers_log_in_while_the_prober_starts(
        self, world: World, drills: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Neither needs the other, and each takes its time."""
        starts, seen = Prober.start, list[bool]()

        def once_somebody_logs_in(prober: Prober) -> None:
            seen.append(until(lambda: "/login" in world.service.asked, awaited="it", within=20))
            starts(prober)

        monkeypatch.setattr(Prober, "start", once_somebody_logs_in)
        steady(drills())
        assert seen == [True]

    def test_a_drill_from_steady_state_to_its_report(self, world: World, drills: Any) -> None:
        """Every phase in order; detected, responded, undone, recovered, read, judged, met."""
        drill = steady(drills())
        drill.start_workload({"orders": 20.0})
        with drill.inject(Stop(), REPLICA):
            for criterion in (DETECTED, FAILED_OVER, NOTHING_LOST, STREAMS):
                drill.expect(criterion)
            result = drill.conclude(None)
        assert (result.verdict, result.status) == ("met", "completed"), result.reason
        phases = [event.phase for event in events(drill, Phase)]
        assert list(dict.fromkeys(phases)) == [
            "stack",
            "steady state",
            "fault",
            "watch",
            "rollback",
            "recovery",
        ]
        assert phases.count("rollback") == 1
        assert texts(drill, ResponseStep) == "Point the reads at the primary"
        assert result.data.acknowledged == len(world.orders) > 0
        assert result.data.lost == 0
        assert undone(world, drill)
        assert world.stack.calls == ["up", "down"]
        wound_up(world, drill, result)

    def test_evidence_is_kept_of_everything_and_without_secrets(
        self, world: World, drills: Any, directory: Path
    ) -> None:
        """Logs, use and processes of every container, questions, statistics; no secret among it.

        Before the fault and at the end.
        """
        world.runtime.write(world.replica, b"observer-password and token-of-the-env leaked here")
        drill = steady(drills())
        result = drill.conclude(None)
        at_end = [item for item in result.evidence if item.moment == "end"]
        kept = {item.name: (directory / item.path).read_text("utf-8") for item in at_end}
        containers = ["nginx-1", "app-1", "app-2", "primary-1", "replica-1", "pager-1"]
        expected = {
            f"{name} {kind}" for name in containers for kind in ("log", "stats", "processes")
        }
        assert kept.keys() == expected | {"health", "pg_stat_activity"}
        assert "[redacted] and [redacted] leaked here" in kept["replica-1 log"]
        assert kept["pg_stat_activity"] == "4711\tSELECT 1"
        before = {item.name for item in result.evidence if item.moment == "steady state"}
        assert before == kept.keys()

    def test_nobody_responds_when_nobody_shall(self, drills: Any) -> None:
        """The alert comes, and the runbook stays shut."""
        drill = steady(drills(respond=False))
        with drill.inject(Stop(), REPLICA):
            drill.expect(DETECTED)
        assert events(drill, Signal)
        drill.conclude(None)
        assert events(drill, ResponseStarted) == []

    def test_a_response_under_way_is_not_overtaken_by_the_rollback(
        self, drills: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What the runbook does is done to the fault, not to a system that was put right."""
        drill, begun = steady(drills()), threading.Event()
        drill.journal.listen(lambda e: begun.set() if e.kind is Kind.RESPONSE_STARTED else None)
        point = actions.ACTIONS["point"]

        def slowly(bench: Bench, action: Action) -> actions.Detail:
            # Goes on only once the drill's end waits for it, or went past it.
            concluding.wait(30)
            return point(bench, action)

        concluding = threading.Event()
        monkeypatch.setitem(actions.ACTIONS, "point", slowly)
        patiently = drill._patiently

        def noted(question: Callable[[], bool], awaited: str, within: float | None = None) -> None:
            concluding.set()
            patiently(question, awaited, within)

        with drill.inject(Stop(), REPLICA):
            assert begun.wait(30)
            monkeypatch.setattr(drill, "_patiently", noted)
            drill.conclude(None)
        order = [e.kind for e in events(drill, ResponseEnded, UndoCalled)]
        assert order == [Kind.RESPONSE_ENDED, Kind.UNDO_CALLED]


class TestHowLongAFaultLasts:
    def test_it_dwells_where_every_criterion_settles_at_the_end(self, drills: Any) -> None:
        """For the hold window, and until enough requests of the judged journey fell due."""
        drill = steady(drills(hold=0.3, requests=30, respond=False))
        with drill.inject(Freeze(), REPLICA):
            drill.expect(READ)
            result = drill.conclude(None)
        assert (result.verdict, result.reason) == ("met", "every assessed criterion is met")
        assert lasted_s(result) >= 31 / 40  # reads are asked 40 times a second

    def test_a_sentence_s_time_ends_it_in_the_middle_of_a_wait(
        self, world: World, drills: Any
    ) -> None:
        """It is undone then, and what was awaited is still awaited."""
        world.alerting = False
        drill = steady(drills(requests=1, respond=False, patience=1.5))
        with drill.inject(Freeze(), REPLICA, lasting=0.5):
            drill.expect(DETECTED)
        (undone,) = events(drill, UndoVerified)
        (effect,) = events(drill, FaultEffective)
        assert undone.at_ns - effect.at_ns >= 0.5e9
        assert "letting the fault last" not in texts(drill, Phase)

    def test_a_sentence_s_time_is_waited_for(self, drills: Any) -> None:
        """Where everything was decided before."""
        drill = steady(drills(requests=1, respond=False))
        with drill.inject(Freeze(), REPLICA, lasting=0.6):
            drill.expect(DETECTED)
        result = drill.conclude(None)
        assert lasted_s(result) >= 0.6
        assert result.verdict == "met", result.reason

    def test_a_drill_that_asks_for_its_undo_waits_for_the_dwell(self, drills: Any) -> None:
        """A step that rolls back, or a criterion that needs the fault undone."""
        drill = steady(drills(hold=0.4, requests=1, respond=False))
        with drill.inject(Freeze(), REPLICA):
            drill.roll_back()
        assert lasted_s(drill.conclude(None)) >= 0.4

    def test_after_an_error_nothing_is_waited_for(self, drills: Any) -> None:
        """The fault is undone at once."""
        drill = steady(drills(requests=5000))
        with pytest.raises(RuntimeError), drill.inject(Freeze(), REPLICA):
            raise RuntimeError("a step broke")
        assert "letting the fault last" not in texts(drill, Phase)


class TestBeforeTheFault:
    def test_a_system_that_is_never_well_is_not_broken_further(
        self, world: World, drills: Any
    ) -> None:
        """Inconclusive, nothing injected, evidence collected, stack down; told what was seen."""
        drill = drills(steady_within=0.5)
        world.service.on("/inventory", (500, {"detail": "out of order"}))
        with pytest.raises(SteadyStateNotReached, match=r"last seen: .*reads error 500") as failed:
            drill.reach_steady_state()
        result = drill.conclude(failed.value)
        assert (result.verdict, result.status) == ("inconclusive", "aborted")
        assert result.reason.startswith("no steady state")
        assert events(drill, FaultIntended) == []
        assert len(result.evidence) > 10
        wound_up(world, drill, result)

    def test_a_database_that_is_starting_yet_is_waited_for(self, world: World, drills: Any) -> None:
        """Steady state is not reached before its writes can be read, and then it is."""
        asked: list[str] = []

        def starting(dsn: str) -> list[tuple[object, ...]]:
            asked.append(dsn)
            if len(asked) < 5:
                raise DatabaseError("OperationalError: the database system is starting up")
            return [(each,) for each in world.orders]

        world.database.on("SELECT id FROM orders", starting)
        drill = drills()
        drill.reach_steady_state()
        assert len(asked) >= 5
        assert events(drill, SteadyReached)
        drill.conclude(None)

    def test_a_database_that_never_answers_is_named(self, world: World, drills: Any) -> None:
        """Inconclusive: nobody could tell what is lost."""
        world.database.on("SELECT id FROM orders", DatabaseError("OperationalError: refused"))
        drill = drills(steady_within=0.5)
        expected = "every database is read as it will be in the end: not within .*refused"
        with pytest.raises(SteadyStateNotReached, match=expected) as failed:
            drill.reach_steady_state()
        assert drill.conclude(failed.value).verdict == "inconclusive"

    def test_a_stack_that_is_never_ready_says_who_was_not(self, world: World, drills: Any) -> None:
        """And what it answered last; its logs are in the evidence."""
        world.status = 503
        drill = drills(ready_within=0.2)
        with pytest.raises(SteadyStateNotReached, match="the stack is ready: not within") as no:
            drill.reach_steady_state()
        assert "last seen: customers: '/health: 503'" in str(no.value)
        result = drill.conclude(no.value)
        assert result.verdict == "inconclusive"
        assert "nginx-1 log" in {item.name for item in result.evidence}
        wound_up(world, drill, result)

    def test_a_stack_that_does_not_come_up_is_taken_down(self, world: World, drills: Any) -> None:
        """Half of it may be there."""
        world.stack.fail_next("up", StackError("compose: no such image"))
        drill = drills()
        with pytest.raises(SteadyStateNotReached, match="no such image") as failed:
            drill.reach_steady_state()
        result = drill.conclude(failed.value)
        assert "no such image" in result.reason
        wound_up(world, drill, result)

    def test_a_fault_before_steady_state_is_refused(self, world: World, drills: Any) -> None:
        """Nothing is touched."""
        drill = drills()
        with pytest.raises(PlanError, match="expected steady state before a fault"):
            drill.inject(Stop(), REPLICA).__enter__()
        assert world.runtime.calls == []

    @pytest.mark.parametrize("part", ["runtime", "observers"])
    def test_what_is_not_there_yet_is_asked_for_in_words(self, drills: Any, part: str) -> None:
        """A scenario without its Given is told what is missing."""
        with pytest.raises(PlanError, match="begin with a Given"):
            getattr(drills(), part)

    def test_steady_state_is_reached_once(self, world: World, drills: Any) -> None:
        """A second Given finds it as it is."""
        steady(steady(drills()))
        assert world.stack.calls == ["up"]

    def test_the_blast_radius_is_the_manifest_s(self, world: World, drills: Any) -> None:
        """The primary may not be touched, and one container at a time."""
        drill = steady(drills())
        for target in (Target("primary"), Target("app")):
            with pytest.raises(BlastRadiusExceeded):
                drill.inject(Stop(), target).__enter__()
        assert world.runtime.calls == []

    def test_an_unknown_metric_is_an_error_before_it_is_waited_for(self, drills: Any) -> None:
        """And no criterion in the journal that nobody can judge."""
        drill = drills()
        with pytest.raises(PlanError, match="expected one of the metrics"):
            drill.expect(Criterion("c", "happiness", Comparator.AT_LEAST, 1))
        assert events(drill, CriterionStated) == []


def test_the_world_stops_replicating_with_its_replica(world: World) -> None:
    """What these drills break is broken."""
    world.runtime.stop(world.replica, 0)
    dsn = f"port={world.service.address[1]}"
    assert world.database.query(dsn, "pg_stat_replication") == [(100, None)]
