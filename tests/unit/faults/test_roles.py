"""A sentence may name a role in place of a service: at either end of a fault, one or all."""

from __future__ import annotations

import pytest

from drills.errors import PlanError
from drills.faults import Partition, Stop
from drills.faults.roles import Roles
from drills.faults.target import Target

ROLES = Roles(
    {"app": ("web", "worker"), "primary": ("db",)},
    {"north": ("web", "db"), "south": ("worker", "replica")},
)


def test_a_role_stands_for_all_its_services() -> None:
    """And a name that is no role's for the service of that name."""
    assert ROLES.targets(Target("app")) == [Target("web"), Target("worker")]
    assert ROLES.targets(Target("cache", 2)) == [Target("cache", 2)]


def test_one_instance_is_of_one_service() -> None:
    """Of a role that several play nobody knows which."""
    assert ROLES.targets(Target("primary", 1)) == [Target("db", 1)]
    with pytest.raises(PlanError, match=r"app #1: expected one service, .* by web, worker\. Hint"):
        ROLES.targets(Target("app", 1))


def test_the_other_end_of_a_link_may_be_a_role() -> None:
    """That one service plays."""
    assert ROLES.aimed(Partition("primary")) == Partition("db")
    assert ROLES.aimed(Partition("cache")) == Partition("cache")
    assert ROLES.aimed(Stop()) == Stop()
    with pytest.raises(PlanError, match=r"^partition: expected one service"):
        ROLES.aimed(Partition("app"))


def test_a_zone_is_everything_in_it() -> None:
    """Of a role only what is there."""
    assert ROLES.targets(Target("", zone="north")) == [Target("web"), Target("db")]
    assert ROLES.targets(Target("app", zone="north")) == [Target("web")]
    assert ROLES.targets(Target("replica", zone="south")) == [Target("replica")]


def test_a_zone_that_nobody_knows_or_that_has_none_of_them_is_refused() -> None:
    """Nothing that is hit would be no success."""
    expected = r"everything in nort: expected a zone of \[zones\] \(north, south\), got 'nort'; did"
    with pytest.raises(PlanError, match=expected):
        ROLES.targets(Target("", zone="nort"))
    with pytest.raises(PlanError, match=r"primary in south: expected a service that is in south"):
        ROLES.targets(Target("primary", zone="south"))
    with pytest.raises(PlanError, match=r"\[zones\] \(none\)"):
        Roles().targets(Target("", zone="north"))
