"""A dry run says what is wrong with a plan before anything is touched, all of it at once."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from drills.config.document import Manifest
from drills.config.settings import Settings
from drills.errors import PlanError
from drills.faults import Freeze, Kill, Restart, Stop
from drills.faults.target import Target
from drills.judgement.criterion import Comparator, Criterion
from drills.lifecycle.briefing import brief
from drills.lifecycle.drill import Drill
from drills.lifecycle.dry_run import Outline, PlannedDrill
from drills.lifecycle.exercise import Exercise
from tests.doubles.world import MANIFEST

DETECTED = Criterion("we notice", "time to detect", Comparator.AT_MOST, 300)
STREAMS = Criterion("it streams", "replication lag", Comparator.AT_MOST, 1)
KEPT = Criterion("nothing is lost", "lost orders", Comparator.EXACTLY, 0)
SERVICES = {"nginx": 1, "app": 2, "primary": 1, "replica": 1, "pager": 1}


def manifest(**changes: Any) -> Manifest:
    document = deepcopy(MANIFEST)
    document["stack"]["services"] = SERVICES
    return Manifest.of({**document, **changes})


def planned(*, steady: bool = True, tagged: bool = True, **changes: Any) -> PlannedDrill:
    """A planned drill of the world on paper."""
    settings = changes.pop("settings", Settings())
    known = manifest(**changes)
    incident = known.incidents["read-replica-down"] if tagged else None
    outline = Outline("It", "f.feature", "P2", incident, known, settings, known.stop)
    drill = PlannedDrill(outline)
    exercise: Exercise = drill  # the type checker agrees
    if steady:
        exercise.reach_steady_state()
    return drill


def problems(drill: PlannedDrill) -> list[str]:
    """What its conclusion complains about."""
    try:
        drill.conclude(None)
    except PlanError as error:
        return str(error).splitlines()[1:]
    return []


def waits(drill: PlannedDrill) -> Iterator[tuple[str, float]]:
    for wait in drill.outline.waits:
        yield wait.awaited, wait.seconds


def held(drill: PlannedDrill) -> list[str]:
    """How often steady state is held, and with whom."""
    return [awaited for awaited, _ in waits(drill) if awaited.startswith("steady state")]


RESTORE = {
    "action": "restore",
    "says": "Restore it",
    "service": "primary",
    "database": "erp",
    "file": "/backup",
    "changes": True,
    "timeout": 7,
}


class TestBackup:
    def test_it_takes_as_long_as_the_procedure_gives_it(self) -> None:
        """The one that the procedure of the incident restores."""
        incidents = deepcopy(MANIFEST["incidents"])
        incidents["read-replica-down"]["procedure"].append(RESTORE)
        drill = planned(incidents=incidents)
        drill.back_up()
        assert ("a backup is made", 7) in list(waits(drill))

    def test_one_that_nobody_restores_is_a_problem(self) -> None:
        """And so is one of a stack that is not up."""
        drill = planned(steady=False)
        drill.back_up()
        steady, restored, *_ = problems(drill)
        assert steady.startswith("expected steady state before a backup")
        assert restored.startswith("expected a backup that the incident's procedure restores")


class TestExercise:
    @pytest.mark.parametrize("kind", [Drill, PlannedDrill])
    def test_a_planned_drill_takes_what_a_real_one_takes(self, kind: type) -> None:
        """Method by method, so that no step has to know which of them it was given."""
        offered = [name for name in vars(Exercise) if not name.startswith("_")]
        assert "inject" in offered
        for name in offered:
            wanted = inspect.signature(getattr(Exercise, name)).parameters
            taken = inspect.signature(getattr(kind, name)).parameters
            assert list(taken)[: len(wanted)] == list(wanted)
            more = list(taken.values())[len(wanted) :]
            assert all(parameter.default is not parameter.empty for parameter in more)


class TestTargets:
    @pytest.mark.parametrize(
        ("target", "problem"),
        [
            (Target("cache"), "expected a service of the stack (app, nginx, pager, primary, "),
            (Target("replika"), "or a role (cluster), got replika; did you mean 'replica'?"),
            (Target("clutser"), "or a role (cluster), got clutser; did you mean 'cluster'?"),
            (Target("app", 3), "expected an instance of app that there is (1, 2), got app #3"),
            (Target("primary"), "primary: outside the blast radius; this stack's drills may touch"),
            (Target("app"), "app: 2 containers at once, the blast radius allows 1"),
        ],
    )
    def test_what_is_not_there_or_may_not_be_touched(self, target: Target, problem: str) -> None:
        """The words of a real drill, and no fault in the plan."""
        drill = planned(roles={"cluster": ["primary", "replica"]})
        with drill.inject(Stop(), target):
            drill.expect(DETECTED)
        (found,) = problems(drill)
        assert problem in found
        assert drill.outline.injections == []

    def test_faults_add_up_until_they_are_undone(self) -> None:
        """Two at once are too many; one after the other are not."""
        drill = planned()
        with drill.inject(Stop(), Target("replica")), drill.inject(Freeze(), Target("app", 1)):
            drill.expect(DETECTED)
        with drill.inject(Kill(), Target("app", 2)):
            drill.roll_back()
            with drill.inject(Restart(), Target("replica")):
                pass
        (problem,) = problems(drill)
        assert problem.startswith("app #1: 2 containers at once, the blast radius allows 1. Hint:")
        assert [one.fault.kind for one in drill.outline.injections] == ["stop", "kill", "restart"]

    def test_without_the_services_only_the_radius_is_checked(self) -> None:
        """And the plan says so."""
        drill = planned(stack=MANIFEST["stack"])
        with drill.inject(Stop(), Target("app", 7)):
            drill.expect(DETECTED)
        assert problems(drill) == []
        assert "not checked against the stack" in brief(drill.outline)

    def test_all_instances_of_a_service_are_undone_one_by_one(self) -> None:
        """Where the radius allows so many."""
        drill = planned(blast_radius={"services": ["app"], "containers_at_once": 2})
        with drill.inject(Freeze(), Target("app")):
            drill.expect(STREAMS)
        assert problems(drill) == []
        text = brief(drill.outline)
        assert "by hand: docker unpause drill-<id>-app-1" in text
        assert "by hand: docker unpause drill-<id>-app-2" in text
        assert ("every fault is undone", 60.0) in list(waits(drill))


class TestPlaces:
    def test_each_problem_says_where_its_sentence_stands(self) -> None:
        """Of a fault that is too short, that of the fault; what is of no sentence, the scenario."""
        drill = planned(steady=False)
        where = "f.feature:1"
        drill.outline.place = lambda: where
        where = "f.feature:2"
        drill.reach_steady_state()
        drill.start_workload({"oders": 5})
        where = "f.feature:3"
        drill.expect(STREAMS)
        where = "f.feature:4"
        with drill.inject(Stop(), Target("replica"), lasting=0.5):
            where = "f.feature:1"
            found = problems(drill)
        wanted = [
            ("f.feature:2: expected one of the journeys ", "did you mean 'orders'?"),
            ("f.feature:4: a fault for 500 ms: expected at least ", "or nothing is proven"),
            ("f.feature:3: it streams: expected a fault before it, ", "counts from there on"),
        ]
        assert [
            (said[: len(begin)], said[-len(end) :])
            for said, (begin, end) in zip(found, wanted, strict=True)
        ] == wanted

    def test_what_breaks_the_scenario_off_says_where(self) -> None:
        """As every other problem does."""
        drill = planned()
        drill.outline.place = lambda: "f.feature:9"
        drill.conclude(PlanError("expected more"))
        assert drill.outline.problems == [
            "f.feature:9: expected more (the steps after that are not planned)"
        ]


class TestOrder:
    def test_a_fault_needs_steady_state(self) -> None:
        """A Given is missing."""
        drill = planned(steady=False)
        with drill.inject(Stop(), Target("replica")):
            drill.expect(DETECTED)
        assert problems(drill) == [
            "expected steady state before a fault: begin with a Given that says so"
        ]

    def test_customers_whom_nobody_brings_a_stack_up_for(self) -> None:
        """They come on with it, and it never comes."""
        drill = planned(steady=False)
        drill.start_workload({"orders": 5})
        drill.expect(DETECTED)
        assert (
            "expected steady state before a workload can be asked: begin with a Given that says so"
        ) in problems(drill)

    def test_customers_who_come_first_are_part_of_steady_state(self) -> None:
        """It is held once."""
        drill = planned(steady=False)
        drill.start_workload({"orders": 5})
        drill.reach_steady_state()
        with drill.inject(Stop(), Target("replica")):
            drill.expect(DETECTED)
        assert problems(drill) == []
        assert held(drill) == ["steady state with customers (orders)"]
        assert "orders: 5 requests a second, part of steady state, until" in brief(drill.outline)

    def test_customers_who_come_later_are_held_before_the_fault(self) -> None:
        """Once, however many sentences bring them on; not again for the next fault."""
        drill = planned()
        drill.start_workload({"orders": 5})
        drill.start_workload({"reads": 5})
        for _ in range(2):
            with drill.inject(Stop(), Target("replica")):
                drill.expect(DETECTED)
        assert problems(drill) == []
        assert held(drill) == ["steady state", "steady state with customers (orders, reads)"]

    def test_customers_who_come_during_the_fault_are_not_waited_for(self) -> None:
        """But for a first answer each: the system is in trouble."""
        drill = planned()
        with drill.inject(Stop(), Target("replica")):
            drill.start_workload({"orders": 5})
            drill.expect(DETECTED)
        assert problems(drill) == []
        assert held(drill) == ["steady state"]
        assert ("customers were answered once", Settings().patience) in list(waits(drill))
        assert "orders: 5 requests a second, during the fault, until" in brief(drill.outline)


class TestCriteria:
    def test_none_at_all(self) -> None:
        """A drill that judges nothing is never met."""
        drill = planned()
        with drill.inject(Stop(), Target("replica")):
            pass
        assert problems(drill) == ["expected a criterion: a drill without any is never met"]

    def test_without_a_fault(self) -> None:
        """Nothing took effect, so nothing is shown; nor where there are no criteria either."""
        drill = planned()
        drill.expect(DETECTED)
        assert problems(drill) == ["expected a fault: a drill without any is never met"]
        assert len(problems(planned())) == 2

    def test_before_every_fault(self) -> None:
        """What they measure counts from the fault on; those that follow it are well placed."""
        drill = planned()
        drill.start_workload({"orders": 5})
        drill.expect(KEPT)
        with drill.inject(Stop(), Target("replica")):
            drill.expect(DETECTED)
        assert problems(drill) == [
            "nothing is lost: expected a fault before it, for what it measures counts from there on"
        ]

    def test_a_fault_that_cannot_be_is_one_all_the_same(self) -> None:
        """Its own problem is told, and not that it is missing."""
        drill = planned()
        with drill.inject(Stop(), Target("cache")):
            drill.expect(DETECTED)
        (found,) = problems(drill)
        assert "cache" in found

    @pytest.mark.parametrize(
        ("criterion", "problem"),
        [
            (Criterion("x", "happiness", Comparator.AT_LEAST, 1), "expected one of the metrics "),
            (
                Criterion("x", "availability", Comparator.AT_LEAST, 1, "imports"),
                "availability: expected one of the journeys (orders, reads), got 'imports'",
            ),
            (
                Criterion("x", "availability", Comparator.AT_LEAST, 1, "orders"),
                "x: expected a step that starts orders, found none",
            ),
            (KEPT, "nothing is lost: expected a step that starts orders, found none"),
        ],
    )
    def test_what_could_never_be_measured(self, criterion: Criterion, problem: str) -> None:
        """Whatever the system did, it would be inconclusive."""
        drill = planned()
        with drill.inject(Stop(), Target("replica")):
            drill.expect(criterion)
        (found,) = problems(drill)
        assert problem in found

    def test_a_workload_that_makes_it_measurable(self) -> None:
        """The same criteria, once customers do what they are about."""
        drill = planned()
        drill.start_workload({"orders": 5})
        with drill.inject(Stop(), Target("replica")):
            drill.expect(KEPT)
            drill.expect(Criterion("x", "availability", Comparator.AT_LEAST, 1, "orders"))
            drill.expect(Criterion("y", "availability", Comparator.AT_LEAST, 1, "reads"))
        assert problems(drill) == []

    @pytest.mark.parametrize(("subject", "found"), [("", 0), ("ReplicaDown", 0), ("HighMemory", 1)])
    def test_detection_without_an_incident_is_by_whatever_tells(
        self, subject: str, found: int
    ) -> None:
        """No tag is needed; an alert's name has to be one that there is."""
        drill = planned(tagged=False)
        with drill.inject(Stop(), Target("replica")):
            drill.expect(Criterion("we notice", "time to detect", Comparator.AT_MOST, 9, subject))
        assert len(problems(drill)) == found

    def test_every_problem_is_told_at_once(self) -> None:
        """In the order of the scenario, and in the plan itself."""
        drill = planned(steady=False)
        drill.start_workload({"imports": 5, "orders": 0})
        with drill.inject(Stop(), Target("cache")):
            pass
        found = problems(drill)
        assert len(found) == 5
        assert [line for line in found if f"    ! {line}\n" not in brief(drill.outline)] == []


class TestHowLong:
    def test_an_end_metric_is_not_waited_for(self) -> None:
        """It is judged from the final read."""
        drill = planned()
        before = list(waits(drill))
        drill.expect(Criterion("y", "availability", Comparator.AT_LEAST, 1, "reads"))
        assert list(waits(drill)) == before

    def test_nobody_waits_for_a_response_that_nobody_makes(self) -> None:
        """With --drill-no-response, or without an incident."""
        for drill in (planned(settings=Settings(respond=False)), planned(tagged=False)):
            with drill.inject(Stop(), Target("replica")):
                drill.expect(STREAMS)
            drill.conclude(None)
            assert "the response ends" not in dict(waits(drill))

    def test_a_stop_condition_that_comes_first_is_said(self) -> None:
        """The sum of all waits is no bound then."""
        drill = planned(stop={"after": "1 min"})
        with drill.inject(Stop(), Target("replica")):
            drill.expect(DETECTED)
        assert problems(drill) == []
        assert "or 60 s, when it is stopped" in brief(drill.outline)

    def test_asking_twice_for_steady_state_waits_once(self) -> None:
        """As in a real drill."""
        drill = planned()
        before = list(waits(drill))
        drill.reach_steady_state()
        assert list(waits(drill)) == before
