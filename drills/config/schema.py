"""The JSON Schema of ``drills.toml`` for editors, made from the sections that read it."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from drills.config.document import Document
from drills.config.section import Section

# Editors for TOML (taplo, Even Better TOML) read this dialect.
DIALECT = "http://json-schema.org/draft-07/schema#"
_WORDS: JsonSchemaValue = {"type": "string"}


class _Written(GenerateJsonSchema):
    """What may be written, which is wider than what it is read into: a duration in words, say."""

    def function_before_schema(self, schema: Any) -> JsonSchemaValue:
        """Whatever is read into another value first may be a text."""
        inner = super().function_before_schema(schema)
        return inner if _of_section(schema) else {"anyOf": [inner, _WORDS]}


def _of_section(schema: Any) -> bool:
    """Whether it is a section's own way of reading itself, which takes no text."""
    owner = getattr(schema["function"].get("function"), "__self__", None)
    return isinstance(owner, type) and issubclass(owner, Section)


def manifest_schema(kind: type[Section] = Document) -> str:
    """The schema as text with a final newline; ``docs/drills-toml.schema.json`` is a copy."""
    schema = kind.model_json_schema(schema_generator=_Written)
    definitions = schema.get("$defs", {})
    for each in (schema, *definitions.values()):
        _tidy(each)
    # It may name the file that holds it.
    runbook = schema["properties"].get("runbook")
    if runbook is not None:
        schema["properties"]["runbook"] = {"anyOf": [_WORDS, runbook]}
    head = {"$schema": DIALECT, "title": "drills.toml"}
    head["description"] = "What is said of a stack that is drilled; every key may be left out."
    body = {key: value for key, value in schema.items() if key not in ("title", "description")}
    return json.dumps(head | body, indent=2) + "\n"


def _tidy(schema: dict[str, Any]) -> None:
    """Without what says nothing to who writes: titles made of keys, and no defaults."""
    schema.pop("title", None)
    for each in schema.get("properties", {}).values():
        each.pop("title", None)
        if each.get("default", "") is None:
            each.pop("default")
