"""That nobody would have been told is among the first things that a reader is told."""

from __future__ import annotations

from drills.judgement.telling import HOW, NOBODY
from drills.reporting.notices import notices
from drills.reporting.terminal import summary
from tests.unit.reporting import example


def test_it_is_a_notice_with_what_to_add() -> None:
    """In a sentence of its own, on every rendering; and none where somebody would."""
    result = example.result(untold=NOBODY)
    notice = notices(result)[-1]
    assert notice.sentence.startswith("Nothing would have told anybody: no [monitoring.webhook]")
    assert (notice.sentence[-1], notice.more) == (".", HOW)
    assert notice.sentence in summary(result, "r", 140)
    assert notices(example.result()) == []
