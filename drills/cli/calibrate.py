"""`drills calibrate`: how exact times are on this machine, by outages that are known."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from drills.errors import PlanError

if TYPE_CHECKING:
    from drills.judgement.calibration import Accuracy, Row
    from drills.lifecycle.calibrated import Calibration

OUTAGES = 72  # about 40 s of them
MOST = 5000
LONGEST = 0.8  # seconds
HEADS = ("recorded", "median", "p95", "max", "bias", "in bounds", "width")
EXIT_BUSY = 75  # as where something could not be measured: worth another try


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command, to the others."""
    calibrate = commands.add_parser(
        "calibrate",
        help="say how exact times are on this machine, by outages that are known: 0 as stated, 1 "
        "truths lie outside of their bounds, 75 the machine is too busy to tell",
    )
    calibrate.add_argument(
        "--reports", type=Path, default=Path("reports"), metavar="DIR", help="where drills are left"
    )
    calibrate.add_argument(
        "--outages", type=int, default=OUTAGES, metavar="N", help=f"how many (default: {OUTAGES})"
    )
    calibrate.add_argument(
        "--seed", type=int, default=1, metavar="N", help="of kinds and lengths (default: 1)"
    )
    calibrate.set_defaults(run=_calibrate)


def _calibrate(options: argparse.Namespace) -> int:
    import tempfile

    from drills.cli.interrupted import terminated_as_interrupted
    from drills.lifecycle import calibrated
    from drills.lifecycle.calibrating import QUICK, measure, plan, seconds_of

    if not 1 <= options.outages <= MOST:
        raise PlanError(f"--outages: expected 1 to {MOST}, got {options.outages}")
    calibrated.check_place(options.reports)
    planned = plan(options.outages, LONGEST, options.seed)
    print(
        f"{len(planned)} outages of a server of its own on 127.0.0.1, about "
        f"{seconds_of(planned):.0f} s. Nothing else is touched; a quiet machine tells most.",
        file=sys.stderr,
        flush=True,
    )
    with terminated_as_interrupted("interrupted; nothing is left running, nothing was written"):
        with tempfile.TemporaryDirectory(prefix="drills-calibrate-") as directory:
            found = calibrated.judge(measure(planned, [QUICK], Path(directory)))
        path = calibrated.write(found, options.reports)
    for line in told(found):
        print(line)
    print(f"Written to {path}; reports of drills on this machine quote it.")
    if found.busy:
        return EXIT_BUSY
    return 0 if found.accuracy.bounds_hold else 1


def told(found: Calibration) -> list[str]:
    """The table, and what it means."""
    accuracy = found.accuracy
    lines = table(accuracy)
    lines.append(
        f"{found.processor_ms:.2f} ms of a processor for each request; 99 % of them sent within "
        f"{found.lateness_ms:.1f} ms of when they were due."
    )
    if accuracy.false:
        lines.append(f"Outages recorded that nobody made: {accuracy.false}.")
    if accuracy.set_aside:
        lines.append(
            f"Set aside, as the moment they began or ended is not known to 2 ms: "
            f"{accuracy.set_aside}."
        )
    if not accuracy.bounds_hold:
        lines.append(
            f"THE STATED BOUNDS DO NOT HOLD HERE: {accuracy.total.outside} of "
            f"{accuracy.total.edges} edges lie outside of them; by chance (0.5 % of edges) that "
            f"has a probability of {accuracy.doubt:.1g}."
        )
    if found.busy:
        lines.append(f"THE MACHINE WAS TOO BUSY to be trusted: {found.busy}. Try again.")
    return lines


def table(accuracy: Accuracy) -> list[str]:
    """A line of each kind of outage, and one of all."""
    rows = (*accuracy.rows, accuracy.total)
    return [_line("error of the duration, ms", *HEADS), *map(_row, rows)]


def _row(row: Row) -> str:
    share = 1 - row.outside / row.edges if row.edges else 1.0
    figures = (row.median_ms, row.p95_ms, row.max_ms)
    return _line(
        row.kind,
        f"{row.recorded}/{row.expected}",
        *("-" if each is None else f"{each:.1f}" for each in figures),
        "-" if row.bias_ms is None else f"{row.bias_ms:+.1f}",
        f"{share:.1%}" if row.edges else "-",
        "-" if row.width_ms is None else f"{row.width_ms:.1f}",
    )


def _line(first: str, *others: str) -> str:
    return f"{first:<26}" + "".join(f"{each:>12}" for each in others)
