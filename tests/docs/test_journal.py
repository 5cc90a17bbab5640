"""docs/journal.md lists every kind of event with its keys, as the classes have them.

``python -m tests.docs.test_journal`` writes the list anew.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.journal import facts
from drills.journal.fact import Fact, Key, keys

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "journal.md"
BEGIN, END = "<!-- kinds -->\n", "<!-- end of kinds -->\n"
CLASSES = [each for each in Fact.classes if each.__module__.startswith(facts.__name__)]


def listed() -> str:
    """Every class with its docstring and a table of its keys."""
    return "\n".join(line for each in CLASSES for line in _listed(each)) + "\n"


def _listed(fact: type[Fact]) -> Iterator[str]:
    marks = "".join(f', `{name}` is `"{value}"`' for name, value in fact.marks.items())
    yield f"\n### `{fact.kind}`{marks}: {fact.__name__}\n"
    yield inspect.cleandoc(fact.__doc__ or "")
    if keys(fact):
        yield "\n| key | type | where it is absent |\n|---|---|---|"
    for key in keys(fact):
        yield f"| `{key.name}` | {key.type.words} | {_absent(key)} |"


def _absent(key: Key) -> str:
    if key.when_it_happened:
        return "when it happened"
    return "not known" if key.default is None else f"`{json.dumps(key.default)}`"


def test_the_page_lists_every_kind_with_its_keys() -> None:
    """What the classes say; nobody keeps a second list by hand."""
    text = PAGE.read_text("utf-8")
    assert text[text.index(BEGIN) + len(BEGIN) : text.index(END)] == listed(), __doc__


def test_a_journal_is_read_as_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the committed sample, from the repository's folder."""
    (shown,) = re.findall(
        r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    monkeypatch.chdir(ROOT)
    exec(shown, {})  # noqa: S102 - our own page
    assert "took effect" in capsys.readouterr().out


def test_nobody_above_the_journal_knows_its_keys() -> None:
    """No kind is named and no data of an event are read but through the classes of facts."""
    known = []
    for path in sorted((ROOT / "drills").rglob("*.py")):
        if path.parts[-2] in ("journal", "facts"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Attribute):
                continue
            owner = getattr(node.value, "id", "")
            if owner == "Kind" or (owner == "event" and node.attr in ("data", "_view")):
                known.append(f"{path.relative_to(ROOT)}:{node.lineno}: {owner}.{node.attr}")
    assert known == []


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    head, tail = page[: page.index(BEGIN) + len(BEGIN)], page[page.index(END) :]
    PAGE.write_text(head + listed() + tail, "utf-8")
