"""Where an inbox can stand in a stack, and whose names it must not take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drills.stack.engines.composed import Composed, read
from drills.stack.engines.received import standing, unreceived
from drills.stack.inbox import Reception

STACK: dict[str, Any] = {
    "name": "shop",
    "services": {
        "web": {
            "container_name": "Front",
            "networks": {"inside": {"aliases": ["shop.internal"]}, "shared": None},
            "extra_hosts": ["pager.example=10.0.0.1", "v6.example:::1"],
        },
        "db": {"networks": {"inside": None, "data": None}},
        "tool": {"network_mode": "host"},
    },
    "networks": {
        "inside": {"name": "shop_inside", "internal": True},
        "data": {"name": "shop_data"},
        "unused": {"name": "shop_unused"},
        "shared": {"name": "corporate", "external": True},
    },
}


def composed(document: dict[str, Any] = STACK) -> Composed:
    return read(json.dumps(document).encode(), Path("/srv/compose.yaml"))


def place(*names: str, networks: tuple[str, ...] = ()) -> Reception:
    return Reception(names=names or ("oncall.internal",), port=9095, networks=networks)


def test_it_stands_in_every_network_that_the_drill_makes_for_a_service() -> None:
    """In no external one, and in none that nobody is in."""
    assert standing(composed(), place()) == ["inside", "data"]
    assert standing(composed(), place(networks=("data",))) == ["data"]
    assert list(unreceived(composed(), place())) == []


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("db", "a service"),
        ("WEB", "a service"),
        ("front", "the container of web"),
        ("shop.internal", "an alias of web"),
        ("pager.example", "under extra_hosts of web"),
        ("v6.example", "under extra_hosts of web"),
    ],
)
def test_a_name_of_the_team_s_is_refused(name: str, what: str) -> None:
    """Callers of theirs would be answered by the drill, or the receiver never asked."""
    (said,) = unreceived(composed(), place("oncall.internal", name))
    assert said.startswith(f"[monitoring.webhook] as: {name} is {what} already")


def test_an_external_network_is_not_joined() -> None:
    """Even where it is named: pages that are meant for people might reach the drill there."""
    (said,) = unreceived(composed(), place(networks=("shared",)))
    assert "shared is external" in said


def test_a_network_that_is_not_there_is_told_with_those_that_are() -> None:
    """And the nearest of them."""
    (said,) = unreceived(composed(), place(networks=("insid",)))
    assert "expected networks of compose.yaml (inside, data), got 'insid'" in said
    assert "did you mean 'inside'?" in said
    (said,) = unreceived(composed(), place(networks=("unused",)))
    assert "no service is in unused" in said


def test_a_stack_without_a_network_of_its_own_has_no_place_for_it() -> None:
    """Such as one on the host's."""
    alone = {"name": "x", "services": {"tool": {"network_mode": "host"}}}
    (said,) = unreceived(composed(alone), place())
    assert "found none that the drill makes" in said
