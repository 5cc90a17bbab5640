"""Connections that are reset once."""

from __future__ import annotations

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import ConnectionsReset
from drills.faults.target import Target
from drills.journal.facts import FaultCalled, FaultEffective, FaultIntended, UndoVerified
from tests.doubles.bench import Bench

REPLICA = Target("replica")


def reset(bench: Bench) -> None:
    bench.injector(at_once=3).inject(ConnectionsReset("app"), REPLICA, "d")


def test_those_with_every_instance_break_and_are_counted(bench: Bench) -> None:
    """Which is what proves it, within the time that it took; nothing is left to be undone."""
    bench.runtime.links.open = {"10.0.0.3": 2, "10.0.0.4": 1, "10.0.0.9": 7}
    reset(bench)
    called, effective = bench.event(FaultCalled), bench.event(FaultEffective)
    assert "3 of them reset in the network of fake-replica-1" in effective.text
    assert called.at_ns == effective.low_ns <= effective.at_ns <= effective.high_ns
    for _ in range(2):
        assert [one.problem for one in bench.rollbacks.unwind(budget=5)] in ([""], [])
    assert "has no way back" in bench.event(UndoVerified).proof


def test_where_none_is_open_none_breaks(bench: Bench) -> None:
    """So the injection failed, and the drill says nothing of the system."""
    with pytest.raises(InjectionFailed, match="no connection between them was open"):
        reset(bench)
    assert bench.on_disk(FaultEffective) == []


def test_one_that_is_left_open_is_a_failed_injection(bench: Bench) -> None:
    """A kernel that says yes and does nothing."""
    bench.runtime.links.open, bench.runtime.links.deaf = {"10.0.0.3": 2}, True
    with pytest.raises(InjectionFailed, match="2 of 2 connections are still open"):
        reset(bench)


def test_what_died_meanwhile_runs_again(bench: Bench) -> None:
    """Both ends, as before."""
    bench.runtime.links.open = {"10.0.0.3": 1}
    reset(bench)
    for container in (bench.runtime.find("replica"), bench.runtime.find("app", 1)):
        bench.runtime.stop(container, 0)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert all(bench.runtime.state(one).running for one in bench.runtime.containers())


def test_a_service_has_none_with_itself(bench: Bench) -> None:
    """Before anything is armed."""
    with pytest.raises(PlanError, match="expected two services, got replica twice"):
        bench.injector(at_once=3).inject(ConnectionsReset("replica"), REPLICA, "d")
    assert bench.on_disk(FaultIntended) == []
