"""Stretches of text, as the parser's tokens have them."""

from drills.runbook.document.text import Run, labels, plain, wholly_bold


def test_a_text_is_plain_line_by_line() -> None:
    """Spaces are made single, empty lines go."""
    runs = [Run("a  b ", 1), Run("\n", 1), Run(" ", 2), Run("\n", 2), Run("c", 3, code=True)]
    assert plain(runs) == "a b\nc"


def test_a_label_wants_a_bold_key_and_a_colon() -> None:
    """In a line of its own."""
    bold = Run("Key", 1, bold=True)
    assert list(labels([bold, Run(": v", 1)])) == [("Key", "v", 1)]
    assert list(labels([bold, Run(" v", 1)])) == []
    assert list(labels([Run("Key: v", 1)])) == []


def test_a_heading_is_bold_from_end_to_end() -> None:
    """Of one line."""
    assert wholly_bold([Run("Step", 1, bold=True)])
    assert not wholly_bold([Run("Step", 1, bold=True), Run(" 2", 1)])
    assert not wholly_bold([Run("a", 1, bold=True), Run("\n", 1), Run("b", 2, bold=True)])
    assert not wholly_bold([])
