"""The live line of a drill beside what pytest writes."""

from __future__ import annotations

from tests.paper.project import MET, Project


def test_pytests_own_line_ends_before_the_drills_first(project: Project) -> None:
    """The feature's path, the drill's lines, the letter of the test: each on a line of its own."""
    project.feature(It_stops=MET, It_stops_again=MET)
    lines = project.run_alone().outlines
    first = [number for number, line in enumerate(lines) if line.startswith("stack: bringing")]
    assert len(first) == 2
    assert lines[first[0] - 1].strip() == "drill.feature"
    assert lines[first[1] - 1].strip() == "."
