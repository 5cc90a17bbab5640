"""A test that is run again, as plugins for flaky tests do: each attempt is a drill of its own."""

from __future__ import annotations

import json

import pytest

from drills.reporting.verify import verify
from tests.paper.project import MET, Project

# What pytest-rerunfailures does: the same item again, with its fixtures set up anew.
RUN_AGAIN = """
@given("monitoring is silent the first time")
def _(drill):
    WORLDS[-1].alerting = len(WORLDS) > 1

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    from _pytest.runner import runtestprotocol

    for attempt in (1, 2):
        item._initrequest()
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        again = attempt == 1 and any(report.failed for report in reports)
        for report in reports:
            if again and report.failed:
                report.outcome = "rerun"
            item.ihook.pytest_runtest_logreport(report=report)
            print("PROPERTIES", report.when, sorted(name for name, _ in report.user_properties))
        if not again:
            return True
"""
SILENT_FIRST = MET.replace("When", "And monitoring is silent the first time\n    When")


@pytest.fixture
def flaky(project: Project) -> Project:
    text = (project.path / "conftest.py").read_text("utf-8")
    project.write("conftest.py", text + RUN_AGAIN)
    project.feature(It_stops=SILENT_FIRST)
    return project


def test_each_attempt_is_a_drill_of_its_own(flaky: Project) -> None:
    """The first is inconclusive, the second met; each is concluded once, and both verify."""
    result = flaky.run("--drill-patience", "1 s", "-rA")
    assert result.ret == pytest.ExitCode.OK
    first, second = flaky.reports()
    verdicts = [
        json.loads((one / "drill.json").read_text("utf-8"))["verdict"] for one in (first, second)
    ]
    assert verdicts == ["inconclusive", "met"]
    assert verify(first) == verify(second) == []
    assert len((flaky.path / "judged.txt").read_text("utf-8").splitlines()) == 2
    assert result.stdout.str().count("Report: reports/") == 2


def test_an_attempt_tells_of_its_own_drill_only(flaky: Project) -> None:
    """No property of a report is left over from the attempt before."""
    result = flaky.run("--drill-patience", "1 s", "-s")
    told = [line for line in result.outlines if "PROPERTIES call" in line]
    assert len(told) == 2
    own = ["drill", "drill-id", "drill-inconclusive", "drill-report", "drill-score"]
    assert all(line.endswith(str([*own, "drill-verdict"])) for line in told)
    assert [line for line in result.outlines if "PROPERTIES setup" in line][1].endswith("[]")


def test_a_dry_run_that_is_run_again_plans_once_an_attempt(flaky: Project) -> None:
    """And is sound both times, though the drill on paper is concluded each time."""
    flaky.feature(It_stops=MET.replace("replica", "nowhere"))
    result = flaky.run("--drill-dry-run", "-s")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert result.stdout.str().count("PROPERTIES call ['drill-plan']") == 2


TIMES_OUT = """
@when("the test times out while its stack goes down")
def _(drill):
    down = WORLDS[-1].stack.down

    def overdue(*_):
        pytest.fail("Timeout (>60.0s) from pytest-timeout.")

    def going_down():
        down()
        signal.signal(signal.SIGALRM, overdue)
        signal.raise_signal(signal.SIGALRM)

    WORLDS[-1].stack.down = going_down
"""


def test_a_time_out_while_the_stack_goes_down_fails_the_test(project: Project) -> None:
    """As pytest-timeout strikes: by a signal. The exit code is 1, and the report is written."""
    text = (project.path / "conftest.py").read_text("utf-8")
    project.write("conftest.py", text + TIMES_OUT)
    steps = MET.replace("Then", "And the test times out while its stack goes down\n    Then")
    project.feature(It_stops=steps)
    result = project.run_alone()
    result.assert_outcomes(failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["E *Failed: Timeout (>60.0s) from pytest-timeout."])
    assert (project.result()["status"], project.result()["verdict"]) == ("aborted", "inconclusive")
