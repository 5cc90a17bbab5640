"""A policy in the making: each value with the line it came from, and which lines were placed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from drills.runbook.document import Document, ListItem, Paragraph, Section

Table = tuple[str | int, ...]  # a number where it is one of a list of tables


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the runbook, and its line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Unplaced:
    """What stands in the runbook, and found no place in the policy."""

    line: int
    text: str
    why: str = ""


Value = Said | Sequence[Said]
Given = str | date | bool


@dataclass(slots=True)
class Draft:
    """What was read of a document so far."""

    document: Document
    tables: dict[Table, dict[str, tuple[Given | Sequence[Said], int]]] = field(default_factory=dict)
    placed: set[int] = field(default_factory=set)
    unsure: list[Unplaced] = field(default_factory=list)

    def put(self, table: Table, key: str, value: Given, line: int) -> None:
        """One value. The first that is said of a key counts; what comes later is not placed.

        An empty text says nothing.
        """
        if value == "":
            return
        if key not in (entries := self.tables.setdefault(table, {})):
            entries[key] = (value, line)
            self.placed.add(line)

    def put_all(self, table: Table, key: str, values: Iterable[Said]) -> None:
        """A list, each of its texts with its own line."""
        if texts := [value for value in values if value.text]:
            self.tables.setdefault(table, {}).setdefault(key, (texts, texts[0].line))
            self.placed |= {value.line for value in texts}

    def doubt(self, line: int, text: str, why: str) -> None:
        """Something that is understood, and cannot be said in a policy as it stands."""
        self.placed.add(line)
        self.unsure.append(Unplaced(line, text, why))

    def taken(self, *table: str) -> bool:
        """Whether something stands in a table."""
        return table in self.tables

    def toml(self) -> str:
        """The policy as TOML; every value is followed by its place."""
        lines = [f'text = "{self.document.path.name}"', *self._tables()]
        return "\n".join(lines) + "\n"

    def _tables(self) -> Iterator[str]:
        for table in sorted(self.tables, key=self._rank):
            name = ".".join(str(part) for part in table if isinstance(part, str))
            yield ""
            yield f"[[{name}]]" if isinstance(table[-1], int) else f"[{name}]"
            for key, (value, line) in self.tables[table].items():
                yield from self._pair(key, value, line)

    def _rank(self, table: Table) -> tuple[int, int]:
        order = ("severities", "roles", "contacts", "record", "incidents", "drills", "review")
        return order.index(str(table[0])), list(self.tables).index(table)

    def _pair(self, key: str, value: Given | Sequence[Said], line: int) -> Iterator[str]:
        if isinstance(value, str | date | bool):
            yield f"{key} = {_written(value)}{self._place(line)}"
        elif len(value) == 1 or all(each.line == line for each in value):
            texts = ", ".join(_written(each.text) for each in value)
            yield f"{key} = [{texts}]{self._place(line)}"
        else:
            yield f"{key} = ["
            yield from (f"    {_written(each.text)},{self._place(each.line)}" for each in value)
            yield "]"

    def _place(self, line: int) -> str:
        return f" # {self.document.path.name}:{line}" if line else ""

    def unplaced(self) -> list[Unplaced]:
        """What found no place, in the order of the file."""
        document = self.document
        found = [Unplaced(each.line, each.text) for each in document.items]
        for table in document.tables:
            found += [Unplaced(row.line, " | ".join(row.cells)) for row in table.rows]
        for each in document.paragraphs:
            lines = each.text.split("\n")
            found += [Unplaced(line, text) for line, text in enumerate(lines, each.line)]
        for block in document.code:
            first = next((line.text for line in block.lines if line.text), "")
            found.append(Unplaced(block.first_line, first, "a block of code"))
        labels = document.front_matter
        found += [Unplaced(each.line, f"{each.key}: {each.value}") for each in labels]
        left = [each for each in found if each.line not in self.placed and each.text]
        return sorted([*left, *self.unsure], key=lambda each: each.line)


def pairs(document: Document, section: Section) -> list[tuple[str, str, int]]:
    """Every ``key: value`` of a section and what stands below it, bold or not, with its line."""
    labels = [*document.labels, *document.front_matter]
    found = [(each.key, each.value, each.line) for each in labels if each.section.inside(section)]
    known = {line for _, _, line in found}
    texts: list[ListItem | Paragraph] = [*document.items, *document.paragraphs]
    for each in texts:
        for number, text in enumerate(each.text.split("\n"), each.line):
            key, colon, value = text.partition(":")
            if colon and number not in known and each.section.inside(section):
                found.append((key.strip(), value.strip(), number))
    return found


def _written(value: Given) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else value.isoformat()
