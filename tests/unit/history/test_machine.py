"""What kind of machine a drill ran on."""

from __future__ import annotations

import pytest

from drills.history.machine import kind_of
from drills.judgement.environment import Environment


def environment(**changes: str) -> Environment:
    told = {"host": "Linux 6.18.44-x x86_64, 2 processors, 24 GiB"}
    told |= {
        "engine": "engine 26.1.5+dfsg1, target unix:///x, compose 2.26.1-4",
        "python": "3.11.7",
    }
    told |= changes
    return Environment(
        versions={"python": told["python"]},
        git="",
        engine=told["engine"],
        host=told["host"],
        images={},
        clock="",
    )


def test_it_is_system_processors_memory_engine_and_python() -> None:
    """In words that a reader understands."""
    kind = "Linux x86_64, 2 processors, 24 GiB, engine 26, Python 3.11"
    assert kind_of(environment()) == kind


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "Linux 7.0.1 x86_64, 2 processors, 24 GiB"},
        {"engine": "engine 26.2, target tcp"},
        {"python": "3.11.9"},
    ],
)
def test_a_patch_makes_no_other_kind(changes: dict[str, str]) -> None:
    """Of the kernel, the engine, Python."""
    assert kind_of(environment(**changes)) == kind_of(environment())


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "Linux 6.18.44-x x86_64, 4 processors, 24 GiB"},
        {"host": "Linux 6.18.44-x aarch64, 2 processors, 24 GiB"},
        {"host": "Linux 6.18.44-x x86_64, 2 processors, 8 GiB"},
        {"host": "something else"},
        {"engine": "engine 27.0"},
        {"engine": ""},
        {"python": "3.12.0"},
        {"python": ""},
    ],
)
def test_another_machine_is_another_kind(changes: dict[str, str]) -> None:
    """Also where less is known of it."""
    assert kind_of(environment(**changes)) != kind_of(environment())


def test_of_nothing_nothing_is_known() -> None:
    """No part is made up."""
    assert kind_of(environment(host="", engine="", python="")) == ""
