"""The plugin at work: what fails, with which words and exit code, and what is left on disk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from drills.lifecycle.watchdog.registry import entries, register
from drills.plugin.terminal import EXIT_NOT_UNDONE
from tests.paper.project import INCONCLUSIVE, MET, MISSED, Project

INCONCLUSIVE_EXIT = 75


class TestOptions:
    @pytest.mark.parametrize(
        ("option", "value"),
        [("--drill-patience", "soon"), ("--drill-hold", "2"), ("--drill-ready", "-1 s")],
    )
    def test_a_duration_that_is_none_is_a_usage_error(
        self, project: Project, option: str, value: str
    ) -> None:
        """That says what was expected and what was given, before anything is collected."""
        project.feature(It_stops=MET)
        result = project.run(f"{option}={value}")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"ERROR: *expected a duration such as '5 minutes'*{value}*"])
        assert not (project.path / "reports").exists()

    def test_what_would_prove_nothing_is_a_usage_error(self, project: Project) -> None:
        """Every such option at once, by its name, with why; nothing is collected."""
        project.feature(It_stops=MET)
        nothing = ("--drill-hold=0 s", "--drill-requests=0", "--drill-patience=0 ms")
        result = project.run(*nothing, "--drill-stop-after=0 s", "--drill-ready=soon")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(
            [
                "*--drill-patience: expected more than 0, got 0 ms: nothing would be waited for",
                "*--drill-hold: expected more than 0, got 0 s: *",
                "*--drill-requests: expected at least 1, got 0: *",
                "*--drill-ready: expected a duration such as*got 'soon'",
                "*--drill-stop-after: expected more than 0, got 0 s: *",
            ]
        )
        assert not (project.path / "reports").exists()

    def test_a_variable_may_have_its_old_name(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A line above all else says so; a word that is none is told before anything runs."""
        monkeypatch.setenv("DRILLS_NOTIFY", "off")
        project.feature(It_stops=MET)
        result = project.run("--drill-dry-run")
        assert result.ret == 0
        told = "DRILLS_NOTIFY is called DRILL_NOTIFY by now; it still works by its old name"
        assert result.stdout.str().count(told) == 1
        monkeypatch.setenv("DRILL_NOTIFY", "maybe")
        result = project.run("--drill-dry-run")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["*DRILL_NOTIFY: expected on or off, got 'maybe'"])

    def test_every_option_is_explained(self, project: Project) -> None:
        """What it is for, in what it is given, and what holds without it."""
        text = project.run("--help").stdout.str()
        group = text[text.index("incident drills:") :].split("\n\n")[0]
        for option in ("reports", "patience", "hold", "ready", "manifest", "no-response", "remote"):
            assert f"--drill-{option}" in group
        assert re.search(r"--drill-patience=TIME\s+how long .* \(default: 60 s\)", group, re.DOTALL)

    def test_reports_may_lie_elsewhere(self, project: Project) -> None:
        """With ``latest`` beside them."""
        project.feature(It_stops=MET)
        project.run("--drill-reports", "out/nightly")
        assert not (project.path / "reports").exists()
        (directory,) = project.reports("out/nightly")
        assert (project.path / "out/nightly/latest").resolve() == directory

    def test_an_absolute_folder_is_taken_as_it_is(self, project: Project, tmp_path: Path) -> None:
        """And nothing is left in the project."""
        project.feature(It_stops=MET)
        project.run("--drill-reports", str(tmp_path / "elsewhere"))
        assert (tmp_path / "elsewhere" / "latest" / "report.html").is_file()

    def test_nobody_responds_on_demand(self, project: Project) -> None:
        """The alert comes and the runbook stays shut."""
        project.feature(It_stops=MET)
        project.run("--drill-no-response")
        assert "signal" in project.kinds()
        assert "response.started" not in project.kinds()

    def test_a_manifest_that_is_not_there_is_an_error_with_its_path(self, project: Project) -> None:
        """Not a drill of something else."""
        text = (project.path / "conftest.py").read_text("utf-8")
        start, end = text.index("@pytest.fixture"), text.index("def pytest_drills_stack")
        project.write("conftest.py", text[:start] + text[end:])
        project.feature(It_stops=MET)
        result = project.run("--drill-manifest", "other/drills.toml")
        result.stdout.fnmatch_lines(["*other/drills.toml: expected a stack manifest*"])
        assert result.ret == pytest.ExitCode.TESTS_FAILED

    @pytest.mark.parametrize("read", ["of", "model_validate"])
    def test_what_is_wrong_in_a_team_s_own_manifest_is_told_as_in_a_file(
        self, project: Project, read: str
    ) -> None:
        """All of it, by its keys, without the words of the library that checks it."""
        text = (project.path / "conftest.py").read_text("utf-8")
        wrong = """{"stack": {"name": 7}, "journeys": {"home": {"path": ""}}}"""
        project.write("conftest.py", text.replace("of(MANIFEST)", f"{read}({wrong})"))
        project.feature(It_stops=MET)
        result = project.run()
        result.stdout.fnmatch_lines(
            [
                "E   PlanError: stack.name: expected a text, found 7",
                "E   journeys.home.path: expected a text that is not empty, found ''",
            ]
        )
        assert "pydantic" not in result.stdout.str() + result.stderr.str()
        assert "Traceback" not in result.stdout.str()


