"""What a Markdown file is made of: sections, code, lists, tables, labels, each with its line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it.

    ``line`` is that of the heading, from 1. ``depth`` is 1 for ``#`` and so on, 0 for the file
    above its first heading. A line that is bold as a whole (``**Step 2**``) is a heading to those
    who read it: then ``bold`` is true, and the depth one more than that of the heading above.
    """

    title: str
    line: int
    depth: int
    parent: Section | None = None
    bold: bool = False

    @property
    def name(self) -> str:
        """The title without pictures: ``Database Issues`` of ``🗄 Database Issues``."""
        return without_pictures(self.title)

    @property
    def path(self) -> tuple[str, ...]:
        """The names from the outermost heading to this one; () for the whole file."""
        above = self.parent.path if self.parent else ()
        return (*above, self.name) if self.depth else above

    def inside(self, other: Section) -> bool:
        """Whether it is that section, or stands somewhere below it."""
        return self is other or (self.parent is not None and self.parent.inside(other))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block of code, as it reads once the block's own indentation is taken away."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A block of code. ``first_line`` and ``last_line`` are those of the block with its fences.

    ``language`` is the fence's first word, in small letters, "" where there is none; ``item`` the
    item of a list that the block stands in. ``closed`` is false where the closing fence is missing.
    """

    language: str
    first_line: int
    last_line: int
    lines: tuple[Line, ...]
    section: Section
    item: ListItem | None = None
    fenced: bool = True
    closed: bool = True

    @property
    def text(self) -> str:
        """Its lines, joined."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item of a list. ``checked`` is None where it has no check box.

    ``text`` is what it says itself, without markup, its box and what stands in lists below it.
    ``number`` is the item's own as written, None in a list of bullets.
    """

    text: str
    line: int
    section: Section
    parent: ListItem | None = None
    number: int | None = None
    checked: bool | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, its cells without markup."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the names of its columns, and its rows."""

    header: Row
    rows: tuple[Row, ...]
    section: Section


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph (a quote's too) outside of lists and tables, without markup."""

    text: str
    line: int
    section: Section


@dataclass(frozen=True, slots=True)
class InlineCode:
    """What stands between backticks in a line of text, an item or a cell."""

    text: str
    line: int
    section: Section
    item: ListItem | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """``**Key:** value``, or a line ``key: value`` of the front matter. The value may be ""."""

    key: str
    value: str
    line: int
    section: Section
    item: ListItem | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """Characters that came broken, and what they were read as. ``why`` says how they broke."""

    line: int
    found: str
    read_as: str
    why: str

    def __str__(self) -> str:
        """As told to a person, without the file: ``line 7: 'ðŸ”¥' read as '🔥': ...``."""
        return f"line {self.line}: {self.found!r} read as {self.read_as!r}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A Markdown file, read. ``lines`` are as repaired; line 1 is ``lines[0]``.

    ``sections[0]`` is the whole file, of depth 0. Everything is in the order of the file.
    """

    path: Path
    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    code: tuple[CodeBlock, ...] = ()
    items: tuple[ListItem, ...] = ()
    tables: tuple[Table, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    inline: tuple[InlineCode, ...] = ()
    labels: tuple[Label, ...] = ()
    front_matter: tuple[Label, ...] = ()
    repairs: tuple[Repair, ...] = field(default=())

    def where(self, line: int) -> str:
        """A line as its place: ``runbook.md:12``."""
        return f"{self.path}:{line}"

    def below(self, section: Section) -> Iterator[Section]:
        """The section and every one below it, in the order of the file."""
        return (each for each in self.sections if each.inside(section))


_PICTURES = re.compile("[\ufe0e\ufe0f\u200d\u20e3\ufffd]")


def without_pictures(text: str) -> str:
    """A text without emoji, joined emoji, and characters that were lost, its spaces made single."""
    kept = (" " if unicodedata.category(each) in {"So", "Sk"} else each for each in text)
    return " ".join(_PICTURES.sub("", "".join(kept)).split())
