"""A terminal's screen on paper: what a reader would see of what was written to it.

It knows what the live view uses and refuses anything else, so that no other control creeps in.
"""

from __future__ import annotations

import re

_PIECE = re.compile(r"\x1b\[(\d*)([A-Za-z])|\x1b\[[\d;]*m|(\r|\n)|([^\x00-\x1f\x7f]+)")


class PaperScreen:
    """As wide as ``columns``, and as high as it takes: what scrolls away is still read.

    A line that is wider goes on below, as on most terminals. ``cuts`` counts the clearing of text
    that was on the screen and written by others.
    """

    def __init__(self, columns: int = 80) -> None:
        self.columns = columns
        self.rows: list[str] = [""]
        self.row = self.column = 0

    def feed(self, text: str) -> PaperScreen:
        """Take in what was written. Raises ValueError at a control that it does not know."""
        text = re.sub(r"\x1b\[[\d;]*m", "", text)  # colours take no room
        place = 0
        while place < len(text):
            piece = _PIECE.match(text, place)
            if piece is None:
                raise ValueError(f"a control that nobody knows: {text[place : place + 8]!r}")
            self._take(piece)
            place = piece.end()
        return self

    def _take(self, piece: re.Match[str]) -> None:
        count, control, way, said = piece.groups()
        if control == "A":
            self.row = max(0, self.row - int(count or 1))
        elif control == "K" and not count:
            self.rows[self.row] = self.rows[self.row][: self.column]
        elif control == "J" and not count:
            self.rows[self.row] = self.rows[self.row][: self.column]
            del self.rows[self.row + 1 :]
        elif control:
            raise ValueError(f"a control that nobody knows: {piece.group()!r}")
        elif way == "\r":
            self.column = 0
        elif way == "\n":
            self._down()
        else:
            for letter in said:
                self._put(letter)

    def _down(self) -> None:
        self.row, self.column = self.row + 1, 0
        if self.row == len(self.rows):
            self.rows.append("")

    def _put(self, letter: str) -> None:
        if self.column == self.columns:
            self._down()
        line = self.rows[self.row].ljust(self.column)
        self.rows[self.row] = line[: self.column] + letter + line[self.column + 1 :]
        self.column += 1

    @property
    def lines(self) -> list[str]:
        """What is to be read, without what stands empty at the end of a line or of the screen."""
        return "\n".join(row.rstrip() for row in self.rows).rstrip("\n").split("\n")
