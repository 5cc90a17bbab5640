"""Prints the mutation score at the end of a run."""

from __future__ import annotations

import pytest

from tests.sabotage.mutation import MutationScore

CASE = "sabotage"
SCORE = MutationScore()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every report of a case tell which one it is of, also from another process."""
    for item in items:
        if isinstance(item, pytest.Function) and item.originalname == "test_it_turns":
            item.user_properties.append((CASE, item.callspec.id))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Whatever was not deselected is to be tried."""
    if not session.config.option.collectonly:
        properties = [dict(item.user_properties) for item in session.items]
        SCORE.select(str(each[CASE]) for each in properties if CASE in each)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how each phase of a case ended."""
    name = dict(report.user_properties).get(CASE)
    if isinstance(name, str):
        SCORE.note(name, report.when, passed=report.passed)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the score, and the names of those which did not turn."""
    if not SCORE.line():
        return
    unturned = SCORE.unturned()
    terminalreporter.section("sabotage")
    terminalreporter.write_line(SCORE.line(), green=not unturned, red=bool(unturned))
    for name in unturned:
        terminalreporter.write_line(f"  did not turn: {name}", red=True)
