"""The ledger finds what was seeded into a history, and in a clean one it finds nothing."""

from __future__ import annotations

import random

import pytest

from drills.journal.sample import Outcome, Sample
from drills.observers.ledger import Reconciliation, reconcile
from drills.units import NS
from tests.doubles.histories import ONE, History, clean, fork

HISTORIES = 1000
EACH = 40  # histories of every kind of mutation
RATES = (5, 20, 100, 333, 1000)  # writes a second
NOTHING = Reconciliation((), 0, 0, 0, 0, 0.0, (), 0)
FOUND = {
    "lost": {"lost": 1},
    "duplicated": {"duplicated": 1},
    "unexpected": {"unexpected": 1},
    "refused and there": {"unexpected": 1},
    "stale": {"stale": 1},
    "torn": {"altered": 1},
}


def verified(history: History) -> Reconciliation:
    """The history's writes against what both nodes hold."""
    return reconcile(history.writes, history.primary, [history.replica])


def wrong(found: Reconciliation) -> dict[str, int]:
    """What was found to be wrong, and how often; what is right is left out."""
    assert found.altered is not None
    assert found.misread is not None
    assert found.stale is not None
    counts = {
        "lost": len(found.lost),
        "duplicated": found.duplicated,
        "unexpected": found.unexpected,
        "stale": found.stale,
        "altered": len(found.altered),
        "misread": found.misread,
    }
    return {what: number for what, number in counts.items() if number}


def test_no_clean_history_raises_an_alarm() -> None:
    """Not one of a thousand, though outcomes are unknown and answers overtake each other."""
    recovered = 0
    for seed in range(HISTORIES):
        found = verified(clean(random.Random(seed)))
        assert (wrong(found), found.lost_span) == ({}, 0.0), seed
        recovered += found.recovered
    assert recovered > HISTORIES  # so unknown writes that turn up were among them


@pytest.mark.parametrize("kind", ONE)
def test_one_seeded_mutation_is_found_and_nothing_else(kind: str) -> None:
    """Wherever it is in the history, by its own name and, where that is kept, by its id."""
    for seed in range(EACH):
        chance = random.Random(seed)
        history = clean(chance)
        subject = ONE[kind](history, chance)
        found = verified(history)
        assert wrong(found) == FOUND[kind], seed
        assert {*found.lost, *(found.altered or ())} <= {subject}, seed


def test_a_forked_timeline_is_found() -> None:
    """What only the primary that was cut off had is lost; the other's own is unexpected."""
    for seed in range(EACH):
        chance = random.Random(seed)
        history = clean(chance)
        lost = fork(history, chance)
        found = verified(history)
        assert list(found.lost) == lost, seed
        assert wrong(found) == {"lost": len(lost), "unexpected": 1}, seed


def test_a_torn_write_of_unknown_outcome_is_told_apart() -> None:
    """No promise was broken; it is misread, not altered."""
    history = clean(random.Random(1))
    (write, *_) = history.writes
    torn = write._replace(outcome=Outcome.TIMEOUT)
    history.writes[0] = torn
    history.primary[torn.subject] = history.replica[torn.subject] = ("half",)
    assert wrong(verified(history)) == {"misread": 1}


@pytest.mark.parametrize("rate", RATES)
def test_the_lost_span_is_as_long_as_the_time_that_was_lost(rate: int) -> None:
    """Within two writes, or 10 ms, of the truth: all acknowledgements between two instants."""
    for seed in range(EACH):
        chance = random.Random(seed)
        writes = steady(rate, chance)
        between = writes[0].ended_ns / NS, writes[-1].ended_ns / NS
        begin, end = sorted(chance.uniform(*between) for _ in range(2))
        held = {
            write.subject: (write.content,)
            for write in writes
            if not begin <= write.ended_ns / NS <= end
        }
        found = reconcile(writes, held, [])
        assert abs(found.lost_span - (end - begin)) <= max(2 / rate, 0.010), seed


def steady(rate: int, chance: random.Random) -> list[Sample]:
    """60 acknowledged writes at a rate, each answered after the same time."""
    took = chance.randrange(NS)
    return [
        Sample(
            *("orders", place, due, due, due + took, Outcome.OK),
            subject=f"{place}",
            content="said",
        )
        for place, due in enumerate(place * NS // rate for place in range(60))
    ]
