"""The backup of a scenario is the one that its incident's procedure restores."""

from __future__ import annotations

import pytest

from drills.errors import PlanError
from drills.lifecycle.on_call import backup_of, in_order
from drills.runbook.action import Action
from drills.runbook.incident import Incident

INTO_A_COPY = Action(
    action="restore", says="Try it", service="db", database="copy", file="/other", role="admin"
)
IN_ITS_PLACE = Action(
    action="restore", says="Do it", service="db", database="erp", file="/backup", changes=True
)


def test_it_is_made_as_it_is_restored() -> None:
    """The same service, database and file; it changes nothing."""
    incident = Incident(title="It", alerts=("A",), procedure=(INTO_A_COPY, IN_ITS_PLACE))
    action = backup_of(incident)
    assert (action.action, action.service, action.database) == ("back up", "db", "erp")
    assert (action.file, action.changes, action.acts) == ("/backup", False, False)


@pytest.mark.parametrize("incident", [None, Incident(title="It", alerts=("A",))])
def test_where_none_is_restored_there_is_none(incident: Incident | None) -> None:
    """One into a database of its own proves a backup that the procedure makes itself."""
    with pytest.raises(PlanError, match="expected a backup that the incident's procedure restores"):
        backup_of(incident)
    only = Incident(title="It", alerts=("A",), procedure=(INTO_A_COPY,))
    with pytest.raises(PlanError):
        backup_of(only)


def test_the_scenario_s_own_incident_comes_first_only_where_no_answer_decides() -> None:
    """Whoever responds may not know by the scenario's tag what was done to the system."""
    ask = Action(action="run", says="Ask", service="db", command=("true",), tells=True)
    one, two = (Incident(title=t, alerts=("A",), procedure=(ask,)) for t in ("One", "Two"))
    three, four = (Incident(title=t, alerts=("A",)) for t in ("Three", "Four"))
    known = [three, one, four, two]
    assert in_order(known, two) == [one, two, three, four]
    assert in_order(known, four) == [one, two, four, three]
