"""A run that is interrupted: all is undone and written, nothing more begins, and it is told so."""

from __future__ import annotations

import re
import signal
from textwrap import dedent

import pytest

from tests.paper.project import MET, Project


def test_sigterm_is_a_ctrl_c(project: Project) -> None:
    """The fault is undone, the report written, the stack down; pytest says interrupted."""
    steps = MET.replace("Then", "And somebody terminates the run\n    Then")
    project.feature(It_stops=steps, Never_run=MET)
    result = project.run_alone()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "a stack was left up" not in result.stderr.str()
    document = project.result()
    assert (document["status"], document["verdict"]) == ("aborted", "inconclusive")
    assert document["reason"] == "interrupted: terminated by SIGTERM"
    assert "undo.verified" in project.kinds()
    assert "undo.failed" not in project.kinds()


def test_an_interrupt_is_told_without_a_frame(project: Project) -> None:
    """What is undone and where the report is; where it was met, on demand."""
    text = (project.path / "conftest.py").read_text("utf-8")
    typed = "os.kill(os.getpid(), signal.SIGINT)"
    step = f'\n@when("somebody types Ctrl-C")\ndef _(drill): {typed}\n'
    project.write("conftest.py", text + step)
    project.feature(It_stops=MET.replace("Then", "And somebody types Ctrl-C\n    Then"))
    result = project.run_alone()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    said = result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            "interrupted",
            "Report: reports/*/report.html",
            "Undone: fake-replica-1: running and not paused",
            "!*! interrupted !*!",
        ]
    )
    assert not re.search(r"\.py:\d+|KeyboardInterrupt|[Tt]raceback|inconclusive: ", said)
    assert "KeyboardInterrupt" in project.run_alone("--full-trace").stdout.str()


def test_the_handler_of_before_is_back_afterwards(project: Project) -> None:
    """Between drills a SIGTERM does what it did."""
    before = signal.getsignal(signal.SIGTERM)
    project.feature(It_stops=MET)
    project.run().assert_outcomes(passed=1)
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_interrupt_at_the_end_of_a_drill_ends_the_run(project: Project) -> None:
    """Not only the drill: the scenarios after it do not begin."""
    text = (project.path / "conftest.py").read_text("utf-8")
    ends = 'WORLDS[-1].runtime.fail_next("start", KeyboardInterrupt("at the end"))'
    project.write("conftest.py", text + f'\n@when("it ends badly")\ndef _(drill): {ends}\n')
    project.feature(It_stops=MET.replace("Then", "And it ends badly\n    Then"), Never_run=MET)
    result = project.run_alone()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert project.result()["status"] == "aborted"


BETWEEN = """
    import drills.plugin.outcome as outcome
    tell_steps = outcome.tell_steps

    def told(item, journal):
        os.kill(os.getpid(), signal.{number})
        tell_steps(item, journal)

    outcome.tell_steps = told
"""
BEFORE = """
    from drills.lifecycle.interrupts import Held
    enter, met = Held.__enter__, []

    def entered(self):
        if not met:
            met.append(self)
            raise KeyboardInterrupt
        return enter(self)

    Held.__enter__ = entered
"""


@pytest.mark.parametrize(
    "comes",
    [BETWEEN.format(number="SIGINT"), BETWEEN.format(number="SIGTERM"), BEFORE],
    ids=["Ctrl-C", "SIGTERM", "before all"],
)
def test_a_fault_does_not_outlast_an_interrupt_before_the_end(project: Project, comes: str) -> None:
    """It comes when the steps are done and nothing was brought to its end yet: nobody dwells."""
    text = (project.path / "conftest.py").read_text("utf-8")
    project.write("conftest.py", text + dedent(comes))
    lasting = MET.replace("stops", "suffers a freeze for 60 seconds")
    project.feature(It_freezes=lasting, Never_run=MET)
    result = project.run_alone()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "a stack was left up" not in result.stderr.str()
    document = project.result()
    assert document["status"] == "aborted"
    assert document["reason"].startswith("interrupted")
    assert "letting the fault last" not in result.stdout.str()
    assert "undo.verified" in project.kinds()
