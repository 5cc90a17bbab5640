"""Success criteria: what is written is what is judged."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.errors import PlanError
from drills.journal.facts import CriterionDeclared, CriterionStated
from drills.journal.timeline import Event, Kind
from drills.judgement.criterion import (
    OF_SEVERITY,
    Comparator,
    Criterion,
    Declared,
    Priority,
    Unit,
    measured,
    noun_of,
    parse_limit,
    parse_time,
)

CRITERIA = st.builds(
    Criterion,
    st.text(),
    st.text(),
    st.sampled_from(Comparator),
    st.floats(0, 1e9),
    st.text(),
    st.sampled_from(Priority),
)


@given(CRITERIA)
def test_a_criterion_survives_the_journal(criterion: Criterion) -> None:
    """Through JSON and back it is the same."""
    data = json.loads(json.dumps(criterion.stated().data()))
    assert Criterion.of(CriterionStated.of(Event(0, 0, Kind.CRITERION, "", data))) == criterion


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("at most 5 minutes", Unit.SECONDS, (Comparator.AT_MOST, 300.0)),
        ("at least 99 %", Unit.RATIO, (Comparator.AT_LEAST, 0.99)),
        (" exactly 0 ", Unit.COUNT, (Comparator.EXACTLY, 0.0)),
    ],
)
def test_a_limit_is_read(text: str, unit: Unit, expected: tuple[Comparator, float]) -> None:
    """A comparator in words and a value in the metric's unit."""
    assert parse_limit(text, unit) == expected


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("5 minutes", Unit.SECONDS),
        ("<= 5 minutes", Unit.SECONDS),
        ("at most", Unit.SECONDS),
        ("at most 99 %", Unit.SECONDS),
        ("at least 5 s", Unit.RATIO),
        ("exactly none", Unit.COUNT),
        ("exactly 1.5", Unit.COUNT),
    ],
)
def test_a_limit_of_another_kind_is_refused(text: str, unit: Unit) -> None:
    """The unit belongs to the metric; a limit that has another one is a mistake."""
    with pytest.raises(PlanError, match="expected"):
        parse_limit(text, unit)


def test_a_limit_without_a_comparator_is_told_with_its_unit() -> None:
    """So that it can be written right."""
    with pytest.raises(PlanError) as refused:
        parse_limit("5 minutes", Unit.SECONDS)
    assert str(refused.value) == (
        "expected 'at most', 'at least' or 'exactly' and a value in seconds, got '5 minutes'"
    )


@pytest.mark.parametrize("text", ["the limit of its severity", " the limit of its severity "])
def test_a_time_may_be_that_of_the_severity(text: str) -> None:
    """Which is not known where the sentence is read; any other one is a time."""
    assert parse_time(text) == OF_SEVERITY < 0
    assert parse_time("5 s") == 5


@pytest.mark.parametrize(
    ("metric", "stands_for", "noun"),
    [
        ("lost orders", "lost writes", "orders"),
        ("stale order-lines", "stale writes", "order-lines"),
        ("lost writes", "lost writes", ""),
        ("lost writes-2", "lost writes", "writes-2"),
        ("time to detect", "time to detect", ""),
    ],
)
def test_a_team_may_call_its_writes_by_their_name(metric: str, stands_for: str, noun: str) -> None:
    """Any other metric is itself."""
    assert (measured(metric), noun_of(metric)) == (stands_for, noun)


class TestDeclared:
    CRITERION = Criterion(
        "we notice", "time to detect", Comparator.AT_MOST, 60, "", Priority.SHOULD
    )

    def test_holds_each_criterion_of_its_sentence(self) -> None:
        """With the sentence, and its line in the feature."""
        declared = Declared("Then we notice", (self.CRITERION, self.CRITERION), 12)
        expected = CriterionDeclared(
            name="we notice",
            metric="time to detect",
            comparator="at most",
            limit=60,
            subject="",
            priority="should",
            sentence="Then we notice",
            line=12,
        )
        assert declared.facts() == [expected, expected]
        assert Criterion.of(expected) == self.CRITERION

    def test_stands_for_itself_where_its_criteria_are_not_known(self) -> None:
        """So it is missing from no report."""
        assert Declared("Then we notice", (), 12).facts() == [
            CriterionDeclared(sentence="Then we notice", line=12)
        ]

    def test_of_no_known_line_says_none(self) -> None:
        """It is 0 then."""
        assert self.CRITERION.declared("Then we notice").line == 0


def test_a_criterion_is_the_same_however_strict() -> None:
    """By name, metric and subject."""
    criterion = Criterion("it", "availability", Comparator.AT_LEAST, 0.9, "exports")
    assert criterion.key == ("it", "availability", "exports")


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [(Unit.SECONDS, 300, "5 min"), (Unit.RATIO, 0.995, "99.5 %"), (Unit.COUNT, 3, "3")],
)
def test_a_value_is_shown_in_its_unit(unit: Unit, value: float, text: str) -> None:
    """As a reader wants it."""
    assert unit.show(value) == text


def test_a_must_weighs_three_times_a_should() -> None:
    """As the report says."""
    assert (Priority.MUST.weight, Priority.SHOULD.weight) == (3, 1)
