"""A published port that another container has."""

from __future__ import annotations

import pytest

from drills.errors import EngineError, InjectionFailed, PlanError
from drills.faults import PortTaken
from drills.faults.target import Target
from drills.journal.facts import FaultEffective, FaultIntended, UndoVerified
from drills.stack.ports import Published
from drills.stack.runtime import Container
from tests.doubles.bench import Bench

REPLICA = Target("replica")
FIXED = Published("127.0.0.1", 18080)


def published(bench: Bench, *places: Published) -> Container:
    replica = bench.runtime.find("replica")
    for place in places or (FIXED,):
        bench.runtime.host_ports.add(replica, 80, place)
    return replica


def test_it_is_down_and_cannot_be_started(bench: Bench) -> None:
    """Until its port is given back, and then it runs."""
    replica = published(bench)
    (injection,) = bench.injector().inject(PortTaken(80), REPLICA, "d")
    assert not bench.runtime.state(replica).running
    with pytest.raises(EngineError, match="18080 failed: port is already allocated"):
        bench.runtime.start(replica)
    assert "another has its port" in bench.event(FaultEffective).text
    assert bench.runtime.host_ports.taken(injection)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert (done.problem, bench.runtime.host_ports.held) == ("", {})
    assert bench.runtime.state(replica).running


def test_a_service_that_is_gone_leaves_no_helper(bench: Bench) -> None:
    """Its port is given back all the same."""
    replica = published(bench)
    bench.injector().inject(PortTaken(80), REPLICA, "d")
    bench.runtime.vanish(replica)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert (done.problem, bench.runtime.host_ports.held) == ("", {})
    assert "gone" in bench.event(UndoVerified).proof


@pytest.mark.parametrize(
    ("places", "why"),
    [
        ((), r"it is not published\. Hint"),
        ((Published("127.0.0.1", 0),), r"it is 127\.0\.0\.1:any\. Hint"),
        ((FIXED, Published("", 0)), r"it is 127\.0\.0\.1:18080, \*:any"),
    ],
)
def test_a_port_that_nobody_can_have_taken_is_refused(
    bench: Bench, places: tuple[Published, ...], why: str
) -> None:
    """Before anything is done or armed."""
    if places:
        published(bench, *places)
    with pytest.raises(PlanError, match=why):
        bench.injector().inject(PortTaken(80), REPLICA, "d")
    assert bench.on_disk(FaultIntended) == []


def test_a_port_that_is_not_taken_is_no_effect(bench: Bench) -> None:
    """The service is down for nothing, and runs again after the undo."""
    replica = published(bench)
    bench.runtime.host_ports.deaf = True
    with pytest.raises(InjectionFailed, match="it is down and another has its port"):
        bench.injector().inject(PortTaken(80), REPLICA, "d")
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert bench.runtime.state(replica).running


def test_one_that_is_not_given_back_is_a_failed_undo(bench: Bench) -> None:
    """And a person is told what to type."""
    published(bench)
    bench.injector().inject(PortTaken(80), REPLICA, "d")
    bench.runtime.host_ports.deaf = True
    (done,) = bench.rollbacks.unwind(budget=1)
    assert "injection=d-1); docker start fake-replica-1" in done.problem
