"""The machine that drills are run on: where they write, how much fits there, whose clock counts."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from drills.cli.doctor.finding import Finding, State
from drills.cli.doctor.patient import Patient
from drills.errors import JournalError
from drills.units import NS, format_seconds, format_size

ROOM = 2**30  # bytes below which a drill's reports, or its containers, may find no room
SKEW = 1.0  # seconds by which another machine's clock may differ before a person should know
_ROUNDS = 3


def permissions(patient: Patient) -> Iterator[Finding]:
    """Whether drills can write their reports, and enter themselves as running."""
    from drills.lifecycle.watchdog.state import state_directory

    places = {"reports": patient.reports, "temporary files": Path(tempfile.gettempdir())}
    try:
        places["running drills"] = state_directory()
    except JournalError as error:
        yield Finding.of("permissions", State.WRONG, str(error))
    for what, place in places.items():
        there = _nearest(place)
        try:
            with tempfile.TemporaryFile(dir=there):
                yield Finding("permissions", State.WELL, f"{what}: {place} takes files")
        except OSError as error:
            mend = "--drill-reports DIR" if what == "reports" else "DRILLS_STATE=DIR"
            said = f"{what}: {there} takes no file: {error.strerror or error}"
            yield Finding("permissions", State.WRONG, said, mend)


def disk(patient: Patient) -> Iterator[Finding]:
    """How much room there is for reports, and for the engine where that is on this machine."""
    places = {"reports": _nearest(patient.reports)}
    engine = patient.engine
    if not engine.address.remote:
        with engine.asked("ask the engine where it keeps things") as client:
            root = Path(str(client.info()["DockerRootDir"]))
        if root.is_dir():
            places["the engine"] = root
    for what, place in places.items():
        free = shutil.disk_usage(place).free
        said = f"{what}: {format_size(free)} free at {place}"
        if free < ROOM:
            yield Finding("disk", State.WRONG, said, f"at least {format_size(ROOM)} free")
        else:
            yield Finding("disk", State.WELL, said)


def clock(patient: Patient) -> Iterator[Finding]:
    """By how much the engine's clock differs from this machine's, and how well that is known."""
    from drills.stack.engines.events import wall_ns

    engine = patient.engine
    readings = []
    for _ in range(_ROUNDS):
        with engine.asked("ask the engine's clock") as client:
            before = time.time_ns()
            theirs = wall_ns(str(client.info()["SystemTime"]))
            after = time.time_ns()
        readings.append(((after - before) / 2 / NS, (theirs - (before + after) / 2) / NS))
    error, offset = min(readings)
    state = State.NOTE if abs(offset) > SKEW + error else State.WELL
    said = f"the engine's clock differs by {format_seconds(abs(offset))} ± {format_seconds(error)}"
    mend = "set both by NTP; a drill counts with the difference, people who read logs do not"
    yield Finding("clock", state, said, mend if state is State.NOTE else "")


def _nearest(place: Path) -> Path:
    """It, or the nearest folder above it that is there."""
    while not place.is_dir() and place != place.parent:
        place = place.parent
    return place
