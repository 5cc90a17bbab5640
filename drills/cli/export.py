"""``drills export``: finished drills in the forms that other programs read."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from drills.history.folders import REPORTS
from drills.journal.folder import LATEST
from drills.reporting.exports.catalogue import OURS


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command, to the others."""
    parser = commands.add_parser(
        "export", help="write finished drills in a form that other programs read"
    )
    listed = ", ".join(sorted(OURS))
    parser.add_argument(
        "name", metavar="NAME", help=f"{listed}, or what an installed package brings"
    )
    parser.add_argument(
        "drills", nargs="*", metavar="DRILL", help="an id or a directory (default: the latest)"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write there (default: print it)"
    )
    parser.add_argument(
        "--reports", type=Path, default=REPORTS, metavar="DIR", help="where drills are"
    )
    parser.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> int:
    from drills.history.folders import drill_folder
    from drills.reporting.exports import catalogue
    from drills.reporting.exports.run import Finished, Run
    from drills.reporting.exports.target import Target, rendered, write
    from drills.reporting.files import read_result

    catalogue.check(options.name)
    named = options.drills or [str(options.reports / LATEST)]
    folders = dict.fromkeys(drill_folder(each, options.reports).resolve() for each in named)
    run = Run(drills=tuple(Finished(result=read_result(one), directory=one) for one in folders))
    if options.output:
        write(Target(options.name, options.output), run)
        print(f"wrote {options.output}", file=sys.stderr)
        return 0
    sys.stdout.write(rendered(options.name, run).decode())
    return 0
