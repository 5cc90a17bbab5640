"""What a journal keeps of texts of any size and kind: bounded, whole characters, no half secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drills.errors import JournalError
from drills.journal.evidence import Evidence
from drills.journal.excerpt import LONGEST, LOOKED_AT, ROOM, Room, excerpt, masked, shallow
from drills.journal.facts import DrillStarted, ResponseStep, Signal
from drills.journal.journal import Journal, read_timeline
from drills.journal.redaction import Redactor
from drills.journal.timeline import Json
from drills.testing import ManualClock

SECRET = "Zq9-wombat-51-hunter2"  # no part of it occurs in it twice
LARGEST = 100_000  # bytes of evidence, so that the tests are quick
TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path / "drill", ManualClock(), Redactor([SECRET]))
    journal.write(DrillStarted("began"))
    return journal


def found(detail: Mapping[str, Json]) -> ResponseStep:
    return ResponseStep("found", number=1, action="check", acts=False, begun_ns=0, detail=detail)


def pieces_in(text: str) -> list[str]:
    """The pieces of the secret, six characters long, that a text holds."""
    pieces = (SECRET[at : at + 6] for at in range(len(SECRET) - 5))
    return [piece for piece in pieces if piece in text]


def texts_in(value: Json) -> int:
    """The characters of all texts of a value."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(len(key) + texts_in(item) for key, item in value.items())
    return sum(map(texts_in, value)) if isinstance(value, list) else 0


@pytest.mark.parametrize("length", [0, LONGEST - 1, LONGEST])
def test_a_text_that_fits_is_kept_whole(length: int) -> None:
    """To the last character."""
    assert excerpt("x" * length) == "x" * length


def test_a_text_that_is_cut_says_how_long_it_was() -> None:
    """Its beginning and a note, together within the limit."""
    cut = excerpt("x" * 1_234_567)
    assert len(cut) <= LONGEST
    assert cut.endswith("x … (cut here: 1,234,567 characters in all)")


@given(VALUES)
def test_what_fits_is_kept_as_it_is(value: Json) -> None:
    """Small values pass unchanged but for halves of characters and numbers beyond 64 bits."""
    kept = json.loads(json.dumps(Room(str).fit(value)))
    plain = json.loads(json.dumps(value))
    assert repr(kept) == repr(plain) or any(
        odd for odd in (repr(plain) != repr(plain).encode("ascii", "replace").decode(), _big(value))
    )


def _big(value: Json) -> bool:
    if isinstance(value, int):
        return value.bit_length() > 64
    if isinstance(value, dict):
        return any(map(_big, value.values()))
    return any(map(_big, value)) if isinstance(value, list) else False


@given(VALUES, st.integers(0, 300))
def test_no_value_outgrows_its_room(value: Json, room: int) -> None:
    """Texts, keys and notes together, but for the notes themselves: one a level at most."""
    kept = Room(str, room).fit([value] * 50)
    assert texts_in(json.loads(json.dumps(kept))) <= room + 64 * 60


@pytest.mark.parametrize(
    "value",
    [
        ["x" * 10_000] * 10_000,
        dict.fromkeys(map(str, range(100_000)), "y" * 100),
        "z" * 10**7,
        [0] * 10**6,
    ],
)
@pytest.mark.thorough
def test_a_huge_value_is_ended_with_a_note(journal: Journal, value: Json) -> None:
    """Whatever makes it huge: long texts, many entries."""
    event = journal.write(found({"value": value}))
    line = (journal.directory / "journal.jsonl").read_bytes().splitlines()[-1]
    assert len(line) < 2 * ROOM
    assert "more" in str(event.data)[-60:] or "cut here" in str(event.data)[-60:]


def test_what_is_nested_without_end(journal: Journal) -> None:
    """Ended with a note where a reader would have given up."""
    deep: Json = "bottom"
    for _ in range(900):
        deep = [deep]
    event = journal.write(found({"value": deep}))
    assert "nested too deep" in str(event.data)
    assert "bottom" not in str(shallow(deep))
    assert read_timeline(journal.directory).last(ResponseStep) is not None


