"""A dry run, as pytest runs it: the plan is told, nothing is touched."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from drills.config.document import Manifest
from drills.config.settings import Settings
from drills.errors import PlanError
from drills.judgement.criterion import Comparator, Criterion
from drills.lifecycle.dry_run import Outline, PlannedDrill
from drills.lifecycle.exercise import Exercise
from drills.stack.engines.preview import Preview
from tests.doubles.world import MANIFEST
from tests.paper.project import MET, Project

DETECTED = Criterion("we notice", "time to detect", Comparator.AT_MOST, 300)
STREAMS = Criterion("it streams", "replication lag", Comparator.AT_MOST, 1)
KEPT = Criterion("nothing is lost", "lost orders", Comparator.EXACTLY, 0)
SERVICES = {"nginx": 1, "app": 2, "primary": 1, "replica": 1, "pager": 1}


def manifest(**changes: Any) -> Manifest:
    document = deepcopy(MANIFEST)
    document["stack"]["services"] = SERVICES
    return Manifest.of({**document, **changes})


def planned(*, steady: bool = True, tagged: bool = True, **changes: Any) -> PlannedDrill:
    """A planned drill of the world on paper."""
    settings = changes.pop("settings", Settings())
    known = manifest(**changes)
    incident = known.incidents["read-replica-down"] if tagged else None
    outline = Outline("It", "f.feature", "P2", incident, known, settings, known.stop)
    drill = PlannedDrill(outline)
    exercise: Exercise = drill  # the type checker agrees
    if steady:
        exercise.reach_steady_state()
    return drill


def problems(drill: PlannedDrill) -> list[str]:
    """What its conclusion complains about."""
    try:
        drill.conclude(None)
    except PlanError as error:
        return str(error).splitlines()[1:]
    return []


def waits(drill: PlannedDrill) -> Iterator[tuple[str, float]]:
    for wait in drill.outline.waits:
        yield wait.awaited, wait.seconds


class TestPlugin:
    def test_a_sound_plan_exits_with_0_and_leaves_nothing(self, project: Project) -> None:
        """Under -q too; the stack is never asked for."""
        project.feature(It_stops=MET)
        result = project.run("--drill-dry-run", "-q")
        assert result.ret == 0
        result.stdout.fnmatch_lines(
            ["*nothing was touched*", "It stops (drill.feature)", "*1. stop of replica*"]
        )
        assert not (project.path / "reports").exists()
        assert not (project.path / "stacks").exists()
        assert result.stdout.str().count("It stops (drill.feature)") == 1

    def test_every_problem_fails_the_test_with_exit_1(self, project: Project) -> None:
        """All problems of a scenario; the plan is shown all the same."""
        bad = MET.replace('"replica"', '"cache"') + TABLE
        project.feature(It_stops=bad)
        result = project.run("--drill-dry-run")
        assert result.ret == 1
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(
            [
                "*the plan is not sound:*",
                "  Problems",
                "    ! drill.feature:6: cache: outside the blast radius*",
                "    ! drill.feature:9: gone: expected a step that starts orders, found none",
            ]
        )
        assert not (project.path / "reports").exists()

    def test_a_service_that_the_compose_file_lacks_is_a_problem_among_others(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not a traceback, and it hides nothing else that is wrong."""
        lacks = "drills.toml:8: stack.entry: expected a service of compose.yaml"
        seen = Preview(problems=(lacks,), services={"other": 1})
        monkeypatch.setattr("drills.plugin.fixture.previewed", lambda *_: seen)
        project.feature(It_stops=MET.replace('"replica"', '"cache"'))
        result = project.run("--drill-dry-run")
        assert result.ret == 1
        result.stdout.fnmatch_lines([f"    ! {lacks}", "    ! drill.feature:6: cache: outside*"])
        assert "drills/config" not in result.stdout.str()

    def test_an_unknown_journey_and_an_unknown_service_say_where_and_what_was_meant(
        self, project: Project
    ) -> None:
        """Each with file and line, and what is near."""
        unknown = MET.replace("When", "And customers make 5 oders a second\n    When")
        project.feature(It_stops=unknown.replace('"replica"', '"replika"'))
        result = project.run("--drill-dry-run")
        result.stdout.fnmatch_lines(
            [
                "E   drill.feature:6: *(orders, reads), got 'oders'; did you mean 'orders'[?]",
                "E   drill.feature:7: replika: *touch app, replica; did you mean 'replica'[?]",
            ]
        )

    def test_what_only_the_fixture_knows_says_where(self, project: Project) -> None:
        """A manifest that a conftest makes: its tags and criteria are checked with the drill."""
        narrowed = MET.replace("detected", 'detected by the "ReplicaDwn" alert')
        project.feature("@P2 @read-replica-dow", It_stops=narrowed)
        result = project.run("--drill-dry-run")
        result.stdout.fnmatch_lines(
            [
                "E   *drill.feature:4: *did you mean @read-replica-down*",
                "E   *drill.feature:7: *got 'ReplicaDwn'; did you mean 'ReplicaDown'[?]*",
            ]
        )

    def test_the_command_line_s_bound_is_in_the_plan(self, project: Project) -> None:
        """In the place of the manifest's."""
        project.feature(It_stops=MET)
        result = project.run("--drill-dry-run", "--drill-stop-after", "77 s")
        result.stdout.fnmatch_lines(["  Stopped early when", "    the drill has taken 77 s"])

    def test_an_unknown_word_for_a_fault(self, project: Project) -> None:
        """With its line, and those that are nearest."""
        project.feature(It_suffers=MET.replace("stops", "suffers a headache"))
        result = project.run("--drill-dry-run")
        assert result.ret == pytest.ExitCode.INTERRUPTED
        result.stdout.fnmatch_lines(
            ["drill.feature:*: *expected the words for a fault, *'a freeze'*got 'a headache'*"]
        )

    def test_workers_plans_reach_the_controller(self, project: Project) -> None:
        """A worker of pytest-xdist has no terminal."""
        project.feature(It_stops=MET, It_stops_again=MET)
        result = project.run_alone("--drill-dry-run", "-p", "xdist", "-n", "1")
        assert result.ret == 0
        result.stdout.fnmatch_lines(["It stops (drill.feature)", "It stops again (drill.feature)"])


TABLE = """
    Then the drill meets every success criterion
      | criterion | metric      | limit     |
      | gone      | lost orders | exactly 0 |
"""


class TestManifest:
    @pytest.mark.parametrize(
        ("section", "value", "where"),
        [
            ("blast_radius", {"services": ["cache"]}, r"blast_radius\.services\.0"),
            ("monitoring", {"pager": {"service": "cache", "port": 1}}, "monitoring.pager"),
        ],
    )
    def test_a_service_that_the_stack_does_not_have(
        self, section: str, value: dict[str, Any], where: str
    ) -> None:
        """Wherever it is named; with those there are."""
        with pytest.raises(PlanError, match=rf"{where}: expected one of stack\.services \(nginx"):
            manifest(**{section: value})

    @pytest.mark.parametrize(
        "stop",
        [
            {"after": "soon"},
            {"after": "0 s"},
            {"failed_share": "120 %"},
            {"failed_share": 0},
            {"lost_writes": -1},
            {"lost_writes": "none"},
            {"over": "off"},
            {"before": "1 s"},
        ],
    )
    def test_a_stop_condition_that_is_none(self, stop: dict[str, Any]) -> None:
        """Is refused, not ignored: it would be thought to hold."""
        with pytest.raises(PlanError, match=f"stop.{next(iter(stop))}"):
            manifest(stop=stop)
