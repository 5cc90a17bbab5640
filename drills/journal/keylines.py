"""On which line of a document each of its keys stands: TOML or JSON that its own parser has read.

Parsers give values and no places; a message about a wrong value names the line that is to change.
What they refuse is never asked for here, so this reads only as much as is needed to count lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

KeyPath = tuple[str | int, ...]  # keys, and the places in lists from 0
Lines = Mapping[KeyPath, int]  # of each value, and () for the document

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_ANY = re.compile(r".", re.DOTALL)
_SPACE = re.compile(r"[^\S\n]*")
_STRING = re.compile(
    r'"""(?:\\.|.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|\'[^\']*\'', re.DOTALL
)
_SCALAR = re.compile(r"[^\s,\]}#]+(?: \d[^\s,\]}#]*)?")  # a date may have a blank before its time
_BARE = re.compile(r"[\w-]+")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)


def toml_lines(text: str) -> Lines:
    """The lines of a TOML document that ``tomllib`` has read."""
    return _Scan(text).document()


def json_lines(text: str) -> Lines:
    """The lines of a JSON document that ``json`` has read."""
    scan = _Scan(text)
    scan.skip(_BLANK)
    scan.value(())
    return scan.lines


def line_of(lines: Lines, path: Sequence[str | int]) -> int:
    """The line of a value, or of the nearest one around it."""
    return next(
        (lines[key] for end in range(len(path), -1, -1) if (key := tuple(path[:end])) in lines), 1
    )


class _Scan:
    """A document from its first character to its last."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {(): 1}
        self._text = text
        self._at = 0
        self._line, self._counted = 1, 0
        self._tables: dict[KeyPath, int] = {}  # how many there are of each [[list of tables]]

    def document(self) -> Lines:
        """Tables and keys, as TOML has them."""
        table: KeyPath = ()
        while self.skip(_BLANK) < len(self._text):
            if self._take("[["):
                name = self._inside(self._key())
                self._tables[name] = self._tables.get(name, -1) + 1
                table = (*name, self._tables[name])
                self._note_all(table)
            elif self._take("["):
                table = self._inside(self._key())
                self._note_all(table)
            else:
                self._pair(table)
            while self._take("]"):
                pass
        return self.lines

    def value(self, path: KeyPath) -> None:
        """One value, noted with all that is in it."""
        self._note(path)
        if self._take("{"):
            while not self._closes("}"):
                self._pair(path)
        elif self._take("["):
            number = 0
            while not self._closes("]"):
                self.value((*path, number))
                number += 1
        elif not self._match(_STRING):
            self._match(_SCALAR) or self._match(_ANY)

    def skip(self, what: re.Pattern[str]) -> int:
        """Go behind it, if it stands here; where that is."""
        self._match(what)
        return self._at

    def _pair(self, table: KeyPath) -> None:
        path = (*table, *self._key())
        self._note_all(path)
        self.skip(_BLANK)
        self._take("=") or self._take(":")
        self.skip(_BLANK)
        self.value(path)

    def _key(self) -> KeyPath:
        """``a.b."c d"`` as its parts."""
        parts: list[str] = []
        while True:
            self.skip(_SPACE)
            found = self._match(_STRING) or self._match(_BARE)
            parts.append(_unquoted(found))
            self.skip(_SPACE)
            if not found or not self._take("."):
                return tuple(parts)

    def _inside(self, name: KeyPath) -> KeyPath:
        """The path of a table's name: below a list of tables it lies in the last of them."""
        path: KeyPath = ()
        for number, part in enumerate(name, 1):
            path = (*path, part)
            if number < len(name) and path in self._tables:
                path = (*path, self._tables[path])
        return path

    def _closes(self, bracket: str) -> bool:
        self.skip(_BLANK)
        while self._take(","):
            self.skip(_BLANK)
        return self._take(bracket) or self._at >= len(self._text)

    def _take(self, sign: str) -> bool:
        found = self._text.startswith(sign, self._at)
        self._at += len(sign) if found else 0
        return found

    def _match(self, what: re.Pattern[str]) -> str:
        found = what.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found[0] if found else ""

    def _note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self._here())

    def _note_all(self, path: KeyPath) -> None:
        """A table and, where they have no line yet, those around it."""
        for end in range(1, len(path) + 1):
            self._note(path[:end])

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line


def _unquoted(key: str) -> str:
    if key[:1] == '"':
        text = _ESCAPED.sub(_character, key[1:-1])
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return key[1:-1] if key[:1] == "'" else key


def _character(escaped: re.Match[str]) -> str:
    if code := escaped[1] or escaped[2]:
        return chr(int(code, 16))
    return {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}.get(escaped[3], escaped[3])
