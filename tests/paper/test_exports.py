"""What a run tells other programs: the same in one process and under pytest-xdist."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.paper.by_two import BODIES, left
from tests.paper.project import MET, MISSED, Project

__all__ = ["left"]  # the fixture
OUTLINE = """@P2 @read-replica-down
Feature: The replica

  Scenario Outline: It suffers
    Given the ERP is in steady state
    When the "replica" service <does>
    Then the incident is detected within 5 minutes

    Examples:
      | does          |
      | stops         |
      | is restarted? |
"""


def loaded(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


class TestOneOfEachVerdict:
    """A drill that is met, one that is missed and one that is inconclusive, by two workers."""

    def test_junit_has_the_drill_as_properties(self, left: Path) -> None:
        """Id, score, verdict and the report's path, of each; what is inconclusive is an error."""
        cases = {case.get("name"): case for case in self._cases(left)}
        for name, verdict, tags in (
            ("It is met", "met", []),
            ("It is missed", "missed", ["failure"]),
            ("It is open", "inconclusive", ["error"]),
        ):
            case = cases[name]
            has = {each.get("name"): str(each.get("value")) for each in case.iter("property")}
            assert has["drill-verdict"] == verdict
            assert re.fullmatch(r"[0-9a-f]{8}", has["drill-id"])
            assert (left / has["drill-report"]).is_file()
            assert not has["drill-report"].startswith("/")
            assert [each.tag for each in case if each.tag in ("failure", "error")] == tags
        score = {
            each.get("name"): each.get("value") for each in cases["It is missed"].iter("property")
        }
        assert score["drill-score"] == "49"

    def test_junit_counts_what_it_holds(self, left: Path) -> None:
        """And the error says why."""
        (suite,) = ET.parse(left / "junit.xml").getroot()  # noqa: S314 - pytest wrote it
        assert (suite.get("failures"), suite.get("errors"), suite.get("tests")) == ("1", "1", "3")
        (error,) = suite.iter("error")
        assert "inconclusive: not measured: The incident is detected" in str(error.get("message"))

    def _cases(self, left: Path) -> list[ET.Element]:
        return list(ET.parse(left / "junit.xml").getroot().iter("testcase"))  # noqa: S314 - likewise

    def test_the_summary_is_added_once(self, left: Path) -> None:
        """To what stood there, by whoever holds the workers together."""
        text = (left / "summary.md").read_text("utf-8")
        assert text.startswith("before\n## Incident drills: 1 missed, 1 inconclusive, 1 met\n")
        assert text.count("## Incident drills") == 1
        assert text.count("### ") == 3

    def test_annotations_stand_at_the_line_of_the_sentence(self, left: Path) -> None:
        """On lines of their own, in the run's output."""
        said = (left / "said").read_text("utf-8").splitlines()
        found = [line for line in said if line.startswith("::error ")]
        places = [re.search(r"file=drill.feature,line=(\d+),title=(.*?)::", each) for each in found]
        lines = (left / "drill.feature").read_text("utf-8").splitlines()
        at = [(lines[int(p[1]) - 1].strip(), p[2]) for p in places if p]
        assert at == [
            ("Then the drill meets every success criterion", "Missed%3A explained"),
            ("Then the drill meets every success criterion", "Missed%3A as planned"),
            (
                "Then the incident is detected within 5 minutes",
                "Inconclusive%3A The incident is detected",
            ),
        ]

    def test_files_have_all_drills_of_all_workers(self, left: Path) -> None:
        """Each of those that were asked for."""
        assert [each["rawStatus"] for each in loaded(left / "out/ctrf")["results"]["tests"]] == [
            *("missed", "inconclusive", "met")
        ]
        (feature,) = loaded(left / "out/cucumber")
        assert [each["name"] for each in feature["elements"]] == [
            *("It is missed", "It is open", "It is met")
        ]
        for element in feature["elements"]:
            steps = [step["result"]["status"] for step in element["steps"]]
            assert ("failed" in steps) == (element["name"] != "It is met")
            assert all(step["result"]["duration"] > 0 for step in element["steps"])
        assert 'drills_verdict="missed"' in (left / "out/openmetrics").read_text("utf-8")
        assert "1 missed, 1 inconclusive, 1 met" in (left / "out/badge").read_text("utf-8")

    def test_pytest_bdd_s_own_cucumber_json_is_empty_under_xdist(self, left: Path) -> None:
        """Which is why there is ours. Once it is not, the page says what is no longer so."""
        assert loaded(left / "bdd.json") == []
        assert len(loaded(left / "out/cucumber")) == 1

    def test_spans_are_sent_where_an_endpoint_is_set(self, left: Path) -> None:
        """Of all workers, once; the run ends as it would."""
        assert (left / "code").read_text("utf-8") == str(int(pytest.ExitCode.TESTS_FAILED))
        (sent,) = left.glob(BODIES)
        body = sent.read_bytes()
        assert b"drill: It is met" in body
        assert b"drill: It is missed" in body
        assert b"drill: It is open" in body
        assert b"fault: stop of " in body

    def test_allure_has_what_a_drill_leaves(self, left: Path) -> None:
        """Attached to its test, whichever worker ran it."""
        results = [loaded(path) for path in (left / "allure").glob("*-result.json")]
        assert len(results) == 3
        for result in results:
            names = [each["name"] for each in result["attachments"]]
            assert names == ["report.html", "incident.md", "drill.json"]
        pages = [p.read_text("utf-8") for p in (left / "allure").glob("*.html")]
        assert sum("<html" in page for page in pages) == 3


