"""Faults of real links: what a neighbour sees of each, and that nothing is left of it."""

from __future__ import annotations

import pytest

from drills.faults import (
    Bandwidth,
    ConnectionsRefused,
    ConnectionsReset,
    OneWayPartition,
    PacketLoss,
)
from drills.stack.abilities import Ability
from drills.stack.links import EVERYBODY, Limited, Lost, Refused, rules
from drills.wait import until
from tests.contract.networked import Network, network, stack

__all__ = ["network", "stack"]  # the fixtures

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("lost", ["incoming", pytest.param("outgoing", marks=pytest.mark.thorough)])
def test_one_way_is_lost_and_the_other_arrives(network: Network, lost: str) -> None:
    """No connection comes about; what is sent the other way is received."""
    app, db = network.linked()
    network.inject(OneWayPartition("db", lost), "app")
    assert network.reach("db", app) == "silence"
    assert (
        network.send("db", f"{lost} app", 5, app),
        network.send("app", f"{lost} db", 5, db),
    ) == (
        0,
        0,
    )
    received = network.told(db, f"{lost} app"), network.told(app, f"{lost} db")
    assert received == ((5, 0) if lost == "incoming" else (0, 5))
    assert network.reach("bystander", app) == "reached"
    network.effect()
    network.undo()
    assert network.reach("db", app) == "reached"
    assert network.helpers() == []


def test_connections_are_refused_and_open_ones_break(network: Network) -> None:
    """At once, and by a reset; everybody else is served, and so is what is not TCP."""
    app, _ = network.linked()
    broken = network.told(app, "broken")
    network.inject(ConnectionsRefused("db"), "app")
    assert "Connection refused" in network.reach("db", app)
    until(lambda: network.told(app, "broken") > broken, awaited="it broke", within=5)
    assert network.reach("db", network.found("bystander")) == "reached"
    assert network.reach("bystander", app) == "reached"
    assert network.send("db", "beside", 5, app) == 5
    network.undo()
    assert network.reach("db", app) == "reached"
    network.linked()


def test_packets_are_lost_by_chance(network: Network) -> None:
    """A share of them each way, so that about half of all questions is answered."""
    app, db = network.linked()
    network.inject(PacketLoss("db", 0.3), "app")
    assert 100 < network.send("db", "lossy", 400, app) < 300  # 196, give or take ten
    assert 200 < network.told(db, "lossy") < 360  # 280
    assert network.send("bystander", "lossy", 100, app) == 100
    network.undo()
    assert network.send("db", "whole", 100, app) == 100


def test_little_passes_and_small_answers_are_as_fast(network: Network) -> None:
    """By far the most of the time goes by waiting for the rate."""
    app, _ = network.linked()
    size = 768 * 1024
    assert network.fetch("db", size, app) < 1
    network.inject(Bandwidth("db", 256 * 1024), "app")
    assert 1.5 < network.fetch("db", size, app) < 9
    assert network.fetch("db", 1, app) < 1
    assert network.fetch("bystander", size, app) < 1
    network.undo()
    assert network.fetch("db", size, app) < 1


def test_the_kernel_tells_each_rule_as_it_was_made(network: Network) -> None:
    """Of both families, all at once, for one address and for everybody."""
    app, links = network.found("app"), network.runtime.links
    addresses = ["192.0.2.1", "fd00::1"]
    fates = (Lost(1), Lost(999_999), Refused(), Limited(1024, 65536))
    made = frozenset().union(*(rules(addresses, fate) for fate in fates))
    made |= rules([EVERYBODY[1]])
    links.add(app, made, "many")
    assert links.rules(app, "many") == made
    links.remove(app, "many")
    assert links.rules(app, "many") == frozenset()
    for ability in (Ability.REFUSALS, Ability.CHANCE, Ability.LIMITS):
        assert network.runtime.lacks(ability, app) == ""


@pytest.mark.parametrize(
    ("target", "other"), [("app", "db"), pytest.param("db", "app", marks=pytest.mark.thorough)]
)
def test_open_connections_break_once(network: Network, target: str, other: str) -> None:
    """Whichever end is the target; new ones are made at once, and there is nothing to take back."""
    app, db = network.linked()
    broken = network.told(app, "broken")
    network.inject(ConnectionsReset(other), target)
    until(lambda: network.told(app, "broken") == broken + 1, awaited="it broke", within=5)
    network.linked()
    network.effect()
    network.undo()
    assert network.told(app, "broken") == broken + 1
    assert network.runtime.links.reset(db, ["192.0.2.1"], "nobody") == 0
    assert network.runtime.lacks(Ability.RESETS, app) == ""
