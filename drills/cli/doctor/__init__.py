"""`drills doctor`: everything that stands between a team and its first drill, told at once."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from drills.reporting.cleansing import clean_line

if TYPE_CHECKING:
    from drills.cli.doctor.finding import Check, Finding

WITHIN = 10.0  # seconds
LEAVE_WITHIN = 30.0  # more, for what is under way to remove what it made
EXIT_UNKNOWN = 75


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command, to the others."""
    doctor = commands.add_parser(
        "doctor",
        help="say all that stands between this project and a drill, with what mends it: 0 nothing, "
        "1 something, 75 something is not known",
    )
    doctor.add_argument("--manifest", type=Path, metavar="FILE", help="the stack's manifest")
    doctor.add_argument(
        "--reports", type=Path, default=Path("reports"), metavar="DIR", help="where drills are left"
    )
    doctor.add_argument(
        "--attach", default="", metavar="PROJECT", help="a compose project that runs already"
    )
    doctor.add_argument("--remote", action="store_true", help="allow an engine on another machine")
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    doctor.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    from drills.cli.doctor.finding import Examination, State

    examination = Examination(_checks(options))
    found = examination.findings(WITHIN)
    if options.json:
        print(json.dumps([each.data() for each in found], indent=1), flush=True)
    else:
        _tell(found, colour=sys.stdout.isatty())
    examination.end(LEAVE_WITHIN)
    states = {each.state for each in found}
    return 1 if State.WRONG in states else EXIT_UNKNOWN if State.UNKNOWN in states else 0


def _checks(options: argparse.Namespace) -> dict[str, Check]:
    """Each part of the examination by what it is about."""
    from drills.cli.doctor import answers, engine, machine, stack
    from drills.cli.doctor.patient import Patient
    from drills.config.document import load
    from drills.config.finding import find
    from drills.stack.abilities import Ability

    manifest = load((options.manifest or find(Path.cwd())).resolve()).visiting(options.attach)
    folder = Path(manifest.place(())[0]).parent
    patient = Patient(manifest, folder, options.reports.absolute(), options.remote)
    runs = {"databases": answers.databases, "journeys": answers.journeys}
    asked = runs if patient.attached else {"answers": answers.not_asked}
    return {
        "engine": partial(engine.engine, patient),
        "compose": partial(stack.compose, patient),
        "stack": partial(stack.way, patient),
        "services": partial(stack.services, patient),
        **{f"ability: {each}": partial(stack.ability, patient, each) for each in Ability},
        **{name: partial(check, patient) for name, check in asked.items()},
        "permissions": partial(machine.permissions, patient),
        "disk": partial(machine.disk, patient),
        "clock": partial(machine.clock, patient),
    }


def _tell(found: Sequence[Finding], *, colour: bool) -> None:
    from drills.cli.doctor.finding import State

    paint = {State.WRONG: "\x1b[31m", State.NOTE: "\x1b[33m", State.WELL: "\x1b[32m"}
    for each in found:
        begin, end = (paint.get(each.state, ""), "\x1b[0m") if colour else ("", "")
        print(f"{begin}{each.state:<9}{end} {each.area}: {clean_line(each.says)}")
        if each.mend:
            print(f"{'':<9}   -> {clean_line(each.mend)}")
    wrong = sum(each.state is State.WRONG for each in found)
    unknown = sum(each.state is State.UNKNOWN for each in found)
    last = [f"{wrong} to mend"] * bool(wrong) + [f"{unknown} not known"] * bool(unknown)
    print(", ".join(last) or "nothing stands in a drill's way", flush=True)
