"""The ``drills`` command: what one does with drills that were run (pytest runs them)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from drills.cli import (
    calibrate,
    catalogue,
    doctor,
    effective,
    export,
    history,
    init,
    policy,
    report,
    schedule,
    watch,
    written,
)
from drills.cli.show import EXITS, show
from drills.config import renamed
from drills.errors import DrillError, JournalError, PlanError
from drills.history.folders import drill_folder
from drills.journal.folder import PRUNED
from drills.reporting.cleansing import clean_line

if TYPE_CHECKING:
    from drills.lifecycle.watchdog.heal import Healed

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name
LATEST = Path("reports/latest")
_OF_A_DRILL = {"directory", "drill"}  # options that name a drill
EXIT_NOT_UNDONE = 70  # as pytest's, where a fault is not undone
EXIT_UNREAD = 141  # as a shell says of a program that SIGPIPE ends


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0 met, 1 missed, 75 inconclusive, 2 bad input."""
    options = _parser().parse_args(arguments)
    for note in renamed.notes():
        print(f"drills: {note}", file=sys.stderr)
    try:
        _find_drill(options)
        code = int(options.run(options))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough: nothing is flushed at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_UNREAD
    except DrillError as error:
        print(f"drills: {error}", file=sys.stderr)
        return 2
    return code


def _find_drill(options: argparse.Namespace) -> None:
    """A drill that is named by its id becomes its directory."""
    for name, named in list(vars(options).items()):
        if name in _OF_A_DRILL and named is not None:
            setattr(options, name, drill_folder(named))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="drills", description="Look at drills that were run. pytest runs them."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _reading(commands)
    watch.add(commands)
    history.add(commands)
    _rescuing(commands)
    export.add(commands)
    catalogue.add(commands)
    init.add(commands)
    doctor.add(commands)
    calibrate.add(commands)
    effective.add(commands)
    runbook = commands.add_parser("runbook", help="the team's runbook: as data, put to the test")
    named = runbook.add_subparsers(required=True, metavar="COMMAND")
    policy.add(named)
    written.add(named)
    schedule.add(commands)
    schema = commands.add_parser("schema", help="print the JSON Schema of drill.json")
    schema.add_argument(
        "--manifest", action="store_true", help="that of drills.toml instead, for editors"
    )
    schema.set_defaults(run=_schema)
    return parser


def _reading(commands: Commands) -> None:
    """The commands about a drill that is over."""
    judge = commands.add_parser("judge", help="judge a drill again and write its report anew")
    _of_a_drill(judge)
    judge.set_defaults(run=_judge)
    shown = commands.add_parser("show", help="print verdict, score and criteria of a drill")
    _of_a_drill(shown)
    shown.set_defaults(run=_show)
    again = commands.add_parser("report", help="render a drill's report again, open or print it")
    _of_a_drill(again)
    report.add(again)
    attest = commands.add_parser("attest", help="add what a person did or decided to a drill")
    attest.add_argument(
        "subject",
        help="a role, an action after an incident, 'Prevention measures', the id of what is left",
    )
    attest.add_argument("--by", required=True, metavar="NAME", help="who says so")
    attest.add_argument("--note", default="", help="in a few words")
    attest.add_argument("--drill", type=Path, default=LATEST, metavar="DIR", help="or its id")
    attest.set_defaults(run=_attest)
    verify = commands.add_parser(
        "verify", help="say what of a finished drill was changed: 0 nothing, 1 something"
    )
    _of_a_drill(verify)
    verify.add_argument(
        "--root", default="", metavar="HASH", help="the root hash that was noted when it ended"
    )
    verify.set_defaults(run=_verify)


def _of_a_drill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "directory",
        type=Path,
        nargs="?",
        default=LATEST,
        help="the drill's own, or its id, or the beginning of that",
    )


def _rescuing(commands: Commands) -> None:
    """The commands about a drill that runs, or died."""
    heal = commands.add_parser(
        "heal",
        help="finish what drills left that died: 0 done, 70 something is left, 75 ask again",
    )
    heal.add_argument(
        "drills", nargs="*", metavar="DRILL", help="an id or a directory (default: all that died)"
    )
    heal.add_argument(
        "--remote", action="store_true", help="allow a container engine on another machine"
    )
    heal.add_argument(
        "--give-up",
        action="store_true",
        help="forget the drills named, whose engine is gone for good; says what may be left there",
    )
    heal.set_defaults(run=_heal)
    halt = commands.add_parser(
        "halt",
        help="stop this project's running drills: faults are undone, the report says aborted",
    )
    halt.add_argument(
        "drills",
        nargs="*",
        metavar="DRILL",
        help="an id or a directory (default: all of the project that this folder is in)",
    )
    halt.add_argument(
        "--all", action="store_true", help="every drill of this user, of whatever project"
    )
    halt.set_defaults(run=_halt)