class TestVerdicts:
    def test_met_passes(self, watched: Project) -> None:
        """And what was not assessed does not stand in its way."""
        project = watched
        project.feature(It_stops=MET + "    And people have discussed the prevention measures\n")
        result = project.run()
        result.assert_outcomes(passed=1)
        assert result.ret == pytest.ExitCode.OK
        verdicts = [criterion["verdict"] for criterion in project.result()["criteria"]]
        assert verdicts == ["met", "not assessed"]

    def test_missed_names_every_missed_criterion_and_no_other(self, project: Project) -> None:
        """Each with measured value, limit and margin; all steps ran."""
        project.feature(It_stops=MISSED)
        result = project.run()
        result.assert_outcomes(failed=1)
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.re_match_lines(
            [
                r"E .*CriteriaMissed: missed: explained, as planned",
                r"E +missed: explained: root-cause findings 0 \(limit: at least 9, 9 .*\);.*",
                r"E +missed: as planned: prevention measures 0 \(limit: exactly 7, 7 .*\);.*",
            ],
            consecutive=True,
        )
        failure = result.stdout.str().split("= drills =")[0]
        assert "missed: we notice" not in failure
        assert "missed: they read" not in failure

    def test_only_inconclusive_exits_with_a_code_of_its_own(self, project: Project) -> None:
        """So that continuous integration can try that alone again."""
        project.feature(It_stops=INCONCLUSIVE)
        result = project.run("--drill-patience", "100 ms")
        result.assert_outcomes(failed=1)
        assert result.ret == INCONCLUSIVE_EXIT
        result.stdout.fnmatch_lines(["E *CriteriaInconclusive: inconclusive: *"])

    def test_inconclusive_beside_a_missed_one_exits_with_1(self, project: Project) -> None:
        """Trying again would not help."""
        project.feature(It_stops=INCONCLUSIVE, It_is_missed=MISSED)
        result = project.run("--drill-patience", "500 ms")
        result.assert_outcomes(failed=2)
        assert result.ret == pytest.ExitCode.TESTS_FAILED

    def test_inconclusive_beside_a_test_that_fails_exits_with_1(self, project: Project) -> None:
        """Whatever kind of test it is."""
        project.feature(It_stops=INCONCLUSIVE)
        project.write("test_other.py", "def test_other():\n    assert False\n")
        result = project.run("--drill-patience", "100 ms", "test_other.py")
        assert result.ret == pytest.ExitCode.TESTS_FAILED

    def test_a_system_that_is_never_well_is_inconclusive(self, project: Project) -> None:
        """Nothing was injected, and the failure says what was seen last."""
        steps = "\n    Given the ERP is out of order" + MET.replace("Given", "And", 1)
        project.feature(It_stops=steps)
        result = project.run("--drill-ready", "500 ms")
        assert result.ret == INCONCLUSIVE_EXIT
        result.stdout.fnmatch_lines(
            ["E *inconclusive: no steady state: *last seen: *reads error 500*"]
        )
        assert "fault.intended" not in project.kinds()

    @pytest.mark.parametrize(
        ("step", "words"),
        [
            ('When the "nginx" service stops', "*BlastRadiusExceeded: nginx: outside*"),
            ("When a step breaks", "*TypeError: a bug in a step*"),
        ],
    )
    def test_what_will_be_the_same_tomorrow_exits_with_1(
        self, project: Project, step: str, words: str
    ) -> None:
        """A plan that cannot be run, or a step with a bug, is nothing to try again."""
        project.feature(It_stops=f"\n    Given the ERP is in steady state\n    {step}\n")
        result = project.run()
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.fnmatch_lines([f"E {words}"])
        assert project.result()["verdict"] == "inconclusive"

    def test_an_unknown_service_says_where_and_what_was_meant(self, project: Project) -> None:
        """On the terminal and in the result: file, line, what there is, and what is near."""
        project.feature(It_stops=MET.replace('"replica"', '"replika"'))
        result = project.run()
        expected = (
            "UnknownTarget: expected a service of the stack (app, nginx, pager, primary, replica), "
            "got replika; did you mean 'replica'?"
        )
        sentence = 'drill.feature:6: When the "replika" service stops'
        assert f"E   {expected}\nE   {sentence}\n" in result.stdout.str()
        assert project.result()["reason"] == f"{expected} ({sentence})"

    def test_an_unknown_service_is_told_before_a_stack_is_brought_up(
        self, project: Project
    ) -> None:
        """Where the services are known; all of them at once, roles among what there is."""
        text = (project.path / "conftest.py").read_text("utf-8")
        services = "{'nginx': 1, 'app': 2, 'primary': 1, 'replica': 1, 'pager': 1}"
        stack = f"{{**MANIFEST['stack'], 'services': {services}}}"
        known = f"{{**MANIFEST, 'stack': {stack}, 'roles': {{'db': ['primary']}}}}"
        project.write("conftest.py", text.replace("(MANIFEST)", f"({known})"))
        twice = 'When the "replika" service stops\n    And one "ap" instance suffers a freeze'
        project.feature(It_stops=MET.replace('When the "replica" service stops', twice))
        result = project.run()
        there = (
            "expected a service of the stack (app, nginx, pager, primary, replica) or a role (db)"
        )
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.fnmatch_lines(
            [
                f"E   PlanError: drill.feature:6: {there}, got replika; did you mean 'replica'[?]",
                f"E   drill.feature:7: {there}, got ap; did you mean 'app'[?]",
            ]
        )
        assert not (project.path / "stacks").exists()
        assert not (project.path / "reports").exists()

    def test_a_failed_rollback_is_one_failure_and_no_error(self, watched: Project) -> None:
        """With what to do by hand and an exit code of its own; the stack is gone all the same."""
        project = watched
        project.feature(It_stops=MET.replace("Then", "And the rollback cannot work\n    Then"))
        result = project.run("--drill-patience", "300 ms", "-p", "tests.paper.brief_undo")
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["E *By hand: docker start fake-replica-1*"])
        result.stdout.fnmatch_lines(["NOT UNDONE: *By hand: docker start fake-replica-1*"])
        assert result.ret == EXIT_NOT_UNDONE


