"""A drill is asked to end while its engine hangs: nobody waits for long, and nothing is left."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.faults.rollback import LAST_LOOK
from drills.journal.facts import UndoFailed
from drills.journal.journal import read_timeline
from drills.lifecycle.drill import HURRY_SECONDS
from drills.units import NS
from drills.wait import until
from tests.torture import traces
from tests.torture.cases import SIGNALS, Blow, Case, Moment
from tests.torture.gate import Gate, engine_gate
from tests.torture.tortured import Tortured

pytestmark = pytest.mark.engine

BUSY = 10.0  # seconds that a machine with much else to do may take longer
CASE = Case("freeze", "SIGTERM", SIGNALS["SIGTERM"], Moment(13, 0.1))


class Hanging(Tortured):
    """Its engine hangs from before the first blow until the drill, tired of waiting, is killed."""

    def __init__(self, folder: Path, gate: Gate) -> None:
        environment = {"DOCKER_HOST": gate.address}
        super().__init__(CASE, folder, f"hanging-{os.getpid()}", environment)
        self._gate = gate

    def _torture(self, process: subprocess.Popen[bytes]) -> None:
        super()._torture(process)
        until(self.failed, awaited="the undo is given up", within=100, interval=0.1)
        self._strike(process, Blow("SIGKILL"))
        self._gate.open.set()

    def _strike(self, process: subprocess.Popen[bytes], blow: Blow) -> None:
        self._gate.open.clear()
        super()._strike(process, blow)

    def failed(self) -> UndoFailed | None:
        """The first undo that was given up, in its journal."""
        with suppress(JournalError, IndexError):
            (folder,) = self.reports.glob("*-*")
            return read_timeline(folder).first(UndoFailed)
        return None


def test_the_undo_is_given_up_in_time_and_made_up_for(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The drill says so within its six seconds; its watchdog finishes once the engine answers."""
    with engine_gate(tmp_path) as gate:
        drill = Hanging(tmp_path / "drill", gate)
        drill.run()
    failed = drill.failed()
    assert failed is not None
    assert "did not answer" in failed.text
    assert "By hand: docker unpause" in failed.text
    seconds = (failed.at_ns - drill.strikes[0].at_ns) / NS
    assert seconds < HURRY_SECONDS + LAST_LOOK + BUSY
    record_property("seconds_to_giving_up", seconds)
    found = [*traces.left_over(drill), *traces.of_its_report(drill), *traces.of_its_pictures(drill)]
    assert found == []
    assert not drill.entered()
