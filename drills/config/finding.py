"""Where a project keeps what it says of its stack, and which file that is when several might be.

It is ``drills.toml`` or the table ``[tool.drills]`` of ``pyproject.toml``; a project that has
neither is drilled with its compose file alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from drills.config.renamed import MANIFEST, said
from drills.errors import PlanError
from drills.journal.keylines import KeyPath, Lines

FOLDER, NAME = "compose", "drills.toml"
PROJECT, TABLE = "pyproject.toml", ("tool", "drills")
# Compose's own names for its file, in the order in which it looks for them.
COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDES = (
    *("compose.override.yml", "compose.override.yaml"),
    *("docker-compose.override.yml", "docker-compose.override.yaml"),
)
CHOOSE = f"Hint: --drill-manifest FILE, or else ${MANIFEST}, says which"


def find(root: Path, features: Sequence[Path] = (), here: Path | None = None) -> Path:
    """The file that says what is to be known of a project's stack.

    $DRILL_MANIFEST names it. Otherwise it is the one ``drills.toml`` or ``[tool.drills]`` there is
    beside the ``features`` or above them, in ``root`` or ``here`` (where the user stands), or in
    the folder ``compose`` below one of these; where there is none, the one compose file there.
    Raises PlanError where there are several. Without any, it is where one would be looked for.
    """
    if named := said(MANIFEST)[1]:
        return Path(named)
    places = list(dict.fromkeys(_places(root, features, here or root)))
    for what, found in (
        ("configuration", [file for place in places for file in _configurations(place)]),
        ("compose file, for there is no drills.toml,", [*_compose_files(places)]),
    ):
        if len(found) > 1:
            listed = ", ".join(_shown(file, root) for file in found)
            raise PlanError(f"expected one {what} of the stack, found {listed}. {CHOOSE}")
        if found:
            return found[0]
    return root / FOLDER / NAME


def _places(root: Path, features: Sequence[Path], here: Path) -> Iterator[Path]:
    tops = (root, here)
    for each in features:
        folder = each if each.is_dir() else each.parent
        for place in (folder, *folder.parents):
            if any(place.is_relative_to(top) for top in tops):
                yield place
    for top in tops:
        yield from (top, top / FOLDER)


def _configurations(folder: Path) -> Iterator[Path]:
    if (folder / NAME).exists():  # what is no file is told where it is read
        yield folder / NAME
    if has_table(folder / PROJECT):
        yield folder / PROJECT


def _compose_files(places: Sequence[Path]) -> Iterator[Path]:
    for place in places:
        if file := compose_file_in(place):
            yield file


def compose_file_in(folder: Path) -> Path | None:
    """The compose file that compose itself would take there; None where there is none."""
    return next((folder / name for name in COMPOSE if (folder / name).is_file()), None)


def overrides_of(file: Path) -> tuple[Path, ...]:
    """What compose itself would merge over the file, where it was the one to find it."""
    found = (file.with_name(name) for name in OVERRIDES)
    return tuple([path for path in found if path.is_file()][:1])


def has_table(file: Path) -> bool:
    """Whether a ``pyproject.toml`` has our table; one that is no TOML is not for us to tell."""
    try:
        document = tomllib.loads(file.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return False
    return _table(document) is not None


def is_compose_file(path: Path) -> bool:
    """Whether this is a compose file, and no configuration."""
    return path.suffix in (".yaml", ".yml")


def of_table(
    file: Path, document: dict[str, Any], lines: Lines
) -> tuple[dict[str, Any], Mapping[KeyPath, int]]:
    """What a file says of the stack, and the line of each key: of ``pyproject.toml`` its table.

    Raises PlanError where that has none.
    """
    if file.name != PROJECT:
        return document, lines
    table = _table(document)
    if table is None:
        raise PlanError(f"{file}: expected a table [{'.'.join(TABLE)}], found none")
    depth = len(TABLE)
    own = {path[depth:]: line for path, line in lines.items() if path[:depth] == TABLE}
    return table, own


def _table(document: Mapping[str, Any]) -> dict[str, Any] | None:
    inner: Any = document
    for key in TABLE:
        inner = inner.get(key) if isinstance(inner, dict) else None
    return inner if isinstance(inner, dict) else None


def _shown(file: Path, root: Path) -> str:
    path = str(file.relative_to(root)) if file.is_relative_to(root) else str(file)
    return f"[{'.'.join(TABLE)}] of {path}" if file.name == PROJECT else path
