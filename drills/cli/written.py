"""`drills runbook run` and `drills runbook patch`: the runbook as it is written is under test."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from drills.errors import DrillError
from drills.reporting.cleansing import clean_line

if TYPE_CHECKING:
    from drills.faults.fault import Fault
    from drills.faults.target import Target
    from drills.judgement.result import DrillResult
    from drills.runbook.incident import Incident
    from drills.runbook.written.command import Command

_SUFFERS = re.compile(
    r'(?P<which>the|one) "(?P<service>[^"]+)" (?:service|instance) suffers (?P<words>.+?)'
    r"(?: for [^\"]+)?$"
)
# Sentences that have words of their own.
_STOPS = re.compile(r'the "(?P<service>[^"]+)" service stops')
_KILLED = re.compile(r'the "(?P<service>[^"]+)" service is killed by the engine')
_LEAKS = re.compile(r'one "(?P<service>[^"]+)" instance leaks memory at (?P<size>\S+ \S+) a second')
_FILLED = re.compile(
    r'the "(?P<volume>[^"]+)" volume of the "(?P<service>[^"]+)" service is filled'
    r"(?: but for (?P<size>\S+ \S+))?"
)


def add(own: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands, to those of `drills runbook`."""
    run = own.add_parser(
        "run",
        help="carry out its commands as written, on a healthy stack and in the incident: 0 all "
        "work, 1 some do not",
    )
    _about(run)
    run.add_argument("--reports", type=Path, default=Path("reports"), metavar="DIR")
    run.add_argument(
        "--healthy", action="store_true", help="on a healthy stack only, not in the incident"
    )
    run.add_argument("--json", action="store_true", help="print the table as JSON")
    run.add_argument(
        "--annotations", action="store_true", help="print a note for CI at each line as well"
    )
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
    from drills.config.composed import source_of
    from drills.config.document import load
    from drills.config.finding import find
    from drills.lifecycle.as_written import Trial, carry_out, origin
    from drills.lifecycle.plan import of_a_runbook

    manifest = load((options.manifest or find(Path.cwd())).resolve())
    file = options.file or manifest.written
    incident, commands = _meant(options.incident, manifest.incidents, file)
    folder, reports = Path(manifest.place(())[0]).parent, options.reports.resolve()
    found = None if options.healthy or not incident else fault_of(incident, folder.parent)
    words = options.incident or "all of it"
    words += f", on a healthy stack, and while {found[2]}" if found else ", on a healthy stack"
    trial = Trial(
        plan=of_a_runbook(manifest, incident, origin(file, words, reports, folder)),
        source=source_of(manifest, folder),
        root=folder.parent,
        file=file,
        commands=commands,
        reports=reports,
        breaks=found and found[:2],
        allow_remote=options.remote,
        listen=lambda event: _tell(event.kind, event.text),
    )
    with _terminated_as_interrupted():
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
        print(f"Report: {directory / REPORT}")
    if options.annotations:
        for note in notes_for_ci(lines, _from_here(file.parent)):
            print(note, file=sys.stderr if options.json else sys.stdout)
    if result.status != "completed":
        print(clean_line(f"drills: not carried out to its end: {result.reason}"), file=sys.stderr)
        return 75
    return 1 if any(map(is_finding, lines)) else 0


def _from_here(folder: Path) -> str:
    """A folder as CI names it: from where one stands, "" for that itself."""
    resolved, here = folder.resolve(), Path.cwd()
    if resolved.is_relative_to(here):
        return "" if resolved == here else str(resolved.relative_to(here))
    return str(resolved)


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
    text = patch(file, commands, services)
    print(text, end="")
    return 1 if text else 0


def fault_of(incident: str, root: Path) -> tuple[Fault, Target, str] | None:
    """The fault of an incident: that of the first scenario with its tag that says one; or None."""
    from drills.errors import DrillError
    from drills.faults.catalogue import parse_fault
    from drills.faults.target import Target

    for sentence in _sentences(incident, root):
        if match := _SUFFERS.match(sentence):
            try:
                fault = parse_fault(match["words"])
            except DrillError:
                continue
            return fault, Target(match["service"], int(match["which"] == "one")), sentence
        if plain := _plain(sentence):
            return (*plain, sentence)
    return None


def _plain(sentence: str) -> tuple[Fault, Target] | None:
    from drills.faults.disk import VolumeFilled
    from drills.faults.process import Kill, Stop
    from drills.faults.resource import MemoryLeak
    from drills.faults.target import Target
    from drills.units import parse_size

    if match := _STOPS.match(sentence):
        return Stop(), Target(match["service"])
    if match := _KILLED.match(sentence):
        return Kill(), Target(match["service"])
    if match := _LEAKS.match(sentence):
        return MemoryLeak(rate=parse_size(match["size"])), Target(match["service"], 1)
    if match := _FILLED.match(sentence):
        rest = {"rest": parse_size(match["size"])} if match["size"] else {}
        return VolumeFilled(match["volume"], **rest), Target(match["service"])
    return None


def _sentences(incident: str, root: Path) -> Iterator[str]:
    """The When sentences of scenarios with the incident's tag, in the order of the files."""
    for path in sorted((root / "features").rglob("*.feature")):
        tags: set[str] = set()
        of_feature: set[str] = set()
        meant = False
        for line in map(str.strip, path.read_text("utf-8", "replace").splitlines()):
            if line.startswith("@"):
                tags |= {word.lstrip("@") for word in line.split()}
            elif line.startswith("Feature:"):
                of_feature, tags = tags, set()
            elif line.startswith(("Scenario", "Examples")):
                own, tags = tags, set()
                meant = incident in of_feature | own
            elif line.startswith("When ") and meant:
                yield line.removeprefix("When ")


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """While a stack is up, SIGTERM is a Ctrl-C: all is undone and taken down."""

    def interrupt(number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt(f"terminated by {signal.Signals(number).name}")

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt as error:
        raise DrillError("interrupted; what was begun is undone and taken down") from error
    finally:
        signal.signal(signal.SIGTERM, before)
