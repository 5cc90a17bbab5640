"""A dry run of a drill in which the runbook is followed as written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from drills.lifecycle.dry_run import PlannedDrill
from drills.runbook.written.following import SECONDS
from tests.unit.lifecycle.test_dry_run import planned

TEXT = "# Read replica down\n\n```bash\ndocker compose ps\ndate\n```\n"


def following(file: Path, *, steady: bool = True, tagged: bool = True) -> PlannedDrill:
    """The drill on paper, whose manifest lies beside a runbook, and that follows it."""
    drill = planned(steady=steady, tagged=tagged)
    drill._manifest = replace(drill._manifest, sources={(): (file.with_name("drills.toml"), {})})
    drill.follow_runbook()
    return drill


def test_it_says_how_long_the_lines_may_take(tmp_path: Path) -> None:
    """Those of the incident's section; nothing is run."""
    file = tmp_path / "runbook.md"
    file.write_text(TEXT)
    drill = following(file)
    assert drill.outline.problems == []
    last = drill.outline.waits[-1]
    assert (last.awaited, last.seconds) == ("2 lines of runbook.md are followed", 2 * SECONDS)


@pytest.mark.parametrize(
    ("text", "tagged", "problem"),
    [
        ("", True, "expected a runbook in Markdown there, found nothing"),
        ("# Other\n\n```bash\ndate\n```\n", True, "these have: Other"),
        (TEXT, False, "the tag of an incident"),
    ],
)
def test_what_cannot_be_followed_is_a_problem(
    tmp_path: Path, text: str, tagged: bool, problem: str
) -> None:
    """No runbook, no section, no incident: each is told before anything is touched."""
    file = tmp_path / "runbook.md"
    if text:
        file.write_text(text)
    (told,) = following(file, tagged=tagged).outline.problems
    assert problem in told


def test_it_needs_steady_state(tmp_path: Path) -> None:
    """A stack that is up, to be followed on."""
    file = tmp_path / "runbook.md"
    file.write_text(TEXT)
    assert any("steady state" in each for each in following(file, steady=False).outline.problems)
