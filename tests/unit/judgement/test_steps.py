"""A result has the scenario's steps as they went, and the line of each criterion's sentence."""

from __future__ import annotations

from drills.journal.timeline import Kind
from drills.judgement.judge import judge
from tests.doubles.observed import Told, ns
from tests.doubles.whole import LOST, NOTICED, ended, seen, whole_drill


def step(told: Told, text: str, line: int, outcome: str = "passed", began: float = 0) -> Told:
    """A step that took five seconds, or was not run."""
    ran = {"began_ns": ns(began), "seconds": 5.0} if began else {}
    keyword = f"{text.split(maxsplit=1)[0]} "
    return told.tell(
        30, Kind.STEP_DONE, text, {"keyword": keyword, "outcome": outcome, "line": line, **ran}
    )


def test_each_step_is_told_with_what_became_of_it() -> None:
    """In the scenario's order, with keyword, line and how long it took."""
    told = step(whole_drill(LOST), "Given customers", 7, began=1)
    told = step(told, "When it stops", 8, "failed", began=7)
    result = judge(seen(ended(step(told, "Then all is well", 9, "not run"))))
    assert [(each.text, each.keyword, each.status, each.line) for each in result.steps] == [
        ("Given customers", "Given ", "passed", 7),
        ("When it stops", "When ", "failed", 8),
        ("Then all is well", "Then ", "not run", 9),
    ]
    assert [each.seconds for each in result.steps] == [5, 5, 0]


def test_of_a_drill_that_died_nobody_knows_what_became_of_its_steps() -> None:
    """They are there, and none of them passed."""
    result = judge(Told(steps=["Given customers", "When it stops"]).seen(5))
    assert [(each.text, each.status) for each in result.steps] == [
        ("Given customers", "unknown"),
        ("When it stops", "unknown"),
    ]


def test_what_a_torn_journal_says_of_a_step_is_unknown() -> None:
    """An outcome that there is not, a keyword that does not begin the text."""
    told = whole_drill(LOST).tell(30, Kind.STEP_DONE, "When so", keyword="Then ", outcome="great")
    (found,) = judge(seen(ended(told))).steps
    assert (found.keyword, found.status) == ("", "unknown")


def test_a_criterion_has_the_line_of_the_sentence_that_declared_it() -> None:
    """Each of two that are alike its own, and one that was never reached too."""
    told = whole_drill(LOST, LOST)
    for line, each in ((8, LOST), (12, LOST), (14, NOTICED)):
        said = {**each.stated().data(), "sentence": "Then so", "line": line}
        told.tell(0.1, Kind.DECLARED, "Then so", said)
    result = judge(seen(ended(told)))
    assert [(each.name, each.line) for each in result.criteria] == [
        (LOST.name, 8),
        (LOST.name, 12),
        (NOTICED.name, 14),
    ]


def test_a_sentence_that_stands_for_itself_has_its_line() -> None:
    """It was declared without a criterion."""
    told = whole_drill(LOST).tell(0.1, Kind.DECLARED, "Then a", sentence="Then a", line=21)
    assert [each.line for each in judge(seen(ended(told))).criteria] == [0, 21]


def test_a_criterion_that_nothing_declared_is_of_the_step_in_which_it_was_stated() -> None:
    """By the time of both; one that was stated in no step has no line."""
    told = step(whole_drill(LOST), "When it stops", 8, began=1)
    told = step(told, "Then no order is lost", 9, began=8)
    assert [each.line for each in judge(seen(ended(told))).criteria] == [9]
    nowhere = step(whole_drill(LOST), "When it stops", 8, began=1)
    assert [each.line for each in judge(seen(ended(nowhere))).criteria] == [0]


def test_an_outline_s_row_is_named() -> None:
    """With feature, line and tags, as the journal began with them."""
    told = Told(feature_name="The replica", line=21, example="stop-5", tags=["P2", "smoke"])
    result = judge(told.seen(5))
    found = (result.feature_name, result.line, result.example, result.tags)
    assert found == ("The replica", 21, "stop-5", ["P2", "smoke"])
