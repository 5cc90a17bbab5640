"""Rows and columns for a terminal: as wide as it is, whatever script they are written in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from drills.reporting.cleansing import clean_line

NARROWEST = 40  # columns; no terminal is taken to have fewer


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its heading. ``number`` stands to the right; ``folds`` where there is no room.

    What does not fold is shown whole.
    """

    heading: str
    number: bool = False
    folds: bool = False


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    width: int,
    styles: Sequence[str] = (),
    *,
    colour: bool = False,
) -> str:
    """The rows below their headings; ``styles`` has one for each row. Ends with a newline."""
    # Loaded on first use: an import of this package shall cost next to nothing.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        shown.add_column(
            Text(column.heading),
            justify="right" if column.number else "left",
            no_wrap=not column.folds,
            overflow="fold",
        )
    for row, style in zip(rows, styles or [""] * len(rows), strict=True):
        shown.add_row(*(Text(clean_line(cell)) for cell in row), style=style)
    stream = io.StringIO()
    Console(
        file=stream,
        width=max(width, NARROWEST),
        force_terminal=colour,
        color_system="standard" if colour else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    ).print(shown)
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().splitlines())
