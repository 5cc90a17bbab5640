"""Ordered facts, and the questions one asks of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drills.journal.fact import Fact
from drills.journal.facts import Note, Signal
from drills.journal.timeline import Event, Json, Kind, Timeline

EVENTS = st.lists(
    st.builds(Event, st.integers(0, 9), st.integers(-5, 5), st.sampled_from(Kind), st.just("x")),
    max_size=12,
)


@given(EVENTS)
def test_events_stand_in_the_order_in_which_they_happened(events: list[Event]) -> None:
    """Those of one instant in the order of writing; none is lost."""
    timeline = Timeline(events)
    keys = [(event.at_ns, event.seq) for event in timeline]
    assert keys == sorted((event.at_ns, event.seq) for event in events)
    assert len(timeline) == len(events)


@given(EVENTS, st.sampled_from(Fact.classes), st.integers(-5, 5))
def test_first_and_last_are_the_ends_of_all(
    events: list[Event], fact: type[Fact], after: int
) -> None:
    """None where there is none; ``after_ns`` includes its instant."""
    timeline = Timeline(events)
    found = timeline.all(fact)
    later = [event for event in found if event.at_ns >= after]
    assert timeline.first(fact) is (found[0] if found else None)
    assert timeline.last(fact) is (found[-1] if found else None)
    assert timeline.first(fact, after_ns=after) is (later[0] if later else None)


def test_events_are_found_by_what_they_hold() -> None:
    """Every key must match, and a missing key matches nothing but None."""
    one = Event(0, 0, Kind.SIGNAL, "", {"name": "A", "state": "firing"})
    other = Event(1, 1, Kind.SIGNAL, "", {"name": "A", "state": "resolved"})
    timeline = Timeline([other, one])
    assert [each.seq for each in timeline.all(Signal, name="A")] == [0, 1]
    assert [each.seq for each in timeline.all(Signal, name="A", state="resolved")] == [1]
    assert timeline.first(Signal, name="B") is None


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
    assert timeline.first(Signal, name="A") is timeline.last(Signal, name="A")
    assert len(timeline.all(Signal, Note)) == 2
    assert Kind.ENGINE not in looked


def test_what_was_asked_for_is_looked_for_once() -> None:
    """And who gets the list may change it: the next one gets all of it."""
    looked: list[str] = []

    class Watched(dict[str, Json]):
        def get(self, key: str, default: Json = None) -> Json:  # type: ignore[override]
            looked.append(key)
            return super().get(key, default)

    events = [Event(n, n, Kind.SIGNAL, "", Watched(name="AB"[n % 2])) for n in range(4)]
    timeline = Timeline(events)
    timeline.all(Signal).clear()
    once = len(looked)
    assert len(timeline.all(Signal)) == 4
    assert len(timeline.all(Signal, name="A")) == 2
    assert len(looked) == once
    assert len(timeline.followed_by([Event(4, 4, Kind.SIGNAL, "", {})]).all(Signal)) == 5
