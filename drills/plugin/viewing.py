"""Whether a run of pytest may draw on its terminal, and what pytest has left there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

import pytest


def wanted(config: pytest.Config, stream: TextIO, environ: Mapping[str, str] | None = None) -> bool:
    """Whether a live view is safe there: on a terminal on which nobody else writes during a test.

    Under ``-s``, ``--capture=sys`` and the like what steps print reaches the terminal, as logs do
    with ``log_cli``; a log of continuous integration is read later; and another reporter than
    pytest's own may draw, too. Each of them gets plain lines.
    """
    from drills.reporting.plain import drawable

    if not drawable(stream, environ):
        return False
    if _logs(config) or config.getoption("setupshow", False):
        return False
    return config.getoption("capture", "no") == "fd" and type(_reporter(config)) is _PYTESTS


_PYTESTS = pytest.TerminalReporter


def _logs(config: pytest.Config) -> bool:
    """Whether what is logged goes to the terminal at once."""
    if not config.pluginmanager.hasplugin("logging"):
        return False
    return bool(config.getoption("log_cli_level", None) or config.getini("log_cli"))


def _reporter(config: pytest.Config) -> pytest.TerminalReporter | None:
    found = config.pluginmanager.get_plugin("terminalreporter")
    return found if isinstance(found, pytest.TerminalReporter) else None


def midline(config: pytest.Config) -> bool:
    """Whether pytest left the cursor in the middle of a line."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return reporter is not None and reporter._tw.width_of_current_line > 0  # noqa: SLF001


def coloured(config: pytest.Config) -> bool:
    """Whether pytest writes in colour: as the terminal, ``--color`` and ``NO_COLOR`` say."""
    reporter = _reporter(config)
    return reporter is not None and reporter.hasmarkup
