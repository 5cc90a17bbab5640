"""The scenarios of a project's feature files: their tags, and every sentence as it is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gherkin.errors import ParserError
from gherkin.parser import Parser


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario, with the tags and sentences of what is around it.

    ``sentences`` has each step as it is run, for every row of its examples, and the criteria of its
    tables by their names. ``acts`` are the steps with which something is done (``When``), in order,
    row by row.
    """

    file: Path
    line: int
    name: str
    tags: frozenset[str]
    sentences: frozenset[str]
    acts: tuple[str, ...] = ()


def scenarios_in(folder: Path) -> list[Scenario]:
    """Every scenario below a folder; a file that is no feature is left out: pytest tells of it."""
    return [each for path in sorted(folder.rglob("*.feature")) for each in _scenarios(path)]


def _scenarios(path: Path) -> list[Scenario]:
    try:
        document: Any = Parser().parse(path.read_text("utf-8-sig"))
    except (OSError, ValueError, ParserError):
        return []
    feature = document.get("feature") or {}
    return list(_in(path, feature, frozenset(_tags(feature)), ()))


def _in(
    path: Path, block: Any, tags: frozenset[str], before: tuple[Any, ...]
) -> Iterator[Scenario]:
    for child in block.get("children", ()):
        if background := child.get("background"):
            before = (*before, *background["steps"])
        elif rule := child.get("rule"):
            yield from _in(path, rule, tags | set(_tags(rule)), before)
        elif scenario := child.get("scenario"):
            yield _scenario(path, scenario, tags, (*before, *scenario["steps"]))


def _scenario(path: Path, block: Any, tags: frozenset[str], steps: tuple[Any, ...]) -> Scenario:
    examples = block.get("examples") or []
    own = {tag for each in (block, *examples) for tag in _tags(each)}
    rows = [row for each in examples for row in _rows(each)] or [{}]
    texts = [text for step in steps for text in _texts(step)]
    return Scenario(
        file=path,
        line=block["location"]["line"],
        name=block["name"],
        tags=tags | own,
        sentences=frozenset(_filled(text, row) for text in texts for row in rows),
        acts=tuple(_filled(text, row) for row in rows for text in _acts(steps)),
    )


def _tags(block: Any) -> list[str]:
    return [tag["name"].removeprefix("@") for tag in block.get("tags", ())]


def _acts(steps: tuple[Any, ...]) -> Iterator[str]:
    acting = False
    for step in steps:
        acting = step["keywordType"] == "Action" or (
            acting and step["keywordType"] == "Conjunction"
        )
        if acting:
            yield step["text"]


def _texts(step: Any) -> Iterator[str]:
    yield step["text"]
    for row in (step.get("dataTable") or {}).get("rows", ()):
        yield row["cells"][0]["value"]


def _rows(examples: Any) -> list[dict[str, str]]:
    names = [cell["value"] for cell in (examples.get("tableHeader") or {}).get("cells", ())]
    return [
        dict(zip(names, (cell["value"] for cell in row["cells"]), strict=False))
        for row in examples.get("tableBody") or ()
    ]


def _filled(text: str, row: dict[str, str]) -> str:
    for name, value in row.items():
        text = text.replace(f"<{name}>", value)
    return text
