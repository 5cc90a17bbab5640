"""Values of which few differ read like a list of them, and take a byte each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal.coded import MOST, Coded

VALUES = st.lists(st.text(max_size=2), max_size=20)


def coded(values: list[str]) -> Coded[str]:
    found: Coded[str] = Coded()
    assert found.take(values)
    return found


@given(VALUES, VALUES, st.slices(20))
def test_it_reads_like_a_list(values: list[str], more: list[str], cut: slice) -> None:
    """Whole, by place, in a slice, and what was taken later; a slice stays what it was."""
    found = coded(values)
    part = found[cut]
    assert found.take(more)
    both = values + more
    assert list(found) == both
    assert list(part) == values[cut]
    assert [found[place] for place in range(-len(both), len(both))] == both + both
    assert list(found.at(range(len(both))[::-1])) == both[::-1]
    assert all(value in found for value in both)
    assert "abc" not in found


@given(VALUES, st.sets(st.text(max_size=2), max_size=3))
def test_the_places_besides_some_are_found(values: list[str], but: set[str]) -> None:
    """In order, whether those are there or not."""
    expected = [place for place, value in enumerate(values) if value not in but]
    assert coded(values).places_besides(but) == expected


def test_too_many_that_differ_are_not_taken() -> None:
    """And nothing of them is: whoever has them keeps them as they are."""
    found = coded([str(number) for number in range(MOST)])
    assert not found.take(["0", "one more"])
    assert len(found) == MOST
    assert found.take(["0"])


def test_a_place_beyond_it_is_an_error() -> None:
    """As of a list."""
    with pytest.raises(IndexError):
        _ = coded(["a"])[1]
