"""Settings under which a drill would prove nothing are none."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from drills.config.renamed import NOTIFY
from drills.config.settings import Settings, fails_on, notifies
from drills.errors import PlanError
from drills.runbook.action import Action
from drills.runbook.incident import Incident

TIMES = ("patience", "hold", "ready_within", "steady_within", "undo_within", "stop_after", "people")


@pytest.mark.parametrize("name", TIMES)
@pytest.mark.parametrize("seconds", [0, -1.0, math.nan])
def test_a_time_is_above_nought(name: str, seconds: float) -> None:
    """What is not waited for is not seen, and what holds for no time holds always."""
    with pytest.raises(PlanError, match=rf"^{name}: expected more than 0, got "):
        replace(Settings(), **{name: seconds})  # type: ignore[arg-type]


def test_at_least_one_request_is_due() -> None:
    """A fault that nobody could meet shows nothing."""
    with pytest.raises(PlanError, match=r"^requests: expected at least 1, got 0: "):
        Settings(requests=0)


def test_every_problem_is_told_at_once() -> None:
    """Each on a line of its own."""
    with pytest.raises(PlanError, match=r"(?s)patience.*\nhold.*\nrequests"):
        Settings(patience=0, hold=0, requests=-1)


def test_a_response_may_take_as_long_as_people_are_waited_for() -> None:
    """In each of its steps that only they can do, besides what is waited for anyway."""
    people = Action(action="people", says="Decide")
    look = Action(action="inspect", says="Look", service="app")
    incident = Incident(title="It is slow", procedure=(look, people, people))
    assert Settings(patience=10, people=60).response_within(incident) == 130
    assert Settings(patience=10, people=60).response_within(None) == 10
    assert Settings(patience=10).response_within(incident) == 10


def test_messages_are_sent_unless_command_line_or_environment_say_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command line has the last word; any other word is told with where it stands."""
    monkeypatch.delenv(NOTIFY, raising=False)
    assert notifies(None)
    monkeypatch.setenv(NOTIFY, "off")
    assert not notifies(None)
    assert notifies("on")
    monkeypatch.setenv(NOTIFY, "no")
    with pytest.raises(PlanError, match=r"^DRILL_NOTIFY: expected on or off, got 'no'$"):
        notifies(None)
    with pytest.raises(PlanError, match=r"^--drill-notify: expected on or off, got 'never'$"):
        notifies("never")


def test_a_regression_fails_a_run_where_that_is_said() -> None:
    """By the option, or else by the variable; ``nothing`` takes it back."""
    assert not fails_on(None, {})
    assert fails_on("regression", {})
    assert fails_on(None, {"DRILL_FAIL_ON": "regression"})
    assert not fails_on("nothing", {"DRILL_FAIL_ON": "regression"})


def test_any_other_word_of_what_fails_a_run_is_refused() -> None:
    """With the one that was meant."""
    expected = (
        r"^--drill-fail-on: expected regression or nothing, got 'regresion'; "
        r"did you mean 'regression'\?$"
    )
    with pytest.raises(PlanError, match=expected):
        fails_on("regresion", {})
    with pytest.raises(
        PlanError, match=r"^DRILL_FAIL_ON: expected regression or nothing, got 'x'$"
    ):
        fails_on(None, {"DRILL_FAIL_ON": "x"})
    with pytest.raises(
        PlanError, match=r"^--drill-fail-on: expected regression or nothing, got ''"
    ):
        fails_on("", {})
