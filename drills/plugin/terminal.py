"""What a run of pytest says of its drills: a live line a phase, a summary, the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pytest

from drills.errors import DrillError, JournalError

if TYPE_CHECKING:
    from drills.journal.timeline import Event
    from drills.judgement.metric import Observations
    from drills.reporting.live import LiveView

EXIT_NOT_UNDONE = 70  # EX_SOFTWARE: something is broken that was not, and a person has to look
EXIT_INCONCLUSIVE = 75  # EX_TEMPFAIL: try again; pytest owns 0 to 6
PLAN = "drill-plan"  # the property of a test that holds what a dry run has to tell
LEFT = "drill-left"  # the property of a test that holds what something of ours is left of
ELSEWHERE = "drill-left-elsewhere"  # the same, on an engine that is not the drill's and is away
FORGOTTEN = "drill-forgotten"  # the property of a test that says why the history lacks its drill
RUNS: pytest.StashKey[list[Path]] = pytest.StashKey()
TERMINAL: pytest.StashKey[TerminalReport] = pytest.StashKey()


class TerminalReport:
    """A plugin object: hears events as they are written, and speaks when pytest sums up.

    It holds a copy of standard output taken while pytest does not capture it. A worker of
    pytest-xdist stays silent: its controller speaks for it.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._others = 0
        self._inconclusive = 0
        self._ended_itself = False
        self._file = None if hasattr(config, "workerinput") else _standard_output()
        self._live: LiveView | None = None  # from the first word of a drill on
        self._plans: list[str] = []
        self._left: list[str] = []
        self._elsewhere: list[str] = []
        self._failed: list[pytest.TestReport | pytest.CollectReport] = []
        self._exported: list[str] = []
        self._forgotten: list[str] = []
        config.stash[RUNS] = []

    def _view(self) -> LiveView | None:
        """What drills are seen on, made for the first that has something to say."""
        if self._live is None and self._file is not None:
            from drills.plugin import viewing
            from drills.reporting.live import LiveView

            config, file = self._config, self._file
            self._live = LiveView(
                file,
                midline=lambda: viewing.midline(config),
                wanted=lambda: viewing.wanted(config, file),
                coloured=lambda: viewing.coloured(config),
            )
        return self._live

    def hear(self, event: Event) -> None:
        """Show an event that a person at the terminal wants to see."""
        if view := self._view():
            view.hear(event)

    def look(self, seen: Observations) -> None:
        """Show what a drill under way has come to."""
        if view := self._view():
            view.look(seen)

    def say(self, phase: str, text: str) -> None:
        """Show a line of the run's own."""
        if view := self._view():
            view.say(phase, text)

    def _others_write(self) -> None:
        if self._live is not None:
            self._live.others_write()

    def pytest_report_header(self) -> list[str]:
        """Which variables of the environment are called otherwise by now."""
        if not any(name.startswith("DRILLS_") for name in os.environ):
            return []
        from drills.config.renamed import notes

        return notes()

    def pytest_enter_pdb(self) -> None:
        """Whoever types at a debugger's prompt has the terminal to themselves."""
        if self._live is not None:
            self._live.plain()

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self) -> None:
        """Pytest tells what broke in it."""
        self._others_write()

    def pytest_unconfigure(self) -> None:
        """Whatever ended the run, the terminal is left as it was."""
        self._others_write()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, None, None]:
        """Count failures, and learn where drills of other processes left their reports."""
        self._others_write()  # pytest's letter for the test comes next
        self._learn(report)
        yield
        if report.failed and report.when == "call" and self._config.getoption("xmlpath", None):
            from drills.plugin.junit import tell_unproven

            tell_unproven(self._config, report)

    def _learn(self, report: pytest.TestReport) -> None:
        properties = dict(report.user_properties)
        for name, text in report.user_properties:
            if name == LEFT and text not in self._left:
                self._left.append(str(text))
            if name == FORGOTTEN and text not in self._forgotten:
                self._forgotten.append(str(text))
            if name == ELSEWHERE and text not in self._elsewhere:
                self._elsewhere.append(str(text))
        if report.failed:
            self._failed.append(report)
            if report.when == "call" and properties.get("drill-inconclusive"):
                self._inconclusive += 1
            else:
                self._others += 1
        plan = properties.get(PLAN)
        if isinstance(plan, str) and report.when == "call":
            self._plans.append(plan)
        directory = properties.get("drill")
        if isinstance(directory, str) and Path(directory) not in self._config.stash[RUNS]:
            self._config.stash[RUNS].append(Path(directory))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be collected is no drill worth another try."""
        self._others += report.failed
        if report.failed:
            self._failed.append(report)

    @pytest.hookimpl(tryfirst=True)  # before pytest reads what it tells of it
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tell a run that ended itself (``-x`` with pytest-xdist, ``--stepwise``) from a Ctrl-C."""
        if not self._config.getoption("fulltrace"):
            from drills.plugin.interrupted import in_words

            in_words(excinfo)
        by_hand = type(excinfo.value) is KeyboardInterrupt or "keyboard" in str(excinfo.value)
        itself = isinstance(excinfo.value, KeyboardInterrupt) and not by_hand
        self._ended_itself = itself

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Exit 70 where something of ours is left, whatever else; 75 where all else went well."""
        self._others_write()
        failed = session.exitstatus == pytest.ExitCode.TESTS_FAILED or (
            session.exitstatus == pytest.ExitCode.INTERRUPTED and self._ended_itself
        )
        if failed and self._inconclusive and not self._others:
            session.exitstatus = EXIT_INCONCLUSIVE
        if self._left or any(_left(directory) for directory in self._config.stash[RUNS]):
            session.exitstatus = EXIT_NOT_UNDONE
        if not self._export() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _export(self) -> bool:
        """Tell other programs of the drills; False where a file that was asked for is not there."""
        failed = [r for r in self._failed if r.nodeid.partition("::")[0].endswith(".feature")]
        if hasattr(self._config, "workerinput") or self._config.getoption("drill_dry_run"):
            return True
        if not self._config.stash[RUNS] and not failed:
            return True
        from drills.plugin.exporting import export

        drilled: list[Path] = self._config.stash[RUNS]
        try:
            exported = export(self._config, drilled, failed, self._left)
        except Exception as error:  # noqa: BLE001 - others have still to write what they write
            self._exported = [f"NOT EXPORTED: {type(error).__name__}: {error}"]
            return False
        self._exported = exported.lines
        return exported.whole

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Verdict, score, each criterion and the report's path, drill by drill."""
        for line in self._exported:
            terminalreporter.write_line(line)
        runs = self._config.stash[RUNS]
        if self._plans:
            terminalreporter.section("drills as planned; nothing was touched")
            terminalreporter.write_line("\n".join(self._plans))
        self._tell_left(terminalreporter)
        if not runs:
            return
        writer = terminalreporter._tw  # noqa: SLF001 - its width and colour are public knowledge
        from drills.history.latest import not_latest
        from drills.history.standing import read_standing
        from drills.plugin.interrupted import undone
        from drills.reporting.cleansing import clean_line
        from drills.reporting.files import read_result
        from drills.reporting.terminal import summary

        terminalreporter.section("drills")
        for directory in runs:
            try:
                result = read_result(directory)
            except DrillError as error:
                terminalreporter.write_line(str(error))
                continue
            path = _short(directory / "report.html")
            width, colour = writer.fullwidth, writer.hasmarkup
            text = summary(result, str(path), width, colour, read_standing(directory))
            terminalreporter.write_line(text)
            for line in undone(directory):
                terminalreporter.write_line(clean_line(line))
            for line in _left(directory):
                terminalreporter.write_line(clean_line(line), red=True, bold=True)
        latest = sorted({told for directory in runs if (told := not_latest(directory))})
        for line in [*latest, *self._forgotten]:
            terminalreporter.write_line(clean_line(line))

    def _tell_left(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What is left of other drills than those of this run, or beside their stacks."""
        if not self._left and not self._elsewhere:
            return
        from drills.reporting.cleansing import clean_line

        terminalreporter.section("left behind by drills")
        for line in self._left:
            terminalreporter.write_line(f"LEFT BEHIND: {clean_line(line)}", red=True, bold=True)
        for line in self._elsewhere:
            terminalreporter.write_line(f"LEFT ELSEWHERE: {clean_line(line)}", yellow=True)


def _left(directory: Path) -> list[str]:
    """What could not be proven undone or removed in a drill, and what to do by hand."""
    from drills.journal.facts import StackLeft
    from drills.journal.journal import read_timeline
    from drills.judgement.conclusion import not_undone

    try:
        timeline = read_timeline(directory)
    except JournalError:
        return []
    undone = [f"NOT UNDONE: {event.text}" for event in not_undone(timeline)]
    return undone + [f"LEFT BEHIND: {event.text}" for event in timeline.all(StackLeft)]


def _short(path: Path) -> Path:
    """The path relative to the working directory where it lies below it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _standard_output() -> TextIO | None:
    """A copy of standard output that pytest's capturing does not redirect."""
    try:
        return os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", errors="replace")
    except (OSError, ValueError, AttributeError):
        return None