def test_each_row_of_an_outline_is_one(project: Project) -> None:
    """By its values and its line."""
    project.write("drill.feature", OUTLINE.replace("is restarted?", "suffers a freeze"))
    project.run("--drill-export", "cucumber=c.json", "--drill-export", "ctrf=t.json")
    (feature,) = loaded(project.path / "c.json")
    rows = {each["name"]: each["line"] for each in feature["elements"]}
    assert rows == {"It suffers [stops]": 11, "It suffers [suffers a freeze]": 12}
    assert loaded(project.path / "t.json")["results"]["summary"]["passed"] == 2


class TestWhatHasNoResult:
    def test_a_drill_that_never_began_is_red(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It has no folder, and still is in every file."""
        monkeypatch.setenv("DRILL_EXPORT", "ctrf=t.json, cucumber=c.json,summary=s.md")
        project.feature(tags="@P1 @P2", It_stops=MET)
        assert project.run().ret == pytest.ExitCode.TESTS_FAILED
        assert not project.reports()
        (test,) = loaded(project.path / "t.json")["results"]["tests"]
        assert (test["status"], test["name"], test["line"]) == ("failed", "It stops", 4)
        assert "expected one severity tag, got P1, P2" in test["message"]
        (feature,) = loaded(project.path / "c.json")
        assert feature["elements"][0]["before"][0]["result"]["status"] == "failed"
        assert "**No result**" in (project.path / "s.md").read_text("utf-8")

    def test_a_file_that_cannot_be_collected_is_red(self, project: Project) -> None:
        """Nothing of it ran."""
        project.feature(It_stops=MET.replace("stops", "does what nobody knows"))
        project.run("--drill-export=ctrf=t.json")
        (test,) = loaded(project.path / "t.json")["results"]["tests"]
        assert test["status"] == "failed"
        assert test["filePath"] == "drill.feature"

    def test_a_test_that_fails_after_its_drill_is_red(self, project: Project) -> None:
        """The drill is met, and what was to be cleared away was not."""
        broken = """
    @pytest.fixture(autouse=True)
    def _fails():
        yield
        raise RuntimeError("not cleared away")
"""
        text = (project.path / "conftest.py").read_text("utf-8")
        (project.path / "conftest.py").write_text(text + broken.replace("\n    ", "\n"), "utf-8")
        project.feature(It_stops=MET)
        project.run("--drill-export=ctrf=t.json")
        tests = loaded(project.path / "t.json")["results"]["tests"]
        assert [(each["status"], each["rawStatus"]) for each in tests] == [
            ("failed", "no result"),
            ("passed", "met"),
        ]
        assert "not cleared away" in tests[0]["message"]


class TestWhereItGoes:
    def test_an_option_goes_before_the_variable_and_that_before_the_file(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Paths of the file count from pytest's root."""
        project.write("drills.toml", 'export = ["badge=file.svg"]\n')
        project.feature(It_stops=MET)
        project.run()
        assert (project.path / "file.svg").is_file()
        (project.path / "file.svg").unlink()
        monkeypatch.setenv("DRILL_EXPORT", "badge=variable.svg")
        project.run()
        assert (project.path / "variable.svg").is_file()
        (project.path / "variable.svg").unlink()
        project.run("--drill-export=badge=option.svg")
        assert sorted(path.name for path in project.path.glob("*.svg")) == ["option.svg"]

    def test_off_silences_what_ci_is_told_too(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Summary and annotations."""
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project.path / "summary.md"))
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        project.feature(It_is_missed=MISSED)
        done = project.run("--drill-export=off")
        assert not (project.path / "summary.md").exists()
        done.stdout.no_fnmatch_line("::error*")

    @pytest.mark.parametrize(
        ("said", "told"),
        [
            (
                "ctrf",
                "--drill-export: expected NAME=PATH, such as ctrf=reports/ctrf.json, got 'ctrf'",
            ),
            ("ctfr=x", "--drill-export: expected one of the exports (*did you mean 'ctrf'?"),
        ],
    )
    def test_what_is_no_export_is_a_usage_error(
        self, project: Project, said: str, told: str
    ) -> None:
        """Before anything is brought up."""
        project.feature(It_stops=MET)
        done = project.run(f"--drill-export={said}")
        assert done.ret == pytest.ExitCode.USAGE_ERROR
        done.stderr.fnmatch_lines([f"ERROR: {told}"])
        assert not project.reports()

    def test_a_file_that_cannot_be_written_makes_no_run_green(self, project: Project) -> None:
        """Whoever reads it would find yesterday's."""
        (project.path / "taken").mkdir()
        project.feature(It_stops=MET)
        done = project.run("--drill-export=ctrf=taken")
        assert done.ret == pytest.ExitCode.TESTS_FAILED
        done.assert_outcomes(passed=1)
        done.stdout.fnmatch_lines(["NOT EXPORTED: *taken: expected to write ctrf there: *"])

    def test_a_dry_run_and_a_run_without_drills_write_nothing(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What an earlier run left is not taken away by one that has nothing to say."""
        monkeypatch.setenv("DRILL_EXPORT", "ctrf=t.json")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project.path / "summary.md"))
        project.feature(It_stops=MET)
        project.run("--drill-dry-run")
        project.write("test_other.py", "def test_other():\n    assert False\n")
        project.write("drill.feature", "Feature: F\n  Scenario: S\n    Given nothing\n")
        text = (project.path / "conftest.py").read_text("utf-8")
        project.write("conftest.py", text + '\n@given("nothing")\ndef _(): pass\n')
        project.run("test_other.py")
        assert not (project.path / "t.json").exists()
        assert not (project.path / "summary.md").exists()


def test_a_collector_that_is_away_costs_a_line(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no verdict."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    project.feature(It_stops=MET)
    done = project.run_alone()
    assert done.ret == 0
    done.stdout.fnmatch_lines(["no spans: *"])


def test_who_exports_nothing_loads_nothing_for_it(project: Project) -> None:
    """No library of an export, and none of ours."""
    names = ("prometheus_client", "opentelemetry.sdk", "allure", "drills.reporting.exports.ctrf")
    project.write(
        "looking.py",
        f"""
    import sys

    def pytest_terminal_summary(terminalreporter):
        found = [name for name in {names} if name in sys.modules]
        terminalreporter.write_line(f"LOADED {{found}}")
    """,
    )
    project.feature(It_stops=MET)
    done = project.run_alone("-p", "looking")
    done.stdout.fnmatch_lines(["LOADED []"])