def test_of_a_long_text_only_a_beginning_is_searched() -> None:
    """Ten megabytes cost no more than what may be kept of them."""
    searched: list[int] = []

    def spy(text: str) -> str:
        searched.append(len(text))
        return text

    masked("x" * 10**7, spy)
    assert sum(searched) <= LOOKED_AT


@given(st.integers(0, 2 * LOOKED_AT), st.integers(0, 2 * LOOKED_AT), st.sampled_from("x:/ \n"))
def test_no_cut_leaves_a_piece_of_a_secret(before: int, after: int, filler: str) -> None:
    """Wherever a secret stands in a text of whatever length."""
    kept = masked(filler * before + SECRET + filler * after, Redactor([SECRET]))
    assert pieces_in(kept) == []


@given(st.integers(-40, 40))
@settings(deadline=None)
def test_a_text_full_of_secrets_ends_before_the_cut(shift: int) -> None:
    """Masking shortens a text, so that what stood at the cut might come within the limit."""
    text = "x" * (40 + shift) + SECRET * (LOOKED_AT // 10)
    assert pieces_in(masked(text, Redactor([SECRET]))) == []


@pytest.mark.parametrize("shift", range(len(SECRET)))
def test_evidence_is_cut_before_no_secret(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, shift: int
) -> None:
    """Its end is kept; a secret at the cut, and one at the cut of what is searched, are not."""
    monkeypatch.setattr("drills.journal.evidence.LARGEST", LARGEST)
    at_cut = b"a" * 100_000 + SECRET.encode() + b"b" * (LARGEST - shift)
    Evidence(journal).keep("log", "the engine", lambda: at_cut)
    searched = SECRET.encode() * ((LARGEST + 100_000) // len(SECRET)) + b"c" * shift
    Evidence(journal).keep("log", "the engine", lambda: searched)
    for path in (journal.directory / "evidence").iterdir():
        data = path.read_bytes()
        assert len(data) <= LARGEST
        assert pieces_in(data.decode()) == []


def test_evidence_keeps_the_whole_end(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """As much as is allowed, to the last byte, of what holds no secret."""
    monkeypatch.setattr("drills.journal.evidence.LARGEST", LARGEST)
    lines = b"".join(b"line %d\n" % number for number in range(50_000))
    Evidence(journal).keep("log", "the engine", lambda: lines)
    assert (journal.directory / "evidence" / "log.txt").read_bytes() == lines[-LARGEST:]


@pytest.mark.parametrize("key", ["password", "api_key", "client_secret", "access_token"])
def test_a_key_that_says_its_value_is_secret(journal: Journal, key: str) -> None:
    """The value is masked, in lists too, though nothing in it looks like a secret."""
    labels: dict[str, Json] = {key: "plain-words", "nested": {key: ["more-words"]}, "job": "app"}
    alert = Signal("alert", detector="", name="", state="", error_ns=0, labels=labels)
    event = journal.write(alert)
    assert "words" not in str(event.data)
    assert "'job': 'app'" in str(event.data)


def test_a_half_character_in_an_old_journal_is_judged(tmp_path: Path) -> None:
    """Read as U+FFFD, in texts and in data: no rendering could write it."""
    (tmp_path / "journal.jsonl").write_text(
        '{"seq":0,"at_ns":0,"kind":"drill.started","text":"a\\ud800","data":{"id":"\\udfff"}}\n'
    )
    (event,) = read_timeline(tmp_path)
    assert (event.text, event.as_(DrillStarted).id) == ("a\ufffd", "\ufffd")


def test_a_directory_that_is_there_takes_no_second_drill(journal: Journal) -> None:
    """Nothing of the first one is overwritten."""
    with pytest.raises(JournalError):
        Journal(journal.directory, ManualClock())
