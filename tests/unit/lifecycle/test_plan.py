"""What a drill's journal begins with: the part of the team's policy that it is judged by."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from drills.config.document import Manifest
from drills.config.settings import Settings
from drills.errors import PlanError
from drills.faults import ReplayPaused, Stop
from drills.faults.target import Target
from drills.journal.facts import DrillStarted
from drills.judgement.claims import within
from drills.judgement.stop import StopConditions
from drills.lifecycle.plan import Plan, aimed, of_a_runbook, unaskable
from drills.runbook.promised import Promised, promised
from tests.doubles.world import MANIFEST

RUNBOOK = {
    "severities": {"SEV-1": {"response": "10 min"}, "SEV-2": {}},
    "roles": {"lead": {"title": "Lead", "first": "Ann", "record": "Led by", "fills": ["Data"]}},
    "record": {
        "required": ["Severity"],
        "impacts": ["Bad"],
        "ticks": {"down": "Bad"},
        "after": ["Write it up"],
        "otherwise": "lead",
        "due": {"Write it up": {"by": "lead", "within": "5 days"}},
    },
}


def plan(severity: str, **more: Any) -> Plan:
    manifest = Manifest.of({**copy.deepcopy(MANIFEST), **more})
    return Plan("x", manifest, severity, "", None, DrillStarted())


def told(planned: Plan) -> Promised:
    """What is read back of the journal's first event."""
    opening = planned.opening(Settings(), StopConditions())
    return promised(DrillStarted.of(opening.event(0, 0)))


def test_a_drill_is_judged_by_the_policy_that_it_began_with() -> None:
    """Whatever the runbook says later, and whatever other versions took every runbook to be."""
    found = told(plan("SEV-1", runbook=RUNBOOK))
    assert found == Promised(
        severities=("SEV-1", "SEV-2"),
        limit_s=600,
        required=("Severity",),
        impacts=("Bad",),
        services=found.services,
        ticks={"down": "Bad"},
        after=("Write it up",),
        roles={"Led by": "Ann"},
        fills={"Led by": "Lead (Ann)", "Data": "Lead (Ann)"},
        otherwise="Lead (Ann)",
        owners={"Write it up": "Lead (Ann)"},
        within={"Write it up": "5 days"},
    )
    assert found.topics == ("Prevention measures", "Led by", "Write it up")


def test_without_a_runbook_it_is_judged_by_the_standard_policy() -> None:
    """Which names nobody."""
    found, earlier = told(plan("P2")), Promised()
    assert found.limit_s == 3600
    assert (found.required, found.after) == (earlier.required, earlier.after)
    assert found.roles["Technical lead"] == "Technical lead"


def test_a_journal_of_an_earlier_version_is_judged_by_what_that_held() -> None:
    """It says nothing of a policy; the services were those of the reference ERP alone."""
    assert promised(None) == promised(DrillStarted()) == Promised()
    assert promised(DrillStarted(schema=2)).services == ()
    assert promised(DrillStarted(record_services=("Shop",))).services == ("Shop",)


def test_a_plan_says_which_limit_its_severity_has() -> None:
    """A criterion with a time of its own keeps it."""
    asked = within("It", "time to recover", "the limit of its severity")
    assert plan("SEV-1", runbook=RUNBOOK).checked(asked).limit == 600
    own = within("It", "time to recover", "5 s")
    assert plan("SEV-1", runbook=RUNBOOK).checked(own) == own


def test_a_runbook_on_trial_has_the_severity_of_its_incident() -> None:
    """So its record says it, and whoever must be told of it is; without an incident it has none."""
    manifest = Manifest.of(copy.deepcopy(MANIFEST))
    (name, incident), *_ = manifest.incidents.items()
    severe = {name: replace(incident, severity="P2")}
    manifest = replace(manifest, incidents=severe)
    assert of_a_runbook(manifest, name, DrillStarted()).severity == "P2"
    assert of_a_runbook(manifest, "", DrillStarted()).severity == ""


def with_(node: dict[str, Any]) -> Manifest:
    """The world on paper, with this for its one database."""
    data = {**MANIFEST["data"], "nodes": {"db": {"service": "primary", **node}}, "statistics": {}}
    return Manifest.of({**copy.deepcopy(MANIFEST), "data": data})


@pytest.mark.parametrize("scheme", ["mysql", "mariadb"])
def test_a_fault_of_one_database_is_not_aimed_at_another(scheme: str) -> None:
    """It is said what was expected there and what is there, and what would do."""
    manifest = with_({"dsn": f"{scheme}://u:p@{{host}}:{{port}}/erp"})
    told = r"replay pause of primary: expected PostgreSQL, data.nodes.db is (MySQL|MariaDB)\. Hint"
    with pytest.raises(PlanError, match=told):
        aimed(manifest, ReplayPaused(), Target("primary"))
    aimed(manifest, Stop(), Target("primary"))
    aimed(manifest, ReplayPaused(), Target("replica"))


@pytest.mark.parametrize("node", [{"dsn": "postgresql://h"}, {"command": ["psql", "-c", "x"]}])
def test_a_fault_is_aimed_at_its_own_database_and_at_what_nobody_knows(
    node: dict[str, Any],
) -> None:
    """What a command asks may be of any kind."""
    _, (target,) = aimed(with_(node), ReplayPaused(), Target("primary"))
    assert target == Target("primary")


def test_a_database_whose_driver_is_missing_is_told_before_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the key of its node, with what installs it."""
    data = with_({"dsn": "mysql://u:p@{host}/erp"}).data
    assert list(unaskable(data)) == []
    monkeypatch.setattr("drills.stack.drivers.find_spec", lambda _name: None)
    (told,) = unaskable(data)
    assert told.startswith("data.nodes.db: expected PyMySQL, to ask MySQL")
    assert "pip install 'incident-drills[mysql]'" in told
