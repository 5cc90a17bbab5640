"""A runbook's Markdown, read: what stands on which line, and nothing of what it means.

``read(path)`` gives a ``Document``; ``parse(text, path)`` reads a text that is at hand. Its parts:

- ``sections``: ``Section(title, line, depth, parent, bold)``: ``name``, ``path``, ``inside()``;
- ``code``: ``CodeBlock(language, first_line, last_line, lines, section, item, fenced, closed)``:
  ``text``; each of its ``lines`` is a ``Line(number, text)``;
- ``items``: ``ListItem(text, line, section, parent, number, checked)`` of lists and check lists;
- ``tables``: ``Table(header, rows, section)`` of ``Row(line, cells)``;
- ``paragraphs``: ``Paragraph(text, line, section)``, ``inline``: ``InlineCode(text, line, ...)``;
- ``labels``: ``Label(key, value, line, ...)`` of each ``**Key:** value``, and ``front_matter``;
- ``repairs``: ``Repair(line, found, read_as, why)``: characters that came broken.

Lines are counted from 1. Items and labels know the item above or around them as it was when they
were met: compare items by their line.
"""

from __future__ import annotations

from drills.runbook.document.markdown import parse
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
    without_pictures,
)
from drills.runbook.document.reading import read

__all__ = [
    "CodeBlock",
    "Document",
    "InlineCode",
    "Label",
    "Line",
    "ListItem",
    "Paragraph",
    "Repair",
    "Row",
    "Section",
    "Table",
    "parse",
    "read",
    "without_pictures",
]
