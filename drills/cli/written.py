"""`drills runbook run` and `drills runbook patch`: the runbook as it is written is under test."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from drills.cli.interrupted import terminated_as_interrupted
from drills.reporting.cleansing import clean_line

if TYPE_CHECKING:
    from drills.judgement.result import DrillResult
    from drills.runbook.incident import Incident
    from drills.runbook.written.command import Command


def add(own: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands, to those of `drills runbook`."""
    run = own.add_parser(
        "run",
        help="carry out its commands as written, on a healthy stack and in the incident: 0 all "
        "work, 1 some do not",
    )
    _about(run)
    run.add_argument(
        "--reports", type=Path, default=Path("reports"), metavar="DIR", help="where drills are left"
    )
    run.add_argument(
        "--healthy", action="store_true", help="on a healthy stack only, not in the incident"
    )
    run.add_argument("--json", action="store_true", help="print the table as JSON")
    run.add_argument(
        "--annotations", action="store_true", help="print a note for CI at each line as well"
    )
    run.add_argument(
        "--notify", choices=("on", "off"), help="whether people are sent messages, where they are "
        "due in the incident (default: $DRILL_NOTIFY, or on)",
    )  # fmt: skip
    run.add_argument("--remote", action="store_true", help="allow an engine on another machine")
    run.set_defaults(run=_run)
    patch = own.add_parser("patch", help="print what would mend it as a patch; nothing is changed")
    _about(patch)
    patch.add_argument(
        "--drill", type=Path, metavar="DIR", help="a drill in which it was followed as written"
    )
    patch.set_defaults(run=_patch)


def _about(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "incident", nargs="?", default="", metavar="INCIDENT",
        help="an incident of the manifest, or words of a heading (default: the whole runbook)",
    )  # fmt: skip
    parser.add_argument(
        "--file",
        type=Path,
        metavar="FILE",
        help="default: what runbook.toml names as its text, else runbook.md beside the manifest",
    )
    parser.add_argument("--manifest", type=Path, metavar="FILE", help="the stack's manifest")


def _run(options: argparse.Namespace) -> int:
    from drills.cli.incident_fault import fault_of
    from drills.config.composed import source_of
    from drills.config.document import load
    from drills.config.finding import find
    from drills.config.settings import notifies
    from drills.history.follow_ups import still_open
    from drills.lifecycle.as_written import Trial, carry_out, origin
    from drills.lifecycle.plan import of_a_runbook

    manifest = load((options.manifest or find(Path.cwd())).resolve())
    file = options.file or manifest.written
    incident, commands = _meant(options.incident, manifest.incidents, file)
    folder, reports = Path(manifest.place(())[0]).parent, options.reports.resolve()
    found = None
    if incident and not options.healthy:
        found = fault_of(incident, manifest.incidents[incident].fault, folder.parent)
    words = options.incident or "all of it"
    words += f", on a healthy stack, and while {found[2]}" if found else ", on a healthy stack"
    trial = Trial(
        plan=of_a_runbook(
            manifest,
            incident,
            origin(file, words, reports, folder),
            still_open(reports, incident),
        ),
        source=source_of(manifest, folder),
        root=folder.parent,
        file=file,
        commands=commands,
        reports=reports,
        breaks=found and found[:2],
        allow_remote=options.remote,
        notify=notifies(options.notify),
        listen=lambda event: _tell(event.kind, event.text),
    )
    with terminated_as_interrupted("interrupted; what was begun is undone and taken down"):
        result, directory = carry_out(trial)
    return _show(options, result, directory, file)


def _meant(words: str, incidents: Mapping[str, Incident], file: Path) -> tuple[str, list[Command]]:
    """The incident that is meant, "" for none, and the commands of its section, or of all."""
    from drills.lifecycle.following import chosen, section_of

    if words in incidents:
        return words, chosen(file, section_of(incidents[words]))
    return "", chosen(file, words)


def _tell(kind: str, text: str) -> None:
    if kind in ("phase", "runbook.command", "error"):
        print(clean_line(text)[:160], file=sys.stderr, flush=True)


def _show(options: argparse.Namespace, result: DrillResult, directory: Path, file: Path) -> int:
    from drills.journal.folder import REPORT
    from drills.reporting.followed import is_finding, notes_for_ci, table, told

    lines = result.followed
    if options.json:
        print(json.dumps([line.model_dump() for line in lines], indent=1))
    else:
        for line in table(lines, shutil.get_terminal_size((120, 40)).columns):
            print(line)
        print(told(lines))
        for line in _followed_up(result):
            print(line)
        print(f"Report: {directory / REPORT}")
    if options.annotations:
        for note in notes_for_ci(lines, _from_here(file.parent)):
            print(note, file=sys.stderr if options.json else sys.stdout)
    if result.status != "completed":
        print(clean_line(f"drills: not carried out to its end: {result.reason}"), file=sys.stderr)
        return 75
    return 1 if any(map(is_finding, lines)) else 0


def _followed_up(result: DrillResult) -> Iterator[str]:
    """What earlier drills of the incident left, and what became of it."""
    from drills.reporting.follow_ups import TITLE, in_short

    if points := in_short(result.follow_ups):
        yield f"{TITLE}:"
        yield from (f"  {clean_line(point)}" for point in points)


def _from_here(folder: Path) -> str:
    """A folder as CI names it: from where one stands, "" for that itself."""
    resolved, here = folder.resolve(), Path.cwd()
    if resolved.is_relative_to(here):
        return "" if resolved == here else str(resolved.relative_to(here))
    return str(resolved)


def _named_from_here(file: Path) -> str:
    """A file's path for who applies a patch where one stands; its name where it is elsewhere."""
    resolved, here = file.resolve(), Path.cwd()
    return resolved.relative_to(here).as_posix() if resolved.is_relative_to(here) else file.name


def _patch(options: argparse.Namespace) -> int:
    from drills.config.document import load
    from drills.config.finding import find
    from drills.reporting.files import read_result
    from drills.runbook.written.patch import Known, patch

    manifest = load((options.manifest or find(Path.cwd())).resolve())
    file = options.file or manifest.written
    _, commands = _meant(options.incident, manifest.incidents, file)
    known: dict[int, str] = {}
    if options.drill:
        known = {line.line: line.why for line in read_result(options.drill).followed}
    services = Known(tuple(manifest.stack.services), known)
    text = patch(file, commands, services, _named_from_here(file))
    print(text, end="")
    return 1 if text else 0
