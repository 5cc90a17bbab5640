"""Connections that are refused."""

from __future__ import annotations

import pytest

from drills.errors import InjectionFailed
from drills.faults import ConnectionsRefused
from drills.faults.target import Target
from drills.faults.undo import Undo, typed
from drills.journal.facts import FaultIntended
from drills.stack.abilities import Ability
from drills.stack.links import Refused, Way, rules
from tests.doubles.bench import Bench

REPLICA = Target("replica")


def test_what_the_target_sends_is_refused(bench: Bench) -> None:
    """To every instance of the other; what comes from there is not touched."""
    fault = ConnectionsRefused("app")
    (injection,) = bench.injector(at_once=3).inject(fault, REPLICA, "d")
    replica = bench.runtime.find("replica")
    wanted = rules(("10.0.0.3", "10.0.0.4"), Refused(), [Way.OUTGOING])
    assert bench.runtime.links.rules(replica, injection) == wanted
    undo = Undo.from_data(bench.event(FaultIntended).undo)
    assert "-d $ip -j REJECT --reject-with tcp-reset" in typed(fault.by_hand, undo)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert bench.runtime.links.rules(replica, injection) == frozenset()


def test_a_kernel_that_cannot_refuse_is_told_of(bench: Bench) -> None:
    """Though it can drop."""
    bench.runtime.lacking[Ability.REFUSALS] = "No such file or directory"
    with pytest.raises(InjectionFailed, match=r"can be refused, but No such .*nothing was done"):
        bench.injector(at_once=3).inject(ConnectionsRefused("app"), REPLICA, "d")
