"""Which database is the primary, by what a journal tells."""

from __future__ import annotations

from drills.journal.roles import primary_now
from drills.journal.timeline import Kind
from tests.doubles.observed import Told


def test_it_is_the_manifest_s_until_another_one_was_promoted() -> None:
    """The last one that was; a journal of before there were promotions tells of none."""
    told = Told()
    assert primary_now(told.seen().timeline, "one") == "one"
    told.tell(3, Kind.PROMOTED, node="two", service="second")
    assert primary_now(told.seen().timeline, "one") == "two"
    told.tell(4, Kind.PROMOTED, node="one", service="first")
    assert primary_now(told.seen().timeline, "one") == "one"
