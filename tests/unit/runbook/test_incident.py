"""The incidents of the runbook, and the boxes of its record."""

from __future__ import annotations

import pytest

from drills.runbook.action import Action
from drills.runbook.incident import Incident, Record
from drills.runbook.policy import IMPACTS


def test_an_incident_says_what_announces_it() -> None:
    """Alerts at the pager, and services whose own health check says so; one of them at least."""
    both = Incident(title="Down", alerts=("Down",), unhealthy=("app",))
    assert both.announced_by == "Down or app unhealthy"
    with pytest.raises(ValueError, match="expected alerts, or services under unhealthy"):
        Incident(title="Down")


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


def test_a_record_has_a_box_for_each_service_that_incidents_affect() -> None:
    """In their order, once each, unless the team lists its own."""
    incidents = [
        Incident(title="A", alerts=("A",), affected=("Shop", "Stock")),
        Incident(title="B", alerts=("B",), affected=("Stock", "Mail")),
    ]
    assert Record().boxes(incidents) == (IMPACTS, ("Shop", "Stock", "Mail"))
    assert Record(impacts=("Bad",), services=("Own",)).boxes(incidents) == (("Bad",), ("Own",))
