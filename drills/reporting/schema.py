"""The JSON Schema of ``drill.json``, for readers in any language."""

from __future__ import annotations

import json

from drills.judgement.result import SCHEMA_VERSION, DrillResult

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> str:
    """The schema as text with a final newline; ``docs/drill.schema.json`` is a copy of it."""
    schema = DrillResult.model_json_schema(mode="serialization")
    head = {
        "$schema": DIALECT,
        "$id": f"urn:incident-drills:drill.json:{SCHEMA_VERSION}",
        "title": f"drill.json, version {SCHEMA_VERSION}",
    }
    return json.dumps(head | {k: v for k, v in schema.items() if k != "title"}, indent=2) + "\n"
