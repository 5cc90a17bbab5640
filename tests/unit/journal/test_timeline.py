"""Ordered facts, and the questions one asks of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal.timeline import Event, Json, Kind, Timeline

EVENTS = st.lists(
    st.builds(Event, st.integers(0, 9), st.integers(-5, 5), st.sampled_from(Kind), st.just("x")),
    max_size=12,
)
ODD: list[Json] = [None, [], [1], {}, {"a": 1}, "", "7", float("nan"), float("inf"), 10**400, True]


@given(EVENTS)
def test_events_stand_in_the_order_in_which_they_happened(events: list[Event]) -> None:
    """Those of one instant in the order of writing; none is lost."""
    timeline = Timeline(events)
    keys = [(event.at_ns, event.seq) for event in timeline]
    assert keys == sorted((event.at_ns, event.seq) for event in events)
    assert len(timeline) == len(events)


@given(EVENTS, st.sampled_from(Kind), st.integers(-5, 5))
def test_first_and_last_are_the_ends_of_all(events: list[Event], kind: Kind, after: int) -> None:
    """None where there is none; ``after_ns`` includes its instant."""
    timeline = Timeline(events)
    found = timeline.all(kind)
    later = [event for event in found if event.at_ns >= after]
    assert timeline.first(kind) == (found[0] if found else None)
    assert timeline.last(kind) == (found[-1] if found else None)
    assert timeline.first(kind, after_ns=after) == (later[0] if later else None)


def test_events_are_found_by_what_they_hold() -> None:
    """Every key must match, and a missing key matches nothing but None."""
    one = Event(0, 0, Kind.SIGNAL, "", {"name": "A", "state": "firing"})
    other = Event(1, 1, Kind.SIGNAL, "", {"name": "A", "state": "resolved"})
    timeline = Timeline([other, one])
    assert timeline.all(Kind.SIGNAL, name="A") == [one, other]
    assert timeline.all(Kind.SIGNAL, name="A", state="resolved") == [other]
    assert timeline.first(Kind.SIGNAL, name="B") is None


@pytest.mark.parametrize("value", ODD, ids=lambda value: str(value)[:12])
def test_odd_data_reads_as_the_default(value: Json) -> None:
    """Services say what they like; a number is one of 64 bits, or the default."""
    event = Event(0, 0, Kind.NOTE, "", {"key": value})
    assert event.integer("key", 5) == 5
    assert event.number("key", 0.5) == 0.5
    assert event.string("key", "x") == (value if isinstance(value, str) else "x")
    assert event.strings("key") == ()


def test_right_data_reads_as_it_is() -> None:
    """A list gives its strings, a whole number is a number too."""
    data: dict[str, Json] = {"n": 3, "f": 1.5, "s": "x", "l": ["a", 1, "b"]}
    event = Event(0, 0, Kind.NOTE, "", data)
    assert (event.integer("n"), event.number("n"), event.number("f")) == (3, 3.0, 1.5)
    assert (event.string("s"), event.strings("l")) == ("x", ("a", "b"))


def test_asking_for_one_kind_looks_at_no_other() -> None:
    """However many others there are: a question costs what it finds."""
    looked: list[Kind] = []

    class Watched(dict[str, Json]):
        def __init__(self, kind: Kind) -> None:
            super().__init__(name="A")
            self.kind = kind

        def get(self, key: str, default: Json = None) -> Json:  # type: ignore[override]
            looked.append(self.kind)
            return super().get(key, default)

    kinds = [*[Kind.ENGINE] * 500, Kind.SIGNAL, Kind.NOTE]
    timeline = Timeline(Event(n, n, kind, "", Watched(kind)) for n, kind in enumerate(kinds))
    assert timeline.first(Kind.SIGNAL, name="A") == timeline.last(Kind.SIGNAL, name="A")
    assert len(timeline.all(Kind.SIGNAL, Kind.NOTE, name="A")) == 2
    assert Kind.ENGINE not in looked
