"""The score that says whether green means green must not be green by mistake itself."""

from __future__ import annotations

from tests.sabotage.mutation import MutationScore

PHASES = ("setup", "call", "teardown")


def scored(*failing: str, reached: int = len(PHASES)) -> MutationScore:
    """Two cases, of which one turns, and the other gets so far and fails in these phases."""
    score = MutationScore()
    score.select(["one", "two"])
    for when in PHASES:
        score.note("one", when, passed=True)
    for when in PHASES[:reached]:
        score.note("two", when, passed=when not in failing)
    return score


def test_all_that_turned_is_a_hundred_percent() -> None:
    """And nobody is named."""
    assert scored().line() == "mutation score: 2 of 2 (100 %)"
    assert scored().unturned() == []


def test_a_failure_in_any_phase_is_a_case_that_did_not_turn() -> None:
    """It is named."""
    for when in PHASES:
        assert scored(when).unturned() == ["two"]


def test_a_case_that_was_never_finished_did_not_turn() -> None:
    """An interrupted run never shows a hundred percent."""
    for reached in (0, 1):
        assert scored(reached=reached).unturned() == ["two"]
        assert scored(reached=reached).line() == "mutation score: 1 of 2 (50 %)"


def test_nothing_to_try_has_no_score() -> None:
    """Nor a division by zero."""
    assert MutationScore().line() == ""


def test_a_share_is_never_rounded_up() -> None:
    """One of very many that did not turn is not a hundred percent."""
    score = MutationScore()
    score.select(map(str, range(1000)))
    for number in range(999):
        score.note(str(number), "call", passed=True)
    assert score.line() == "mutation score: 999 of 1000 (99 %)"