class TestWhatIsShown:
    def test_the_summary_has_verdict_criteria_and_the_report_s_path(self, project: Project) -> None:
        """Relative to where pytest was started, so that it can be clicked."""
        project.feature(It_stops=MISSED)
        result = project.run()
        (directory,) = project.reports()
        result.stdout.fnmatch_lines(
            [
                "*= drills =*",
                "MISSED*It stops",
                "What broke: *",
                "What to do next: *",
                "Score: *",
                "Missed *explained *0, at least 9, 9 *",
                "Met *we notice *at most 5 min*",
                f"Report: reports/{directory.name}/report.html",
            ]
        )
        assert (directory / "report.html").is_file()

    def test_phases_are_told_as_they_come(self, project: Project) -> None:
        """As plain lines where there is no terminal, beside pytest's own capturing."""
        project.feature(It_stops=MET)
        result = project.run_alone()
        result.stdout.fnmatch_lines(
            [
                "*stack: bringing the stack up",
                "steady state: *",
                "fault: injecting stop into replica",
                "signal: alert ReplicaDown firing",
                "rollback: undoing every fault",
                "rollback: fake-replica-1: running and not paused",
                "*= drills =*",
            ]
        )

    def test_without_drills_there_is_no_summary(self, project: Project) -> None:
        """Other people's tests are left alone."""
        project.write("drill.feature", "Feature: F\n  Scenario: S\n    Given nothing\n")
        text = (project.path / "conftest.py").read_text("utf-8")
        project.write("conftest.py", text + '\n@given("nothing")\ndef _(): pass\n')
        result = project.run()
        result.assert_outcomes(passed=1)
        result.stdout.no_fnmatch_line("*= drills =*")

    def test_workers_results_reach_the_controller(self, project: Project) -> None:
        """With pytest-xdist, summary and exit code are those of all drills together."""
        project.feature(It_stops=INCONCLUSIVE, It_stops_again=INCONCLUSIVE)
        result = project.run_alone("-n", "2", "--drill-patience", "100 ms")
        assert result.ret == INCONCLUSIVE_EXIT
        result.stdout.fnmatch_lines(["*= drills =*"])
        shown = [line for line in result.outlines if line.startswith("Report: reports/")]
        assert len(shown) == len(project.reports()) == 2
        assert len([line for line in result.outlines if line.startswith("INCONCLUSIVE ")]) == 2


