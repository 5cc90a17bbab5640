"""The mutation score: how many of the sabotages that were tried turned their drill as named."""

from __future__ import annotations

import pytest

CASE = "sabotage"
TRIED: dict[str, bool] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every report of a case tell which one it is of, also from another process."""
    for item in items:
        if isinstance(item, pytest.Function) and item.originalname == "test_it_turns":
            item.user_properties.append((CASE, item.callspec.id))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note whether a case turned: set-up, test and teardown must all have passed."""
    name = dict(report.user_properties).get(CASE)
    if isinstance(name, str):
        TRIED[name] = TRIED.get(name, True) and report.passed


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the score, and the names of those which did not turn."""
    if not TRIED:
        return
    failed = [name for name, turned in TRIED.items() if not turned]
    turned, tried = len(TRIED) - len(failed), len(TRIED)
    terminalreporter.section("sabotage")
    terminalreporter.write_line(
        f"mutation score: {turned} of {tried} ({100 * turned // tried} %)",
        green=not failed,
        red=bool(failed),
    )
    for name in failed:
        terminalreporter.write_line(f"  did not turn: {name}", red=True)
