"""Packets that a helper container handles: what is late, what is looked up, and who is not hit."""

from __future__ import annotations

import pytest

from drills.errors import EngineError
from drills.faults import Latency, LookupsFail, LookupsMisled, LookupsUnanswered, SlowAnswers
from drills.stack.abilities import Ability
from drills.stack.runtime import Container
from drills.wait import until
from tests.contract.networked import Network, network, stack

__all__ = ["network", "stack"]  # the fixtures
pytestmark = pytest.mark.engine
LATE = 0.1  # seconds


def test_what_goes_to_one_service_is_late(network: Network) -> None:
    """As long as it says, and what goes to others is not."""
    app, _ = network.linked()
    usual = network.round_trip("db", app)
    network.inject(Latency("db", LATE), "app")
    assert usual + LATE * 0.9 < network.round_trip("db", app) < usual + LATE * 2
    assert network.round_trip("bystander", app) < LATE / 2
    network.effect()
    network.undo()
    assert network.round_trip("db", app) < LATE / 2
    assert network.helpers() == []


@pytest.mark.thorough
def test_some_wait_longer_than_others(network: Network) -> None:
    """By as much as the jitter says; nothing is lost."""
    app, _ = network.linked()
    network.inject(Latency("db", LATE, jitter=LATE), "app")
    assert LATE / 4 < network.round_trip("db", app) < LATE * 2
    assert network.send("db", "jittered", 100, app) == 100
    network.undo()


def test_one_instance_is_slow_to_everybody(network: Network) -> None:
    """Whoever asks it waits, and it waits for whom it asks; others are as fast as before."""
    app, db = network.linked()
    bystander = network.found("bystander")
    network.inject(SlowAnswers(LATE), "app")
    assert network.round_trip("app", bystander) > LATE * 0.9
    assert network.round_trip("app", db) > LATE * 0.9
    assert network.round_trip("bystander", app) > LATE * 0.9
    assert network.round_trip("bystander", db) < LATE / 2
    network.undo()
    assert network.round_trip("app", bystander) < LATE / 2


@pytest.mark.parametrize("how", ["dies", pytest.param("time", marks=pytest.mark.thorough)])
def test_without_its_helper_all_is_as_before(network: Network, how: str) -> None:
    """Whether it was killed or its time is over: what nobody takes passes."""
    app, _ = network.linked()
    mark = network.inject(SlowAnswers(LATE, time_to_live=600 if how == "dies" else 6), "app")
    if how == "dies":
        (helper,) = network.helpers()
        network.client.kill(helper)
    until(lambda: not network.runtime.links.handled(mark), awaited="it ended", within=20)
    assert network.round_trip("bystander", app) < LATE / 2
    network.undo()
    assert network.runtime.links.rules(app, mark) == frozenset()
    assert network.helpers() == []


@pytest.mark.parametrize("how", ["restart", pytest.param("gone", marks=pytest.mark.thorough)])
def test_a_target_that_ended_meanwhile_leaves_no_helper(network: Network, how: str) -> None:
    """Its network is another one then, in which nothing is late."""
    target = network.up("other", ["sleep", "600"])
    network.inject(SlowAnswers(LATE), "other")
    if how == "restart":
        network.runtime.restart(target, 0)
        assert network.round_trip("bystander", target) < LATE / 2
    else:
        network.remove(target)
    network.undo()
    assert network.helpers() == []
    if how == "restart":
        network.remove(target)


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        pytest.param(LookupsFail("db"), "Name or service not known", marks=pytest.mark.thorough),
        (LookupsMisled("db", "192.0.2.7"), "192.0.2.7"),
        (LookupsUnanswered("db"), "Temporary failure in name resolution"),
    ],
)
def test_one_name_is_answered_otherwise(
    network: Network, fault: LookupsFail | LookupsMisled | LookupsUnanswered, found: str
) -> None:
    """To the target alone, and all other names as before; a connection that is open goes on."""
    target = _impatient(network)
    address = network.look_up("db", target)
    app, _ = network.linked()
    network.inject(fault, "other")
    assert found in network.look_up("db", target)
    assert network.look_up("bystander", target).count(".") == 3
    assert network.look_up("db", app) == address
    network.linked()
    network.effect()
    network.undo()
    assert network.look_up("db", target) == address
    network.remove(target)


def _impatient(network: Network) -> Container:
    """A container that waits a second for a name server, and once."""
    return network.up("other", ["sleep", "600"], dns_opt=["timeout:1", "attempts:1"])


def test_who_cannot_be_had_is_told_of(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to type; and the machine is able to where there is one."""
    app = network.found("app")
    assert network.runtime.lacks(Ability.QUEUES, app) == ""
    assert network.helpers() == []
    monkeypatch.setenv("DRILLS_IMAGE_TAG", "no-such-tag")
    said = network.runtime.lacks(Ability.QUEUES, app)
    assert "the image incident-drills/tools:no-such-tag is not there. Hint: `make setup`" in said
    with pytest.raises(EngineError, match="no-such-tag is not there"):
        network.runtime.links.handle(app, [], SlowAnswers(LATE).handling, 9, "nobody")
