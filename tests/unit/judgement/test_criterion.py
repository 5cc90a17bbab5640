"""Success criteria: what is written is what is judged."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.errors import PlanError
from drills.journal.facts import CriterionStated
from drills.journal.timeline import Event, Kind
from drills.judgement.criterion import Comparator, Criterion, Priority, Unit, parse_limit

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
