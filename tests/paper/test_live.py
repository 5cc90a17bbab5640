"""The live view of a drill beside what pytest writes, on a real pseudo terminal."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from subprocess import Popen

import pytest

from tests.doubles.screen import PaperScreen
from tests.doubles.terminal import Terminal
from tests.paper.project import CONFTEST, MET, PLUGINS, QUICK, ROOT, Project

Act = Callable[[Terminal, Popen[bytes]], None]
HELD = MET.replace("stops", "suffers a freeze for 2 seconds")
PRINTS = """
    from pytest_bdd import given

    @given("somebody prints")
    def _(): print("printed by a step")
"""


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


def run(
    terminal: Terminal, project: Project, *args: str, once: str = "", act: Act | None = None
) -> list[str]:
    """Run the project's feature there; returns what is to be read in the end."""
    line = [sys.executable, "-m", "pytest", *PLUGINS, *QUICK, "drill.feature", *args]
    environ = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR")}
    environ |= {"TERM": "xterm", "PYTHONPATH": str(ROOT)}
    terminal.run(line, project.path, environ, once, act)
    return PaperScreen(80).feed(terminal.written).lines


def ctrl_c(terminal: Terminal, _: Popen[bytes]) -> None:
    terminal.type(b"\x03")


def terminated(_: Terminal, process: Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGTERM)


def phases(lines: list[str]) -> list[str]:
    """The lines from the feature's path to the letter of its test, by their first words."""
    begin = next(i for i, line in enumerate(lines) if line.startswith("drill.feature"))
    end = next(i for i, line in enumerate(lines) if line.startswith("==") and i > begin)
    words = [re.split(r"  |\[", line)[0].strip() for line in lines[begin:end]]
    return [word for word in words if word]


DRILL = ["stack", "steady state", "fault", "signal", "response", "rollback", "recovery", "closing"]


def frames(written: str) -> list[list[str]]:
    """Every frame that was drawn, without its colours."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", written)
    drawn = [part.split("\x1b[J")[0] for part in re.split(r"\n(?=drill {12})", plain)[1:]]
    return [part.replace("\x1b[K", "").splitlines() for part in drawn]


def test_pytests_own_line_ends_before_the_drills_first(project: Project) -> None:
    """The feature's path, the drill's lines, the letter of the test: each on a line of its own."""
    project.feature(It_stops=MET, It_stops_again=MET)
    lines = project.run_alone().outlines
    first = [number for number, line in enumerate(lines) if line.startswith("stack: bringing")]
    assert len(first) == 2
    assert lines[first[0] - 1].strip() == "drill.feature"
    assert lines[first[1] - 1].strip() == "."


def test_on_a_terminal_a_drill_is_seen_while_it_runs(project: Project, terminal: Terminal) -> None:
    """Phase, fault, customers and criteria; then its phases stay, and pytest's letter follows.

    In the second drill the window is made smaller: what is drawn later fits, and all that should
    stay is there.
    """
    project.feature(It_freezes=HELD, It_stops_again=MET)
    again = "drill            It stops again"
    held = ("--drill-hold", "600 ms")  # or it would be over between two frames
    lines = run(terminal, project, *held, once=again, act=lambda terminal, _: terminal.resize(40))
    assert terminal.status == 0
    assert max(map(len, frames(terminal.written)[-1])) < 40
    kept = [word for word in phases(lines) if word != "watch"]
    aside = {"signal", "response"}  # a busy host may have them before the word of the fault
    phases_of_one = [word for word in DRILL if word not in aside]
    assert [word for word in kept if word not in aside] == [
        *("drill.feature", *phases_of_one, "."),
        *(*phases_of_one, "."),
    ]
    seen = [" ".join(line.split()) for frame in frames(terminal.written) for line in frame]
    for shown in (
        r"drill It freezes \u2500+ \d+ s in all",
        r"steady state holding steady state for 0.6 s \d+ s",
        r"in effect freeze: replica \d+ s",
        r"customers \d+ % served.* last 10 s",
        r"Open The incident is detected at most 5 min",
        r"Met The incident is detected [\d.]+ m?s .*, at most 5 min",
    ):
        assert any(re.fullmatch(shown, line) for line in seen), (shown, seen)
    assert "\x1b[?25" not in terminal.written  # the cursor was never hidden


@pytest.mark.parametrize("act", [ctrl_c, terminated])
def test_an_interrupt_leaves_the_terminal_as_it_was(
    project: Project, terminal: Terminal, act: Act
) -> None:
    """The rest of the drill is seen, too, and then pytest's own words stand alone."""
    project.feature(It_freezes=HELD.replace("2 seconds", "60 seconds"))
    lines = run(terminal, project, once="in effect", act=act)
    assert terminal.status == 2, terminal.written
    assert phases(lines)[-1] == "closing"
    assert "rollback" in phases(lines)
    assert not any(line.startswith(("drill   ", "in effect", "Open")) for line in lines)


def test_where_steps_print_there_are_plain_lines(project: Project, terminal: Terminal) -> None:
    """Under ``-s`` nothing that anybody prints is cleared, and no control is written."""
    project.write("conftest.py", CONFTEST + PRINTS)
    project.feature(It_stops=MET.replace("When", "And somebody prints\n    When"))
    lines = run(terminal, project, "-s", "--color=no")
    assert terminal.status == 0
    assert "printed by a step" in lines
    assert "stack: bringing the stack up" in lines
    assert "\x1b" not in terminal.written


def test_a_view_that_breaks_costs_no_verdict(project: Project, terminal: Terminal) -> None:
    """The drill is met; one line says that the view was switched off."""
    breaks = """
    from drills.reporting.progress import Progress

    Progress._customers = lambda self, now_ns: 1 / 0
    """
    project.write("conftest.py", CONFTEST + breaks)
    project.feature(It_stops=MET)
    lines = run(terminal, project)
    assert terminal.status == 0
    assert lines.count("live view: switched off: ZeroDivisionError: division by zero") == 1
    assert "recovery: watching the system recover" in lines
