"""A partition between two services: made, seen, undone and proven where one is attached."""

from __future__ import annotations

import pytest

from drills.errors import BlastRadiusExceeded, EngineError, InjectionFailed, PlanError
from drills.faults import OneWayPartition, Partition
from drills.faults.target import Target
from drills.faults.undo import Place, Undo, typed
from drills.journal.facts import FaultCalled, FaultEffective, FaultIntended, UndoVerified
from drills.stack.abilities import Ability
from drills.stack.links import Rule, Way, rules
from tests.doubles.bench import Bench

REPLICA = Target("replica")


def cut(bench: Bench, *, at_once: int = 3) -> str:
    """The replica is cut off from both app instances; returns the injection."""
    (injection,) = bench.injector(at_once=at_once).inject(Partition("app"), REPLICA, "d")
    return injection


def in_force(bench: Bench, injection: str) -> frozenset[Rule | None]:
    return bench.runtime.links.rules(bench.runtime.find("replica"), injection)


def test_nothing_passes_either_way_to_any_instance(bench: Bench) -> None:
    """Which is read back, within an interval from the request on."""
    injection = cut(bench)
    assert in_force(bench, injection) == rules(("10.0.0.3", "10.0.0.4"))
    called, effective = bench.event(FaultCalled), bench.event(FaultEffective)
    low, high = effective.low_ns, effective.high_ns
    assert called.at_ns <= low <= effective.at_ns <= high
    assert "nothing passes between them" in effective.text
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert in_force(bench, injection) == frozenset()


def test_its_undo_names_the_link_and_survives_the_journal(bench: Bench) -> None:
    """Another process finds both ends, the mark, and what to type there."""
    injection = cut(bench)
    (intended,) = bench.on_disk(FaultIntended)
    undo = Undo.from_data(intended.undo)
    assert undo.arguments == {"mark": injection, "fate": "lost 1000000", "ways": "from to"}
    assert str(undo.place) == "the link between fake-replica-1 and fake-app-1, fake-app-2"
    assert (intended.label, intended.colour) == ("cut off", "network")
    line = typed(Partition("app").by_hand, undo)
    assert "docker inspect -f '{{.State.Pid}}' fake-replica-1" in line
    assert "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' fake-app-1 fake-app" in line


@pytest.mark.parametrize("how", ["restart", "stop", "kill"])
def test_a_target_that_ended_meanwhile_has_nothing_cut(bench: Bench, how: str) -> None:
    """Its network went with it; it is started again, for it ran before."""
    injection = cut(bench)
    replica = bench.runtime.find("replica")
    getattr(bench.runtime, how)(replica)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert bench.runtime.state(replica).running
    assert in_force(bench, injection) == frozenset()


def test_a_target_that_is_frozen_meanwhile_is_thawed(bench: Bench) -> None:
    """What is cut stays cut while it is, and is mended all the same."""
    injection = cut(bench)
    replica = bench.runtime.find("replica")
    bench.runtime.pause(replica)
    assert in_force(bench, injection)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert not bench.runtime.state(replica).paused


def test_a_target_that_is_gone_took_the_rules_along(bench: Bench) -> None:
    """Nothing is left to be mended."""
    cut(bench)
    bench.runtime.vanish(bench.runtime.find("replica"))
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert "gone" in bench.event(UndoVerified).proof


def test_a_peer_that_is_gone_keeps_nothing_from_being_mended(bench: Bench) -> None:
    """The rules are at the target's end, and are gone only when they are."""
    injection = cut(bench)
    bench.runtime.vanish(bench.runtime.find("app", 1))
    bench.runtime.stop(bench.runtime.find("app", 2), 0)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert in_force(bench, injection) == frozenset()
    assert bench.runtime.state(bench.runtime.find("app", 2)).running
    assert "whole" in bench.event(UndoVerified).proof


def test_two_at_once_on_one_link_are_undone_each_for_itself(bench: Bench) -> None:
    """What one takes back is its own, and the other holds until its turn."""
    injector = bench.injector(at_once=6)
    (first,) = injector.inject(Partition("app"), REPLICA, "d")
    (second,) = injector.inject(Partition("app"), REPLICA, "d")
    bench.rollbacks.unwind(budget=5, only=first)
    assert (in_force(bench, first), len(in_force(bench, second))) == (frozenset(), 4)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert (done.injection, done.problem) == (second, "")


def test_a_cut_that_has_no_effect_is_a_failed_injection(bench: Bench) -> None:
    """An engine that says yes and does nothing cut nothing."""
    bench.runtime.links.deaf = True
    with pytest.raises(InjectionFailed, match="it is read back that nothing passes between them"):
        cut(bench)
    assert bench.on_disk(FaultEffective) == []
    assert len(bench.rollbacks) == 1


