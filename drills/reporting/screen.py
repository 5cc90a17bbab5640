"""A frame at the foot of a terminal that is drawn again and again, below lines that stay.

Between two draws the cursor stands below the frame, in the first column, and it is never hidden:
whatever others write, and wherever this process ends, begins on a line of its own and nothing has
to be restored. Only four controls are used, and colours; any terminal but a dumb one knows them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TextIO

_UP = "\x1b[{}A"
_TO_LINE_END, _TO_END = "\x1b[K", "\x1b[J"
_USUAL = (80, 24)
_NARROWEST, _LOWEST = 20, 4


class Screen:
    """Draws on a terminal; each draw is one write."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._frame: list[str] = []

    def size(self) -> tuple[int, int]:
        """Columns and rows that a frame may take now, however often the window is resized.

        The last column stays free, for a terminal may go to the next line after it.
        """
        try:
            columns, rows = os.get_terminal_size(self._stream.fileno())
        except (OSError, ValueError):
            columns, rows = 0, 0
        columns, rows = columns or _USUAL[0], rows or _USUAL[1]
        return max(columns - 1, _NARROWEST), max(rows - 2, _LOWEST)

    @property
    def empty(self) -> bool:
        """Whether no frame is there."""
        return not self._frame

    def draw(self, kept: Sequence[str], frame: Sequence[str]) -> None:
        """Put ``kept`` above the frame, to stay, and ``frame`` in place of the one before.

        Raises OSError where the terminal is gone.
        """
        up = "\r" + _UP.format(len(self._frame)) if self._frame else ""
        lines = "".join(f"{line}{_TO_LINE_END}\n" for line in (*kept, *frame))
        self._frame = list(frame)
        self.write(f"{up}{lines}{_TO_END}")

    def write(self, text: str) -> None:
        """Write it at once. Raises OSError where the terminal is gone."""
        try:
            self._stream.write(text)
            self._stream.flush()
        except ValueError as error:  # closed: the same to us
            raise OSError(str(error)) from error
