"""``drills report``: a drill's report, rendered again from its result; opened, or as PDF."""

from __future__ import annotations

import argparse
from pathlib import Path

from drills.errors import JournalError
from drills.journal.folder import REPORT


def add(parser: argparse.ArgumentParser) -> None:
    """What the command takes besides the drill."""
    parser.add_argument("--open", action="store_true", help="show it in the browser")
    parser.add_argument(
        "--pdf", type=Path, metavar="FILE", help="print it there, where a Chromium is found"
    )
    parser.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    from drills.journal.replacing import replace
    from drills.reporting.files import read_result, renderings

    directory = options.directory
    made = renderings(read_result(directory), directory.resolve())[REPORT]
    report = directory / REPORT
    try:
        replace(report.resolve(), made)
    except OSError as error:
        raise JournalError(f"{report}: expected to write it: {error.strerror or error}") from error
    print(f"Report: {report}")
    if options.pdf is not None:
        from drills.reporting.printing import print_pdf

        print_pdf(report, options.pdf)
        print(f"PDF: {options.pdf}")
    if options.open:
        _open(report)
    return 0


def _open(report: Path) -> None:
    import webbrowser

    if not webbrowser.open(report.resolve().as_uri()):
        raise JournalError(f"{report}: expected a browser to show it, found none on this machine")
