"""Tags become marks: ``@P2`` the mark ``P2``, ``@severity:P2`` the mark ``severity(level="P2")``.

pytest ends a marker's registered name at a colon, so a tag with one can never be registered as
it stands; ``@name:value`` becomes ``name("value")``. Plain tags take pytest-bdd's own way, so that
a project's ``pytest_bdd_apply_tag`` still sees them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from drills.gherkin.document import Block, Document


def register_markers(config: pytest.Config, document: Document) -> None:
    """Make every tag of the file a known marker, as ``--strict-markers`` asks for."""
    known = {_marker_name(line) for line in config.getini("markers")}
    for name in sorted({tag.partition(":")[0] for tag in document.tags} - known):
        config.addinivalue_line("markers", f"{name}: a tag in {document.path.name}")


def _marker_name(line: str) -> str:
    return line.partition(":")[0].partition("(")[0].strip()


def mark_of(tag: str) -> pytest.MarkDecorator:
    """The mark of a tag without its ``@``."""
    name, colon, value = tag.partition(":")
    mark: pytest.MarkDecorator = getattr(pytest.mark, name)
    if name == "severity" and colon:
        return mark(level=value)
    return mark(value) if colon else mark


def valued(tags: Iterable[str]) -> set[str]:
    """The tags of the form ``name:value``."""
    return {tag for tag in tags if ":" in tag}


@contextmanager
def valued_tags_hidden(block: Block) -> Iterator[None]:
    """pytest-bdd marks a scenario by tag names alone: keep those from it that carry a value."""
    template = block.template
    tag_sets = [template.tags, template.feature.tags]
    if template.rule is not None:
        tag_sets.append(template.rule.tags)
    hidden = [(tags, valued(tags)) for tags in tag_sets]
    for tags, those in hidden:
        tags.difference_update(those)
    try:
        yield
    finally:
        for tags, those in hidden:
            tags.update(those)
