"""What a shell makes of a text."""

from __future__ import annotations

import pytest

from drills.runbook.written.shell import complaint, complete, parts, unset


@pytest.mark.parametrize(
    "text",
    ["docker ps", 'python -c "\nprint(1)\n"', "cat <<EOF\nx\nEOF", "for i in 1; do\n:\ndone"],
)
def test_a_whole_command_is_whole(text: str) -> None:
    """Of one line or of several."""
    assert complete(text)


@pytest.mark.parametrize(
    "text",
    ['python -c "', "docker ps |", "docker ps &&", "docker ps \\", "cat <<EOF\nx", "if :; then"],
)
def test_what_goes_on_is_not_whole(text: str) -> None:
    """A quote, a pipe, a list, a line, a here-document or a condition that is open."""
    assert complaint(text)


def test_names_without_a_value_are_found() -> None:
    """Not those that are set before, have a default, stand in single quotes, or are the shell's."""
    text = "A=1; echo $A ${B:-x} '$C' \"$D\" $HOME ${E}"
    assert unset(text, frozenset()) == ["D", "E"]
    assert unset(text, frozenset({"D"})) == ["E"]
    assert unset("cat <<'EOF'\n$X\nEOF", frozenset()) == []


def test_the_parts_of_a_pipe_are_its_programs() -> None:
    """Without what only runs them, and with the files that they write."""
    found = parts("sudo -u postgres psql -c 'a | b' 2>&1 | tail -5 > out.txt && time ls")
    assert [part.words for part in found] == [
        ("psql", "-c", "a | b"),
        ("tail", "-5"),
        ("ls",),
    ]
    assert [part.into for part in found] == [(), ("out.txt",), ()]
