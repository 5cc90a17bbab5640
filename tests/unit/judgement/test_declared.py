"""What a scenario declares is shown even where the drill never came to it."""

from __future__ import annotations

import pytest

from drills.journal.timeline import Json, Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.judge import judge
from tests.doubles.observed import Told
from tests.doubles.whole import LOST, NOTICED, ended, seen, whole_drill

SENTENCE = "Then somebody looks"


def declaring(told: Told, *criteria: Criterion, sentence: str = "Then so") -> Told:
    for criterion in criteria:
        told.tell(0.1, Kind.DECLARED, sentence, {**criterion.stated().data(), "sentence": sentence})
    return told


def test_what_was_declared_and_never_reached_is_inconclusive_and_says_so() -> None:
    """Whatever was seen: it stands behind those that were reached, and gates."""
    result = judge(seen(ended(declaring(whole_drill(LOST), LOST, NOTICED))))
    assert [(item.name, item.verdict) for item in result.criteria] == [
        (LOST.name, "met"),
        (NOTICED.name, "inconclusive"),
    ]
    assert result.criteria[1].reason == "not reached: the drill ended before it"
    assert (result.verdict, result.reason) == ("inconclusive", f"not measured: {NOTICED.name}")


@pytest.mark.parametrize("kind", [Kind.UNSTEADY, Kind.STOPPED, Kind.FAULT_FAILED])
def test_a_drill_that_went_otherwise_shows_every_criterion(kind: Kind) -> None:
    """Of one that was killed as well: nothing more has to be written for it."""
    told = declaring(Told().tell(1, kind, "it went otherwise"), LOST, NOTICED)
    for result in (judge(told.seen(5)), judge(ended(told, "aborted").seen(40))):
        assert [item.name for item in result.criteria] == [LOST.name, NOTICED.name]
        assert {item.verdict for item in result.criteria} == {"inconclusive"}
        assert result.reason == "it went otherwise"


def test_what_was_reached_is_not_told_twice() -> None:
    """Nor where its limit came out differently; but one that is declared twice is reached twice."""
    strict = Criterion(NOTICED.name, NOTICED.metric, Comparator.AT_MOST, 1)
    told = declaring(whole_drill(LOST, NOTICED), LOST, strict)
    assert len(judge(seen(ended(told))).criteria) == 2
    assert len(judge(seen(ended(declaring(told, LOST)))).criteria) == 3


@pytest.mark.parametrize(("passed", "shown"), [(True, []), (False, [SENTENCE])])
def test_a_sentence_stands_for_what_it_would_have_asked(passed: bool, shown: list[str]) -> None:
    """Until its step was passed."""
    told = whole_drill(LOST).tell(0.1, Kind.DECLARED, SENTENCE, sentence=SENTENCE)
    if passed:
        told.tell(20, Kind.STEP, "passed", sentence=SENTENCE)
    result = judge(seen(ended(told)))
    assert [item.name for item in result.criteria[1:]] == shown
    assert result.verdict == ("met" if passed else "inconclusive")


@pytest.mark.parametrize("damage", [{"limit": None}, {"comparator": "about"}, {"metric": 7}])
def test_a_declaration_that_cannot_be_read_is_its_sentence(damage: dict[str, Json]) -> None:
    """And never a reason for a drill without a verdict."""
    facts = {**NOTICED.stated().data(), "sentence": SENTENCE, **damage}
    result = judge(seen(ended(whole_drill(LOST).tell(0.1, Kind.DECLARED, "", facts))))
    assert (len(result.criteria), result.verdict) == (2, "inconclusive")
