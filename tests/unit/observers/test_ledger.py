"""The ledger of writes against what is in the database, as Jepsen counts it."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal.sample import Outcome, Sample
from drills.observers.ledger import (
    WriteOutcome,
    count,
    outcome_of,
    reconcile,
)
from drills.stack.database import final_read_of, holding_to_json
from tests.doubles.observed import sample

IDS = [f"id-{number}" for number in range(8)]
WRITES = st.dictionaries(st.sampled_from(IDS), st.sampled_from(Outcome)).map(
    lambda outcomes: [
        sample("orders", float(number), outcome, subject=subject)
        for number, (subject, outcome) in enumerate(outcomes.items())
    ]
)
READS = st.dictionaries(st.sampled_from(IDS), st.integers(1, 3))

EXPECTED = {
    Outcome.OK: WriteOutcome.ACKNOWLEDGED,
    Outcome.SLOW: WriteOutcome.ACKNOWLEDGED,
    Outcome.REFUSED: WriteOutcome.REFUSED,
    Outcome.REJECTED: WriteOutcome.REFUSED,
    Outcome.RESET: WriteOutcome.UNKNOWN,
    Outcome.TIMEOUT: WriteOutcome.UNKNOWN,
    Outcome.ERROR: WriteOutcome.UNKNOWN,
    Outcome.WRONG: WriteOutcome.UNKNOWN,
    Outcome.DROPPED: WriteOutcome.UNSENT,
}


@pytest.mark.parametrize("outcome", Outcome)
def test_what_is_not_certain_is_unknown(outcome: Outcome) -> None:
    """Calling an unknown write refused would be unsound: it may yet turn up."""
    assert outcome_of(outcome) is EXPECTED[outcome]


@given(WRITES)
def test_every_write_is_counted_once(writes: list[Sample]) -> None:
    """Every outcome is there, if with none."""
    counts = count(writes)
    assert set(counts) == set(WriteOutcome)
    told = Counter(outcome_of(write.outcome) for write in writes)
    assert Counter({k: v for k, v in counts.items() if v}) == told


@given(WRITES, READS, st.lists(READS, max_size=2))
def test_the_reconciliation_is_what_set_theory_says(
    writes: list[Sample], primary: dict[str, int], replicas: list[dict[str, int]]
) -> None:
    """Lost = acknowledged - read; recovered = unknown and read; unexpected = read - attempted."""
    sets: dict[WriteOutcome, set[str]] = {outcome: set() for outcome in WriteOutcome}
    for write in writes:
        sets[EXPECTED[write.outcome]].add(write.subject)
    acknowledged, read = sets[WriteOutcome.ACKNOWLEDGED], set(primary)
    found = reconcile(writes, primary, replicas)
    assert set(found.lost) == acknowledged - read
    assert found.recovered == len(sets[WriteOutcome.UNKNOWN] & read)
    assert found.unexpected == len(read - acknowledged - sets[WriteOutcome.UNKNOWN])
    assert found.duplicated == sum(times > 1 for times in primary.values())
    shown = set.intersection(*(set(replica) for replica in replicas)) if replicas else set()
    assert found.stale == (len((acknowledged & read) - shown) if replicas else None)


@given(WRITES)
def test_nothing_is_lost_that_is_there(writes: list[Sample]) -> None:
    """A database that holds every attempted write lost none and shows nothing unexpected."""
    primary = {
        write.subject: 1
        for write in writes
        if outcome_of(write.outcome) not in (WriteOutcome.REFUSED, WriteOutcome.UNSENT)
    }
    found = reconcile(writes, primary, [primary])
    assert (found.lost, found.stale, found.unexpected, found.duplicated) == ((), 0, 0, 0)


def test_losses_stand_in_the_order_of_their_acknowledgement() -> None:
    """The span is that between the first and the last lost one, in seconds."""
    writes = [
        sample("orders", 3, subject="late"),
        sample("orders", 1, subject="early"),
        sample("orders", 2, subject="kept"),
    ]
    found = reconcile(writes, {"kept": 1}, [])
    assert found.lost == ("early", "late")
    assert found.lost_span == pytest.approx(2.0)


def test_a_replica_that_was_not_read_is_not_called_up_to_date() -> None:
    """No data is no zero."""
    assert reconcile([sample("orders", 1, subject="a")], {"a": 1}, []).stale is None


# --- content -------------------------------------------------------------------------------


def write(subject: str, content: str = "one", outcome: Outcome = Outcome.OK) -> Sample:
    """A write that says something."""
    return sample("orders", 1, outcome, subject=subject)._replace(content=content)


def test_an_acknowledged_write_that_says_something_else_is_altered() -> None:
    """It is not lost, and once is enough where it is there twice."""
    writes = [write("same"), write("other"), write("twice"), write("gone")]
    primary = {"same": ("one",), "other": ("two",), "twice": ("one", "two")}
    found = reconcile(writes, primary, [])
    assert (found.altered, found.lost) == (("other", "twice"), ("gone",))
    assert found.duplicated == 1


def test_of_ids_alone_content_is_not_proven() -> None:
    """Neither by a final read of ids, nor for writes of which nobody noted what they said."""
    assert reconcile([write("a")], {"a": 1}, []).altered is None
    assert reconcile([write("a", content="")], {"a": ("one",)}, []).altered is None
    assert reconcile([write("a"), write("b")], {"a": ("one",), "b": 1}, []).altered is None
    assert reconcile([write("a")], {}, []).altered == ()


def test_what_nobody_was_told_and_is_there_with_another_content_is_counted_apart() -> None:
    """No promise was broken, and yet no customer ever sent that."""
    writes = [write("told"), write("half", outcome=Outcome.TIMEOUT), write("whole")]
    found = reconcile(writes, {"told": ("one",), "half": ("two",), "whole": ("one",)}, [])
    assert (found.altered, found.misread, found.recovered) == ((), 1, 1)


def test_a_replica_with_another_content_than_the_primary_is_stale() -> None:
    """As one without the write; but it need not hold what the primary itself has no more."""
    writes = [write("a"), write("b"), write("c"), write("d")]
    primary = {"a": ("one",), "b": ("two",), "c": ("one",), "d": ("one",)}
    replica = {"a": ("two",), "b": ("two",), "c": ("one",)}
    found = reconcile(writes, primary, [replica])
    assert (found.altered, found.stale) == (("b",), 2)


@given(st.dictionaries(st.sampled_from(IDS), st.one_of(st.integers(0, 3), st.just(["x", "y"]))))
def test_what_a_node_holds_survives_its_file(held: dict[str, int | list[str]]) -> None:
    """Counts as in older drills, digests as in newer ones."""
    (read,) = final_read_of(json.dumps({"node": held})).values()
    assert holding_to_json(read) == held


def test_a_write_that_was_asked_again_is_told_once() -> None:
    """By what its customer knows for certain, whichever answer came last."""
    again = write("a", outcome=Outcome.TIMEOUT)
    for writes in ([write("a"), again], [again, write("a")]):
        found = reconcile(writes, {"a": ("two",)}, [])
        assert (found.altered, found.misread, found.recovered) == (("a",), 0, 0)


def test_a_request_without_an_id_is_no_write() -> None:
    """Nothing can be held against it, and it hides nothing of those that have one."""
    found = reconcile(
        [write("", "", Outcome.TIMEOUT), write("", ""), write("a")], {"a": ("one",)}, []
    )
    assert (found.lost, found.altered, found.misread) == ((), (), 0)
