"""A drill is found by its id, or by as much of it as no other one has."""

from __future__ import annotations

import pytest

from drills.errors import JournalError
from drills.history.named import id_in, row_of
from tests.doubles.finished import row


def test_a_row_is_found_by_the_beginning_of_its_id() -> None:
    """A whole id is that drill, even where another one begins with it."""
    one, other = row(1, id="ab"), row(2, id="abc")
    assert row_of("ab", [one, other], []) == one
    assert row_of("a", [one], []) == one
    with pytest.raises(JournalError, match="several"):
        row_of("a", [one, other], [])
    with pytest.raises(JournalError, match=r"found none; did you mean 'abc'"):
        row_of("abd", [], ["abc"])


def test_only_a_name_that_a_drill_gave_has_an_id() -> None:
    """Eight digits of the sixteen at its end."""
    assert id_in("20260101T000000Z-a-b-0123abcd") == "0123abcd"
    assert [id_in(name) for name in ("sample", "20260101T000000Z-a-xyz", "x-0123abcd")] == [""] * 3
