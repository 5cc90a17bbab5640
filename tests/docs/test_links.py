"""Links among the documents lead somewhere: the file is there, and has the heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.reference import slug

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^()\s]+)\)")


def headings(path: Path) -> Iterator[str]:
    """The anchors of a document's headings."""
    text = FENCED.sub("", path.read_text("utf-8"))
    yield from map(slug, re.findall(r"^#+ (.*)$", text, re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    """A page that was moved is found by those who link to it."""
    lost = []
    for link in LINK.findall(FENCED.sub("", document.read_text("utf-8"))):
        name, _, anchor = link.partition("#")
        there = (document.parent / name) if name else document
        if not there.exists() or (anchor and anchor not in headings(there)):
            lost.append(link)
    assert lost == []


def test_every_page_is_on_the_map() -> None:
    """The README links to each document of ``docs``."""
    linked = LINK.findall((ROOT / "README.md").read_text("utf-8"))
    pages = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    assert pages - {link.partition("#")[0] for link in linked} == set()
