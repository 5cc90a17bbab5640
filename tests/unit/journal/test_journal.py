"""The journal: written as it happens, readable whatever cut it short."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drills.errors import JournalError
from drills.journal.facts import Note, ResponseStep
from drills.journal.folder import JOURNAL
from drills.journal.journal import Journal, append, breaks, read_timeline, slug
from drills.journal.redaction import MASK, Redactor
from drills.journal.timeline import Event, Json, Kind
from drills.judgement.judge import judge_directory
from drills.testing import ManualClock
from drills.units import NS
from tests.doubles.observed import STARTED
from tests.doubles.viewed import viewed

WRITTEN = (Kind.DRILL_STARTED, Kind.STEADY, Kind.FAULT_EFFECTIVE, Kind.CRITERION, Kind.NOTE)
JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.fixture
def clock() -> ManualClock:
    """A clock that only the test moves."""
    return ManualClock()


@pytest.fixture
def journal(tmp_path: Path, clock: ManualClock) -> Journal:
    """An empty journal in a directory of its own."""
    return Journal(tmp_path / "drill", clock)


def step(text: str, detail: Mapping[str, Json]) -> ResponseStep:
    """A fact that holds anything."""
    return ResponseStep(text, number=1, action="check", acts=False, begun_ns=0, detail=detail)


def begin(journal: Journal) -> None:
    journal.write(viewed(Kind.DRILL_STARTED, "it began", STARTED))


def test_what_is_written_is_read(journal: Journal, clock: ManualClock) -> None:
    """Kind, instant, text and data, in order."""
    begin(journal)
    clock.advance(1.5)
    journal.write(step("naïve – \u2028 \ud800", {"list": [1, "a"], "more": {"a": None}}))
    journal.close()
    read = list(read_timeline(journal.directory))
    assert read == list(journal.timeline())
    assert [event.at_ns for event in read] == [1000 * NS, 1001 * NS + NS // 2]
    assert read[1].as_(ResponseStep).detail == {"list": [1, "a"], "more": {"a": None}}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_any_text_and_any_data_survive(
    tmp_path_factory: pytest.TempPathFactory, text: str, data: dict[str, Json]
) -> None:
    """Also newlines, surrogates and numbers of any size."""
    journal = Journal(tmp_path_factory.mktemp("j") / "drill", ManualClock())
    begin(journal)
    written = journal.write(step(text, data))
    journal.close()
    assert list(read_timeline(journal.directory))[1] == written


def test_an_event_is_on_its_way_to_disk_when_write_returns(journal: Journal) -> None:
    """A process that dies next leaves it behind."""
    begin(journal)
    assert len(read_timeline(journal.directory)) == 1


def test_an_earlier_instant_takes_its_place(journal: Journal, clock: ManualClock) -> None:
    """What the engine tells late stands where it happened."""
    begin(journal)
    clock.advance(5)
    journal.write(Note("heard at once"))
    journal.write(Note("heard late"), at_ns=clock.monotonic_ns() - NS)
    assert [event.text for event in journal.timeline()][1:] == ["heard late", "heard at once"]


@pytest.mark.parametrize("stamp", [10**400, 2**63, 10**15])
def test_nothing_is_written_before_it_happened(
    journal: Journal, clock: ManualClock, stamp: int
) -> None:
    """A foreign clock that is far ahead cannot put an event into the future."""
    assert journal.write(Note("an alert"), at_ns=stamp).at_ns == clock.monotonic_ns()


@pytest.mark.thorough
def test_a_journal_cut_at_any_byte_loads_a_prefix(journal: Journal, tmp_path: Path) -> None:
    """And is judged as crashed, once the start is whole; before that it is no drill's journal."""
    for kind in WRITTEN:
        data = STARTED if kind is Kind.DRILL_STARTED else {}
        if kind is Kind.CRITERION:
            data = {"name": "n", "metric": "lost orders", "comparator": "exactly", "limit": 0}
        journal.write(viewed(kind, f"it was {kind.value}", data))
    journal.close()
    whole = (journal.directory / JOURNAL).read_bytes()
    first = whole.index(b"\n")
    cut = tmp_path / "cut"
    cut.mkdir()
    for length in range(len(whole) + 1):
        (cut / JOURNAL).write_bytes(whole[:length])
        if length < first:
            with pytest.raises(JournalError):
                read_timeline(cut)
            continue
        kinds = [event.kind for event in read_timeline(cut)]
        assert kinds == list(WRITTEN[: len(kinds)])
        assert len(kinds) >= whole[:length].count(b"\n")
        result = judge_directory(cut)
        assert (result.status, result.verdict) == ("crashed", "inconclusive")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60), st.integers(1, 4))
