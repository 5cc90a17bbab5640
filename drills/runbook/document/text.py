"""The text of one heading, paragraph, item or cell: without markup, its labels and inline code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

_SILENT = {"html_inline", "image"}
_BREAKS = {"softbreak", "hardbreak"}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style, the line it begins on, and whether it is bold or code."""

    text: str
    line: int
    bold: bool = False
    code: bool = False


def runs(token: Token) -> Iterator[Run]:
    """The stretches of an inline token; a break of the line is one too, a line feed."""
    line = token.map[0] + 1 if token.map else 1
    bold, at = 0, 0
    for child in token.children or ():
        if child.type in _BREAKS:
            yield Run("\n", line)
            line += 1
            at = token.content.find("\n", at) + 1
        elif child.type in {"strong_open", "strong_close"}:
            bold += child.nesting
        elif child.type == "code_inline":
            begun = max(token.content.find(child.markup, at), at)
            ended = token.content.find(child.markup, begun + len(child.markup))
            yield Run(child.content, line, bold > 0, code=True)
            line += token.content.count("\n", at, max(ended, at))
            at = max(ended, begun) + len(child.markup)
        elif child.content and child.type not in _SILENT:
            yield Run(child.content, line, bold > 0)


def plain(found: Sequence[Run]) -> str:
    """The text without markup, a line for each line."""
    lines = "".join(run.text for run in found).split("\n")
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def wholly_bold(found: Sequence[Run]) -> bool:
    """Whether it is one line, bold from its first to its last letter."""
    said = [run for run in found if run.text == "\n" or run.text.strip()]
    return bool(said) and all(run.bold for run in said)


def labels(found: Sequence[Run]) -> Iterator[tuple[str, str, int]]:
    """Each ``**Key:** value`` or ``**Key**: value`` that begins a line: key, value, line."""
    for line in _lines(found):
        bold = 0
        while bold < len(line) and (line[bold].bold or not line[bold].text.strip()):
            bold += 1
        key = plain(line[:bold])
        value = plain(line[bold:])
        if not key or not any(run.bold for run in line[:bold]):
            continue
        if key.endswith((":", "：")):
            yield key[:-1].rstrip(), value, line[0].line
        elif value.startswith((":", "：")):
            yield key, value[1:].lstrip(), line[0].line


def _lines(found: Sequence[Run]) -> Iterator[list[Run]]:
    line: list[Run] = []
    for run in found:
        if run.text == "\n":
            yield line
            line = []
        else:
            line.append(run)
    yield line
