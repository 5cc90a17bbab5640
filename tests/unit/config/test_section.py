"""A section of a manifest is read into a value, key by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pytest

from drills.config.document import Document
from drills.config.section import Section

RENAMED = {"containers_at_once": "at_once"}  # the value's name beside the word "radius" is enough
# An option says it, the environment holds it, or it tells of what was read.
NOT_WRITTEN = {
    *(
        "sources",
        "unlabelled",
        "assumed",
        "environment",
        "standard",
        "written",
        "template_text",
        "overrides",
    ),
}


def sections(kind: type[Section]) -> Iterator[type[Section]]:
    for each in kind.__subclasses__():
        yield from ([each] if "makes" in vars(each) else [])
        yield from sections(each)


ALL = [each for each in sections(Section) if each.__module__.startswith("drills.")]


def test_sections_are_known() -> None:
    """The document itself, and each that stands in it."""
    assert len(ALL) > 12
    assert Document in ALL


@pytest.mark.parametrize("section", ALL, ids=lambda each: each.__name__)
def test_the_keys_of_a_section_are_the_fields_of_its_value(section: type[Section]) -> None:
    """So that no key is read and forgotten, and no field cannot be written."""
    made = {each.name for each in fields(section.makes)}  # type: ignore[arg-type]
    assert {RENAMED.get(key, key) for key in section.model_fields} == made - NOT_WRITTEN
