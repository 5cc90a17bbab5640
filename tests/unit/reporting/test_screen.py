"""A frame at the foot of a terminal, below lines that stay."""

from __future__ import annotations

import io

import pytest

from drills.reporting.screen import Screen
from tests.doubles.screen import PaperScreen


def shown(stream: io.StringIO, columns: int = 80) -> list[str]:
    return PaperScreen(columns).feed(stream.getvalue()).lines


def test_a_frame_takes_the_place_of_the_one_before() -> None:
    """Also where it is longer or shorter, in lines and in columns."""
    stream = io.StringIO()
    screen = Screen(stream)
    screen.draw((), ["a long line", "second"])
    screen.draw((), ["short"])
    screen.draw((), ["one", "two", "three"])
    assert shown(stream) == ["one", "two", "three"]


def test_lines_that_stay_stand_above_it() -> None:
    """In the order in which they came, and the frame is gone when there is none."""
    stream = io.StringIO()
    stream.write("drill.feature\n")
    screen = Screen(stream)
    screen.draw(["first"], ["frame"])
    screen.draw(["second", "third"], ["frame", "more"])
    assert shown(stream) == ["drill.feature", "first", "second", "third", "frame", "more"]
    screen.draw((), ())
    assert shown(stream) == ["drill.feature", "first", "second", "third"]


def test_what_others_write_begins_on_a_line_of_its_own() -> None:
    """The cursor stands below the frame, so a crash leaves a terminal that can be used."""
    stream = io.StringIO()
    Screen(stream).draw(["kept"], ["frame"])
    stream.write("Killed\n")
    assert shown(stream) == ["kept", "frame", "Killed"]
    assert "?25" not in stream.getvalue()  # the cursor was never hidden


def test_where_no_frame_is_nothing_of_others_is_cleared() -> None:
    """A line that stays is written where the cursor is."""
    stream = io.StringIO()
    stream.write("theirs")
    Screen(stream).draw([" ours"], ())
    assert shown(stream) == ["theirs ours"]


def test_each_draw_is_one_write() -> None:
    """So that no half of a frame is seen."""
    writes = []

    class Counting(io.StringIO):
        def write(self, text: str) -> int:
            writes.append(text)
            return super().write(text)

    screen = Screen(Counting())
    screen.draw(["kept"], ["frame", "more"])
    screen.draw(["kept"], ["frame", "less"])
    assert len(writes) == 2


def test_a_terminal_of_unknown_size_is_a_usual_one() -> None:
    """And one column and two rows stay free on any."""
    assert Screen(io.StringIO()).size() == (79, 22)


def test_a_terminal_that_was_closed_is_gone() -> None:
    """It is an error of the system, as is one that does not take what is written."""
    stream = io.StringIO()
    stream.close()
    with pytest.raises(OSError, match="closed"):
        Screen(stream).draw(["kept"], ())
