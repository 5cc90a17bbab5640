"""`drills runbook import`: the runbook that people wrote becomes data, and is held to it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from drills.errors import PlanError
from drills.reporting.cleansing import clean_line

if TYPE_CHECKING:
    from drills.config.document import Manifest
    from drills.runbook.draft import Draft, Unplaced

NAME = "runbook.toml"
_RULES = "a file of alert rules (default: every YAML file below the manifest's folder)"


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
    check = own.add_parser(
        "check",
        help="say what of the runbook nobody drills, or kept up: 0 nothing, 1 something, 75 it "
        "cannot be known",
    )
    about(check)
    check.add_argument("--features", type=Path, default=Path("features"), metavar="DIR")
    check.add_argument("--rules", type=Path, action="append", metavar="FILE", help=_RULES)
    check.add_argument("--json", action="store_true", help="print the findings as JSON")
    check.set_defaults(run=_check)


def about(parser: argparse.ArgumentParser) -> None:
    """What every command on a team's policy may be told."""
    parser.add_argument("--manifest", type=Path, metavar="FILE", help="the stack's manifest")
    parser.add_argument(
        "--reports", type=Path, default=Path("reports"), metavar="DIR", help="where drills are left"
    )
    parser.add_argument("--today", type=_day, metavar="DATE", help="as if it were that day")


def _day(text: str) -> date:
    return date.fromisoformat(text)


def manifest_of(options: argparse.Namespace) -> Manifest:
    """The manifest that is meant. Raises PlanError where it is none."""
    from drills.config.document import load
    from drills.config.finding import find

    return load(options.manifest or find(Path()))


def today(options: argparse.Namespace) -> date:
    """The day that is meant: today's, in UTC."""
    return options.today or datetime.now(UTC).date()


def _check(options: argparse.Namespace) -> int:
    from drills.cli.check import Checked, findings
    from drills.cli.scenarios import scenarios_in
    from drills.history.carried import drilled
    from drills.runbook.document import read

    manifest = manifest_of(options)
    folder = Path(manifest.place(())[0]).parent
    text = manifest.written
    found = findings(
        Checked(
            manifest=manifest,
            scenarios=scenarios_in(options.features),
            drilled=drilled(options.reports),
            reports=options.reports,
            rules=[(path, path.read_text("utf-8", "replace")) for path in _rules(options, folder)],
            text=read(text) if text.exists() else None,
            today=today(options),
        )
    )
    if options.json:
        print(json.dumps([each.data() for each in found], indent=1, ensure_ascii=False))
    else:
        for each in found:
            print(clean_line(str(each)))
        if not found:
            print("nothing: every incident is drilled, every procedure was carried out")
    if any(each.known for each in found):
        return 1
    return 75 if found else 0


def _rules(options: argparse.Namespace, folder: Path) -> list[Path]:
    if options.rules:
        return list(options.rules)
    files = [path for end in ("yml", "yaml") for path in folder.rglob(f"*.{end}")]
    return sorted(path for path in files if path.is_file() and not path.stem.endswith("_test"))


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
