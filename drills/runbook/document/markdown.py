"""The door to the Markdown parser: a text becomes the parts that a runbook is read by."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from drills.runbook.document.front_matter import front_matter
from drills.runbook.document.parts import (
    CodeBlock,
    Document,
    InlineCode,
    Label,
    Line,
    ListItem,
    Paragraph,
    Repair,
    Row,
    Section,
    Table,
)
from drills.runbook.document.text import Run, labels, plain, runs, wholly_bold

_BOX = re.compile(r"\[([ xX])\](?:\s+|$)")


def parse(text: str, path: Path, repairs: tuple[Repair, ...] = ()) -> Document:
    """The parts of a text; ``path`` is what its places are told by."""
    lines = text.split("\n")
    if lines[-1:] == [""]:
        lines.pop()
    whole = Section("", 1, 0)
    taken, said = front_matter(lines, whole)
    body = "\n".join([""] * taken + lines[taken:])
    reader = _Reader(whole)
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    reader.read(parser.parse(body))
    return Document(
        path=path,
        lines=tuple(lines),
        sections=tuple(reader.sections),
        code=tuple(reader.code),
        items=tuple(item for item in reader.items if item.line),
        tables=tuple(reader.tables),
        paragraphs=tuple(reader.paragraphs),
        inline=tuple(reader.inline),
        labels=tuple(reader.labels),
        front_matter=said,
        repairs=repairs,
    )


class _Reader:
    """Goes through the parser's tokens once, and knows in which section, list and table it is."""

    def __init__(self, whole: Section) -> None:
        self.sections = [whole]
        self.code: list[CodeBlock] = []
        self.items: list[ListItem] = []
        self.tables: list[Table] = []
        self.paragraphs: list[Paragraph] = []
        self.inline: list[InlineCode] = []
        self.labels: list[Label] = []
        self._open: list[int] = []  # the items that are open, as their places in ``items``
        self._depth = 0  # of the heading whose text comes next, 0 where none does
        self._cells: list[str] | None = None
        self._rows: list[Row] = []

    def read(self, tokens: Sequence[Token]) -> None:
        """Every token, in the order of the file."""
        by_type: dict[str, Callable[[Token], None]] = {
            "heading_open": self._heading,
            "heading_close": self._heading_ends,
            "list_item_open": self._item,
            "list_item_close": self._item_ends,
            "tr_open": self._row,
            "tr_close": self._row_ends,
            "table_close": self._table_ends,
            "fence": self._code,
            "code_block": self._code,
            "inline": self._text,
        }
        for token in tokens:
            if token.type in by_type:
                by_type[token.type](token)

    @property
    def _section(self) -> Section:
        return self.sections[-1]

    @property
    def _inside(self) -> ListItem | None:
        return self.items[self._open[-1]] if self._open else None

    def _heading(self, token: Token) -> None:
        self._depth = int(token.tag[1:])

    def _heading_ends(self, _token: Token) -> None:
        self._depth = 0

    def _enter(self, title: str, line: int, depth: int, *, bold: bool = False) -> None:
        above: Section | None = self._section
        while above is not None and above.parent is not None and above.depth >= depth:
            above = above.parent
        self.sections.append(Section(title, line, depth, above, bold))

    def _item(self, token: Token) -> None:
        number = int(token.info) if token.info.isdigit() else None
        self._open.append(len(self.items))
        inside = self.items[self._open[-2]] if len(self._open) > 1 else None
        line = _line(token)
        self.items.append(ListItem("", line, self._section, inside, number))

    def _item_ends(self, _token: Token) -> None:
        self._open.pop()

    def _row(self, token: Token) -> None:
        self._cells = []
        self._rows.append(Row(_line(token), ()))

    def _row_ends(self, _token: Token) -> None:
        self._rows[-1] = replace(self._rows[-1], cells=tuple(self._cells or ()))
        self._cells = None

    def _table_ends(self, _token: Token) -> None:
        header, *rows = self._rows
        self.tables.append(Table(header, tuple(rows), self._section))
        self._rows = []

    def _code(self, token: Token) -> None:
        fenced = token.type == "fence"
        first, after = token.map or [0, 0]
        texts = token.content.removesuffix("\n").split("\n") if token.content else []
        closed = not fenced or after - first == len(texts) + 2
        self.code.append(
            CodeBlock(
                language=(token.info.split() or [""])[0].lower(),
                first_line=first + 1,
                last_line=after,
                lines=tuple(Line(n, text) for n, text in enumerate(texts, first + 1 + fenced)),
                section=self._section,
                item=self._inside,
                fenced=fenced,
                closed=closed,
            )
        )

    def _text(self, token: Token) -> None:
        found, line = list(runs(token)), _line(token)
        if self._depth:
            self._enter(plain(found), line, self._depth)
        elif self._cells is not None:
            self._cells.append(plain(found))
        elif self._open:
            self._says(found)
        elif wholly_bold(found):
            above = self._section
            depth = above.depth if above.bold else above.depth + 1
            self._enter(plain(found).rstrip(":"), line, depth, bold=True)
        else:
            self.paragraphs.append(Paragraph(plain(found), line, self._section))
        self._note(found)

    def _says(self, found: Sequence[Run]) -> None:
        """A paragraph of the item that is open: its own text, or more of it."""
        place = self._open[-1]
        item, text = self.items[place], plain(found)
        if not item.text and item.checked is None and (box := _BOX.match(text)):
            text = text[box.end() :]
            item = replace(item, checked=box[1] != " ")
        self.items[place] = replace(item, text="\n".join(filter(None, (item.text, text))))

    def _note(self, found: Sequence[Run]) -> None:
        """The labels and the inline code of a text, wherever it stands."""
        item = self._inside
        for run in found:
            if run.code:
                self.inline.append(InlineCode(run.text, run.line, self._section, item))
        if self._cells is None and not self._depth:
            for key, value, line in labels(found):
                self.labels.append(Label(key, value, line, self._section, item))


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1
