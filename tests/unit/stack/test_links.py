"""Rules about packets, as values and as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.stack.links import (
    MILLION,
    Fate,
    Limited,
    Lost,
    Queued,
    QueuedAnswers,
    Refused,
    Rule,
    Way,
    queue_of,
    rules,
)

NUMBERS = st.integers(0, 2**31)
FATES: st.SearchStrategy[Fate] = st.one_of(
    st.builds(Lost, st.integers(1, MILLION)),
    st.builds(Refused),
    st.builds(Limited, NUMBERS, NUMBERS),
    st.builds(Queued, st.integers(1, 65535)),
    st.builds(QueuedAnswers, st.integers(1, 65535)),
)
ADDRESSES = st.ip_addresses().map(str)


@given(st.builds(Rule, st.sampled_from(Way), ADDRESSES, FATES))
def test_every_rule_reads_as_what_it_is(rule: Rule) -> None:
    """So its words beside it in the kernel tell it whole."""
    assert Rule.from_words(str(rule)) == rule


@pytest.mark.parametrize(
    "words",
    ["", "from", "from 10.0.0.1", "over 10.0.0.1 refused", "to 10.0.0.1 lost", "to ::1 gone 1"],
)
def test_other_words_are_no_rule(words: str) -> None:
    """Nor what a later version might say."""
    with pytest.raises(ValueError, match=r"expected what becomes of packets|not a valid Way"):
        Rule.from_words(words)


def test_one_for_each_address_and_way() -> None:
    """Both ways where none is named."""
    both = rules(["10.0.0.1", "10.0.0.2"])
    assert {str(rule) for rule in both} == {
        f"{way} 10.0.0.{host} lost 1000000" for way in ("from", "to") for host in (1, 2)
    }
    assert rules(["10.0.0.1"], Refused(), [Way.OUTGOING]) == {
        Rule(Way.OUTGOING, "10.0.0.1", Refused())
    }


def test_each_mark_has_a_queue_of_its_own() -> None:
    """As far as numbers of 16 bits go; and always the same."""
    numbers = {queue_of(f"drill-20261127-{each}") for each in range(50)}
    assert len(numbers) == 50
    assert min(numbers) > 0
    assert max(numbers) < 65536
    assert queue_of("d-1") == queue_of("d-1")
