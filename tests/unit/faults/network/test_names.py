"""Lookups of one name that find nothing, or what is wrong."""

from __future__ import annotations

import pytest

from drills.errors import PlanError
from drills.faults import LookupsFail, LookupsMisled, LookupsUnanswered
from drills.faults.target import Target
from drills.journal.facts import FaultIntended
from drills.stack.links import EVERYBODY, Misled, QueuedAnswers, Way, queue_of, rules
from tests.doubles.bench import Bench

Lookups = LookupsFail | LookupsMisled | LookupsUnanswered
REPLICA = Target("replica")


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (LookupsUnanswered("db"), "silent"),
        (LookupsFail("db"), "unknown"),
        (LookupsMisled("db"), "192.0.2.1"),
        (LookupsMisled("db", "127.0.0.1"), "127.0.0.1"),
    ],
)
def test_what_is_answered_goes_to_a_helper_that_changes_it(
    bench: Bench, fault: Lookups, what: str
) -> None:
    """Whoever answers, about that name alone; then neither rule nor helper is left."""
    (injection,) = bench.injector().inject(fault, REPLICA, "d")
    links, replica = bench.runtime.links, bench.runtime.find("replica")
    answers = QueuedAnswers(queue_of(injection))
    assert links.rules(replica, injection) == rules(EVERYBODY, answers, [Way.INCOMING])
    assert links.handlings == {injection: Misled("db", what)}
    assert bench.event(FaultIntended).parameters["name"] == "db"
    (done,) = bench.rollbacks.unwind(budget=5)
    assert (done.problem, links.handlings) == ("", {})
    assert links.rules(replica, injection) == frozenset()


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (LookupsFail(""), "expected a host's name, got ''"),
        (LookupsUnanswered("no name"), "expected a host's name"),
        (LookupsMisled("db", "8.8.8.8"), r"nobody else is \(192.0.2.0/24.*got '8.8.8.8'"),
        (LookupsMisled("db", "172.18.0.2"), "where nobody else is"),
        (LookupsMisled("db", "elsewhere"), "where nobody else is"),
        (LookupsMisled("db", time_to_live=-1), "a time to live between"),
    ],
)
def test_what_means_nothing_or_reaches_a_stranger_is_refused(
    bench: Bench, fault: Lookups, why: str
) -> None:
    """In the plan already, and before anything is armed."""
    with pytest.raises(PlanError, match=why):
        fault.foresee("replica", {})
    with pytest.raises(PlanError, match=why):
        bench.injector().inject(fault, REPLICA, "d")
    assert bench.on_disk(FaultIntended) == []