def test_damage_costs_what_follows_and_no_more(
    tmp_path_factory: pytest.TempPathFactory, damage: bytes, before: int
) -> None:
    """Whatever the bytes are, the events before them are read."""
    journal = Journal(tmp_path_factory.mktemp("j") / "drill", ManualClock())
    begin(journal)
    for number in range(before):
        journal.write(Note(str(number)))
    journal.close()
    with (journal.directory / JOURNAL).open("ab") as file:
        file.write(damage + b"\n")
    assert len(read_timeline(journal.directory)) == 1 + before


@pytest.mark.parametrize(
    "line",
    [
        b"null",
        b"[]",
        b"{}",
        b'{"seq":0,"at_ns":Infinity,"kind":"note","text":"","data":{}}',
        b'{"seq":0,"at_ns":1,"kind":"unheard of","text":"","data":{}}',
        b'{"seq":0,"at_ns":1,"kind":"note","text":"","data":7}',
        b"[" * 100_000,
    ],
    ids=lambda line: line[:40].decode(),
)
def test_a_line_that_is_no_event_ends_the_journal(journal: Journal, line: bytes) -> None:
    """As damage does; it raises nothing."""
    begin(journal)
    journal.close()
    with (journal.directory / JOURNAL).open("ab") as file:
        file.write(line + b"\n")
    assert len(read_timeline(journal.directory)) == 1


def test_writers_on_many_threads_do_not_tear_each_others_lines(journal: Journal) -> None:
    """Every event is there once, numbered in the order of the file."""
    begin(journal)
    barrier = threading.Barrier(8)

    def write(name: int) -> None:
        barrier.wait()
        for number in range(50):
            journal.write(Note("x" * 200, detector=str(name), until_ns=number))

    threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    lines = (journal.directory / JOURNAL).read_text().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(401))
    read = read_timeline(journal.directory)
    said = {(note.detector, note.until_ns) for note in read.all(Note)}
    assert len(said) == 400


