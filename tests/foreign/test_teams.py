"""Three foreign teams drill their own stacks, with the wheel and next to no configuration."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.foreign.installed import Installed
from tests.foreign.sabotages import SABOTAGES, Sabotage
from tests.foreign.team import FOLDER, PROJECTS, THUMBNAILS, Project, Team

LINES = 15  # of configuration, comments not counted
FIRST_REPORT = 120.0  # seconds from a compose file, its images built
SHORT = ("--drill-patience", "22s")  # longer than what any criterion allows
SCENARIOS = {
    project: re.findall(r"Scenario: (.+)", (FOLDER / project.name / project.feature).read_text())
    for project in PROJECTS
}
DRILLS = [(project, scenario) for project in PROJECTS for scenario in SCENARIOS[project]]
QUICK = [
    pytest.param(
        project, SCENARIOS[project][1], marks=[] if project is THUMBNAILS else pytest.mark.thorough
    )
    for project in PROJECTS
]
Come = Callable[[Project], Team]


def named(value: object) -> str | None:
    """What a case is called."""
    return value.name if isinstance(value, Project) else None


@pytest.fixture
def come(installed: Installed, tmp_path: Path) -> Iterator[Come]:
    """Has a team come with its project; what was built for it is removed afterwards."""
    teams: list[Team] = []

    def one(project: Project) -> Team:
        teams.append(Team(project, installed, tmp_path))
        return teams[-1]

    yield one
    for team in teams:
        team.leave()


@pytest.mark.parametrize("project", PROJECTS, ids=named)
def test_a_team_says_little(project: Project) -> None:
    """At most 15 lines, without comments, and nothing that the project itself knows of drills."""
    text = (FOLDER / project.name / project.configuration).read_text("utf-8")
    if project.configuration == "pyproject.toml":
        text = text[text.index("[tool.drills]") :]
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert len(lines) <= LINES, "\n".join(lines)


@pytest.mark.parametrize("project", PROJECTS, ids=named)
def test_its_project_knows_of_no_drills(project: Project) -> None:
    """Only what is a drill's own speaks of them, and the images that set-up builds."""
    own = {project.configuration, project.feature}
    for path in sorted((FOLDER / project.name).rglob("*.*")):
        if path.is_file() and str(path.relative_to(FOLDER / project.name)) not in own:
            text = path.read_text("utf-8").replace("incident-drills/", "")
            assert "drill" not in text.lower(), path


@pytest.mark.parametrize("project", PROJECTS, ids=named)
def test_its_drills_are_planned(project: Project, come: Come) -> None:
    """With nothing built, and nothing that runs."""
    team = come(project)
    assert team.plan() == 0, team.said


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda each: each.case)
def test_each_sabotage_finds_its_place(sabotage: Sabotage, come: Come) -> None:
    """Its scenario is there, and so is what it changes."""
    come(sabotage.project).change(*sabotage.change)
    assert sabotage.scenario in SCENARIOS[sabotage.project]


def test_each_drill_has_a_sabotage() -> None:
    """None is green whatever happens."""
    assert {(each.project.name, each.scenario) for each in SABOTAGES} == {
        (project.name, scenario) for project, scenario in DRILLS
    }


@pytest.mark.engine
@pytest.mark.parametrize(("project", "scenario"), QUICK, ids=named)
def test_a_team_s_first_report(project: Project, scenario: str, come: Come) -> None:
    """It is there soon after the images are built, and says that the drill is met."""
    team = come(project)
    team.build()
    begun = time.monotonic()
    result = team.drill(scenario)
    assert result.verdict == "met", team.said
    assert time.monotonic() - begun <= FIRST_REPORT


@pytest.mark.foreign
@pytest.mark.parametrize(("project", "scenario"), DRILLS, ids=named)
def test_a_drill_is_met(project: Project, scenario: str, come: Come) -> None:
    """A stop, a sudden death, a freeze, a leak and a partition, of each project."""
    team = come(project)
    team.build()
    assert team.drill(scenario).verdict == "met", team.said


@pytest.mark.foreign
@pytest.mark.parametrize("project", PROJECTS, ids=named)
def test_the_first_drill_of_init_runs_unchanged(project: Project, come: Come) -> None:
    """Of a team that has its compose file and nothing else."""
    team = come(project)
    team.forget()
    written = team.init()
    team.build()
    assert team.pytest(written) == 0, team.said
    assert team.latest().verdict == "met", team.said


@pytest.mark.foreign
def test_a_running_project_is_drilled_and_left_as_it_was(come: Come) -> None:
    """With the services that may be touched as the only thing that is said besides."""
    team = come(THUMBNAILS)
    once = "blast_radius.containers_at_once = 2"
    allowed = 'blast_radius.services = ["queue", "resizer"]'
    team.change(THUMBNAILS.configuration, once, f"{once}\n{allowed}")
    team.build()
    team.compose("up", "--detach", "--wait", "--pull", "never")
    try:
        before = team.compose("ps", "--all", "--format", "{{.ID}} {{.State}}")
        result = team.drill("The worker hangs", "--drill-attach", team.name)
        assert result.verdict == "met", team.said
        assert team.compose("ps", "--all", "--format", "{{.ID}} {{.State}}") == before
    finally:
        team.compose("down", "--volumes", "--timeout", "2")


@pytest.mark.foreign
@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda each: each.case)
def test_a_sabotage_turns_it_red(sabotage: Sabotage, come: Come) -> None:
    """By the criterion that is meant for it."""
    team = come(sabotage.project)
    team.change(*sabotage.change)
    team.build()
    result = team.drill(sabotage.scenario, *SHORT)
    assert result.verdict == "missed", team.said
    missed = [each.metric for each in result.criteria if each.verdict == "missed"]
    assert [each for each in missed if each.startswith(sabotage.missed)], team.said
