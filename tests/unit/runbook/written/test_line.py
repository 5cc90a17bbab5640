"""One line of a block, without what copying brought into it."""

from __future__ import annotations

import pytest

from drills.runbook.written.line import read


@pytest.mark.parametrize(
    ("written", "text", "note"),
    [
        ("$ docker ps", "docker ps", "the prompt '$' is left out"),
        ("ops@db1:~$ uptime", "uptime", "the prompt 'ops@db1:~$' is left out"),
        ("> uptime", "uptime", "the prompt '>' is left out"),
        ("docker\u00a0ps", "docker ps", "a no-break space is read as a space"),
        ("docker\u200bps", "dockerps", "a character that nobody sees is left out"),
        ("docker ps \\  ", "docker ps \\", "a space after the \\ at the end of the line"),
        ("docker ps | grep app &amp;&amp; date", "docker ps | grep app && date", "&amp; is read"),
        ("docker ps &#124; wc", "docker ps | wc", "&#124; is read as |"),
        ("docker stats –no-stream", "docker stats --no-stream", "–no-stream is read as --no-st"),
        ("docker ps –a", "docker ps -a", "–a is read as -a"),
        ("psql -c “SELECT 1;”", 'psql -c "SELECT 1;"', "curly quotes are read as straight ones"),
    ],
)
def test_it_says_what_it_reads_a_line_as(written: str, text: str, note: str) -> None:
    """Where what was meant is certain, it is read so, and never silently."""
    found = read(written)
    assert (found.text, found.refused) == (text, "")
    assert note in found.notes[0]


def test_a_line_that_needs_nothing_is_left_alone() -> None:
    """Nor is a curly quote between straight ones anything but a letter."""
    line = 'echo "it’s a test"'
    assert (read(line).text, read(line).notes) == (line, ())


def test_what_could_mean_two_things_is_refused() -> None:
    """A dash before two or three letters may have been one or two."""
    assert read("docker exec –it app bash").refused == "–it: is it -it or --it?"


def test_a_windows_prompt_is_for_another_shell() -> None:
    """It is told from a line that has none."""
    assert read(r"PS C:\> Get-Service").refused == "it is for a Windows prompt"
