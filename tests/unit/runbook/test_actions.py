"""What single actions of a procedure do to services, and what makes one not work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drills.errors import EngineError, ResponseFailed
from drills.journal.facts import ResponseStep
from drills.runbook.bench import Bench as Workplace
from drills.runbook.procedure import carry_out
from drills.stack.runtime import Executed
from tests.doubles.bench import Bench
from tests.doubles.scripted import Service
from tests.doubles.working import TITLE, action


class TestStart:
    def test_what_does_not_run_is_started_and_nothing_else(
        self, bench: Bench, work: Workplace
    ) -> None:
        """The instance that runs is left in peace."""
        one, _ = bench.runtime.containers("app")
        bench.runtime.stop(one)
        bench.runtime.calls.clear()
        carry_out(work, TITLE, (action("start", service="app"),))
        assert [(call.method, call.container) for call in bench.runtime.calls] == [
            ("start", one.name)
        ]
        step = bench.event(ResponseStep)
        assert (step.acts, step.detail["instances"]) == (True, [one.name])

    def test_one_that_is_never_well_fails(self, bench: Bench, work: Workplace) -> None:
        """Its own health check decides."""
        one, _ = bench.runtime.containers("app")
        bench.runtime.stop(one)
        bench.runtime.set_health(one, "unhealthy")
        with pytest.raises(ResponseFailed, match=r"step 1 \(To start\): .*runs and is well"):
            carry_out(work, TITLE, (action("start", service="app"),))


def test_a_restart_without_a_path_goes_by_the_health_checks(bench: Bench, work: Workplace) -> None:
    """One instance after the other."""
    carry_out(work, TITLE, (action("restart", service="app"),))
    assert [call.method for call in bench.runtime.calls] == ["restart", "restart"]


def test_a_stop_stops_every_instance(bench: Bench, work: Workplace) -> None:
    """As a runbook stops an application that would do harm."""
    carry_out(work, TITLE, (action("stop", service="app"),))
    assert [bench.runtime.state(c).running for c in bench.runtime.containers("app")] == [False] * 2


class TestScale:
    def test_instances_are_added_until_there_are_so_many(
        self, bench: Bench, work: Workplace
    ) -> None:
        """Who was there before is not touched, and who was added is told."""
        before = bench.runtime.containers("app")
        carry_out(work, TITLE, (action("scale", service="app", instances=3),))
        step = bench.event(ResponseStep)
        assert (step.acts, step.works) == (True, True)
        assert bench.runtime.containers("app")[:2] == before
        assert step.detail["added"] == ["fake-app-3"]
        assert step.detail["instances"] == ["fake-app-1", "fake-app-2", "fake-app-3"]
        assert bench.runtime.calls == []

    @pytest.mark.parametrize("instances", [1, 2])
    def test_what_adds_nothing_is_a_finding(
        self, bench: Bench, work: Workplace, instances: int
    ) -> None:
        """A step that looks done and changed nothing would be green by mistake; none is removed."""
        with pytest.raises(ResponseFailed, match="there are 2 already, so nothing was added"):
            carry_out(work, TITLE, (action("scale", service="app", instances=instances),))
        assert len(bench.runtime.containers("app")) == 2
        assert not bench.event(ResponseStep).works

    def test_an_engine_that_adds_none_is_believed_by_nobody(
        self, bench: Bench, work: Workplace
    ) -> None:
        """What there is counts, not what was asked for."""
        idle = replace(work, scale=lambda _service, _instances: None)
        with pytest.raises(ResponseFailed, match="expected 3 instances of app, there are 2"):
            carry_out(idle, TITLE, (action("scale", service="app", instances=3),))

    def test_one_that_is_never_well_fails(self, bench: Bench, work: Workplace) -> None:
        """Each must be well by its own health check."""

        def scale(_service: str, _instances: int) -> None:
            bench.runtime.set_health(bench.runtime.add("app", 3), "unhealthy")

        with pytest.raises(ResponseFailed, match="fake-app-3 runs and is well"):
            carry_out(
                replace(work, scale=scale), TITLE, (action("scale", service="app", instances=3),)
            )


class TestRun:
    COMMAND = ("nginx", "-t")

    def run(self, work: Workplace, **more: object) -> None:
        carry_out(work, TITLE, (action("run", service="app", command=self.COMMAND, **more),))

    def test_what_it_says_is_kept(self, bench: Bench, work: Workplace) -> None:
        """Of the first instance that runs."""
        one, other = bench.runtime.containers("app")
        bench.runtime.stop(one)
        bench.runtime.answer("nginx", with_=Executed(0, b"syntax is ok\n"))
        self.run(work, contains="is ok")
        step = bench.event(ResponseStep)
        assert step.works
        assert not step.acts
        assert step.detail == {"service": "app", "container": other.name, "said": "syntax is ok"}

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (Executed(1, b"unknown directive"), "ended with 1, it said: unknown directive"),
            (Executed(0, b"fine"), "expected 'is ok' in what it says, got fine"),
            (Executed(127, b""), "ended with 127, it said: nothing"),
        ],
    )
    def test_one_that_does_not_work_is_a_finding(
        self, bench: Bench, work: Workplace, answer: Executed, reason: str
    ) -> None:
        """It only looked, so the procedure goes on; one that changes something ends it."""
        bench.runtime.answer("nginx", with_=answer)
        self.run(work, contains="is ok")
        step = bench.event(ResponseStep)
        assert not step.works
        assert reason in step.reason
        with pytest.raises(ResponseFailed, match=r"step 1 \(To run\)"):
            self.run(work, contains="is ok", changes=True)

    def test_one_that_takes_too_long_does_not_work(self, bench: Bench, work: Workplace) -> None:
        """Whoever is on call cannot wait for ever."""

        def slowly(*_: object) -> Executed:
            bench.clock.advance(3)
            return Executed(0, b"")

        bench.runtime.answer("nginx", with_=slowly)
        self.run(work, timeout=2.0)
        assert "took longer than 2 s" in bench.event(ResponseStep).reason

    def test_without_an_instance_that_runs_it_does_not_work(
        self, bench: Bench, work: Workplace
    ) -> None:
        """Nor without a service of that name, or an engine."""
        for container in bench.runtime.containers("app"):
            bench.runtime.stop(container)
        self.run(work)
        carry_out(work, TITLE, (action("run", service="nobody", command=self.COMMAND),))
        bench.runtime.fail_next("state", EngineError("the engine is gone"))
        self.run(work)
        reasons = [step.reason for step in bench.journal.timeline().all(ResponseStep)]
        assert reasons == [
            "no instance of app runs",
            "there is no instance of nobody",
            "the engine is gone",
        ]


class TestReload:
    """Its own check, and only then a SIGHUP."""

    RELOAD = action("reload", service="app", command=("nginx", "-t"))

    def test_every_instance_that_runs_reads_its_configuration_anew(
        self, bench: Bench, work: Workplace
    ) -> None:
        """After the check has passed in each."""
        one, two = bench.runtime.containers("app")
        bench.runtime.answer("nginx", with_=Executed(0, b"ok"))
        carry_out(work, TITLE, (self.RELOAD,))
        assert bench.runtime.processes.sent == [(one.name, "SIGHUP"), (two.name, "SIGHUP")]
        bench.runtime.stop(one)
        carry_out(work, TITLE, (self.RELOAD,))
        assert bench.runtime.processes.sent[2:] == [(two.name, "SIGHUP")]

    def test_what_its_check_refuses_is_applied_nowhere(self, bench: Bench, work: Workplace) -> None:
        """With what the check said."""
        bench.runtime.answer("nginx", with_=Executed(1, b"unknown directive"))
        with pytest.raises(ResponseFailed, match="nginx ended with 1, it said: unknown directive"):
            carry_out(work, TITLE, (self.RELOAD,))
        assert bench.runtime.processes.sent == []

    def test_without_an_instance_that_runs_it_does_not_work(
        self, bench: Bench, work: Workplace
    ) -> None:
        """There is nobody to read anything."""
        for each in bench.runtime.containers("app"):
            bench.runtime.stop(each)
        with pytest.raises(ResponseFailed, match="no instance of app runs"):
            carry_out(work, TITLE, (self.RELOAD,))


@pytest.mark.parametrize(("said", "works"), [("ok", True), ("down", False)])
def test_a_check_that_expects_something_says_what_it_got(
    bench: Bench, service: Service, work: Workplace, said: str, *, works: bool
) -> None:
    """That is a finding, and the procedure goes on."""
    service.on("/health", lambda _: {"status": said})
    carry_out(work, TITLE, (action("check", path="/health", field="status", equals="ok"),))
    step = bench.event(ResponseStep)
    assert step.works is works
    assert step.reason == ("" if works else "expected status 'ok', got 'down'")


def test_what_only_people_do_is_not_done(bench: Bench, work: Workplace) -> None:
    """And said, without holding anybody up."""
    carry_out(work, TITLE, (action("people"),))
    assert bench.event(ResponseStep).detail == {"done": False}
