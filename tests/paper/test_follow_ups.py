"""What a drill leaves is told by the next one of the same incident."""

from __future__ import annotations

from drills.journal.folder import RECORD
from drills.reporting.files import read_result
from drills.reporting.verify import verify
from tests.paper.project import MET, Project


def test_the_next_drill_of_an_incident_tells_what_the_one_before_left(project: Project) -> None:
    """On the terminal, in the record and in the result, which verifies."""
    project.feature(It_stops=MET)
    project.run()
    again = project.run()
    first, second = project.reports()[:2]
    actions = [one.text for one in read_result(first).left]
    assert "Documentation updated" in actions
    told = read_result(second).follow_ups
    assert [one.text for one in told] == actions
    assert {(one.drill, one.closed) for one in told} == {(read_result(first).id, "")}
    again.stdout.fnmatch_lines(["*Left by earlier drills of this incident:", "*still open since*"])
    assert "## Left by earlier drills" in (second / RECORD).read_text("utf-8")
    assert verify(second) == []
    assert read_result(first).follow_ups == []
