"""What a fault acts on, and how far a drill may reach."""

from __future__ import annotations

import pytest

from drills.errors import BlastRadiusExceeded, UnknownTarget
from drills.faults.target import BlastRadius, Target, resolve
from drills.stack.runtime import Container

CONTAINERS = [
    Container(
        id=f"{service}{number}", name=f"p-{service}-{number}", service=service, instance=number
    )
    for service, number in (("app", 1), ("app", 2), ("postgres", 1))
]


def test_a_service_is_all_its_instances() -> None:
    """And one that is counted is that one."""
    assert [c.id for c in resolve(Target("app"), CONTAINERS)] == ["app1", "app2"]
    assert [c.id for c in resolve(Target("app", 2), CONTAINERS)] == ["app2"]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (Target("ap"), "a service of the stack (app, postgres), got ap; did you mean 'app'?"),
        (Target("app", 3), "an instance of app that there is (1, 2), got app #3"),
        (Target(""), "a service of the stack (app, postgres), got "),
    ],
)
def test_nothing_matched_is_no_success(target: Target, said: str) -> None:
    """The error names what there is, and what is near."""
    with pytest.raises(UnknownTarget) as raised:
        resolve(target, CONTAINERS)
    assert str(raised.value) == f"expected {said}"


@pytest.mark.parametrize(
    ("service", "containers", "already", "allowed"),
    [
        ("app", 1, 0, True),
        ("app", 2, 0, True),
        ("app", 3, 0, False),
        ("app", 1, 2, False),
        ("postgres", 1, 0, False),
    ],
)
def test_the_blast_radius_is_held(
    service: str, containers: int, already: int, allowed: bool
) -> None:
    """Only the services it names, and never more at once than it says."""
    radius = BlastRadius(("app",), at_once=2)
    if allowed:
        radius.check(Target(service), containers, already)
    else:
        with pytest.raises(BlastRadiusExceeded, match=service):
            radius.check(Target(service), containers, already)


def test_a_radius_of_nothing_allows_nothing() -> None:
    """It says so."""
    with pytest.raises(BlastRadiusExceeded, match="may touch nothing"):
        BlastRadius(()).check(Target("app"), 1, 0)


def test_a_target_reads_as_people_say_it() -> None:
    """The service, and which instance where one is meant."""
    assert (str(Target("app")), str(Target("app", 2))) == ("app", "app #2")