def test_a_full_disk_leaves_no_half_line(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The write that failed is told, and those after it are read."""
    begin(journal)
    real = os.write

    def half(file: int, data: memoryview) -> int:
        if len(data) < 20:
            raise OSError(28, "No space left on device")
        return real(file, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(JournalError, match="No space left"):
            journal.write(Note("lost"))
    journal.write(Note("kept"))
    journal.close()
    assert [event.text for event in read_timeline(journal.directory)][1:] == ["kept"]


def test_secrets_never_reach_the_disk(tmp_path: Path) -> None:
    """In the text, in values and keys however deep, and in what listeners hear."""
    journal = Journal(tmp_path / "drill", ManualClock(), Redactor(["hunter2-secret"]))
    heard: list[Event] = []
    journal.listen(heard.append)
    deep: Json = {"a": ["hunter2-secret", {"hunter2-secret": "x hunter2-secret"}]}
    journal.write(step("it is hunter2-secret", {"deep": deep}))
    journal.close()
    text = (journal.directory / JOURNAL).read_text()
    assert "hunter2" not in text
    assert text.count(MASK) == 4
    assert "hunter2" not in str(heard)


def test_listeners_hear_events_that_are_written(journal: Journal) -> None:
    """What a listener was told is in the file by then."""
    found: list[int] = []
    journal.listen(lambda _: found.append(len(read_timeline(journal.directory))))
    begin(journal)
    journal.write(Note("two"))
    assert found == [1, 2]


def test_a_directory_is_never_used_twice(journal: Journal, clock: ManualClock) -> None:
    """Two drills cannot write over each other."""
    with pytest.raises(JournalError, match="expected to create a journal"):
        Journal(journal.directory, clock)


def test_close_can_be_repeated_and_ends_writing(journal: Journal) -> None:
    """A late writer gets an error, not somebody else's file."""
    journal.close()
    journal.close()
    with pytest.raises(JournalError):
        journal.write(Note("too late"))


def test_where_there_is_no_journal_the_error_names_the_path(tmp_path: Path) -> None:
    """Expected what, and where."""
    with pytest.raises(JournalError, match=rf"expected a journal at {tmp_path}"):
        read_timeline(tmp_path)


def test_what_is_added_later_is_read(journal: Journal) -> None:
    """After what was there, and following it."""
    begin(journal)
    journal.close()
    append(journal.directory, Event(1, 2000 * NS, Kind.ATTESTED, "I did"))
    assert [event.text for event in read_timeline(journal.directory)] == ["it began", "I did"]
    assert breaks((journal.directory / JOURNAL).read_bytes()) == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: data.removesuffix(b"\n"), "line 2 is not whole"),
        (lambda data: data + b'{"seq":1,"at', "line 3 is not whole (and 1 more)"),
        (lambda data: data.replace(b"it began", b"it ended"), "line 2 does not follow"),
        (lambda _: b'{"seq":0,"at_ns":0,"kind":"note","text":"","data":{}}\n', "no hash chain"),
    ],
)
def test_nothing_is_added_to_a_broken_journal(
    journal: Journal, damage: Callable[[bytes], bytes], said: str
) -> None:
    """It would vouch for what was changed; whoever adds is told where to read more."""
    begin(journal)
    journal.write(Note("more"))
    journal.close()
    path = journal.directory / JOURNAL
    path.write_bytes(before := damage(path.read_bytes()))
    with pytest.raises(JournalError) as told:
        append(journal.directory, Event(2, 2000 * NS, Kind.ATTESTED, "I did"))
    assert said in str(told.value)
    assert "drills verify" in str(told.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize("resumed", [False, True])
def test_nothing_is_written_through_a_link(
    journal: Journal, clock: ManualClock, tmp_path: Path, resumed: bool
) -> None:
    """It may lead out of the drill's folder: neither by who adds nor by who heals."""
    begin(journal)
    journal.close()
    path, outside = journal.directory / JOURNAL, tmp_path / "outside.jsonl"
    path.rename(outside)
    path.symlink_to(outside)
    before = outside.read_bytes()
    mine = Event(1, 2000 * NS, Kind.ATTESTED, "I did")
    with pytest.raises(JournalError, match="not a regular file"):
        Journal.resume(journal.directory, clock) if resumed else append(journal.directory, mine)
    assert outside.read_bytes() == before


def test_adding_needs_a_journal(tmp_path: Path) -> None:
    """Nothing is created by saying something about it."""
    with pytest.raises(JournalError, match="expected a journal to add to"):
        append(tmp_path, Event(0, 0, Kind.ATTESTED, ""))
    assert list(tmp_path.iterdir()) == []


@given(st.text())
def test_a_slug_is_a_file_name(text: str) -> None:
    """Short, lower case, and never empty."""
    made = slug(text)
    assert 1 <= len(made) <= 48
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert made.strip("-") == made


def test_a_slug_keeps_the_words() -> None:
    """So that one finds the drill again."""
    assert slug("The read replica stops!") == "the-read-replica-stops"
