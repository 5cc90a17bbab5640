"""Where a live view is drawn, and where plain lines are safer."""

from __future__ import annotations

import io
from typing import Any

import pytest

from drills.plugin import viewing


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Config:
    """As much of pytest's as is asked."""

    def __init__(self, **options: Any) -> None:
        self.options = {"capture": "fd", "log_cli_level": None, "setupshow": False, **options}
        self.pluginmanager = self
        self.reporter = object.__new__(options.get("reporter", pytest.TerminalReporter))
        self.ini = {"log_cli": options.get("log_cli", False)}

    def getoption(self, name: str, default: object = None) -> object:
        return self.options.get(name, default)

    def getini(self, name: str) -> object:
        return self.ini[name]

    def hasplugin(self, name: str) -> bool:
        return name == "logging" and "no_logging" not in self.options

    def get_plugin(self, name: str) -> object:
        assert name == "terminalreporter"
        return self.reporter


DRAWING = type("Drawing", (pytest.TerminalReporter,), {})  # one of others, that may draw, too


def wanted(stream: io.StringIO | None = None, environ: Any = None, **options: Any) -> bool:
    config: Any = Config(**options)
    return viewing.wanted(config, stream or Terminal(), environ or {"TERM": "xterm"})


def test_a_terminal_that_is_pytests_own_is_drawn_on() -> None:
    """As by default, and without the plugin that could log to it."""
    assert wanted()
    assert wanted(no_logging=True)
    assert wanted(environ={"TERM": "vt100", "CI": "", "NO_COLOR": "1"})


@pytest.mark.parametrize(
    "environ", [{"TERM": "dumb"}, {"LANG": "C"}, {"TERM": "xterm", "CI": "true"}], ids=str
)
def test_dumb_terminals_and_logs_get_plain_lines(environ: dict[str, str]) -> None:
    """Escape sequences would be read there as they are."""
    assert not wanted(environ=environ)


def test_a_file_gets_plain_lines() -> None:
    """Output that is redirected is no terminal."""
    assert not wanted(io.StringIO())


@pytest.mark.parametrize(
    "options",
    [
        {"capture": "no"},
        {"capture": "sys"},
        {"capture": "tee-sys"},
        {"log_cli": True},
        {"log_cli_level": "INFO"},
        {"setupshow": True},
        {"reporter": DRAWING},
        {"reporter": object},
    ],
    ids=str,
)
def test_where_others_write_during_a_test_there_are_plain_lines(options: dict[str, Any]) -> None:
    """What they wrote would be cleared with the frame."""
    assert not wanted(**options)
