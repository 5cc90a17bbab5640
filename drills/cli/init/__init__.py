"""`drills init`: from a compose file to a first drill, with nothing asked."""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from drills.errors import PlanError
from drills.reporting.cleansing import clean_line

if TYPE_CHECKING:
    from drills.cli.init.guess import Drillable
    from drills.stack.engines.composed import Composed

MANIFEST, FEATURES = "drills.toml", "features"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command, to the others."""
    init = commands.add_parser(
        "init",
        help="read a compose file, and write a configuration and a first feature for it",
    )
    init.add_argument(
        "compose",
        nargs="?",
        type=Path,
        metavar="COMPOSE",
        help="the compose file, or its folder (default: compose's own names, here or above)",
    )
    init.add_argument(
        "--profile", action="append", default=[], metavar="NAME", help="a profile that is active"
    )
    init.set_defaults(run=_init)


def _init(options: argparse.Namespace) -> int:
    from drills.cli.init.guess import drillables, target
    from drills.cli.init.text import SCHEMA, configuration, feature
    from drills.config.finding import compose_file_in, overrides_of
    from drills.config.schema import manifest_schema
    from drills.stack.engines.source import Source

    file = compose_file(options.compose or Path())
    own = compose_file_in(file.parent) == file  # as compose itself finds it, with its override
    over = overrides_of(file) if own else ()
    source = Source(file, overrides=over, profiles=options.profile)
    composed = source.command("init", "init", file.parent / "nowhere").as_the_teams_own()
    if not target(composed):
        raise PlanError(
            f"{file}: expected a service that a drill could break, found "
            f"{', '.join(composed.services) or 'none'}"
        )
    texts = {
        file.parent / MANIFEST: configuration(composed, options.profile, found=own),
        file.parent / SCHEMA: manifest_schema(),
        file.parent / FEATURES / f"{_slug(target(composed))}.feature": feature(composed),
    }
    _write(texts)
    _tell(composed, list(drillables(composed)), list(texts))
    return 0


def compose_file(named: Path) -> Path:
    """The compose file that is meant: it, or that of a folder. Raises PlanError where none is."""
    from drills.config.composed import compose_file_near

    if named.is_dir():
        return compose_file_near(named.resolve())
    if not named.is_file():
        raise PlanError(f"{named}: expected a compose file or a folder that has one, found nothing")
    return named.resolve()


def _write(texts: dict[Path, str]) -> None:
    """All or none; what is there stays. Raises PlanError with what is in the way."""
    if there := [path for path in texts if os.path.lexists(path)]:
        raise PlanError(
            f"{', '.join(map(_from_here, there))}: there already, so nothing was written. "
            "Hint: move it away, or change it by hand"
        )
    made: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                made.append(path)
                file.write(text)
    except OSError as error:
        for path in made:
            path.unlink(missing_ok=True)
        raise PlanError(f"{path}: it cannot be written: {error.strerror or error}") from error


def _tell(composed: Composed, found: Iterable[Drillable], written: list[Path]) -> None:
    print(f"{composed.file.name} has")
    for each in found:
        able = each.left_alone and f"left alone: {each.left_alone}"
        times = f", {each.instances} of it" if each.instances > 1 else ""
        said = able or f"a stop, a sudden death, a freeze and more{times}"
        print(clean_line(f"  {each.service}: {each.what}: {said}"))
    print(f"Written: {', '.join(map(_from_here, written))}")
    feature = shlex.quote(_from_here(written[-1]))
    manifest = shlex.quote(_from_here(written[0]))
    built = [name for name, each in composed.services.items() if each.build]
    steps = [f"docker compose -f {shlex.quote(_from_here(composed.file))} build"] * bool(built)
    steps += [f"drills doctor --manifest {manifest}", f"pytest {feature} --drill-dry-run"]
    print("Next:", *steps, f"pytest {feature}", sep="\n  ")


def _slug(name: str) -> str:
    return "".join(each if each.isalnum() or each in "-_" else "-" for each in name)


def _from_here(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
