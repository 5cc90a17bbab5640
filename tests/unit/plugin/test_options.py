"""The options that begin with ``--drill``: what is usual, and what is wrong in those given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from drills.config.settings import BOUNDS, Settings
from drills.errors import PlanError
from drills.plugin import options
from drills.units import format_seconds


class Command:
    """A command line as pytest has parsed it."""

    def __init__(self, **given: Any) -> None:
        self._parser = pytest.Parser(_ispytest=True)
        options.add_options(self._parser)
        parsed = vars(self._parser.parse([]))
        self._values = {**parsed, **given}

    def getoption(self, name: str) -> Any:
        return self._values[name]

    @property
    def helped(self) -> dict[str, str]:
        """What the help says of each option."""
        (group,) = (one for one in self._parser._groups if one.name == "drills")
        return {one.names()[0]: str(one.attrs().get("help")) for one in group.options}


def test_what_is_not_given_is_as_the_settings_have_it() -> None:
    """Steady state is waited for as long as the stack is."""
    usual = Settings()
    found = options.settings_of(Command())  # type: ignore[arg-type]
    assert found == replace(usual, steady_within=usual.ready_within)


def test_the_help_says_what_is_usual() -> None:
    """For each bound that has a usual value."""
    usual, helped = Settings(), Command().helped
    for name, option in BOUNDS.items():
        value = getattr(usual, name)
        if value is not None:
            shown = str(value) if name == "requests" else format_seconds(value)
            assert f"(default: {shown}" in helped[option]


@pytest.mark.parametrize("text", ["soon", "0 s", ""])
def test_a_bound_that_bounds_nothing_is_told_before_anything_runs(text: str) -> None:
    """Each of them, by its option; an empty one is no way to ask for the usual value."""
    given = Command(drill_patience=text, drill_requests="0")
    with pytest.raises(PlanError, match=r"(?s)^--drill-patience: .*\n--drill-requests: "):
        options.check(given)  # type: ignore[arg-type]


def test_no_bound_on_the_time_is_an_empty_one() -> None:
    """As a pipeline gives it that leaves its variable unset."""
    assert options.settings_of(Command(drill_stop_after="")).stop_after is None  # type: ignore[arg-type]


def test_a_regression_fails_a_run_where_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the option or by the variable; another word is told beside all else that is wrong."""
    found = options.settings_of(Command(drill_fail_on="regression"))  # type: ignore[arg-type]
    assert found.fail_on_regression
    monkeypatch.setenv("DRILL_FAIL_ON", "regresion")
    given = Command(drill_notify="never")
    with pytest.raises(PlanError, match=r"(?s)^--drill-notify: .*\nDRILL_FAIL_ON: expected"):
        options.check(given)  # type: ignore[arg-type]
