"""The lines at the top that tools read."""

import pytest

from drills.runbook.document.front_matter import front_matter
from drills.runbook.document.parts import Section

WHOLE = Section("", 1, 0)


def test_keys_are_read_with_their_lines() -> None:
    """Quotes and brackets go; a list becomes one value."""
    lines = ["---", 'title: "Disk full"', "# note", "tags: [a, 'b']", "owners:", "  - x", "  - y"]
    taken, labels = front_matter([*lines, "---", "# T"], WHOLE)
    assert taken == 8
    assert [(each.key, each.value, each.line) for each in labels] == [
        ("title", "Disk full", 2),
        ("tags", "a, b", 4),
        ("owners", "x, y", 5),
    ]


def test_toml_is_read_too() -> None:
    """Between pluses the sign is another."""
    taken, (label,) = front_matter(["+++", 'severity = "P1"', "+++"], WHOLE)
    assert (taken, label.key, label.value) == (3, "severity", "P1")


@pytest.mark.parametrize(
    "lines", [[], ["# T"], ["---", "never: ended"], ["", "---", "a: b", "---"]]
)
def test_a_rule_is_no_front_matter(lines: list[str]) -> None:
    """It begins on the first line, and it ends."""
    assert front_matter(lines, WHOLE) == (0, ())
