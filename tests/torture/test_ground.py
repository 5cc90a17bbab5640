"""The engine goes and comes back in the middle of a drill: it ends at once and blames nobody."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.journal.facts import DrillEnded, FaultEffective, GroundFailed, Note, StackLeft
from drills.journal.journal import read_timeline
from drills.journal.timeline import Timeline
from drills.reporting.files import read_result
from drills.units import NS
from drills.wait import until
from tests.torture import traces
from tests.torture.cases import Case, Moment
from tests.torture.gate import Gate, engine_gate
from tests.torture.tortured import Tortured

pytestmark = pytest.mark.engine

CASE = Case("long watch", "the engine goes", (), Moment(0, 0))
AT_ONCE = 30.0  # seconds, on a machine with much else to do; far below the patience


class Shaken(Tortured):
    """Its engine goes once the fault is in effect, and comes back when the drill has noticed."""

    options = ("--drill-hold=0.2s", "--drill-patience=300s", "--drill-ready=60s")

    def __init__(self, folder: Path, gate: Gate, goes: Callable[[], None]) -> None:
        environment = {"DOCKER_HOST": gate.address}
        super().__init__(CASE, folder, f"shaken-{os.getpid()}", environment)
        self._goes = goes
        self._gate = gate
        self.code = 0

    def _torture(self, process: subprocess.Popen[bytes]) -> None:
        until(self.effective, awaited="the fault", within=100, interval=0.05)
        self._goes()
        until(self.gave_way, awaited="the drill notices", within=100, interval=0.05)
        self._gate.mend()
        self._gate.open.set()
        self.code = process.wait(100)

    def timeline(self) -> Timeline:
        with suppress(JournalError, ValueError):
            (folder,) = self.reports.glob("*-*")
            return read_timeline(folder)
        return Timeline()

    def effective(self) -> FaultEffective | None:
        return self.timeline().first(FaultEffective)

    def gave_way(self) -> GroundFailed | None:
        return self.timeline().first(GroundFailed)


@pytest.mark.parametrize("goes", ["cut", pytest.param("shut", marks=pytest.mark.thorough)])
def test_a_drill_whose_engine_goes_is_inconclusive_and_leaves_nothing(
    goes: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Killed or hanging: undone once it is back, exit 75, and what was not seen is named."""
    with engine_gate(tmp_path) as gate:
        drill = Shaken(tmp_path / "drill", gate, gate.cut if goes == "cut" else gate.open.clear)
        drill.run()
    timeline = drill.timeline()
    (ground,) = timeline.all(GroundFailed)
    assert ground.what == "engine"
    assert drill.code == 75, (drill.folder / "output.txt").read_text("utf-8")
    (folder,) = drill.reports.glob("*-*")
    result = read_result(folder)
    assert (result.verdict, result.score.value) == ("inconclusive", None)
    assert result.reason.startswith("the ground gave way")
    assert timeline.all(StackLeft) == []
    (ended,) = timeline.all(DrillEnded)
    seconds = (ended.at_ns - ground.at_ns) / NS
    assert seconds < AT_ONCE
    record_property("seconds_to_the_end", seconds)
    if goes == "cut":  # one that hung told what happened meanwhile once it did not any more
        assert "the engine was not heard" in "\n".join(one.text for one in timeline.all(Note))
    found = [*traces.left_over(drill), *traces.of_its_report(drill), *traces.of_its_pictures(drill)]
    assert found == []
    assert not drill.entered()
