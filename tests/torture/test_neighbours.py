"""Whatever becomes of a drill, what stands beside it is as it was: one of each end."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.judgement.result import DrillResult
from drills.reporting.files import read_result
from tests.torture import traces
from tests.torture.bystander import Bystander
from tests.torture.cases import SIGNALS, Case, Moment
from tests.torture.tortured import Tortured

pytestmark = pytest.mark.engine

UNDER_FAULT = Moment(13, 0.1)


@pytest.fixture(scope="module")
def bystander() -> Iterator[Bystander]:
    """A project of the same file, a volume, a network and a container of its names, and a guest."""
    with Bystander(f"neighbours-{os.getpid()}") as beside:
        yield beside


def result(drill: Tortured) -> DrillResult:
    """What the one drill came to."""
    (folder,) = (path for path in drill.reports.glob("*-*") if path.is_dir())
    return read_result(folder)


def untouched(drill: Tortured, bystander: Bystander) -> list[str]:
    """What is left of the drill, or changed beside it."""
    return [*traces.left_over(drill), *bystander.changes()]


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param("by itself", marks=pytest.mark.thorough),
        pytest.param("SIGKILL", marks=pytest.mark.thorough),
        "SIGKILL of drill and watchdog",
    ],
)
def test_a_drill_changes_nothing_of_its_neighbours(
    ends: str, bystander: Bystander, tmp_path: Path
) -> None:
    """It joins their network and has the names of their file, and is over or killed and healed."""
    case = Case("freeze", ends, SIGNALS.get(ends, ()), UNDER_FAULT)
    token = f"beside-{secrets.token_hex(4)}"
    drill = Tortured(case, tmp_path, token, bystander.environment)
    drill.run()
    said = drill.heal_by_the_next_run() if drill.entered() else ""
    assert untouched(drill, bystander) == [], said
    assert result(drill).status == ("aborted" if drill.strikes else "completed")


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"TORTURE_USER": "nobody-there"}, "unable to find user nobody-there"),
        pytest.param(
            {"TORTURE_OUTSIDE": "drills-torture-nowhere"},
            "docker network create drills-torture-no",
            marks=pytest.mark.thorough,
        ),
    ],
)
def test_a_drill_that_cannot_come_up_changes_nothing(
    environment: dict[str, str], reason: str, bystander: Bystander, tmp_path: Path
) -> None:
    """Half made, and taken down again; or refused before anything was made."""
    case = Case("freeze", "nothing", (), Moment(0, 0))
    token = f"beside-{secrets.token_hex(4)}"
    drill = Tortured(case, tmp_path, token, {**bystander.environment, **environment})
    drill.run()
    assert untouched(drill, bystander) == []
    found = result(drill)
    assert (found.status, found.verdict) == ("aborted", "inconclusive")
    assert reason in found.reason


def test_a_neighbour_that_was_changed_is_found(bystander: Bystander) -> None:
    """Or the tests above would prove nothing."""
    assert bystander.changes() == []
    beside = bystander.environment["TORTURE_BESIDE"]
    traces.said("docker", "pause", f"{beside}-guest")
    found = bystander.changes()
    traces.said("docker", "unpause", f"{beside}-guest")
    assert len(found) == 1
