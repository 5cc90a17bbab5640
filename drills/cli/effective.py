"""``drills config``: what holds, where it comes from, and what that makes possible."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drills.errors import DrillError
from drills.reporting.cleansing import clean_line

if TYPE_CHECKING:
    from drills.config.document import Manifest
    from drills.config.effective import Value

EXIT_PROBLEMS = 2  # as for any bad input


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command, to the others."""
    from drills.config.exports import OPTION
    from drills.config.settings import BOUNDS

    parser = commands.add_parser(
        "config", help="print what holds, where each value comes from, and what it makes possible"
    )
    parser.add_argument("--manifest", type=Path, metavar="FILE", help="what is said of the stack")
    parser.add_argument(
        "--attach", default="", metavar="PROJECT", help="as --drill-attach of a run"
    )
    for name, option in BOUNDS.items():
        parser.add_argument(option, dest=name, metavar="VALUE", help="as of a run")
    parser.add_argument(
        OPTION, dest="export", action="append", metavar="NAME=PATH", help="as of a run"
    )
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.set_defaults(run=_config)


def _config(options: argparse.Namespace) -> int:
    """Print it. Values of the manifest that are secret, and those of its secrets, are masked."""
    from drills.journal.redaction import Redactor

    manifest, notes, problems = _manifest(options)
    told = _told(options, manifest)
    redact = Redactor(manifest.secrets())
    if options.json:
        print(redact(json.dumps({**told, "notes": notes, "problems": problems}, indent=1)))
        return EXIT_PROBLEMS if problems else 0
    for line in _lines(told, notes):
        print(" " * (len(line) - len(line.lstrip())) + clean_line(redact(line)))
    for problem in problems:
        print(f"drills: {clean_line(redact(problem))}", file=sys.stderr)
    return EXIT_PROBLEMS if problems else 0


def _manifest(options: argparse.Namespace) -> tuple[Manifest, list[str], list[str]]:
    """The manifest with what compose makes of its file, what to know of it, and what is wrong."""
    from drills.config.composed import source_of
    from drills.config.document import load
    from drills.config.finding import find
    from drills.stack.engines.preview import preview

    manifest = load((options.manifest or find(Path.cwd())).resolve()).visiting(options.attach)
    if manifest.stack.attach:
        return manifest, [f"{manifest.stack.attach} runs already: `drills doctor` looks at it"], []
    folder = Path(manifest.place(())[0]).parent
    try:
        source = source_of(manifest, folder)
        seen = preview(source, allow_remote=True)  # no engine is asked
        named = manifest.with_compose_file(str(source.file))
        known = named.with_services(seen.services) if seen.services else named
    except DrillError as error:  # a conftest may bring the stack
        return manifest, [str(error)], []
    return known, [*seen.notes], [*seen.problems]


def _told(options: argparse.Namespace, manifest: Manifest) -> dict[str, Any]:
    from drills.config import possible
    from drills.config.effective import values
    from drills.config.sentences import sentences
    from drills.lifecycle.plan import subjects_of

    known = subjects_of(manifest)
    return {
        "manifest": manifest.place(())[0],
        "settings": [asdict(each) for each in _settings(options, manifest)],
        "values": [asdict(each) for each in values(manifest)],
        "metrics": [asdict(each) for each in possible.metrics(manifest, known)],
        "sentences": [asdict(each) for each in possible.of_sentences(sentences(), manifest, known)],
    }


def _settings(options: argparse.Namespace, manifest: Manifest) -> Iterator[Value]:
    """The settings of a run, from options and the environment."""
    from drills.config import exports
    from drills.config.effective import DEFAULT, Value, of
    from drills.config.settings import BOUNDS, Settings, bounds_of

    given = {name: getattr(options, name) for name in BOUNDS}
    bounds, sources = bounds_of(given, os.environ)
    usual = Settings()
    for name in BOUNDS:
        value = bounds.get(name, getattr(usual, name))
        yield Value(name, value, sources.get(name, DEFAULT))
    exports.check(options.export, os.environ)
    texts = exports.said(options.export, os.environ)
    if texts is None:
        yield Value("export", list(manifest.export), of(manifest, ("export",)))
    else:
        yield Value("export", list(texts), exports.OPTION if options.export else exports.VARIABLE)


def _lines(told: dict[str, Any], notes: list[str]) -> Iterator[str]:
    yield told["manifest"]
    for title, rows in (("Settings", told["settings"]), ("Stack", told["values"])):
        yield title
        for row in rows:
            if row["value"] not in ("", None, [], {}, False):
                value = json.dumps(row["value"], ensure_ascii=False)
                yield f"  {row['key']} = {value}  ({row['source']})"
    for title, rows in (("Metrics", told["metrics"]), ("Sentences", told["sentences"])):
        yield f"{title} that are possible"
        yield from (f"  {_named(row)}" for row in rows if not row["needs"])
        if any(row["needs"] for row in rows):
            yield f"{title} that are not, and what each needs"
        for row in rows:
            if row["needs"]:
                yield f"  {_named(row)}: {', '.join(row['needs'])}"
    if notes:
        yield "Compose file"
        yield from (f"  {note}" for note in notes)


def _named(row: dict[str, Any]) -> str:
    return row["text"] if row["kind"] == "metric" else f"{row['kind'].capitalize()} {row['text']}"
