"""Tables whose rows do not have as many cells as their header: every such row, with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from drills.plugin.gherkin.guards import Problem

RAGGED = "inconsistent cell count"  # what the parser says, of the first such row of a table
_CELL = re.compile(r"(?:\\.|[^\\|])*\|")


def ragged_rows(source: Sequence[str], line: int) -> Iterator[Problem]:
    """The rows that are longer or shorter than the header of the table around a line, from 1."""
    first = _edge(source, line, -1)
    header = _cells(source[first - 1])
    for number in range(first, _edge(source, line, 1) + 1):
        text = source[number - 1].strip()
        if text.startswith("|") and _cells(text) != header:
            said = f"row has {_counted(_cells(text))}, header (line {first}) has {header}"
            yield Problem(number, f"{said}\n    {text}")


def _edge(source: Sequence[str], line: int, step: int) -> int:
    """The line of the table's first or last row; comments and blank lines may stand in between."""
    edge = at = line
    while 0 < at <= len(source) and (text := source[at - 1].strip())[:1] in ("|", "#", ""):
        edge = at if text.startswith("|") else edge
        at += step
    return edge


def _cells(row: str) -> int:
    return len(_CELL.findall(row.strip()[1:]))


def _counted(cells: int) -> str:
    return f"{cells} cell" if cells == 1 else f"{cells} cells"
