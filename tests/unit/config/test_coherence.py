"""What one section needs of another, and what is left to compose where nothing is said."""

from __future__ import annotations

from typing import Any

import pytest

from drills.config.document import Manifest
from drills.errors import BlastRadiusExceeded, PlanError
from drills.faults.target import Target

HOME: dict[str, Any] = {"home": {"path": "/"}}
LOGIN = {"path": "/login"}


def test_nothing_has_to_be_said() -> None:
    """Then every service that compose has may be touched, one container at a time."""
    manifest = Manifest.of({}).with_services({"web": 2, "db": 1})
    radius = manifest.blast_radius
    assert (radius.services, radius.at_once, radius.assumed) == (("web", "db"), 1, True)
    assert (manifest.stack.entry, manifest.journeys, manifest.data.primary) == (None, {}, "")


def test_of_a_project_that_runs_already_nothing_may_be_touched_unless_it_is_named() -> None:
    """However it is said that it is visited, and whatever it consists of."""
    attached = Manifest.of({"stack": {"attach": "shop"}}).with_services({"web": 2})
    visited = Manifest.of({}).with_services({"web": 2}).visiting("shop")
    assert attached.blast_radius.services == visited.blast_radius.services == ()
    with pytest.raises(BlastRadiusExceeded, match=r"may touch nothing that \[blast_radius\] serv"):
        attached.blast_radius.check(Target("web"), 1, 0)


def test_the_size_of_the_blast_radius_may_be_said_alone() -> None:
    """And services that are named are all that may be touched."""
    sized = Manifest.of({"blast_radius": {"containers_at_once": 2}}).with_services({"web": 2})
    assert (sized.blast_radius.services, sized.blast_radius.at_once) == (("web",), 2)
    named = Manifest.of({"blast_radius": {"services": ["web"]}}).with_services({"web": 1, "db": 1})
    assert (named.blast_radius.services, named.blast_radius.assumed) == (("web",), False)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"journeys": HOME}, r"^journeys\.home: expected stack\.entry: .*, or `at` for this"),
        ({"login": LOGIN}, r"^login: expected stack\.entry"),
        ({"monitoring": {"health": {"/health": "status"}}}, r"^monitoring\.health: expected stack"),
        ({"journeys": {"service-states": {"path": "/"}}}, r"what the states of the services are"),
    ],
)
def test_what_is_asked_where_customers_enter_needs_an_entry(
    said: dict[str, Any], expected: str
) -> None:
    """Told by key, before anything is run."""
    with pytest.raises(PlanError, match=expected):
        Manifest.of(said)


def test_a_journey_that_says_where_it_is_asked_needs_no_entry() -> None:
    """Such as one past the load balancer."""
    home = {"path": "/", "at": {"service": "web", "port": 80}}
    assert Manifest.of({"journeys": {"home": home}}).stack.entry is None


@pytest.mark.parametrize(
    "said",
    [
        {"command": ["redis-cli", "ping"], "in": "queue"},
        {"connect": {"service": "queue", "port": 6379}},
        {"ask": "SELECT 1", "node": "db"},
    ],
)
def test_customers_who_ask_for_no_pages_enter_nowhere(said: dict[str, Any]) -> None:
    """So a stack that speaks no HTTP needs no entry."""
    node = {"service": "db", "dsn": "postgresql://u@{host}:{port}/shop"}
    data = {"writes": "jobs", "final_read": "SELECT id FROM jobs", "nodes": {"db": node}}
    jobs = {"command": ["put", "{id}"], "in": "queue"}
    manifest = Manifest.of({"journeys": {"jobs": jobs, "asked": said}, "data": data})
    assert manifest.stack.entry is None


def test_a_role_is_played_by_services_and_is_none_itself() -> None:
    """A sentence that names it would be about either."""
    manifest = Manifest.of({"roles": {"app": "web", "all": ["web", "db"]}})
    assert manifest.roles == {"app": ("web",), "all": ("web", "db")}
    assert manifest.with_services({"web": 1, "db": 1}).played.services("app") == ("web",)
    with pytest.raises(PlanError, match=r"roles\.app: expected a role that is no service's name"):
        manifest.with_services({"web": 1, "db": 1, "app": 1})
    with pytest.raises(PlanError, match=r"roles\.all\.1: expected one of stack\.services \(web\)"):
        manifest.with_services({"web": 1})


def test_what_is_in_a_zone_is_a_service() -> None:
    """A zone may be called as a service is: no sentence takes one for the other."""
    manifest = Manifest.of({"zones": {"web": ["web", "db"], "south": "replica"}})
    assert manifest.zones == {"web": ("web", "db"), "south": ("replica",)}
    manifest.with_services({"web": 1, "db": 1, "replica": 1})
    with pytest.raises(PlanError, match=r"zones\.south\.0: expected one of stack\.services"):
        manifest.with_services({"web": 1, "db": 1})