def _judge(options: argparse.Namespace) -> int:
    from drills.judgement.judge import judge_directory
    from drills.reporting.files import write_report

    directory = options.directory.resolve()
    if (directory / PRUNED).is_file():
        told = (directory / PRUNED).read_text("utf-8", "replace").strip()
        raise JournalError(
            f"{directory}: expected all that the drill left, to judge it again; {clean_line(told)}"
        )
    write_report(judge_directory(directory), directory)
    history.refresh(directory)
    code = _show(options)
    _tell_breaks(directory)
    return code


def _tell_breaks(directory: Path) -> None:
    """Say it where a drill's journal is not as the drill wrote it: so is what was judged."""
    from drills.journal.folder import JOURNAL
    from drills.journal.journal import breaks
    from drills.journal.regular import read

    if broken := breaks(read(directory / JOURNAL)):
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        print(
            f"THE JOURNAL IS NOT AS IT WAS WRITTEN: {clean_line(str(broken[0]))}{more}. "
            "`drills verify` tells more."
        )


def _show(options: argparse.Namespace) -> int:
    return show(options.directory)


def _attest(options: argparse.Namespace) -> int:
    from drills.journal.facts import DrillEnded
    from drills.journal.journal import read_timeline
    from drills.runbook.attestation import attest

    directory = options.drill.resolve()
    said = attest(directory, options.subject, options.by, options.note)
    if not read_timeline(directory).first(DrillEnded):
        print(f"Noted: {clean_line(said.text)}. The drill has not ended yet.")
        return 0
    options.directory = options.drill
    return _judge(options)


def _verify(options: argparse.Namespace) -> int:
    from drills.journal.journal import last_hash
    from drills.reporting.verify import of_schema_1, verify

    directory = options.directory.resolve()
    problems = verify(directory, options.root)
    for problem in problems:
        print(clean_line(str(problem)))
    if not problems:
        print(f"intact; root hash {last_hash(directory)}")
        if of_schema_1(directory):
            print("report.html was not compared: an older version made it (`drills judge` anew)")
    return 1 if problems else 0


def _heal(options: argparse.Namespace) -> int:
    from drills.clock import SystemClock
    from drills.lifecycle.watchdog.heal import Healer, on_docker

    healer = Healer(on_docker, SystemClock(), tell=_say)
    if options.give_up:
        healed = _given_up(options.drills)
    elif options.drills:
        healed = [healer.heal_one(each, "`drills heal`") for each in options.drills]
    else:
        healed = healer.heal_all("`drills heal`")
        healed += healer.clear_orphans(allow_remote=options.remote)
    for one in healed:
        print(clean_line(f"{one}. Then: {one.then}" if one.away else str(one)))
    if not healed:
        print("nothing to heal: no drill left anything")
    if any(one.problems for one in healed):
        return EXIT_NOT_UNDONE
    return EXITS["inconclusive"] if any(one.ask_in for one in healed) else 0


def _given_up(drills: Sequence[str]) -> list[Healed]:
    from drills.lifecycle.watchdog.giving_up import give_up
    from drills.lifecycle.watchdog.heal import on_docker

    if not drills:
        raise PlanError("--give-up: expected the ids of the drills that are given up, found none")
    return [give_up(each, on_docker) for each in drills]


def _say(line: str) -> None:
    print(clean_line(line), file=sys.stderr, flush=True)


def _halt(options: argparse.Namespace) -> int:
    from drills.clock import SystemClock
    from drills.lifecycle.watchdog import halt

    if options.all and options.drills:
        raise PlanError("expected either --all or drills that are named, found both")
    running = halt.running()
    here = running if options.all else halt.of_project(running, Path.cwd())
    chosen = halt.named(options.drills, running) if options.drills else here
    halted = halt.halt(chosen, SystemClock())
    for one in halted:
        print(clean_line(str(one)))
    if not halted:
        print(f"no drill of {'this user' if options.all else 'this project'} is running here")
    for entry in running:
        if entry not in chosen:
            where = f" of {entry.root}" if entry.root else ""
            text = f"left running: drill {entry.drill_id}{where} ({entry.directory})"
            print(clean_line(f"{text}. To halt it: drills halt {entry.drill_id}"))
    return 1 if any(one.runs for one in halted) else 0


def _schema(options: argparse.Namespace) -> int:
    if options.manifest:
        from drills.config.schema import manifest_schema

        print(manifest_schema(), end="")
        return 0
    from drills.reporting.schema import json_schema

    print(json_schema(), end="")
    return 0
