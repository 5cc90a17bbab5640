"""A dry run says of each fault what the machine is not able to do for it."""

from __future__ import annotations

import pytest

from drills.faults import Partition, Stop, VolumeFilled
from drills.faults.target import Target
from drills.lifecycle.briefing import brief
from drills.stack.abilities import Ability
from tests.unit.lifecycle.test_dry_run import DETECTED, planned, problems

WIDE = {"services": ["app", "replica"], "containers_at_once": 3}


def test_what_the_machine_lacks_is_said_and_is_no_problem_of_the_plan() -> None:
    """It may be met elsewhere; here the drill will be inconclusive."""
    drill = planned(blast_radius=WIDE)
    drill.outline.lacks = {Ability.LINKS: "no packet filter"}.__getitem__
    with drill.inject(Partition("app"), Target("replica")):
        drill.expect(DETECTED)
    assert problems(drill) == []
    text = " ".join(brief(drill.outline).split())
    assert "needs a machine where the link between two containers can be cut" in text
    assert (
        "lacks a machine where the link between two containers can be cut: no packet filter; "
        "as it is, the drill is inconclusive" in text
    )


def test_a_machine_is_asked_only_what_a_fault_needs() -> None:
    """What every engine can do is not tried."""
    drill = planned()
    none: dict[Ability, str] = {}
    drill.outline.lacks = none.__getitem__
    with drill.inject(Stop(), Target("replica")):
        drill.expect(DETECTED)
    assert problems(drill) == []
    assert "lacks" not in brief(drill.outline)


def test_the_two_ends_of_a_link_are_two_services() -> None:
    """Found out without an engine."""
    drill = planned(blast_radius=WIDE)
    with drill.inject(Partition("app"), Target("app", 1)):
        drill.expect(DETECTED)
    (found,) = problems(drill)
    assert "expected two services, got app twice" in found


@pytest.mark.parametrize(
    ("volume", "rest", "why"),
    [
        ("data", 0, "expected a volume with a limit of at most 1024 MiB, data has no limit"),
        ("wal", 0, "expected a volume that the drill makes (data, scratch), got 'wal'"),
        ("scratch", 9, "expected to leave less free than the 9 bytes that scratch holds, got 9"),
    ],
)
def test_what_the_file_shows_is_told_before_anything_runs(volume: str, rest: int, why: str) -> None:
    """A volume without a limit, one that is not the drill's, one smaller than the rest."""
    drill = planned()
    drill.outline.volumes = {"replica": {"data": 0, "scratch": 9}}
    with drill.inject(VolumeFilled(volume, rest), Target("replica")):
        drill.expect(DETECTED)
    assert any(why in found for found in problems(drill))


def test_a_volume_that_may_be_filled_is_planned() -> None:
    """And so is one of a stack whose file nobody has looked at."""
    for volumes in ({"replica": {"data": 2**20}}, {}):
        drill = planned()
        drill.outline.volumes = volumes
        with drill.inject(VolumeFilled("data"), Target("replica")):
            drill.expect(DETECTED)
        assert problems(drill) == []
        assert "clear-volume the volume data of replica-1" in brief(drill.outline)
