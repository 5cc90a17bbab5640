"""Criteria are known before the fault: errors are told with their line, and none goes missing."""

from __future__ import annotations

import pytest

from tests.paper.project import MET, Project

TABLE = """
    Then the drill meets every success criterion
      | criterion | metric              | limit         |
      | we notice | {metric} | {limit} |
"""
OWN = """
    from pytest_bdd import then

    @then("the reads are looked at")
    def _(drill):
        drill.expect(drill.observers.wanted)

    @then("a guest is asked")
    def _(drill, tmp_path):
        assert tmp_path.exists() or drill.expect(None)
"""


@pytest.mark.parametrize(
    ("metric", "limit", "said"),
    [
        ("time to detekt", "at most 5 min", "row 1 *did you mean 'time to detect'?"),
        ("time to detect", "at most soon", "row 1 *expected a duration such as*"),
        ("time to detect", "about 5 min", "row 1 *expected 'at most', 'at least' or 'exactly'*"),
        ("availability of reads", "at least 0 %", "row 1 *a check that cannot fail*"),
        ("attestation of Prevention measures", "at most 1", "row 1 *a check that cannot fail*"),
        ("availability of reads", "at most 95 %", "row 1 *expected 'at least' a limit*"),
        ("time to recover", "at least 5 s", "row 1 *'at most' a limit, got 'at least 5 s'*"),
        ("lost orders of payments", "exactly 0", "row 1 *lost orders cannot be narrowed*"),
    ],
)
def test_a_table_that_cannot_be_judged_is_an_error_at_collection(
    project: Project, metric: str, limit: str, said: str
) -> None:
    """With the line of its sentence; nothing is brought up for it."""
    project.feature(It_stops=MET + TABLE.format(metric=metric, limit=limit))
    result = project.run()
    assert result.ret != 0
    result.stdout.fnmatch_lines([f"*drill.feature:9: {said}"])
    assert not (project.path / "stacks").exists()


def test_what_the_stack_does_not_have_is_told_before_it_is_brought_up(project: Project) -> None:
    """All of a scenario at once, with what there is."""
    table = TABLE.format(metric="time to detect of ReplicaDwn", limit="at most 5 min")
    table += "      | it is back | time to recover of checkout | at most 5 min |\n"
    project.feature(It_stops=MET + table)
    result = project.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "*feature:9: *alerts (ReplicaDown), got 'ReplicaDwn'; did you mean 'ReplicaDown'?*",
            "*expected one of the journeys (orders, reads), got 'checkout'*",
        ]
    )
    assert not (project.path / "stacks").exists()
    assert not (project.path / "reports").exists()


def test_a_drill_that_broke_off_shows_what_it_never_reached(project: Project) -> None:
    """Sentences, tables and what stands for itself; passed ones do not stand there."""
    project.write("conftest.py", (project.path / "conftest.py").read_text("utf-8"))
    with (project.path / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write("\n".join(line[4:] for line in OWN.splitlines()))
    project.feature(
        It_stops="""
    Given the ERP is in steady state
    When the "replica" service stops
    Then the incident is detected within 5 minutes
    And a guest is asked
    When a step breaks
    Then no acknowledged order is lost
    And the reads are looked at
    And at least 99 % of "reads" succeed in time
"""
    )
    assert project.run().ret == 1
    result = project.result()
    assert [item["name"] for item in result["criteria"]] == [
        "The incident is detected",
        "No acknowledged order is lost",
        "And the reads are looked at",
        "Customers can use reads",
    ]
    reasons = [item["reason"] for item in result["criteria"][1:]]
    assert reasons == ["not reached: the drill ended before it"] * 3


def test_a_system_that_is_never_well_shows_every_criterion(project: Project) -> None:
    """Nothing was injected, and nothing of what was asked for was seen."""
    project.feature(It_stops=MET.replace("Given the", "Given the ERP is out of order\n    And the"))
    project.run("--drill-ready", "500 ms")
    (criterion,) = project.result()["criteria"]
    assert criterion["name"] == "The incident is detected"
    assert criterion["reason"] == "not reached: the drill ended before it"
