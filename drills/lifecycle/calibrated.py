"""What is known of this machine: the calibration that lies beside the drills."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drills.errors import JournalError
from drills.journal import regular
from drills.journal.replacing import replacing
from drills.judgement.calibration import Accuracy, accuracy, lateness
from drills.lifecycle.calibrating import QUICK, RATE, Measured
from drills.lifecycle.surroundings import host

FILE = "calibration.json"
NONE = "not calibrated: drills calibrate"
ASIDE = 0.1  # of the outages; more set aside, and the machine was busy
LATE_MS = 5.0  # half an interval; more than 1 % sent later than that, and the machine was busy
STALLED = 0.02  # of the time, as of a drill
_MACHINE = Path("/etc/machine-id")


@dataclass(frozen=True, slots=True)
class Calibration:
    """What known outages told of a machine.

    ``busy`` says why the machine was too busy for it to be trusted, "" where it was not.
    ``lateness_ms``: within that, 99 % of the requests were sent once they were due.
    """

    accuracy: Accuracy
    processor_ms: float
    lateness_ms: float
    stalled: float
    seconds: float
    busy: str

    @property
    def trusted(self) -> bool:
        """Whether it may be quoted: the truth is where it is said to be, and nothing disturbed."""
        return self.accuracy.bounds_hold and not self.busy


def judge(measured: Measured) -> Calibration:
    """Hold what was measured against what is known."""
    samples = measured.samples[QUICK.name]
    found = accuracy(samples, measured.truths, QUICK)
    late = lateness(samples, 0.99)
    return Calibration(
        accuracy=found,
        processor_ms=measured.processor_ms,
        lateness_ms=late,
        stalled=measured.stalled,
        seconds=measured.seconds,
        busy=_busy(measured, found.set_aside, late),
    )


def _busy(measured: Measured, set_aside: int, late_ms: float) -> str:
    """All that tells of a machine with too much else to do."""
    made = len(measured.truths)
    reasons = {
        f"1 % of the requests were sent {late_ms:.1f} ms late or later": late_ms > LATE_MS,
        f"the prober stood still for {measured.stalled:.1%} of the time": measured.stalled
        > STALLED,
        f"{set_aside} of {made} outages began or ended at no exact moment": set_aside
        > ASIDE * made,
        f"{measured.cut} outages were left out, as all took too long": measured.cut > 0,
    }
    return "; ".join(reason for reason, holds in reasons.items() if holds)


def check_place(reports: Path) -> None:
    """Raises JournalError where a calibration could not be kept: better before than after it."""
    there = next(each for each in (reports, *reports.absolute().parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise JournalError(f"cannot write {reports / FILE}: expected a folder that may be written")


def write(calibration: Calibration, reports: Path) -> Path:
    """Put it beside the drills, with the date and what machine this is.

    Raises JournalError where that cannot be written.
    """
    found, path = calibration.accuracy, reports / FILE
    document = {
        "schema": 1,
        "date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "host": host(),
        "machine": _machine(),
        "rate": RATE,
        "timeout_s": QUICK.timeout,
        "slow_s": QUICK.slow,
        "trusted": calibration.trusted,
        "bounds_hold": found.bounds_hold,
        "by_chance": found.doubt,
        "busy": calibration.busy,
        "seconds": calibration.seconds,
        "processor_ms": calibration.processor_ms,
        "lateness_p99_ms": calibration.lateness_ms,
        "stalled": calibration.stalled,
        "set_aside": found.set_aside,
        "false": found.false,
        "rows": [asdict(row) for row in found.rows],
        "all": asdict(found.total),
    }
    try:
        reports.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(json.dumps(document, indent=1).encode() + b"\n")
    except OSError as error:
        raise JournalError(f"cannot write {path}: {error.strerror or error}") from error
    return path


def stated(reports: Path) -> str:
    """How exact times are on this machine, in a few words; that it is not calibrated, for none.

    A calibration of another machine, or of this one as it was (another kernel, other processors),
    is none; nor is a file that is no calibration.
    """
    with suppress(OSError, ValueError, KeyError, TypeError, JournalError):
        told: Mapping[str, Any] = json.loads(regular.read(reports / FILE))
        if (told["host"], told["machine"]) == (host(), _machine()):
            return _words(told)
    return NONE


def _words(told: Mapping[str, Any]) -> str:
    of_all, date = told["all"], str(told["date"])[:10]
    if not told["trusted"]:
        return f"calibrated {date}, not to be trusted ({_why(told)}): drills calibrate"
    return (
        f"known outages measured to {float(of_all['median_ms']):.1f} ms, "
        f"95 % of them to {float(of_all['p95_ms']):.1f} ms, "
        f"all to {float(of_all['max_ms']):.1f} ms, {told['rate']:g} requests a second "
        f"(calibrated {date})"
    )


def _why(told: Mapping[str, Any]) -> str:
    return "the machine was busy" if told["busy"] else "truths outside of their bounds"


def _machine() -> str:
    """A digest of what tells this machine from others, "" where nothing does; never its name."""
    with suppress(OSError):
        if told := _MACHINE.read_bytes().strip():
            return hashlib.sha256(b"incident-drills calibration\0" + told).hexdigest()[:16]
    return ""
