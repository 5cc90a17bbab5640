"""`drills history` and `drills compare`: many drills, as tables and for machines."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from drills.errors import PlanError, near
from drills.reporting.cleansing import clean_line
from drills.units import format_seconds, format_size

if TYPE_CHECKING:
    from drills.config.document import Manifest
    from drills.history.records import Opened
    from drills.history.retention import Prunable
    from drills.history.row import Row
    from drills.history.store import Store
    from drills.reporting.index.planned import Planned

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name
CHOICES = ("met", "missed", "inconclusive", "not assessed")
_AGO = re.compile(r"(\d{1,5}) ?d(?:ays?)?")
_NOT = "\u2013"


def add(commands: Commands) -> None:
    """The commands, to the others."""
    history = commands.add_parser("history", help="list the drills that were run, newest first")
    _about(history)
    history.add_argument("--scenario", default="", metavar="TEXT", help="a part of its name")
    history.add_argument(
        "--verdict", default="", metavar="VERDICT", help=f"one of {', '.join(CHOICES)}"
    )
    history.add_argument("--since", metavar="DATE", help="2026-01-31, or an age such as 30d")
    history.add_argument("--most", type=int, default=0, metavar="N", help="the newest so many")
    history.add_argument("--json", action="store_true", help="with every figure, for machines")
    history.set_defaults(run=_history)
    _changing(history.add_subparsers(metavar="COMMAND"))
    comparing = commands.add_parser("compare", help="hold two drills against each other")
    comparing.add_argument("first", metavar="A", help="an id, or the beginning of one")
    comparing.add_argument("second", metavar="B", help="likewise")
    comparing.add_argument("--json", action="store_true", help="for machines")
    _about(comparing)
    comparing.set_defaults(run=_compare)


def _changing(own: Commands) -> None:
    """The commands that change a history, to those of `drills history`."""
    adding = own.add_parser("add", help="take drills of another machine: a folder, or a ZIP")
    adding.add_argument("source", type=Path, metavar="DIR|ZIP", help="as a CI job keeps it")
    _about(adding, again=True)
    adding.set_defaults(run=_add)
    rebuilding = own.add_parser("rebuild", help="make history and index anew from the folders")
    _about(rebuilding, again=True)
    rebuilding.set_defaults(run=_rebuild)
    pruning = own.add_parser(
        "prune", help="say what is heavy of old drills; with --yes remove it, rows and reports stay"
    )
    pruning.add_argument(
        "--keep",
        type=int,
        metavar="N",
        help="leave the newest so many of a scenario as they are",
    )
    pruning.add_argument(
        "--older-than", type=float, metavar="DAYS", help="leave what is younger as it is"
    )
    pruning.add_argument("--yes", action="store_true", help="do it")
    _about(pruning, again=True)
    pruning.set_defaults(run=_prune)


def _about(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """Where the drills are; said ``again``, it does not take back what stood before the command."""
    usual = argparse.SUPPRESS if again else None
    parser.add_argument(
        "--reports",
        type=Path,
        default=usual or Path("reports"),
        metavar="DIR",
        help="where drills are left",
    )
    parser.add_argument(
        "--manifest", type=Path, default=usual, metavar="FILE", help="the stack's manifest"
    )


def _manifest(options: argparse.Namespace) -> Manifest | None:
    """What the project says of itself; None where it says nothing."""
    from drills.config.document import load
    from drills.config.finding import find

    file = options.manifest or find(Path())
    return load(file) if options.manifest or file.exists() else None


def _server(options: argparse.Namespace) -> str:
    """The server that the project's manifest names; "" where there is none."""
    manifest = _manifest(options)
    return manifest.history_server() if manifest else ""


def _write_page(options: argparse.Namespace, store: Store, *, anew: bool = False) -> Path:
    from drills.reporting.index.page import write_index

    return write_index(options.reports, store, _planned(_manifest(options)), anew=anew)


@contextmanager
def _opened(options: argparse.Namespace) -> Iterator[Opened]:
    from drills.history.records import history

    with history(options.reports, _server(options)) as found:
        if found.note:
            print(f"drills: {clean_line(found.note)}", file=sys.stderr)
        yield found


def _history(options: argparse.Namespace) -> int:
    from drills.history.store import Wanted

    if options.verdict and options.verdict not in CHOICES:
        told = f"{options.verdict!r}{near(options.verdict, CHOICES)}"
        raise PlanError(f"--verdict: expected one of {', '.join(CHOICES)}, found {told}")
    if options.most < 0:
        raise PlanError(f"--most: expected 1 or more, found {options.most}")
    wanted = Wanted(
        scenario=options.scenario,
        verdict=options.verdict,
        since=_since(options.since) if options.since else None,
        most=options.most,
    )
    with _opened(options) as found:
        rows = found.store.rows(wanted)
    if options.json:
        print(json.dumps([row.data() for row in rows], indent=1, ensure_ascii=False))
    elif rows:
        print(_table(rows, options.reports), end="")
    else:
        print("no drill" + (" that is so" if wanted != Wanted() else f" in {options.reports}"))
    return 0


