"""Every kind of event has its class, which is written whole and read as a view."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drills.journal import facts
from drills.journal.fact import TYPES, Fact, keys
from drills.journal.facts import (
    AddressMoved,
    DrillEnded,
    DrillStarted,
    FaultEffective,
    FaultIntended,
    LedgerAudited,
    Note,
    Signal,
    UndoVerified,
)
from drills.journal.journal import Journal, read_timeline
from drills.journal.observed import LEDGER
from drills.journal.timeline import WIDEST, Event, Json, Kind, Timeline
from drills.testing import ManualClock

CLASSES = [each for each in Fact.classes if each.__module__.startswith("drills.")]
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
SANE = st.recursive(
    st.none() | st.booleans() | st.integers(-WIDEST, WIDEST - 1) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "str": WORDS,
    "int": st.integers(-WIDEST, WIDEST - 1),
    "int | None": st.none() | st.integers(-WIDEST, WIDEST - 1),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "bool | None": st.none() | st.booleans(),
    "tuple[str, ...]": st.lists(WORDS, max_size=3).map(tuple),
    "Mapping[str, str]": st.dictionaries(WORDS, WORDS, max_size=3),
    "Mapping[str, Json]": st.dictionaries(WORDS, SANE, max_size=3),
}


def hostile(fact: type[Fact]) -> st.SearchStrategy[dict[str, Any]]:
    """Data of a line that nobody of us wrote, under the keys of a class and under any."""
    names = [key.name for key in keys(fact)]
    shape = st.dictionaries(st.sampled_from([*names, "more", *fact.marks]), JSON)
    return shape | st.dictionaries(st.text(), JSON)


def of_any(fact: type[Fact]) -> st.SearchStrategy[Fact]:
    """Facts of a class with any values that their fields may have."""
    types = {each.name: str(each.type) for each in fields(fact)}
    return st.builds(fact, text=WORDS, **{key.name: VALUES[types[key.name]] for key in keys(fact)})


# Of each of fifty classes: two where others of this run try ten, twenty where they try a hundred.
FEW = settings(max_examples=settings().max_examples // 5)
# Made once: to check a strategy takes longer than to draw from it.
SOUND = {fact: of_any(fact) for fact in CLASSES}
HOSTILE = {fact: hostile(fact) for fact in CLASSES}


def test_every_kind_has_one_class_and_every_type_is_tried_here() -> None:
    """Or one for each of its observers; and all of them are to be had in one place."""
    assert {each.kind for each in CLASSES} == set(Kind)
    several = [each for each in CLASSES if each.marks]
    assert {each.kind for each in several} == {Kind.OBSERVED}
    assert len(CLASSES) - len(several) + 1 == len(Kind)
    assert {each.__name__ for each in CLASSES} == {*facts.__all__} - {"OfInjection"}
    assert VALUES.keys() == TYPES.keys()


def test_a_second_class_of_a_kind_is_refused() -> None:
    """Two schemas of one kind would drift apart."""
    with pytest.raises(TypeError, match="Another: note is of Note"):
        type("Another", (Fact,), {"kind": Kind.NOTE, "__qualname__": "Another"})


def test_a_field_of_a_type_that_no_key_has_is_refused() -> None:
    """The types that there are, are told."""

    @dataclass(frozen=True, kw_only=True)
    class Odd(Fact):
        complexity: complex

    with pytest.raises(TypeError, match=r"Odd\.complexity: expected one of str, int"):
        keys(Odd)


@FEW
@given(data=st.data())
@pytest.mark.parametrize("fact", CLASSES, ids=lambda each: each.__name__)
def test_what_is_written_is_read(fact: type[Fact], data: st.DataObject) -> None:
    """Every class, from its line on the disk, with its words and its instant."""
    written = data.draw(SOUND[fact])
    line = json.loads(json.dumps(written.data(), allow_nan=False))
    read = fact.of(Event(3, 5, fact.kind, written.text or written.words(), line))
    assert read == written
    assert (read.seq, read.at_ns, read.text) == (3, 5, written.text or written.words())
    assert json.loads(json.dumps(read.data())) == line


@FEW
@given(data=st.data())
@pytest.mark.parametrize("fact", CLASSES, ids=lambda each: each.__name__)
def test_whatever_a_line_holds_gives_a_view(fact: type[Fact], data: st.DataObject) -> None:
    """Hostile or torn: what cannot be used has its default, and nothing raises."""
    event = Event(0, 9, fact.kind, "", data.draw(HOSTILE[fact]))
    view = event.as_(fact)
    view.data()
    view.words()
    assert fact.of(event) == view


@pytest.mark.parametrize("fact", CLASSES, ids=lambda each: each.__name__)
def test_an_event_without_data_has_every_default(fact: type[Fact]) -> None:
    """The same as for data of the wrong types, which says that nothing of them is used."""
    wrong = {key.name: [object] if key.type.words != "list of texts" else "x" for key in keys(fact)}
    nothing = fact.of(Event(0, 9, fact.kind, "", {}))
    assert fact.of(Event(0, 9, fact.kind, "", wrong)) == nothing  # type: ignore[arg-type]
    for key in keys(fact):
        expected = 9 if key.when_it_happened else key.default
        assert getattr(nothing, key.name) == expected


def test_numbers_have_64_bits_and_are_no_yes_or_no() -> None:
    """What is beyond that, or not finite, is none."""
    bounds: dict[str, Json] = {"low_ns": WIDEST, "high_ns": True, "injection": 5}
    effective = FaultEffective.of(Event(0, 9, Kind.FAULT_EFFECTIVE, "", bounds))
    assert (effective.low_ns, effective.high_ns, effective.injection) == (9, 9, "")
    started = DrillStarted.of(Event(0, 0, Kind.DRILL_STARTED, "", {"hold_s": float("nan")}))
    assert started.hold_s == 2.0


def test_a_field_that_holds_its_default_is_left_out() -> None:
    """So that a line says what there is to say; what every fact of a kind has is always there."""
    verified = UndoVerified(injection="d-1", proof="running", exists=True)
    assert verified.data() == {"injection": "d-1", "proof": "running", "exists": True}
    signal = Signal(detector="health", name="", state="ok", error_ns=0)
    assert signal.data().keys() == {"detector", "name", "state", "error_ns"}


def test_the_words_follow_from_the_fields_where_nobody_gives_others() -> None:
    """One sentence in one place."""
    assert DrillEnded(status="aborted", reason="why").event(0, 0).text == "drill aborted: why"
    assert DrillEnded("it is over", status="completed").event(0, 0).text == "it is over"


def test_facts_of_one_kind_are_told_apart_by_their_marks() -> None:
    """The ledger's and the addresses' are both observed."""
    audited, moved = {"observer": LEDGER, "missing": 2}, {"observer": "addresses", "missing": 5}
    events = [Event(n, n, Kind.OBSERVED, "", d) for n, d in enumerate((audited, moved, {}))]  # type: ignore[arg-type]
    timeline = Timeline(events)
    assert [each.missing for each in timeline.all(LedgerAudited)] == [2]
    assert [each.seq for each in timeline.all(AddressMoved)] == [1]
    assert [each.seq for each in timeline.all(AddressMoved, LedgerAudited)] == [0, 1]


def test_the_journal_takes_facts_and_gives_them_back(tmp_path: Path) -> None:
    """In the process that writes, to its listeners, and to whoever reads the folder."""
    clock = ManualClock()
    journal = Journal(tmp_path / "drill", clock, lambda text: text.replace("hunter2", "***"))
    heard: list[Event] = []
    journal.listen(heard.append)
    journal.write(DrillStarted(id="d"), sync=True)
    clock.advance(1)
    intended = FaultIntended(
        injection="d-1", fault="stop", service="app", container="hunter2", parameters={"a": [1]}
    )
    event = journal.write(intended, at_ns=clock.monotonic_ns() - 5)
    journal.close()
    for timeline in (journal.timeline(), read_timeline(journal.directory)):
        read = timeline.first(FaultIntended, injection="d-1")
        assert read is not None
        assert (read.fault, read.container, read.parameters) == ("stop", "***", {"a": [1]})
        assert read.at_ns == event.at_ns == clock.monotonic_ns() - 5
        assert timeline.first(FaultIntended, fault="kill") is None
        assert timeline.first(Note) is None
        newest = timeline.newest()
        assert newest is not None
        assert newest.seq == 1
        beside = timeline.newest(FaultIntended)
        assert beside is not None
        assert beside.kind is Kind.DRILL_STARTED
    assert [each.as_(DrillStarted).id for each in heard] == ["d", ""]
