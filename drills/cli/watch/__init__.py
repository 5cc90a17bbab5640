"""``drills watch``: a drill that runs, seen live from its journal; ends as the drill does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from drills.errors import PlanError
from drills.history.folders import REPORTS
from drills.reporting.cleansing import clean_line

if TYPE_CHECKING:
    from drills.cli.watch.sight import Sight

EXIT_INTERRUPTED = 130  # as a shell says of a program that Ctrl-C ends
_PORTS = range(65536)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command and its options."""
    parser = commands.add_parser(
        "watch",
        help="show a drill that runs, live, until it is over; ends as `drills show` does",
        description="Shows a drill that runs, from its journal, until it is over. Ctrl-C ends the "
        "watching and never the drill.",
    )
    parser.add_argument(
        "which",
        nargs="?",
        metavar="DRILL",
        help="its id or its folder (default: the one that runs in the folder of reports, or the "
        "next that begins there)",
    )
    parser.add_argument(
        "--reports", type=Path, default=REPORTS, metavar="DIR", help="where drills are left"
    )
    parser.add_argument(
        "--serve",
        action="store_true",
        help="also serve its report as a page that renews itself, on 127.0.0.1 and to nobody else",
    )
    parser.add_argument(
        "--port", type=int, default=None, metavar="N", help="for --serve (default: any free one)"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    """Watch; whatever Ctrl-C meets, the drill goes on."""
    if options.port is not None and not options.serve:
        raise PlanError("--port: expected --serve with it, for nothing else listens")
    if options.port is not None and options.port not in _PORTS:
        raise PlanError(f"--port: expected a port from 0 to {_PORTS[-1]}, found {options.port}")
    from drills.cli.watch.following import follow
    from drills.cli.watch.sight import Sight

    sight: Sight | None = None
    try:
        sight = Sight(_chosen(options))
        return follow(sight, port=(options.port or 0) if options.serve else None, note=_note)
    except KeyboardInterrupt:
        _note(_goes_on(sight))
        return EXIT_INTERRUPTED


def _goes_on(sight: Sight | None) -> str:
    if sight is None:
        return "no longer waiting for a drill"
    if sight.ended:
        return f"no longer watching; drill {sight.started.id} is over"
    halt = f"`drills halt {sight.started.id}` stops it"
    return f"no longer watching; drill {sight.started.id} goes on ({halt})"


def _chosen(options: argparse.Namespace) -> Path:
    """The folder of the drill that is meant, once there is one."""
    from drills.cli.watch import chosen

    if options.which is not None:
        return chosen.named(options.which, options.reports)
    found = chosen.running(options.reports)
    if not found:
        _note(f"no drill runs in {options.reports}: waiting for the next to begin (Ctrl-C ends it)")
        return chosen.next_to_begin(options.reports)
    if len(found) > 1:
        _note(f"{len(found)} drills run in {options.reports}. {_others(found[1:])}")
    return found[0]


def _others(found: Sequence[Path]) -> str:
    ids = [each.name.rpartition("-")[2] for each in found]
    return "To watch another: " + ", ".join(f"drills watch {each}" for each in ids)


def _note(text: str) -> None:
    """Say it beside what is watched."""
    with suppress(OSError, ValueError):
        print(clean_line(f"drills: {text}"), file=sys.stderr, flush=True)
