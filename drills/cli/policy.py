"""`drills runbook import`: the runbook that people wrote becomes data, and is held to it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from drills.errors import PlanError
from drills.reporting.cleansing import clean_line

if TYPE_CHECKING:
    from drills.runbook.draft import Draft, Unplaced

NAME = "runbook.toml"


def add(own: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands, to those of `drills runbook`."""
    take = own.add_parser(
        "import",
        help="read a runbook in Markdown, write runbook.toml in which every value names its line, "
        "and list what found no place",
    )
    take.add_argument("file", type=Path, metavar="RUNBOOK.md")
    take.add_argument(
        "--to", type=Path, metavar="FILE", help=f"where to (default: {NAME} beside it; - prints)"
    )
    take.set_defaults(run=_import)


def _import(options: argparse.Namespace) -> int:
    from drills.runbook.document import read
    from drills.runbook.draft import draft

    document = read(options.file)
    found = draft(document)
    to = options.to or options.file.with_name(NAME)
    out = sys.stderr if str(to) == "-" else sys.stdout
    if str(to) == "-":
        print(found.toml(), end="")
    else:
        _write(to, found)
    for repair in document.repairs:
        print(clean_line(f"{options.file}:{repair}".replace(":line ", ":", 1)), file=out)
    left = found.unplaced()
    for each in left:
        print(clean_line(f"{document.where(each.line)}: {_told(each)}"), file=out)
    print(f"{counted(found)}; {len(left)} lines found no place, or not a certain one", file=out)
    return 0


def _write(to: Path, found: Draft) -> None:
    """Raises PlanError where something is there already: it may have been worked on."""
    try:
        with to.open("x", encoding="utf-8") as file:
            file.write(found.toml())
    except FileExistsError as error:
        raise PlanError(
            f"{to}: expected nothing there, found a file. Hint: --to FILE writes another, --to - "
            "prints"
        ) from error
    except OSError as error:
        raise PlanError(f"{to}: expected to write there: {error.strerror}") from error
    print(f"wrote {to}")


def _told(each: Unplaced) -> str:
    text = each.text if len(each.text) <= 80 else f"{each.text[:80]}..."
    return f"not placed: {text}" + (f" ({each.why})" if each.why else "")


def counted(found: Draft) -> str:
    """How many of each kind were found, in words."""
    kinds: Sequence[str] = ("severities", "roles", "contacts", "incidents", "drills")
    numbers = {kind: sum(len(t) == 2 and t[0] == kind for t in found.tables) for kind in kinds}
    return ", ".join(f"{number} {kind}" for kind, number in numbers.items())
