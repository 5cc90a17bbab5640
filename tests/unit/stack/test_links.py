"""Rules about packets, as values and as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.stack.links import MILLION, Fate, Limited, Lost, Refused, Rule, Way, rules

NUMBERS = st.integers(0, 2**31)
FATES: st.SearchStrategy[Fate] = st.one_of(
    st.builds(Lost, st.integers(1, MILLION)),
    st.builds(Refused),
    st.builds(Limited, NUMBERS, NUMBERS),
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