def test_half_a_cut_is_none(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one way of one address still passes it did not take effect; it is mended, though."""
    links, replica = bench.runtime.links, bench.runtime.find("replica")
    whole = links.add

    def half(*given: object) -> None:
        whole(*given)  # type: ignore[arg-type]
        links.leave_out(replica, "d-1", Rule(Way.OUTGOING, "10.0.0.4"))

    monkeypatch.setattr(links, "add", half)
    with pytest.raises(InjectionFailed, match="nothing passes"):
        cut(bench)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert in_force(bench, "d-1") == frozenset()


def test_a_mending_that_does_nothing_is_a_failed_undo(bench: Bench) -> None:
    """And a person is told what to type."""
    cut(bench)
    bench.runtime.links.deaf = True
    (done,) = bench.rollbacks.unwind(budget=1)
    assert "nft delete table ip drill-d-1 || docker restart fake-replica-1" in done.problem


@pytest.mark.parametrize(
    ("fault", "error", "why"),
    [
        (Partition("nginx"), PlanError, "expected a service of the stack"),
        (Partition("replica"), PlanError, "expected two services, got replica twice"),
        (OneWayPartition("app", "both"), PlanError, "that incoming or outgoing packets are lost"),
        (Partition("app"), BlastRadiusExceeded, "3 containers at once, the blast radius allows 2"),
    ],
)
def test_what_is_no_link_of_ours_is_refused(
    bench: Bench, fault: Partition | OneWayPartition, error: type[Exception], why: str
) -> None:
    """Before anything is done or armed."""
    with pytest.raises(error, match=why):
        bench.injector(at_once=2 + isinstance(fault, OneWayPartition)).inject(fault, REPLICA, "d")
    assert bench.on_disk(FaultIntended) == []


def test_a_network_that_others_share_is_left_alone(bench: Bench) -> None:
    """What is cut there would be cut for them too, and they may be anybody's, or the host's."""
    bench.runtime.links.share(bench.runtime.find("replica"), "the host")
    with pytest.raises(PlanError, match="shares it with the host, who would be hit as well"):
        cut(bench)
    with pytest.raises(EngineError, match="shares its network with the host"):
        bench.runtime.links.add(bench.runtime.find("replica"), rules(["10.0.0.3"]), "d-1")
    assert bench.on_disk(FaultIntended) == []


def test_those_that_share_no_network_have_no_link(bench: Bench) -> None:
    """Of every instance at the other end."""
    bench.runtime.links.detach(bench.runtime.find("app", 2))
    with pytest.raises(PlanError, match="a network that it shares with fake-app-2, there is none"):
        cut(bench)


def test_a_machine_that_cannot_cut_links_is_no_fault_of_the_plan(bench: Bench) -> None:
    """So the drill is inconclusive there, and may be met elsewhere."""
    bench.runtime.lacking[Ability.LINKS] = "the kernel's packet filter refuses: not supported"
    with pytest.raises(InjectionFailed, match=r"two containers can be cut, but .*; nothing was"):
        cut(bench)
    assert bench.on_disk(FaultIntended) == []


def test_what_is_there_already_under_its_mark_is_not_taken_for_ours(bench: Bench) -> None:
    """It would prove nothing that it is so."""
    replica = bench.runtime.find("replica")
    place = Place(replica, (bench.runtime.find("app", 1), bench.runtime.find("app", 2)))
    Partition("app").apply(bench.runtime, place, "d-1")
    with pytest.raises(InjectionFailed, match="it is so already; nothing was done"):
        cut(bench)
    assert bench.on_disk(FaultIntended) == []


@pytest.mark.parametrize(
    ("lost", "typed_as"),
    [("incoming", "-I INPUT -s $ip -j DROP"), ("outgoing", "-I OUTPUT -d $ip -j DROP")],
)
def test_one_way_is_lost_and_the_other_is_not(bench: Bench, lost: str, typed_as: str) -> None:
    """As is read back, told in the journal, and typed by hand."""
    fault = OneWayPartition("app", lost)
    (injection,) = bench.injector(at_once=3).inject(fault, REPLICA, "d")
    assert in_force(bench, injection) == rules(("10.0.0.3", "10.0.0.4"), ways=(Way[lost.upper()],))
    (intended,) = bench.on_disk(FaultIntended)
    assert intended.parameters == {"other": "app", "lost": lost}
    line = typed(fault.by_hand, Undo.from_data(intended.undo))
    assert (typed_as in line, line.count("iptables")) == (True, 1)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert in_force(bench, injection) == frozenset()


def test_a_rule_that_somebody_changed_is_left_and_is_no_proof(bench: Bench) -> None:
    """It is none of those that were asked for, and goes with the undo."""
    injection = cut(bench)
    bench.runtime.links.change(bench.runtime.find("replica"), injection)
    assert None in in_force(bench, injection)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert in_force(bench, injection) == frozenset()
