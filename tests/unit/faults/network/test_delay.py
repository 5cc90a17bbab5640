"""What is late: towards one service, or all that one instance sends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import Latency, LookupsMisled, SlowAnswers
from drills.faults.target import Target
from drills.faults.undo import Undo, typed
from drills.journal.facts import FaultEffective, FaultIntended, UndoVerified
from drills.stack.abilities import Ability
from drills.stack.links import EVERYBODY, Delayed, Queued, Way, queue_of, rules
from tests.doubles.bench import Bench

REPLICA = Target("replica")
LATE = Latency("app", 0.1, jitter=0.02)


def test_what_goes_there_waits_in_a_helper(bench: Bench) -> None:
    """To every instance, as long as told; then neither rule nor helper is left."""
    (injection,) = bench.injector(at_once=3).inject(LATE, REPLICA, "d")
    links, replica = bench.runtime.links, bench.runtime.find("replica")
    queued = Queued(queue_of(injection))
    wanted = rules(("10.0.0.3", "10.0.0.4"), queued, [Way.OUTGOING])
    assert links.rules(replica, injection) == wanted
    assert links.handlings == {injection: Delayed(0.1, 0.02)}
    intended = bench.event(FaultIntended)
    numbers = {"delay_s": 0.1, "jitter_s": 0.02, "time_to_live_s": 3600.0}
    assert intended.parameters == {"other": "app", **numbers}
    assert "netem delay 100ms 20ms" in typed(LATE.by_hand, Undo.from_data(intended.undo))
    (done,) = bench.rollbacks.unwind(budget=5)
    assert (done.problem, links.handlings) == ("", {})
    assert links.rules(replica, injection) == frozenset()


def test_one_instance_is_slow_to_everybody(bench: Bench) -> None:
    """And the other is not; there is no other end."""
    (injection,) = bench.injector().inject(SlowAnswers(0.5), Target("app", 2), "d")
    app = bench.runtime.find("app", 2)
    queued = Queued(queue_of(injection))
    assert bench.runtime.links.rules(app, injection) == rules(EVERYBODY, queued, [Way.OUTGOING])
    intended = bench.event(FaultIntended)
    assert (intended.container, intended.place) == ("fake-app-2", "fake-app-2")
    assert "other" not in intended.parameters
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""


def test_a_target_that_is_gone_leaves_no_helper(bench: Bench) -> None:
    """It is ended though nobody is there any more whose packets it had."""
    bench.injector().inject(SlowAnswers(), REPLICA, "d")
    bench.runtime.vanish(bench.runtime.find("replica"))
    (done,) = bench.rollbacks.unwind(budget=5)
    assert (done.problem, bench.runtime.links.handlings) == ("", {})
    assert "gone" in bench.event(UndoVerified).proof


@pytest.mark.parametrize("how", ["restart", "stop", "pause"])
def test_a_target_that_ended_or_froze_meanwhile_is_whole(bench: Bench, how: str) -> None:
    """And runs, with neither rule nor helper."""
    bench.injector().inject(SlowAnswers(), REPLICA, "d")
    getattr(bench.runtime, how)(bench.runtime.find("replica"))
    (done,) = bench.rollbacks.unwind(budget=5)
    assert (done.problem, bench.runtime.links.handlings) == ("", {})


def test_a_helper_that_died_at_once_is_no_effect(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For what nobody takes passes, whatever the rules say."""
    monkeypatch.setattr(bench.runtime.links, "handled", lambda _: False)
    with pytest.raises(InjectionFailed, match="it is read back that what it sends waits"):
        bench.injector().inject(SlowAnswers(), REPLICA, "d")
    assert bench.on_disk(FaultEffective) == []


def test_a_helper_that_cannot_be_ended_is_a_failed_undo(bench: Bench) -> None:
    """And a person is told how, and what else to type."""
    bench.injector().inject(SlowAnswers(), REPLICA, "d")
    bench.runtime.links.deaf = True
    (done,) = bench.rollbacks.unwind(budget=1)
    assert "label=incident-drills.injection=d-1); nsenter" in done.problem


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (replace(LATE, delay=0.0), "a delay between 0 and"),
        (replace(LATE, delay=601.0), "a delay between 0 and 10 min"),
        (replace(LATE, jitter=0.2), r"a jitter of at most the delay \(100 ms\), got 200 ms"),
        (replace(LATE, time_to_live=0.0), "a time to live between 0 and"),
        (SlowAnswers(-1), "a delay between 0 and"),
    ],
)
def test_what_means_nothing_is_refused(
    bench: Bench, fault: Latency | SlowAnswers, why: str
) -> None:
    """In the plan already, and before anything is armed."""
    with pytest.raises(PlanError, match=why):
        fault.foresee("replica", {})
    with pytest.raises(PlanError, match=why):
        bench.injector(at_once=3).inject(fault, REPLICA, "d")
    assert bench.on_disk(FaultIntended) == []


@pytest.mark.parametrize("fault", [LATE, SlowAnswers(), LookupsMisled("app")])
def test_a_machine_without_our_image_is_told_of(
    bench: Bench, fault: Latency | SlowAnswers | LookupsMisled
) -> None:
    """By name, with what to type, and nothing is done."""
    bench.runtime.lacking[Ability.QUEUES] = "the image x is not there. Hint: `make setup`"
    with pytest.raises(InjectionFailed, match=r"image x is not there. Hint.*nothing was done"):
        bench.injector(at_once=3).inject(fault, REPLICA, "d")
    assert bench.on_disk(FaultIntended) == []


def test_a_network_that_others_share_is_left_alone(bench: Bench) -> None:
    """All of them would be slow."""
    bench.runtime.links.share(bench.runtime.find("replica"), "another container")
    with pytest.raises(PlanError, match="shares it with another container"):
        bench.injector().inject(SlowAnswers(), REPLICA, "d")
