"""Where a drill's time went: cut by what the journal says, with nothing left out or told twice."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal.timeline import Json, Kind
from drills.judgement.result import Span
from drills.judgement.spent import spans
from tests.doubles.observed import Told, ns

Row = tuple[float, Kind, dict[str, Json]]


def phase(name: str, at: float, text: str = "") -> Row:
    return (at, Kind.PHASE, {"phase": name, "text": text})


# A drill as it usually goes; an engine's event may be told after what came later.
USUAL: list[Row] = [
    phase("stack", 1),
    (7, Kind.STACK_READY, {}),
    phase("steady state", 7.5),
    (10, Kind.STEADY, {}),
    phase("fault", 10.1),
    (10.2, Kind.FAULT_CALLED, {"injection": "i"}),
    (10.5, Kind.FAULT_EFFECTIVE, {"injection": "i"}),
    phase("watch", 10.6, "watching: it is noticed"),
    (12.5, Kind.RESPONSE_STARTED, {}),
    phase("watch", 12.6, "watching: it is restored"),
    (15, Kind.RESPONSE_ENDED, {}),
    phase("watch", 18, "letting the fault last 1 s more"),
    phase("rollback", 19),
    (19.5, Kind.UNDO_VERIFIED, {"injection": "i"}),
    phase("recovery", 19.6),
    (23, Kind.FINAL_READ, {}),
    (23.1, Kind.LANES_ENDED, {}),
    (23.6, Kind.EVIDENCE, {}),
    (24, Kind.EVIDENCE, {}),
    (26, Kind.STACK_DOWN, {}),
]


def told(rows: list[Row], end: float | None = 26.1, *, zero: float = 0.0) -> list[Span]:
    drill = Told()
    for at, kind, data in rows:
        text = str(data.get("text", ""))
        drill.tell(at, kind, text, {k: v for k, v in data.items() if k != "text"})
    if end is not None:
        drill.tell(end, Kind.DRILL_ENDED)
    return spans(drill.seen(30), ns(zero))


def test_a_drill_is_cut_where_something_else_began() -> None:
    """Steady state and recovery end with the hold window, which is a window and nobody's work."""
    assert [(s.name, s.whose, round(s.seconds, 3)) for s in told(USUAL)] == [
        ("Preparing", "ours", 1),
        ("The stack comes up", "system", 6),
        ("Beginning to watch", "ours", 0.5),
        ("Becoming steady", "system", 0.5),
        ("Steady state is held", "window", 2),
        ("Injecting", "ours", 0.2),
        ("The fault takes effect", "system", 0.3),
        ("Until somebody acts", "system", 2),
        ("The response", "system", 2.5),
        ("Until all is decided", "system", 1),
        ("What was decided is held", "window", 2),
        ("The fault is let last", "window", 1),
        ("The undo", "system", 0.5),
        ("Recovery", "system", 1.5),
        ("Recovery is held", "window", 2),
        ("Ending the watch, keeping evidence", "ours", 1),
        ("The stack is taken down", "system", 2),
        ("Closing the journal", "ours", 0.1),
    ]


@given(st.lists(st.sampled_from(USUAL), unique_by=lambda row: row[0]), st.floats(-20, 20))
def test_nothing_is_left_out_and_nothing_told_twice(rows: list[Row], zero: float) -> None:
    """Whatever of it a drill got to: the spans follow each other, from the first to the last."""
    found = told(rows, zero=zero)
    assert found[0].start_s == pytest.approx(-zero, abs=1e-6)
    assert sum(span.seconds for span in found) == pytest.approx(26.1)
    for one, other in pairwise(found):
        assert other.start_s == pytest.approx(one.start_s + one.seconds, abs=1e-6)
        assert (one.name, one.whose) != (other.name, other.whose)
    assert all(span.seconds > 0 for span in found)


def test_without_a_response_it_is_watched_and_never_acted_on() -> None:
    """Nobody waits for who does not come."""
    rows = [row for row in USUAL if row[1] not in (Kind.RESPONSE_STARTED, Kind.RESPONSE_ENDED)]
    names = [span.name for span in told(rows)]
    assert "Until somebody acts" not in names
    assert "Until all is decided" in names


def test_lines_of_a_runbook_are_not_what_injecting_takes() -> None:
    """On a healthy stack they are carried out where steady state was reached already."""
    rows = [*USUAL[:4], phase("runbook", 10.05), *USUAL[4:7], phase("runbook", 10.55), *USUAL[7:]]
    found = [(s.name, round(s.seconds, 3)) for s in told(rows)]
    assert [each for each in found if each[0] == "Injecting"] == [
        ("Injecting", 0.05),
        ("Injecting", 0.1),
    ]
    followed = [each for each in found if each[0] == "The runbook is followed"]
    assert followed == [("The runbook is followed", 0.05)] * 2


def test_a_response_that_goes_on_in_the_undo_does_not_hide_it() -> None:
    """Nobody waits for it any more."""
    late: list[Row] = [(19.2, Kind.RESPONSE_STARTED, {}), (19.3, Kind.RESPONSE_FAILED, {})]
    found = {span.name: span.seconds for span in told([*USUAL, *late])}
    assert found["The undo"] == pytest.approx(0.5)


def test_while_another_fault_is_in_effect_it_is_no_recovery() -> None:
    """That begins with the last undo."""
    other: list[Row] = [
        (10.55, Kind.FAULT_EFFECTIVE, {"injection": "j"}),
        phase("rollback", 16, "the fault has lasted 5 s"),
        (16.5, Kind.UNDO_VERIFIED, {"injection": "j"}),
    ]
    names = [span.name for span in told([*USUAL, *other])]
    assert names.index("Recovery") > names.index("The fault is let last")


def test_a_drill_without_an_end_has_none() -> None:
    """What a killed one was at is not known to be over."""
    assert told(USUAL, end=None) == []
