"""docs/reference.md lists what there is, as the code has it.

``python -m tests.docs.test_reference`` writes the list anew.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from drills.config.schema import manifest_schema
from drills.config.sentences import sentences
from tests.docs.reference import listed, variables

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference.md"
BEGIN, END = "<!-- reference -->\n", "<!-- end of reference -->\n"


def test_the_page_lists_what_there_is() -> None:
    """What parsers, sections, sentences and metrics say; nobody keeps a second list by hand."""
    text = PAGE.read_text("utf-8")
    assert text[text.index(BEGIN) + len(BEGIN) : text.index(END)] == listed(), __doc__


def test_every_key_of_the_schema_is_listed() -> None:
    """The page and the schema are made of the same sections; neither has a key of its own."""
    schema = json.loads(manifest_schema())
    below = ("Keys of drills.toml", "Sentences")
    begin, end = (PAGE.read_text("utf-8").index(f"## {heading}\n") for heading in below)
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8")[begin:end], re.MULTILINE)
    keys = [key for each in schema["$defs"].values() for key in _properties(each)]
    assert sorted(rows) == sorted(keys)


def test_keys_are_listed_in_one_place() -> None:
    """A page that told of a section's keys in a table of its own would be a second copy of this."""
    sections = {
        section: set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
        for section, text in re.findall(
            r"^### `\[+([\w.<>-]+)\]+`\n(.*?)(?=^##)",
            PAGE.read_text("utf-8"),
            re.MULTILINE | re.DOTALL,
        )
    }
    copies = [
        f"{page.name}: {row}"
        for page in (ROOT / "docs").glob("*.md")
        for row, section, rest in re.findall(
            r"^(\| `\[+([\w.<>-]+)\]+`.*?\|(.*))$", page.read_text("utf-8"), re.MULTILINE
        )
        for named in [re.sub("<[a-z]+>", "<name>", section)]
        if len(sections.get(named, set()) & set(re.findall(r"`(\w+)`", rest))) > 1
    ]
    assert copies == []
    assert "title" in sections["roles.<name>"]


def _properties(definition: dict[str, Any]) -> list[str]:
    """The keys of a section, but for that of the runbook's file, which are headings."""
    return [] if "severities" in definition["properties"] else list(definition["properties"])


def test_every_sentence_says_what_it_does() -> None:
    """In its function's docstring, which the page shows."""
    assert [each.text for each in sentences() if not each.says] == []


def test_every_variable_of_the_environment_is_listed() -> None:
    """Those that code and set-up read, and no others."""
    text = PAGE.read_text("utf-8")
    assert set(re.findall(r"DRILLS_[A-Z_]+", text)) == variables(ROOT)


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    head, tail = page[: page.index(BEGIN) + len(BEGIN)], page[page.index(END) :]
    PAGE.write_text(head + listed() + tail, "utf-8")
