"""Where reports and manifest lie, what is left alone there, and how a run ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from drills.config.document import Manifest, load
from drills.plugin import known
from tests.paper.project import INCONCLUSIVE, MET, PLUGINS, QUICK, ROOT, TABLE, Project


class TestReports:
    def test_a_relative_folder_counts_from_where_the_user_stands(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not from pytest's root; without the option it lies below the root."""
        project.feature(It_stops=MET)
        (project.path / "inner").mkdir()
        monkeypatch.chdir(project.path / "inner")
        project.run("../drill.feature", "--drill-reports", "out")
        assert (project.path / "inner" / "out" / "latest" / "report.html").is_file()
        project.run("../drill.feature")
        assert (project.path / "reports" / "latest" / "report.html").is_file()

    def test_a_tilde_is_the_home_directory(
        self, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Also where no shell expanded it."""
        monkeypatch.setenv("HOME", str(tmp_path))
        project.feature(It_stops=MET)
        project.run("--drill-reports=~/drills")
        assert (tmp_path / "drills" / "latest" / "report.html").is_file()

    def test_an_existing_folder_elsewhere_does_not_move_the_root(
        self, project: Project, tmp_path: Path
    ) -> None:
        """With a line for an address, as an editor gives it; workers report there too."""
        project.feature(It_stops=MET, Never_run=MET)
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        feature = ("drill.feature:4", "--drill-reports", str(elsewhere))
        result = project.run_alone(*feature, "-n", "1")
        result.assert_outcomes(passed=1)
        left = {path.name[:2] for path in elsewhere.iterdir()}
        assert left == {"20", "la", ".i", "hi", "in"}  # drills, latest, numbers, history, index
        assert not (project.path / "reports").exists()

    @pytest.mark.parametrize("below", ["", "/deeper"])
    def test_a_file_in_its_place_is_told_before_anything_is_made(
        self, project: Project, below: str
    ) -> None:
        """With what to do; it is the same tomorrow, so the exit code is 1."""
        project.write("taken", "a file")
        project.feature(It_stops=MET)
        result = project.run("--drill-reports", f"taken{below}")
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        said = f"*expected a folder for the reports that can be written, *taken{below} is none: *"
        result.stdout.fnmatch_lines([said])
        assert not (project.path / "stacks").exists()


class TestLatest:
    @pytest.mark.parametrize("what", ["a folder", "a file", "a link to elsewhere/mine"])
    def test_what_is_none_of_ours_is_left_alone(self, project: Project, what: str) -> None:
        """The verdict stands, and one line says so."""
        latest = project.path / "reports" / "latest"
        latest.parent.mkdir()
        if what == "a folder":
            latest.mkdir()
            (latest / "drill.json").write_text("mine")
        elif what == "a file":
            latest.write_text("mine")
        else:
            latest.symlink_to("elsewhere/mine")
        before = os.lstat(latest).st_ino
        project.feature(It_stops=MET, It_stops_again=MET)
        result = project.run()
        result.assert_outcomes(passed=2)
        assert result.ret == pytest.ExitCode.OK
        told = f"*reports/latest is {what}, so it was left alone"
        result.stdout.fnmatch_lines([told])
        assert result.stdout.str().count("so it was left alone") == 1
        assert os.lstat(latest).st_ino == before
        assert len([one for one in project.reports() if (one / "report.html").is_file()]) == 2

    def test_a_disk_without_links_goes_without(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As some shared folders are."""

        def refused(*_: object, **__: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(Path, "symlink_to", refused)
        project.feature(It_stops=MET)
        result = project.run()
        assert result.ret == pytest.ExitCode.OK
        result.stdout.fnmatch_lines(["*reports/latest could not be made*"])

    def test_a_link_whose_drill_was_removed_is_moved_on(self, project: Project) -> None:
        """It is ours, and points nowhere."""
        latest = project.path / "reports" / "latest"
        latest.parent.mkdir()
        latest.symlink_to("20200101T000000Z-gone-0")
        project.feature(It_stops=MET)
        project.run()
        assert latest.resolve() == project.reports()[-1]


class TestManifest:
    @pytest.fixture
    def planning(self, project: Project) -> Project:
        """A project whose manifest is a file, which is planned only."""
        text = (project.path / "conftest.py").read_text("utf-8")
        start, end = text.index("@pytest.fixture"), text.index("def pytest_drills_stack")
        project.write("conftest.py", text[:start] + text[end:])
        steps = MET.replace('"replica"', '"postgres-replica"')
        project.feature(It_stops=steps)
        (project.path / "inner").mkdir()
        for name, copy in (("drills.toml", "own.toml"), ("runbook.toml", "runbook.toml")):
            text = (ROOT / "compose" / name).read_text("utf-8")
            (project.path / "inner" / copy).write_text(text, "utf-8-sig")
        return project

    @pytest.mark.parametrize("option", [True, False])
    @pytest.mark.parametrize("path", ["own.toml", "~/own.toml"])
    def test_it_counts_from_where_the_user_stands(
        self, planning: Project, monkeypatch: pytest.MonkeyPatch, path: str, option: bool
    ) -> None:
        """By option or variable; and a byte order mark is no mistake in it."""
        monkeypatch.setenv("HOME", str(planning.path / "inner"))
        monkeypatch.chdir(planning.path / "inner")
        arguments = ("--drill-manifest", path) if option else ()
        if not option:
            monkeypatch.setenv("DRILL_MANIFEST", path)
        result = planning.run("../drill.feature", *arguments, "--drill-dry-run")
        result.assert_outcomes(passed=1)

    def test_it_is_read_once_for_all_that_is_collected(
        self, planning: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However many scenarios and criteria there are, and also where it cannot be read."""
        read: list[Path] = []

        def counted(path: Path) -> Manifest:
            read.append(path)
            return load(path)

        monkeypatch.setattr(known, "load", counted)
        planning.feature(It_stops=MET + TABLE, It_stops_again=MET + TABLE)
        for path in ("inner/own.toml", "inner/none.toml"):
            read.clear()
            planning.run("--drill-manifest", path, "--collect-only")
            assert read == [planning.path / path]

    @pytest.mark.parametrize(
        ("tag", "said"),
        [
            (
                "@read-replica-donw",
                "1: @read-replica-donw is no incident *did you mean @read-rep*",
            ),
            ("@P22 @read-replica-down", "1: @P22 is no severity, did you mean one of @P1, *"),
            ("@slow", "4: expected a tag that names the incident (*@memory-exhaustion, *@read-*"),
        ],
    )
    def test_a_tag_that_is_nearly_one_is_told_at_collection(
        self, planning: Project, tag: str, said: str
    ) -> None:
        """With its line, before anything runs; the responder would be switched off."""
        planning.feature(tags=tag, It_stops=MET, Another=MET)
        result = planning.run("--drill-manifest", "inner/own.toml")
        assert result.ret == pytest.ExitCode.INTERRUPTED
        result.stdout.fnmatch_lines([f"drill.feature:{said}"])
        assert not (planning.path / "reports").exists()

    def test_tags_of_a_scenario_that_does_not_drill_are_the_team_s(self, planning: Project) -> None:
        """Feature files of other tests may say what they like."""
        text = (planning.path / "conftest.py").read_text("utf-8")
        planning.write("conftest.py", text + '\n@given("nothing")\ndef _(): pass\n')
        planning.feature(tags="@P22 @read-replica-donw", It_is_free="\n    Given nothing\n")
        planning.run("--drill-manifest", "inner/own.toml").assert_outcomes(passed=1)


class TestTags:
    def test_a_misspelt_incident_is_refused_where_a_fixture_makes_the_manifest(
        self, project: Project
    ) -> None:
        """When the drill would begin: nothing is touched, and the exit code is 1."""
        project.feature(tags="@P2 @read-replica-donw", It_stops=MET)
        for more in ((), ("--drill-dry-run",)):
            result = project.run(*more)
            assert result.ret == pytest.ExitCode.TESTS_FAILED
            result.stdout.fnmatch_lines(
                ["*@read-replica-donw is no incident *, did you mean @read-replica-down?*"]
            )
        assert not (project.path / "stacks").exists()

    def test_a_drill_may_say_that_it_is_of_no_incident(self, project: Project) -> None:
        """Then nobody responds."""
        steps = MET.replace("is detected", 'is detected by the "ReplicaDown" alert')
        project.feature(tags="@P2 @no-incident", It_stops=steps)
        project.run().assert_outcomes(passed=1)
        assert "response.started" not in project.kinds()


class TestEndingEarly:
    def test_a_run_that_ends_at_its_first_failure_says_what_it_was(self, project: Project) -> None:
        """pytest-xdist calls it interrupted; inconclusive is worth another try all the same."""
        project.feature(It_stops=INCONCLUSIVE, Never_run=INCONCLUSIVE)
        result = project.run_alone("-x", "-n", "1", "--drill-patience", "100 ms")
        assert result.ret == 75
        assert len(project.reports()) == 1

    def test_stepwise_ends_a_run_likewise(self, project: Project) -> None:
        """Pytest itself calls it interrupted."""
        project.feature(It_stops=INCONCLUSIVE, Never_run=INCONCLUSIVE)
        plugins = [*PLUGINS[: PLUGINS.index("no:cacheprovider") - 1], "-p", "drills.plugin"]
        more = ("--drill-patience", "100 ms", "--stepwise", "drill.feature")
        result = project.pytester.runpytest_inprocess(*plugins, *QUICK, *more)
        assert result.ret == 75
        assert len(project.reports()) == 1

    def test_a_file_that_cannot_be_collected_is_not_worth_another_try(
        self, project: Project
    ) -> None:
        """Even where the drills beside it were inconclusive."""
        project.feature(It_stops=INCONCLUSIVE)
        project.write("broken.feature", "Feature: F\n  Scenario: A\n")
        more = ("broken.feature", "--continue-on-collection-errors", "--drill-patience", "100 ms")
        assert project.run(*more).ret == pytest.ExitCode.TESTS_FAILED