class TestHooks:
    def test_the_stack_may_be_replaced_and_the_result_heard(self, project: Project) -> None:
        """All drills here run on a replaced stack; each is told of once, when it was judged."""
        project.feature(It_stops=MET, It_stops_again=MET)
        project.run().assert_outcomes(passed=2)
        heard = (project.path / "judged.txt").read_text("utf-8").splitlines()
        assert [line.rsplit(" ", 1)[0] for line in heard] == [
            "It stops: met",
            "It stops again: met",
        ]
        assert [line.rsplit(" ", 1)[1] for line in heard] == [
            path.name for path in project.reports()
        ]

    def test_every_scenario_has_a_drill_and_a_directory_of_its_own(self, project: Project) -> None:
        """Named by date, scenario and id."""
        project.feature(It_stops=MET)
        project.run()
        (directory,) = project.reports()
        date, rest = directory.name.split("-", 1)
        assert len(date) == len("20260101T000000Z")
        assert rest == f"it-stops-{project.result()['id']}"

    def test_the_drill_fixture_is_refused_outside_a_scenario(self, project: Project) -> None:
        """A plain test has no plan, no criteria and no end."""
        project.write("drill.feature", "Feature: F\n  Scenario: S\n    Given nothing\n")
        project.write("test_plain.py", "def test_plain(drill):\n    pass\n")
        result = project.pytester.runpytest_inprocess(
            "-p", "no:drills", "-p", "drills.plugin", "test_plain.py"
        )
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["E *PlanError: the drill fixture belongs to a scenario*"])

    @pytest.mark.parametrize(
        ("tags", "words"),
        [
            ("@P1 @P2", "expected one severity tag, got P1, P2"),
            ("@read-replica-down @memory", "expected one incident tag, got memory, read*"),
        ],
    )
    def test_two_severities_or_incidents_are_refused(
        self, project: Project, tags: str, words: str
    ) -> None:
        """The record would say something that nobody decided; no stack is brought up for it."""
        text = (project.path / "conftest.py").read_text("utf-8")
        both = "{**MANIFEST, 'incidents': {**MANIFEST['incidents'], 'memory': SECOND}}"
        text = text.replace("(MANIFEST)", f"({both})")
        project.write("conftest.py", text + "\nSECOND = {'title': 'Memory', 'alerts': ['M']}\n")
        project.feature(tags=tags, It_stops=MET)
        result = project.run()
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.fnmatch_lines([f"E *PlanError: drill.feature:4: {words}"])
        assert not (project.path / "stacks").exists()


def test_a_drill_that_died_is_told_before_the_next_one(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its engine away it is left for later: the new drill runs, and a person has to look."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{project.path}/no-engine.sock")
    register("dead0001", project.path / "dead", "drill-dead0001").release()
    project.feature(It_stops=MET)
    result = project.run_alone()
    assert result.ret == EXIT_NOT_UNDONE
    result.stdout.fnmatch_lines(["*heal: drill dead0001*FAILED: *no container engine answers*"])
    result.stdout.fnmatch_lines(["LEFT BEHIND: drill dead0001*Then: drills heal dead0001*"])
    assert [entry.drill_id for entry in entries()] == ["dead0001"]


def test_what_is_left_on_another_engine_that_is_away_is_told_and_costs_no_exit_code(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This run can neither heal it nor is it concerned; a person is told how to end that."""
    gone = f"unix://{project.path}/gone.sock"
    register("dead0001", project.path / "dead", "drill-dead0001", engine=gone).release()
    project.feature(It_stops=MET)
    result = project.run()
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [f"LEFT ELSEWHERE: drill dead0001*{gone}*drills heal --give-up dead0001"]
    )
    assert "LEFT BEHIND" not in result.stdout.str()
    assert [entry.drill_id for entry in entries()] == ["dead0001"]


def test_it_hides_no_other_exit_code(project: Project) -> None:
    """A drill worth another try is told as one."""
    gone = f"unix://{project.path}/gone.sock"
    register("dead0001", project.path / "dead", "drill-dead0001", engine=gone).release()
    project.feature(It_stops=INCONCLUSIVE)
    assert project.run().ret == INCONCLUSIVE_EXIT