def _since(text: str) -> datetime:
    if match := _AGO.fullmatch(text):
        return datetime.now(UTC) - timedelta(days=int(match[1]))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise PlanError(
            f"--since: expected a date such as 2026-01-31, or an age such as 30d, found {text!r}"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _table(rows: list[Row], reports: Path) -> str:
    from drills.history.row import DETECT, RECOVER
    from drills.reporting.figures import points
    from drills.reporting.tables import Column, table
    from drills.reporting.words import VERDICT_STYLES, VERDICTS

    columns = [
        *(Column("id"), Column("when (UTC)"), Column("scenario", folds=True), Column("verdict")),
        *(Column("score", number=True), Column("detected", number=True)),
        *(Column("recovered", number=True), Column("against earlier")),
    ]
    cells = [
        (
            *(row.id, f"{row.at:%Y-%m-%d %H:%M}", row.scenario, VERDICTS[row.verdict]),
            *(points(row.score), _seconds(row.measured(DETECT)), _seconds(row.measured(RECOVER))),
            _word(row, reports),
        )
        for row in rows
    ]
    colour = sys.stdout.isatty()
    return table(columns, cells, _width(), [VERDICT_STYLES[r.verdict] for r in rows], colour=colour)


def _word(row: Row, reports: Path) -> str:
    """What became of it, as was known when it ended; a dash where nobody knows."""
    from drills.history.standing import read_standing
    from drills.reporting.earlier import word_of

    standing = read_standing(reports / row.folder)
    return word_of(standing).value if standing and standing.id == row.id else _NOT


def _width() -> int:
    return shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 120


def _seconds(value: float | None) -> str:
    return _NOT if value is None else format_seconds(value)


def _add(options: argparse.Namespace) -> int:
    from drills.history.merging import merge
    from drills.history.records import history

    with history(options.reports, _server(options)) as found:
        if found.note:
            raise PlanError(f"nothing was added: {found.note}")
        merged = merge(options.source, options.reports, found.store)
        _write_page(options, found.store)
    for row in merged.added:
        print(clean_line(f"added {row.id}: {row.scenario} ({options.reports / row.folder})"))
    for row in merged.known:
        print(clean_line(f"known already: {row.id}: {row.scenario}"))
    for why in merged.unread:
        print(f"drills: left out: {clean_line(why)}", file=sys.stderr)
    return 1 if merged.unread else 0


def _rebuild(options: argparse.Namespace) -> int:
    from drills.history.records import history, rebuild
    from drills.reporting.words import plural

    count, unread = rebuild(options.reports, _server(options))
    for why in unread:
        print(f"drills: left out: {clean_line(why)}", file=sys.stderr)
    with history(options.reports, _server(options)) as kept:
        page = _write_page(options, kept.store, anew=True)
    print(f"{plural(count, 'drill')} read from {options.reports}; wrote {page}")
    return 1 if unread else 0


def _prune(options: argparse.Namespace) -> int:
    from drills.history.retention import prunable, prune
    from drills.reporting.words import plural

    if options.keep is None and options.older_than is None:
        raise PlanError("expected --keep N, --older-than DAYS, or both, found none")
    if (options.keep or 0) < 0 or (options.older_than or 0) < 0:
        raise PlanError("--keep and --older-than: expected 0 or more")
    now = datetime.now(UTC)
    with _opened(options) as found:
        rows = found.store.rows()
    old = prunable(rows, options.reports, now, options.keep, options.older_than)
    for one in old:
        if options.yes:
            prune(one, now)
        print(clean_line(_pruned(one)))
    total, drills = format_size(sum(one.size for one in old)), plural(len(old), "drill")
    if options.yes:
        print(f"{total} removed of {drills}; rows, journals and reports stay")
    else:
        print(f"{total} of {drills} would be removed; nothing was. With --yes it is done")
    return 0


def _pruned(one: Prunable) -> str:
    return f"{one.folder}: {format_size(one.size)} of samples and evidence"


def _compare(options: argparse.Namespace) -> int:
    from drills.history.comparison import compare
    from drills.history.named import row_of
    from drills.history.regression import hold_against
    from drills.history.store import Wanted
    from drills.reporting.earlier import sentence
    from drills.reporting.versus import compared

    with _opened(options) as found:
        known = list(found.store.folders().values())
        first, second = (
            row_of(text, found.store.named(text), known) for text in (options.first, options.second)
        )
        standing = hold_against(second, found.store.rows(Wanted(named=second.scenario)))
    pairs = compare(first, second)
    if options.json:
        whole = [{**row.data(), "figures": None} for row in (first, second)]
        told = {"first": whole[0], "second": whole[1], "pairs": [each.data() for each in pairs]}
        told["standing"] = standing.model_dump(mode="json")
        print(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        print(compared(first, second, pairs, _width(), colour=sys.stdout.isatty()), end="")
        print(f"\nB: {clean_line(sentence(standing))}")
    return 0


def refresh(folder: Path) -> None:
    """Have the history know what a drill was judged anew, where one is kept; else say why not."""
    from drills.errors import DrillError
    from drills.history.records import FILE
    from drills.lifecycle.remembering import remember

    here = argparse.Namespace(manifest=None, reports=folder.parent)
    try:
        manifest = _manifest(here)
        server = manifest.history_server() if manifest else ""
        if not server and not (folder.parent / FILE).is_file():
            return
        why = remember(folder, lambda: server, partial(_planned, manifest))
    except DrillError as error:
        why = str(error)
    if why:
        print(f"drills: the history does not know of it: {clean_line(why)}", file=sys.stderr)


def _planned(manifest: Manifest | None) -> list[Planned] | None:
    from drills.config.planned import planned

    return planned(manifest) if manifest else None
