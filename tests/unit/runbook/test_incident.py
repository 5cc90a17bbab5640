"""The incidents of the runbook."""

from __future__ import annotations

import pytest

from drills.runbook.action import Action
from drills.runbook.incident import Incident


def test_an_incident_says_what_announces_it() -> None:
    """Alerts at the pager, and services whose own health check says so; or nothing yet."""
    both = Incident(title="Down", alerts=("Down",), unhealthy=("app",))
    assert both.announced_by == "Down or app unhealthy"
    assert Incident(title="Down").announced_by == "nothing"


def test_an_incident_has_a_title() -> None:
    """Which the record of a drill begins with."""
    with pytest.raises(ValueError, match="title: expected a text that is not empty, found ''"):
        Incident(title="", alerts=("Down",))


def test_only_the_first_step_tells_an_incident_from_another() -> None:
    """What was done before would have been done to the wrong one."""
    look = Action(action="people", says="Look")
    ask = Action(action="run", says="Ask", service="app", command=("true",), tells=True)
    assert Incident(title="A", alerts=("A",), procedure=(ask, look)).telling == ask
    assert Incident(title="A", alerts=("A",), procedure=(look,)).telling is None
    with pytest.raises(ValueError, match="the first step of the procedure tells, got a later one"):
        Incident(title="A", alerts=("A",), procedure=(look, ask))


def test_what_is_done_otherwise_has_a_step_that_decides_it() -> None:
    """Neither stands without the other, and what is done then decides nothing more."""
    decides = Action(action="start", says="Start it", service="db", decides=True)
    other = Action(action="promote", says="Promote the other", service="other")
    both = Incident(title="Down", alerts=("Down",), procedure=(decides,), otherwise=(other,))
    assert both.steps == (decides, other)
    for procedure, otherwise in (
        ((decides,), ()),
        ((other,), (other,)),
        ((decides,), (other, decides)),
    ):
        with pytest.raises(ValueError, match="expected, under otherwise, what is done where"):
            Incident(title="Down", alerts=("A",), procedure=procedure, otherwise=otherwise)
