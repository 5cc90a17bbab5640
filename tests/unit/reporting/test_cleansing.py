"""What no output may carry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.reporting.cleansing import clean, clean_line, shorten


@pytest.mark.parametrize(
    ("dirty", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x.example\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;title\x1b\\text", "text"),
        ("a\x00b", "a\\x00b"),
        ("bell\x07", "bell\\x07"),
        ("\x1b", "\\x1b"),
        ("\x9b31m", "\\x9b31m"),
        ("a\r\nb\tc", "a\nb\tc"),
        ("over\rwritten", "over\\x0dwritten"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\ud83d half", "\ufffd half"),
        ("Größe ≤ 5 µs ✓", "Größe ≤ 5 µs ✓"),
    ],
)
def test_text_is_made_harmless(dirty: str, shown: str) -> None:
    """Terminal escapes go, other controls become visible, ordinary text stays as it is."""
    assert clean(dirty) == shown


def test_what_is_cut_is_said() -> None:
    """A text beyond the limit ends in a note with its true length."""
    assert clean("y" * 5000, 10) == "yyyyyyyyyy … (cut here: 5,000 characters in all)"
    assert clean("y" * 10, 10) == "y" * 10


@given(st.text(alphabet=st.characters(codec=None)))
def test_nothing_unseen_survives(text: str) -> None:
    """Whatever a service says, one line of it is printable and can be written as UTF-8."""
    line = clean_line(text)
    line.encode("utf-8")
    assert "\n" not in line
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in line)


@given(st.text(), st.integers(1, 60))
def test_a_shortened_text_fits(text: str, width: int) -> None:
    """No shortened text is longer than asked for."""
    assert len(shorten(text, width)) <= width
