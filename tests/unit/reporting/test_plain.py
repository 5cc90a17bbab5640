"""What of a summary a terminal can show."""

from __future__ import annotations

import io

import pytest

from drills.reporting.plain import coloured, drawable, speakable, width_of
from drills.reporting.terminal import summary
from tests.unit.reporting import example


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


def test_colour_needs_a_terminal_that_has_it_and_wants_it() -> None:
    """``NO_COLOR`` of any value but nothing says no, and so does a dumb one."""
    assert coloured(Terminal(), {"TERM": "xterm"})
    assert coloured(Terminal(), {"TERM": "xterm", "NO_COLOR": ""})
    assert not coloured(Terminal(), {"TERM": "xterm", "NO_COLOR": "1"})
    assert not coloured(Terminal(), {"TERM": "dumb"})
    assert not coloured(Terminal(), {})
    assert not coloured(io.StringIO(), {"TERM": "xterm"})


def test_the_width_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """``COLUMNS`` wins, and where nobody says it is 100."""
    monkeypatch.delenv("COLUMNS", raising=False)
    assert width_of(io.StringIO()) == 100
    monkeypatch.setenv("COLUMNS", "72")
    assert width_of(Terminal()) == 72
    assert width_of(io.StringIO()) == 72


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "utf-8", "nobody-knows-it"])
def test_a_terminal_gets_nothing_that_its_encoding_has_not(encoding: str) -> None:
    """What has a look-alike becomes that; UTF-8 is left as it is."""

    class Encoded(io.StringIO):
        @property
        def encoding(self) -> str:  # type: ignore[override]
            return encoding

    text = summary(example.missed(), "r", 80)
    said = speakable(text, Encoded())
    if encoding in ("utf-8", "nobody-knows-it"):
        assert said == text
        return
    said.encode(encoding)
    assert "?" not in said
    assert "1.62 s +- 0.01" in said


def test_a_view_is_drawn_on_a_terminal_that_somebody_looks_at() -> None:
    """Not in a log that is read later, and not where no control is known."""
    assert drawable(Terminal(), {"TERM": "xterm", "CI": ""})
    assert not drawable(Terminal(), {"TERM": "xterm", "CI": "true"})
    assert not drawable(Terminal(), {"TERM": "xterm", "BUILD_NUMBER": "7"})
    assert not drawable(Terminal(), {"TERM": "dumb"})
    assert not drawable(io.StringIO(), {"TERM": "xterm"})
