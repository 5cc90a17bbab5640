"""A drill is found by its id, or by as much of it as no other one has."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.history.named import folder_of, id_in, row_of
from tests.doubles.finished import SAMPLE, drill, row


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    drill(tmp_path, 0, id="aaaa1111", folder="20260101T000000Z-x-aaaa1111")
    drill(tmp_path, 1, id="aaaa2222", folder="20260102T000000Z-x-aaaa2222")
    drill(tmp_path, 2, whole=True, folder="kept")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("aaaa1111", "20260101T000000Z-x-aaaa1111"),
        ("aaaa2", "20260102T000000Z-x-aaaa2222"),
        ("20260101T000000Z-x-aaaa1111", "20260101T000000Z-x-aaaa1111"),
        ("5e8f", "kept"),
        ("kept", "kept"),
    ],
)
def test_a_drill_is_found(reports: Path, text: str, folder: str) -> None:
    """By id, by its beginning, by its folder's name; a folder of another name says it itself."""
    assert folder_of(reports, text) == reports / folder


def test_a_path_is_what_it_is(reports: Path, tmp_path: Path) -> None:
    """Whether a drill is there or not: who reads it says so."""
    assert folder_of(reports, str(SAMPLE)) == SAMPLE
    assert folder_of(reports, "reports/latest") == Path("reports/latest")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("aaaa", "several: aaaa2222 (20260102T000000Z-x-aaaa2222), aaaa1111"),
        ("aaaa1112", "found none; did you mean 'aaaa1111'?"),
        ("zzzz", "found none"),
    ],
)
def test_what_names_none_or_several_is_told(reports: Path, text: str, said: str) -> None:
    """With those that may be meant."""
    with pytest.raises(JournalError) as caught:
        folder_of(reports, text)
    assert said in str(caught.value)


def test_a_row_is_found_likewise() -> None:
    """A whole id is that drill, even where another one begins with it."""
    one, other = row(1, id="ab"), row(2, id="abc")
    assert row_of("ab", [one, other], []) == one
    assert row_of("a", [one], []) == one
    with pytest.raises(JournalError, match="several"):
        row_of("a", [one, other], [])
    with pytest.raises(JournalError, match=r"in the history, found none; did you mean 'abc'"):
        row_of("abd", [], ["abc"])


def test_only_a_name_that_a_drill_gave_has_an_id() -> None:
    """Eight digits of the sixteen at its end."""
    assert id_in("20260101T000000Z-a-b-0123abcd") == "0123abcd"
    assert [id_in(name) for name in ("sample", "20260101T000000Z-a-xyz", "x-0123abcd")] == [""] * 3
