"""A partition between real containers: what hangs, what goes on, and what its undo leaves."""

from __future__ import annotations

import pytest

from drills.errors import EngineError, PlanError
from drills.faults import Partition
from drills.stack.abilities import Ability
from drills.stack.links import rules
from tests.contract.networked import Network, network, stack

__all__ = ["network", "stack"]  # the fixtures

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    ("service", "other"), [("app", "db"), pytest.param("db", "app", marks=pytest.mark.thorough)]
)
def test_what_goes_between_them_is_lost_and_all_else_arrives(
    network: Network, service: str, other: str
) -> None:
    """Whichever end it is cut at: an open connection hangs and goes on, a new one times out."""
    app, db = network.linked()
    bystander = network.found("bystander")
    network.inject(Partition(other), service)
    hung, broken = network.told(app, "answered"), network.told(app, "broken")
    assert [network.reach("db", app), network.reach("app", db)] == ["silence"] * 2
    for each in (app, db):
        assert network.reach("bystander", each) == "reached"
        assert network.reach(each.service, bystander) == "reached"
    assert network.told(app, "answered") <= hung + 1  # one may have been under way
    network.effect()
    network.undo()
    assert network.reach("db", app) == "reached"
    network.linked()
    assert network.told(app, "broken") == broken
    assert network.helpers() == []


@pytest.mark.parametrize(
    "how", ["restart", pytest.param("stop", marks=pytest.mark.thorough), "pause"]
)
def test_a_target_that_ended_or_froze_meanwhile_is_whole(network: Network, how: str) -> None:
    """It has a new network after its end; a frozen one is mended while it is frozen."""
    app, _ = network.linked()
    injection = network.inject(Partition("db"), "app")
    if how == "pause":
        network.runtime.pause(app)
        assert len(network.runtime.links.rules(app, injection)) == 2
    else:
        getattr(network.runtime, how)(app, 1)
        assert network.runtime.links.rules(app, injection) == frozenset()
    network.undo()
    assert network.reach("db", app) == "reached"


def test_two_on_one_link_are_taken_back_one_by_one(network: Network) -> None:
    """Each is proven by itself, and mending twice is no error."""
    app = network.found("app")
    links, addresses = network.runtime.links, ["192.0.2.1", "fd00::1"]
    for mark in ("one", "other"):
        links.add(app, rules(addresses), mark)
        assert links.rules(app, mark) == rules(addresses)
    with pytest.raises(EngineError, match="File exists"):
        links.add(app, rules(addresses), "one")
    for _ in range(2):
        links.remove(app, "one")
        assert links.rules(app, "one") == frozenset()
    assert links.rules(app, "other") == rules(addresses)
    links.remove(app, "other")
    assert network.runtime.lacks(Ability.LINKS, app) == ""


@pytest.mark.parametrize("mode", ["none", "host", "sidecar", "joined"])
def test_a_network_that_is_not_its_own_is_never_touched(network: Network, mode: str) -> None:
    """Not the host's, and none that somebody else is in."""
    if mode == "joined":
        one = network.add("other", network=network.networks[0])
        beside = [network.add("beside", network=f"container:{one.id}")]
    else:
        sidecar = f"container:{network.found('bystander').id}"
        one, beside = network.add("other", network=sidecar if mode == "sidecar" else mode), []
    before = network.intended()
    with pytest.raises(PlanError, match=r"expected (a network|it to have its network to itself)"):
        network.inject(Partition("db"), "other")
    if mode != "none":
        with pytest.raises(EngineError, match="shares its network with"):
            network.runtime.links.add(one, rules(["192.0.2.1"]), "mark")
    assert network.intended() == before
    for each in (*beside, one):
        network.remove(each)


def test_a_target_that_is_gone_took_it_along(network: Network) -> None:
    """There is nothing to mend."""
    app = network.add("other", network=network.networks[0])
    network.inject(Partition("db"), "other")
    network.remove(app)
    network.undo()
