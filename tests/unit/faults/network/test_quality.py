"""Links that lose packets, or let little pass."""

from __future__ import annotations

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import Bandwidth, PacketLoss
from drills.faults.target import Target
from drills.faults.undo import Undo, typed
from drills.journal.facts import FaultIntended
from drills.stack.abilities import Ability
from drills.stack.links import Fate, Limited, Lost, rules
from drills.units import MIB
from tests.doubles.bench import Bench

REPLICA = Target("replica")


@pytest.mark.parametrize(
    ("fault", "fate", "told", "by_hand"),
    [
        (PacketLoss("app", 0.3), Lost(300_000), {"share": 0.3}, "--probability 0.3 -j DROP"),
        (
            Bandwidth("app", 128 * 1024),
            Limited(128 * 1024, 64 * 1024),
            {"rate_bytes_per_s": 131072},
            "State.Pid}}' fake-replica-1) -n tc qdisc add dev eth0 root tbf rate 1048576bit",
        ),
        (
            Bandwidth("app", 10 * MIB),
            Limited(10 * MIB, MIB),
            {"rate_bytes_per_s": 10 * MIB},
            "tbf rate 83886080bit",
        ),
    ],
)
def test_is_so_both_ways_to_every_instance(
    bench: Bench, fault: PacketLoss | Bandwidth, fate: Fate, told: dict[str, float], by_hand: str
) -> None:
    """As is read back, told with its unit, and undone."""
    (injection,) = bench.injector(at_once=3).inject(fault, REPLICA, "d")
    replica = bench.runtime.find("replica")
    assert bench.runtime.links.rules(replica, injection) == rules(("10.0.0.3", "10.0.0.4"), fate)
    intended = bench.event(FaultIntended)
    assert intended.parameters == {"other": "app", **told}
    assert by_hand in typed(fault.by_hand, Undo.from_data(intended.undo))
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert bench.runtime.links.rules(replica, injection) == frozenset()


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (PacketLoss("app", 0), "between 0 % and 100 %, got 0.000000%"),
        (PacketLoss("app", 1), "what loses all is a partition"),
        (PacketLoss("app", -0.1), "between 0 % and 100 %"),
        (Bandwidth("app", 0), "from 1 KiB to 1 GiB a second, got 0 bytes"),
        (Bandwidth("app", 2**40), "from 1 KiB to 1 GiB a second"),
    ],
)
def test_what_means_nothing_is_refused(
    bench: Bench, fault: PacketLoss | Bandwidth, why: str
) -> None:
    """In the plan already, and before anything is armed."""
    with pytest.raises(PlanError, match=why):
        fault.foresee("replica", {})
    with pytest.raises(PlanError, match=why):
        bench.injector(at_once=3).inject(fault, REPLICA, "d")
    assert bench.on_disk(FaultIntended) == []


@pytest.mark.parametrize(
    ("fault", "ability"),
    [(PacketLoss("app"), Ability.CHANCE), (Bandwidth("app"), Ability.LIMITS)],
)
def test_a_kernel_that_cannot_is_told_of(
    bench: Bench, fault: PacketLoss | Bandwidth, ability: Ability
) -> None:
    """By what it was expected to do."""
    bench.runtime.lacking[ability] = "No such file or directory"
    with pytest.raises(InjectionFailed, match=f"{ability}, but No such file"):
        bench.injector(at_once=3).inject(fault, REPLICA, "d")
